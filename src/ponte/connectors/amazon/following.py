"""Looking after a listing that was sent: still worked on, on sale, refused late."""

from __future__ import annotations

from ponte.connectors import shape
from ponte.connectors.amazon import seller
from ponte.connectors.amazon.answers import classify, unreadable
from ponte.connectors.amazon.manifest import GET
from ponte.connectors.amazon.standing import (
    EARLY,
    FOLLOW_STEPS,
    forgetful,
    item_of,
    remembering,
    standing,
    waiting,
)
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import Conversation
from ponte.domain.outcome import Accepted, Link, Listing, Outcome, Postponed, Rejected
from ponte.domain.problem import ProblemClass


def follow(link: Link, rules: Rules) -> Conversation[Outcome]:
    """Read the listing and say how it stands."""
    listing = link.listing
    if listing is None:
        return Accepted(None)
    account = seller.seller_of(rules)
    answer = yield from ask(seller.get(listing.id, rules))
    if isinstance(answer, Postponed):
        return Postponed(answer.problem, answer.retry_in, answer.unknown, listing)
    item = item_of(answer.json()) if answer.status == 200 else None
    if item is None or item["sku"] != listing.id:
        outcome = classify(GET, answer) if item is None else unreadable(GET, answer, "echo.other_sku")
        return _unread(outcome, listing, account.first_look)
    outcome = standing(item, listing, account)
    return _looked(outcome, account.first_look) if isinstance(outcome, Accepted) else outcome


def _unread(outcome: Outcome, listing: Listing, first_look: float) -> Outcome:
    match outcome:
        case Rejected(problems) if problems[0].kind is ProblemClass.LISTING_NOT_FOUND:
            waited = shape.number(listing.memory.get("waited"))
            if waited is not None and waited < EARLY:
                # So long a listing that was just accepted may not be there yet.
                return waiting(listing, first_look)
            return Rejected(problems, forgetful(listing))
        case Rejected(problems):
            return Postponed(problems[0], listing=listing)
        case Postponed(problem, retry_in, unknown):
            return Postponed(problem, retry_in, unknown, listing)
        case _:
            return outcome


def _looked(outcome: Accepted, first_look: float) -> Accepted:
    """Count the looks at a listing on sale, and ask for the next one while there is a step left."""
    listing = outcome.listing
    assert listing is not None  # a listing that was read
    looks = shape.whole(listing.memory.get("looks")) or 0
    following = FOLLOW_STEPS[looks] * first_look if 0 <= looks < len(FOLLOW_STEPS) else None
    seen = remembering(listing, looks=min(max(looks, 0) + 1, len(FOLLOW_STEPS)), waited=None)
    return Accepted(seen, outcome.warnings, following)
