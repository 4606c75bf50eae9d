"""Looking after a listing that was sent: pictures still to be fetched, moderation that came later."""

from __future__ import annotations

from ponte.connectors import shape
from ponte.connectors.mercadolivre.answers import classify
from ponte.connectors.mercadolivre.asking import not_learnt, read_item, why_no_pictures
from ponte.connectors.mercadolivre.errand import keeping
from ponte.connectors.mercadolivre.pictures import to_fetch_again
from ponte.connectors.mercadolivre.sending import judge
from ponte.connectors.mercadolivre.standing import (
    FOLLOW_STEPS,
    is_warned,
    item_of,
    listing_of,
    remembering,
    seller_sku,
)
from ponte.connectors.transport import ask
from ponte.domain.message import JSON, Conversation
from ponte.domain.outcome import Accepted, Link, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage


def follow(link: Link, user_id: str = "") -> Conversation[Outcome]:
    """Read the listing and say how it stands. Anybody's may be read: another seller's than `user_id` is not ours."""
    listing = link.listing
    if listing is None:
        return Accepted(None)
    answer = yield from ask(read_item(listing.id))
    if isinstance(answer, Postponed):
        return keeping(answer, listing, stored=True)
    item = item_of(answer.json()) if answer.status == 200 else None
    if item is None:
        outcome = classify("GET /items/{id}", answer)
        told = outcome if isinstance(outcome, Rejected) else not_learnt("GET /items/{id}", answer)
        return keeping(told, listing, stored=True)
    if _is_anothers(item, user_id):
        problem = Problem(ProblemClass.LISTING_NOT_FOUND, Stage.MARKETPLACE, listing.id, "listing.other_seller")
        return Rejected((problem,), listing)
    now = listing_of(item, dict(listing.memory or {"sku": seller_sku(item)}))
    return (yield from _told(item, now))


def _is_anothers(item: dict[str, JSON], user_id: str) -> bool:
    seller = shape.word(item.get("seller_id"))
    return bool(user_id and seller) and seller != user_id


def _told(item: dict[str, JSON], listing: Listing) -> Conversation[Outcome]:
    outcome = yield from judge(item, listing)
    match outcome:
        case Pending():
            problems = yield from why_no_pictures(item)
            return Rejected(problems, to_fetch_again(listing)) if problems else outcome
        case Postponed(problem):
            return Postponed(problem, listing=to_fetch_again(listing))
        case Accepted(_, warnings):
            return _looked(listing, Accepted(None, warnings), warned=is_warned(item))
        case _:
            return outcome


def _looked(listing: Listing, outcome: Accepted, *, warned: bool) -> Accepted:
    """Count the looks, and ask for the next one while there is a step left, or a warning that may end in a review."""
    looks = min((shape.whole(listing.memory.get("looks")) or 0) + 1, len(FOLLOW_STEPS))
    last = FOLLOW_STEPS[-1] if warned else None
    following = FOLLOW_STEPS[looks] if looks < len(FOLLOW_STEPS) else last
    return Accepted(remembering(listing, looks=looks, waited=None), outcome.warnings, following)
