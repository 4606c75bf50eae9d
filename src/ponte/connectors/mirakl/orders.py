"""Orders to the operator, and the question whether it has a product."""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors import shape
from ponte.connectors.mirakl import asking
from ponte.connectors.mirakl.answers import classify, import_number, unreadable
from ponte.connectors.mirakl.standing import Standing, digest
from ponte.connectors.mirakl.together import is_product
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import Conversation, Request, Response
from ponte.domain.outcome import Accepted, Outcome, Pending, Postponed, Rejected

Step = Conversation[Standing | Outcome]


def keeping(outcome: Outcome, standing: Standing) -> Outcome:
    """Return an outcome with the listing that stands all the same."""
    match outcome:
        case Postponed(listing=None):
            return replace(outcome, listing=standing.listing())
        case Rejected(listing=None):
            return replace(outcome, listing=standing.listing())
        case _:
            return outcome


def ordered(request: Request) -> Conversation[str | Outcome]:
    """Give an order; return the number of its import, or what hindered it."""
    answer = yield from ask(request)
    if isinstance(answer, Postponed):
        return answer
    number = import_number(answer)
    if number:
        return number
    return told_otherwise(request.endpoint, answer)


def told_otherwise(endpoint: str, answer: Response) -> Outcome:
    """Return what an answer means that is not what was asked for: never a success."""
    outcome = classify(endpoint, answer)
    return unreadable(endpoint, answer) if isinstance(outcome, Accepted | Pending) else outcome


def send_row(standing: Standing, row: dict[str, str], rules: Rules) -> Step:
    """Send the product's row with the next product file."""
    number = yield from ordered(asking.send_row(standing.sku, row, rules))
    if not isinstance(number, str):
        return number
    return replace(
        standing,
        product_import=number,
        row_digest=digest(row),
        waited=0.0,
        since_file=0.0,
        warnings=(),
        row=row,
        refused=(),
        state="product",
    )


def send_offer(standing: Standing, rules: Rules) -> Step:
    """Send the whole offer with the next list of offers."""
    request = asking.send_offers([standing.offer], rules, together=asking.OFFERS)
    number = yield from ordered(request)
    if not isinstance(number, str):
        return number
    waited = standing.waited if standing.product_import else 0.0
    return replace(standing, offer_import=number, offer_digest=digest(standing.offer), waited=waited, state="offer")


def exists(standing: Standing, rules: Rules) -> Conversation[bool | Outcome]:
    """Ask whether the operator has the product already."""
    if not standing.ean:
        return False
    reference = asking.reference(standing.ean, rules)
    answer = yield from ask(asking.read_products([reference], rules, together=True))
    if isinstance(answer, Postponed):
        return answer
    found = shape.table(answer.json()).get("products") if answer.status == 200 else None
    if not isinstance(found, list):
        return told_otherwise(asking.READ_PRODUCTS, answer)
    return any(is_product(row, reference) for row in shape.tables(found))
