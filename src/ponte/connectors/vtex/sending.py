"""Sending: tell the marketplace that a SKU changed; suggest the SKU when it is not known there.

Everything is said under the seller's id and the SKU's own, so saying it twice makes no second one: there is no doubt
to be cleared after a lost answer, it is simply said again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ponte.connectors import shape
from ponte.connectors.transport import ask
from ponte.connectors.vtex.answers import OFF_SALE, SUGGESTION, bound, classify, suggested, unreadable
from ponte.connectors.vtex.calls import BINDING, SUGGESTED, Calls, calls_of
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Conversation, Request, Response
from ponte.domain.offer import Offer
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage

NOT_CONNECTED = Blocked(Problem(ProblemClass.AUTH_CLIENT, Stage.SEND, "seller_id", "setting_missing"))
# What a bound SKU is told beside its change: since September 2023 that no longer covers price and stock.
PARTS = (("price", "price"), ("stock", "inventory"))


def send(offer: Offer, link: Link, rules: Rules) -> Conversation[Outcome]:
    """Notify; then suggest, or bring a bound SKU up to date."""
    sku = shape.text(offer.payload.get("sku"))
    calls = calls_of(rules, sku)
    if calls is None:
        return NOT_CONNECTED
    known = link.listing or Listing(sku)
    memory = {} if link.restate else dict(known.memory)
    answer = yield from ask(calls.notify())
    if isinstance(answer, Postponed):
        return answer
    if answer.status == 404:
        return (yield from _suggest(calls, offer, replace(known, memory=memory)))
    if not 200 <= answer.status < 300:
        return classify(calls.notify().endpoint, answer)
    return (yield from _bring_up(calls, offer, memory))


def _suggest(calls: Calls, offer: Offer, known: Listing) -> Conversation[Outcome]:
    """Suggest the SKU, and see that the suggestion is there: the answer to it says nothing."""
    request = calls.suggest(offer.payload.get("suggestion"))
    outcome = yield from told(request)
    if not isinstance(outcome, Accepted):
        return outcome
    fresh = Listing(known.id, state=SUGGESTION, memory={**known.memory, "looks": 0})
    return (yield from standing_of_suggestion(calls, fresh))


def standing_of_suggestion(calls: Calls, listing: Listing) -> Conversation[Outcome]:
    answer = yield from ask(calls.suggestion())
    if isinstance(answer, Postponed):
        return replace(answer, listing=listing)
    if not 200 <= answer.status < 300:
        return keeping(classify(SUGGESTED, answer), listing)
    found = suggested(answer.json(), listing)
    return found or keeping(unreadable(SUGGESTED, answer), listing)


def binding_of(calls: Calls, memory: Mapping[str, JSON]) -> Conversation[Accepted | Outcome]:
    """Return how the SKU is bound; `Rejected` when it is not."""
    answer = yield from ask(calls.binding())
    if isinstance(answer, Postponed):
        return answer
    if not 200 <= answer.status < 300:
        return classify(BINDING, answer)
    found = bound(answer.json(), dict(memory))
    if found is not None and found.listing is not None and found.listing.id != calls.sku:
        return unreadable(BINDING, answer)
    return found or _no_binding(answer)


def _no_binding(answer: Response) -> Outcome:
    row = shape.table(answer.json())
    if row.get("IsRemoved") is True:
        return Rejected((Problem(ProblemClass.LISTING_CLOSED, Stage.MARKETPLACE, code="binding_removed"),))
    return unreadable(BINDING, answer)


def _bring_up(calls: Calls, offer: Offer, memory: dict[str, JSON]) -> Conversation[Outcome]:
    """Prove the binding, put back on sale what we took off, tell that price and stock changed."""
    found = yield from binding_of(calls, memory)
    if not isinstance(found, Accepted) or found.listing is None:
        return found
    listing, warnings = found.listing, found.warnings
    if listing.state == OFF_SALE and memory.get("withdrawn"):
        outcome = yield from told(calls.switch("activate"))
        if not isinstance(outcome, Accepted):
            return keeping(outcome, listing)
        listing = replace(listing, state="bound", memory={**listing.memory, "withdrawn": False})
    for name, part in PARTS:
        said = shape.text(offer.payload.get(name))
        if listing.memory.get(name) != said:
            outcome = yield from told(calls.notice(part))
            if not isinstance(outcome, Accepted):
                return keeping(outcome, listing)
            listing = replace(listing, memory={**listing.memory, name: said})
    return Accepted(listing, warnings)


def told(request: Request) -> Conversation[Outcome]:
    answer = yield from ask(request)
    return answer if isinstance(answer, Postponed) else classify(request.endpoint, answer)


def keeping(outcome: Outcome, listing: Listing) -> Outcome:
    """Return what hindered a later step, with what stands all the same."""
    match outcome:
        case Postponed(problem, retry_in, unknown, None):
            return Postponed(problem, retry_in, unknown, listing)
        case Rejected(problems, None):
            return Rejected(problems, listing)
        case Pending() | Accepted() | Blocked() | _:
            return outcome
