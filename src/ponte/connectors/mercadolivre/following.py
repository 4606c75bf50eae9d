"""Looking after a listing that was sent: pictures still to be fetched, moderation that came later."""

from __future__ import annotations

from ponte.connectors.mercadolivre import shape
from ponte.connectors.mercadolivre.answers import classify
from ponte.connectors.mercadolivre.asking import not_learnt, read_item, why_no_pictures
from ponte.connectors.mercadolivre.errand import MEMORY, keeping, sent_before
from ponte.connectors.mercadolivre.sending import judge
from ponte.connectors.mercadolivre.standing import FOLLOW_STEPS, item_of, listing_of, remembering
from ponte.connectors.transport import ask
from ponte.domain.message import JSON, Conversation
from ponte.domain.outcome import Accepted, Link, Listing, Outcome, Pending, Postponed, Rejected


def follow(link: Link) -> Conversation[Outcome]:
    """Read the listing and say how it stands."""
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
    now = listing_of(item, dict(listing.memory))
    return (yield from _told(item, now))


def _told(item: dict[str, JSON], listing: Listing) -> Conversation[Outcome]:
    outcome = yield from judge(item, listing)
    match outcome:
        case Pending():
            problems = yield from why_no_pictures(item)
            return Rejected(problems, _to_fetch_again(listing)) if problems else outcome
        case Postponed(problem):
            return Postponed(problem, listing=_to_fetch_again(listing))
        case Accepted(_, warnings):
            return _looked(listing, Accepted(None, warnings))
        case _:
            return outcome


def _to_fetch_again(listing: Listing) -> Listing:
    """Forget what pictures were sent: the next sending names them anew, so that they are fetched once more."""
    sent = {name: value for name, value in sent_before(listing).items() if name != "pictures"}
    return remembering(listing, waited=None, **{MEMORY: sent})


def _looked(listing: Listing, outcome: Accepted) -> Accepted:
    """Count the looks, and ask for the next one while there is a step left."""
    looks = min((shape.whole(listing.memory.get("looks")) or 0) + 1, len(FOLLOW_STEPS))
    following = FOLLOW_STEPS[looks] if looks < len(FOLLOW_STEPS) else None
    return Accepted(remembering(listing, looks=looks, waited=None), outcome.warnings, following)
