"""The offer as it stands at the operator (OF21): found by SKU, paused, deleted."""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors import shape
from ponte.connectors.mirakl import asking
from ponte.connectors.mirakl.answers import classify, unreadable
from ponte.connectors.mirakl.offering import without_stock
from ponte.connectors.mirakl.orders import keeping, send_offer, told_otherwise
from ponte.connectors.mirakl.standing import Standing, standing_of
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Conversation, Response
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage


def withdraw(link: Link, rules: Rules) -> Conversation[Outcome]:
    """Take the offer off sale: the whole offer, with no units."""
    if link.listing is None:
        return Accepted(None)
    standing = yield from _with_offer(standing_of(link.listing), rules)
    if not isinstance(standing, Standing):
        return standing
    paused = replace(standing, offer=without_stock(standing.offer))
    step = yield from send_offer(paused, rules)
    if not isinstance(step, Standing):
        return keeping(step, standing)
    longer, wait = replace(step, state="paused").waiting("paused")
    return Accepted(longer.listing(), follow_in=wait)


def end(link: Link, rules: Rules) -> Conversation[Outcome]:
    """Delete the offer. The product stays the operator's; the next sending makes a new offer."""
    if link.listing is None:
        return Accepted(None)
    standing = yield from _with_offer(standing_of(link.listing), rules)
    if isinstance(standing, Rejected) and standing.problems[0].kind is ProblemClass.LISTING_NOT_FOUND:
        return Accepted(None)
    if not isinstance(standing, Standing):
        return standing
    gone = replace(standing, offer={**standing.offer, "quantity": 0, "update_delete": "delete"}, ending=True)
    step = yield from send_offer(gone, rules)
    if not isinstance(step, Standing):
        return keeping(step, standing)
    longer, wait = replace(step, product_import="").waiting("ending")
    waits = Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE, "offer", "offer.ending")
    return Pending(longer.listing(), waits, wait)


def own_offer(standing: Standing, rules: Rules) -> Conversation[dict[str, JSON] | Outcome]:
    """Read the offer of a SKU; one that is not there is a refusal."""
    answer = yield from ask(asking.read_offers(standing.sku, rules))
    if isinstance(answer, Postponed):
        return keeping(answer, standing)
    found = _offers(answer)
    if found is None:
        return keeping(told_otherwise(asking.READ_OFFERS, answer), standing)
    own = next((row for row in found if row.get("shop_sku") == standing.sku), None)
    if own is not None:
        return own
    missing = Problem(ProblemClass.LISTING_NOT_FOUND, Stage.MARKETPLACE, "offer", "listing.not_listed")
    return Rejected((missing,), replace(standing, offer_digest="", state="gone").listing())


def _offers(answer: Response) -> list[dict[str, JSON]] | None:
    found = shape.table(answer.json()).get("offers") if answer.status == 200 else None
    return shape.tables(found) if isinstance(found, list) else None


def _with_offer(standing: Standing, rules: Rules) -> Conversation[Standing | Outcome]:
    """Return the standing with its whole offer; one that was found and not made by us is read first."""
    if standing.offer.get("product_id"):
        return standing
    own = yield from own_offer(standing, rules)
    return replace(standing, offer=offer_of(own), known=True) if isinstance(own, dict) else own


# What has the same name and form where it is read (OF21) and where it is sent (OF24).
TEXTS = ("description", "internal_description", "price_additional_info", "product_tax_code")
NUMBERS = (
    "leadtime_to_ship",
    "max_order_quantity",
    "min_order_quantity",
    "min_quantity_alert",
    "package_quantity",
)


def offer_of(row: dict[str, JSON]) -> dict[str, JSON]:
    """Return an offer that stands (OF21) in the form in which it is sent, whole: what is left out is deleted."""
    references = shape.tables(row.get("product_references"))
    first = references[0] if references else {}
    logistic = shape.text(shape.table(row.get("logistic_class")).get("code"))
    found: dict[str, JSON] = {
        "shop_sku": shape.text(row.get("shop_sku")),
        "product_id": shape.word(first.get("reference")) or shape.word(row.get("product_sku")),
        "product_id_type": shape.text(first.get("reference_type")) or "SKU",
        "state_code": shape.word(row.get("state_code")),
        "update_delete": "update",
        "price": shape.number(row.get("price")),
        "quantity": shape.whole(row.get("quantity")) or 0,
        "logistic_class": logistic or None,
        "available_started": shape.text(row.get("available_start_date"))[:10] or None,
        "available_ended": shape.text(row.get("available_end_date"))[:10] or None,
        "allow_quote_requests": True if row.get("allow_quote_requests") is True else None,
        "offer_additional_fields": _additional(row) or None,
        **{name: shape.whole(row.get(name)) for name in NUMBERS},
        **{name: shape.text(row.get(name)) or None for name in TEXTS},
        **_discount(row),
    }
    return {name: value for name, value in found.items() if value is not None}


def _additional(row: dict[str, JSON]) -> list[JSON]:
    fields = shape.tables(row.get("offer_additional_fields"))
    return [{"code": one["code"], "value": one.get("value")} for one in fields if shape.text(one.get("code"))]


def _discount(row: dict[str, JSON]) -> dict[str, JSON]:
    """Return the price before the discount and the discount, {} where there is none."""
    told = shape.table(row.get("discount"))
    price, before = shape.number(told.get("discount_price")), shape.number(told.get("origin_price"))
    if price is None or before is None:
        return {}
    dates = {name: shape.text(told.get(name)) for name in ("start_date", "end_date")}
    return {"price": before, "discount": {"price": price, **{name: day for name, day in dates.items() if day}}}


def find(sku: str, rules: Rules) -> Conversation[tuple[Listing, ...] | Postponed | Blocked]:
    """Return the offer that the operator keeps under the seller's SKU."""
    request = asking.read_offers(sku, rules)
    answer = yield from ask(request)
    if isinstance(answer, Postponed):
        return answer
    found = _offers(answer)
    if found is not None:
        return tuple(_listed(row) for row in found if row.get("shop_sku") == sku)
    match classify(request.endpoint, answer):
        case Postponed() | Blocked() as outcome:
            return outcome
        case Rejected(problems):
            return Postponed(problems[0])
        case _:
            return unreadable(request.endpoint, answer)


def _listed(row: dict[str, JSON]) -> Listing:
    active = row.get("active") is not False
    offer = offer_of(row)
    standing = Standing(
        shape.text(row.get("shop_sku")),
        ean=shape.word(offer.get("product_id")),
        category=shape.text(row.get("category_code")),
        known=True,
        offer=offer,
        state="live" if active else "inactive",
    )
    return standing.listing()
