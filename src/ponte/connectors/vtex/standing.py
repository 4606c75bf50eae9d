"""Looking after what was sent, taking it off sale, ending it, finding it."""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors.vtex.answers import BOUND, OFF_SALE
from ponte.connectors.vtex.calls import Calls, calls_of
from ponte.connectors.vtex.sending import NOT_CONNECTED, binding_of, keeping, standing_of_suggestion, told
from ponte.domain.connector import Rules
from ponte.domain.message import Conversation
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import ProblemClass

GONE = frozenset({ProblemClass.LISTING_NOT_FOUND, ProblemClass.LISTING_CLOSED})


def follow(link: Link, rules: Rules) -> Conversation[Outcome]:
    """Say how the SKU stands: bound by now, or what became of the suggestion."""
    if link.listing is None:
        return Accepted(None)
    calls = calls_of(rules, link.listing.id)
    if calls is None:
        return NOT_CONNECTED
    return keeping((yield from _stands(calls, link.listing)), link.listing)


def _stands(calls: Calls, listing: Listing) -> Conversation[Outcome]:
    found = yield from binding_of(calls, listing.memory)
    if not _is_gone(found):
        return found
    if listing.state.startswith(BOUND):
        return Rejected(found.problems, listing) if isinstance(found, Rejected) else found
    return (yield from standing_of_suggestion(calls, listing))


def find(sku: str, rules: Rules) -> Conversation[tuple[Listing, ...] | Postponed | Blocked]:
    """Return the binding of a SKU, else its suggestion."""
    calls = calls_of(rules, sku)
    if calls is None:
        return NOT_CONNECTED
    outcome = yield from _stands(calls, Listing(sku))
    match outcome:
        case Postponed() | Blocked():
            return outcome
        case Rejected() if _is_gone(outcome):
            return ()
        case Accepted(Listing() as listing) | Pending(listing) | Rejected(_, Listing() as listing):
            return (listing,)
        case Rejected(problems) if problems:
            return Postponed(problems[0])
        case _:
            return ()


def withdraw(link: Link, rules: Rules) -> Conversation[Outcome]:
    """Take off sale: a binding is made inactive, a suggestion is deleted."""
    return (yield from _leave(link, rules, "inactivate"))


def end(link: Link, rules: Rules) -> Conversation[Outcome]:
    """End for good: a binding is removed, a suggestion is deleted."""
    return (yield from _leave(link, rules, "remove"))


def _leave(link: Link, rules: Rules, verb: str) -> Conversation[Outcome]:
    if link.listing is None:
        return Accepted(None)
    calls, listing = calls_of(rules, link.listing.id), link.listing
    if calls is None:
        return NOT_CONNECTED
    found: Outcome = Accepted(listing)
    if not listing.state.startswith(BOUND):
        # It may have been accepted since we looked: to delete the suggestion would leave it on sale.
        found = yield from binding_of(calls, listing.memory)
    if isinstance(found, Accepted):
        off = replace(listing, state=OFF_SALE, memory={**listing.memory, "withdrawn": True})
        return _done((yield from told(calls.switch(verb))), off if verb == "inactivate" else None, listing)
    if not _is_gone(found):
        return keeping(found, listing)
    gone = replace(listing, state="withdrawn", memory={})
    return _done((yield from told(calls.unsuggest())), gone if verb == "inactivate" else None, listing)


def _done(outcome: Outcome, now: Listing | None, before: Listing) -> Outcome:
    """Return what stands after a change that was taken, or found nothing to change."""
    if isinstance(outcome, Accepted) or _is_gone(outcome):
        return Accepted(now)
    return keeping(outcome, before)


def _is_gone(outcome: Outcome) -> bool:
    if not isinstance(outcome, Rejected):
        return False
    return any(problem.kind in GONE or problem.http_status in {404, 410} for problem in outcome.problems)
