"""Sending: make the SKU, or bring what stands to the offer.

The SKU's code is the key: a SKU is never made twice, and a second POST is a 409 that turns into a PUT. Everything is
taken with 202 first; `following` looks at what became of it, and then pays price and stock.
"""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors import shape
from ponte.connectors.magalu import names
from ponte.connectors.magalu.answers import classify, is_taken, trace_of
from ponte.connectors.magalu.asking import read_sku
from ponte.connectors.magalu.calls import calling
from ponte.connectors.magalu.errand import LONG_STEP, Errand, errand_of, keeping, on_its_way
from ponte.connectors.magalu.following import look
from ponte.connectors.magalu.memory import SKU, Memory, digest, memory_of
from ponte.connectors.magalu.pausing import set_active
from ponte.connectors.magalu.paying import pay
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import Conversation
from ponte.domain.offer import Offer
from ponte.domain.outcome import Blocked, Link, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import ProblemClass

SELLING = frozenset({names.PUBLISHED, names.UNPUBLISHED, names.UNDER_REVIEW})


def send(offer: Offer, link: Link, rules: Rules) -> Conversation[Outcome]:
    """Create or update, and say how it ended."""
    errand = errand_of(offer, rules)
    if link.listing is not None:
        memory = memory_of(link.listing)
        # Everything is said again when what stands may be older than what was accepted last.
        memory = replace(memory, sent={}) if link.restate or link.uncertain_seconds is not None else memory
        return (yield from _update(errand, link.listing, replace(memory, tenant=errand.tenant or memory.tenant)))
    if link.uncertain_seconds is not None:
        return (yield from _create_if_missing(errand))
    return (yield from _create(errand, Memory(tenant=errand.tenant)))


def _create_if_missing(errand: Errand) -> Conversation[Outcome]:
    """An earlier create may have been applied: the SKU is looked for under its code first."""
    found = yield from read_sku(errand.sku, errand.tenant)
    match found:
        case Postponed():
            return replace(found, unknown=True)
        case Blocked():
            return found
        case None:
            return (yield from _create(errand, Memory(tenant=errand.tenant)))
        case _:
            listing = Listing(errand.sku, state=shape.text(found.get(names.STATUS)).upper())
            return (yield from _update(errand, listing, Memory(tenant=errand.tenant, made=True)))


def _create(errand: Errand, memory: Memory, *, replaces: bool = True) -> Conversation[Outcome]:
    answer = yield from ask(calling(names.CREATE, tenant=memory.tenant, body=errand.body))
    if isinstance(answer, Postponed):
        return answer
    listing = Listing(errand.sku)
    if is_taken(answer):
        taken = replace(memory.taken(SKU, errand.body, trace_of(answer)), owed=errand.parts, later=0)
        return on_its_way(listing, taken)
    outcome = classify(names.CREATE, answer)
    if replaces and isinstance(outcome, Rejected) and outcome.problems[0].kind is ProblemClass.DUPLICATE:
        return (yield from _replace(errand, listing, replace(memory, owed=errand.parts), creates=False))
    return outcome


def _update(errand: Errand, listing: Listing, memory: Memory) -> Conversation[Outcome]:
    unsaid = errand.unsaid(memory)
    differs = memory.sent.get(SKU) != digest(errand.body)
    if memory.made and (listing.state in SELLING or not differs):
        # Price and stock change daily and sell wrongly when they are late: they do not wait for the rest.
        paid = yield from pay(errand.sku, unsaid, memory)
        memory = paid.memory
        if paid.hindered is not None:
            return keeping(paid.hindered, listing, memory)
        if paid.problems:
            return Rejected(paid.problems, memory.in_listing(listing))
    else:
        # A draft is brought in order first: with price and stock its review would begin, and shut it.
        memory = replace(memory, owed=unsaid)
    if differs:
        return (yield from _replace(errand, listing, memory))
    if memory.paused:
        return (yield from set_active(listing, memory, active=True))
    if memory.traces or memory.owed:
        return on_its_way(listing, memory)
    return (yield from look(listing, memory))


def _replace(errand: Errand, listing: Listing, memory: Memory, *, creates: bool = True) -> Conversation[Outcome]:
    answer = yield from ask(calling(names.REPLACE, tenant=memory.tenant, sku=errand.sku, body=errand.body))
    if isinstance(answer, Postponed):
        return keeping(answer, listing, memory)
    if is_taken(answer):
        taken = memory.taken(SKU, errand.body, trace_of(answer))
        return on_its_way(listing, replace(taken, owed=memory.owed, later=0, paused=False, stale=False))
    outcome = classify(names.REPLACE, answer)
    if _is_gone(outcome) and not memory.made and creates:
        return (yield from _create(errand, memory, replaces=False))
    if isinstance(outcome, Postponed) and outcome.problem.kind is ProblemClass.STATE_CONFLICT:
        return (yield from _wait_for_review(errand, listing, memory, outcome))
    return keeping(outcome, listing, memory)


def _is_gone(outcome: Outcome) -> bool:
    return isinstance(outcome, Rejected) and outcome.problems[0].kind is ProblemClass.LISTING_NOT_FOUND


def _wait_for_review(errand: Errand, listing: Listing, memory: Memory, conflict: Postponed) -> Conversation[Outcome]:
    """A review takes hours or days and is nobody's error: it is waited for, and the newest state sent after it."""
    found = yield from read_sku(errand.sku, memory.tenant)
    if isinstance(found, Postponed | Blocked):
        return keeping(found, listing, memory)
    reviewed = isinstance(found, dict) and shape.text(found.get(names.STATUS)).upper() == names.UNDER_REVIEW
    if not reviewed:
        return keeping(conflict, listing, memory)
    waiting = replace(memory, stale=True, made=True)
    return Pending(waiting.in_listing(replace(listing, state=names.UNDER_REVIEW)), conflict.problem, LONG_STEP)
