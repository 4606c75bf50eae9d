"""More than one listing of a SKU, made by a create that nobody heard of: one is kept, the others are ended.

A seller may have several listings of a SKU on purpose (a classic and a premium one, one in the catalogue), so only
what Ponte itself can have made is ended: of the same listing type, made since the doubt began, with nothing sold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ponte.connectors import shape
from ponte.connectors.mercadolivre.asking import Found, find, made_at
from ponte.connectors.mercadolivre.errand import keeping, lag_seconds
from ponte.connectors.mercadolivre.facts import account_of
from ponte.connectors.mercadolivre.standing import VARIATIONS, listing_of, seller_sku, variations_problem
from ponte.connectors.mercadolivre.updating import close
from ponte.connectors.mercadolivre.updating import withdraw as pause
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Conversation
from ponte.domain.outcome import UNCONFIRMED, Accepted, Blocked, Link, Listing, Outcome, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage

LATE = timedelta(minutes=15)
"""So long before the doubt came up its create may have been applied: a lost answer is waited for, a batch written."""
LONGEST_DOUBT_SECONDS = 24 * 3_600.0
ON_SALE = frozenset({"active", "paused"})

Item = dict[str, JSON]


def still_unknown(outcome: Outcome) -> Outcome:
    """Keep the doubt through whatever hindered the look-up. `Blocked` cannot carry it, so it is `Postponed` too."""
    match outcome:
        case Postponed(problem, retry_in):
            return Postponed(problem, retry_in, unknown=True)
        case Blocked(problem):
            return Postponed(problem, unknown=True)
        case Rejected(problems) if problems:
            return Postponed(problems[0], unknown=True)
        case _:
            return outcome


def unconfirmed(lag_seconds: float, uncertain_seconds: float, listing: Listing | None = None) -> Postponed | None:
    """Return the wait for the search to know what was made. The doubt lives on: `unknown` keeps it."""
    remaining = lag_seconds - uncertain_seconds
    problem = Problem(ProblemClass.NETWORK, Stage.SEND, "POST /items", UNCONFIRMED)
    return Postponed(problem, remaining, unknown=True, listing=listing) if remaining > 0 else None


def chosen(items: Sequence[Item], listing_type: JSON) -> Item:
    """Return the item to keep when none is held yet: the oldest of those of this listing type, if there are any.

    One of the catalogue comes last: it stands beside the seller's own, which has the content that Ponte sends.
    """
    own = [item for item in items if not item.get("catalog_listing")] or items
    return next((item for item in own if item.get("listing_type_id") == listing_type), own[0])


def end_surplus(
    found: Found, kept_id: str, *, sku: str, listing_type: JSON, uncertain_seconds: float
) -> Conversation[Outcome | None]:
    """End what a lost create made beside the kept listing; returns what hindered it, None when all is done."""
    for item in _surplus(found, kept_id, sku, listing_type, uncertain_seconds):
        ended = yield from close(Link(listing_of(item, {"sku": sku})))
        if not isinstance(ended, Accepted):
            return ended
    return None


def withdraw(link: Link, rules: Rules) -> Conversation[Outcome]:
    """Pause the listing; in doubt, end what may stand beside it, for it would stay on sale."""
    if link.listing is not None and link.listing.memory.get(VARIATIONS):
        return Rejected((variations_problem(link.listing),), link.listing)
    outcome = yield from pause(link)
    listing, uncertain = link.listing, link.uncertain_seconds
    if listing is None or uncertain is None or not isinstance(outcome, Accepted):
        return outcome
    sku = shape.text(listing.memory.get("sku"))
    found = yield from find(account_of(rules).user_id, sku)
    if not isinstance(found, Found):
        return keeping(still_unknown(found), listing, stored=True)
    kind = next((item.get("listing_type_id") for item in found.items if item["id"] == listing.id), None)
    hindered = yield from end_surplus(found, listing.id, sku=sku, listing_type=kind, uncertain_seconds=uncertain)
    if hindered is not None:
        return keeping(still_unknown(hindered), listing, stored=True)
    return unconfirmed(lag_seconds(rules), uncertain, outcome.listing) or outcome


def _surplus(found: Found, kept_id: str, sku: str, listing_type: JSON, uncertain_seconds: float) -> list[Item]:
    if found.asked_at is None or not listing_type or uncertain_seconds > LONGEST_DOUBT_SECONDS:
        return []
    since = found.asked_at - timedelta(seconds=uncertain_seconds) - LATE
    return [
        item
        for item in found.items
        if item["id"] != kept_id
        and seller_sku(item) == sku
        and item.get("listing_type_id") == listing_type
        and _is_ours(item, since)
    ]


def _is_ours(item: Item, since: datetime) -> bool:
    made = made_at(item)
    untouched = not shape.number(item.get("sold_quantity")) and not item.get("catalog_listing")
    return untouched and item.get("status") in ON_SALE and made is not None and made >= since
