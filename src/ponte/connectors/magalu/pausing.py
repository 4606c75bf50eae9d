"""Off sale and on again: PATCH of `active`. A DELETE is not known, so the end of a SKU is that it stays inactive."""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors.magalu import names
from ponte.connectors.magalu.answers import classify, is_taken, trace_of
from ponte.connectors.magalu.calls import calling
from ponte.connectors.magalu.errand import keeping, on_its_way
from ponte.connectors.magalu.facts import account_of
from ponte.connectors.magalu.memory import SKU, Memory, memory_of
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import Conversation
from ponte.domain.outcome import Accepted, Link, Listing, Outcome, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage

GONE = frozenset({ProblemClass.LISTING_NOT_FOUND, ProblemClass.LISTING_CLOSED})
LOOK_SECONDS = 60.0


def withdraw(link: Link, rules: Rules) -> Conversation[Outcome]:
    """Take the listing off sale. One that is gone is off sale already."""
    if link.listing is None:
        return Accepted(None)
    return (yield from set_active(link.listing, _remembered(link.listing, rules), active=False))


def end(link: Link, rules: Rules) -> Conversation[Outcome]:
    """Take the listing off sale for good, and say that Magalu keeps it: nothing was found that deletes a SKU."""
    if link.listing is None:
        return Accepted(None)
    outcome = yield from set_active(link.listing, _remembered(link.listing, rules), active=False)
    if not isinstance(outcome, Accepted):
        return outcome
    return Accepted(None, () if outcome.warnings else (_kept_there(),))


def _kept_there() -> Problem:
    return Problem(
        ProblemClass.LISTING_CLOSED, Stage.MARKETPLACE, names.STATUS, "only_inactive", severity=Severity.WARNING
    )


def _remembered(listing: Listing, rules: Rules) -> Memory:
    memory = memory_of(listing)
    return replace(memory, tenant=account_of(rules).tenant or memory.tenant)


def set_active(listing: Listing, memory: Memory, *, active: bool) -> Conversation[Outcome]:
    """Say whether a SKU is for sale, and nothing else of it."""
    call = calling(names.CHANGE, tenant=memory.tenant, sku=listing.id, body={names.ACTIVE: active})
    answer = yield from ask(call)
    if isinstance(answer, Postponed):
        return keeping(answer, listing, memory)
    if is_taken(answer):
        trace = trace_of(answer)
        traces = {**memory.traces, SKU: trace} if trace else memory.traces
        set_so = replace(memory, paused=not active, traces=traces, looks=0)
        return on_its_way(listing, set_so) if active else Accepted(set_so.in_listing(listing), (), LOOK_SECONDS)
    outcome = classify(names.CHANGE, answer)
    if isinstance(outcome, Rejected) and any(problem.kind in GONE for problem in outcome.problems):
        return _gone(outcome, listing, memory, active=active)
    return keeping(outcome, listing, memory)


def _gone(outcome: Rejected, listing: Listing, memory: Memory, *, active: bool) -> Outcome:
    if active:
        return Rejected(outcome.problems, memory.in_listing(listing))
    if not memory.made:
        # It may still be on its way: only what was seen there once can be gone.
        pending = Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE, names.STATUS, "taken")
        return Postponed(pending, listing=memory.in_listing(listing))
    return Accepted(memory.in_listing(listing), tuple(problem.as_warning() for problem in outcome.problems))
