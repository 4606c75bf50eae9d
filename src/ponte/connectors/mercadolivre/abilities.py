"""What Mercado Livre can do beside selling: end a listing for good, find those of a SKU, suggest categories."""

from __future__ import annotations

from ponte.connectors import shape
from ponte.connectors.mercadolivre.asking import SKU_ATTRIBUTE, SKU_FIELD, Found, not_learnt
from ponte.connectors.mercadolivre.asking import find as find_items
from ponte.connectors.mercadolivre.facts import CATEGORY_ID, account_of
from ponte.connectors.mercadolivre.standing import listing_of
from ponte.connectors.mercadolivre.updating import close, delete, unchanged
from ponte.connectors.texts import sendable
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import Conversation, Request
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sheet import Suggestion

DISCOVERY = "GET /sites/MLB/domain_discovery/search"
MOST_SUGGESTIONS = "8"
MAX_WORDS = 200


def end(link: Link) -> Conversation[Outcome]:
    """End the listing for good: it cannot come back, a relisting has a new id.

    One that was forbidden, or waits for a payment, does not close: it is deleted (developers' page "synchronize and
    modify publications", captured 2026-06).
    """
    if link.listing is None:
        return Accepted(None)
    outcome = yield from close(link)
    if _closes_not(outcome) and (yield from delete(link.listing.id)):
        return Accepted(None)
    if not isinstance(outcome, Accepted):
        return outcome
    listing = outcome.listing
    gone = bool(outcome.warnings)
    # One under review takes the change and stays as it is: it would come back.
    if listing is None or gone or listing.state.startswith("closed"):
        return Accepted(None)
    return unchanged(listing)


def _closes_not(outcome: Outcome) -> bool:
    match outcome:
        case Accepted(Listing(state=state)) | Postponed(listing=Listing(state=state)):
            return state.startswith(("under_review/forbidden", "payment_required"))
        case Rejected(problems):
            return any(problem.kind is ProblemClass.POLICY_MODERATION for problem in problems)
        case _:
            return False


def find(sku: str, rules: Rules) -> Conversation[tuple[Listing, ...] | Postponed | Blocked]:
    """Return the listings of a SKU that still stand, the oldest first.

    Where none has the SKU as its attribute, those are told that have it in the older field of the item.
    """
    found: Found | Outcome = Accepted(None)
    for field in (SKU_ATTRIBUTE, SKU_FIELD):
        found = yield from find_items(account_of(rules).user_id, sku, field=field)
        if not isinstance(found, Found) or found.items or found.varied:
            break
    match found:
        case Found(items, _, varied):
            return tuple(listing_of(item, {"sku": sku}) for item in (*items, *varied))
        case Postponed() | Blocked():
            return found
        case Rejected(problems) if problems:
            return Postponed(problems[0])
        case _:
            return Postponed(Problem(ProblemClass.RESPONSE_UNREADABLE, Stage.MARKETPLACE))


def suggest(words: str) -> Conversation[tuple[Suggestion, ...] | Postponed | Blocked]:
    """Return the categories that Mercado Livre takes a title for, the best first; it tells no certainty.

    Developers' page "categorize products", captured 2026-06: one to eight answers, each of another domain.
    """
    asked = " ".join(sendable(words).split())[:MAX_WORDS]
    if not asked:
        return ()
    query = (("limit", MOST_SUGGESTIONS), ("q", asked))
    answer = yield from ask(Request("GET", "/sites/MLB/domain_discovery/search", DISCOVERY, query=query))
    if isinstance(answer, Postponed):
        return answer
    body = answer.json()
    if answer.status != 200 or not isinstance(body, list):
        return not_learnt(DISCOVERY, answer)
    found = {category: row for row in shape.tables(body) if (category := _category(row.get("category_id")))}
    return tuple(
        Suggestion(category, shape.text(row.get("category_name")) or category) for category, row in found.items()
    )


def _category(value: object) -> str:
    text = shape.text(value)
    return text if CATEGORY_ID.fullmatch(text) else ""
