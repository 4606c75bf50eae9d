"""Looking at what became of something that was taken: traces first, then the SKU itself.

After the trace the SKU exists, and price and stock are paid. It is on sale when it is PUBLISHED: that, and nothing
before, is a success.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ponte.connectors import shape
from ponte.connectors.magalu import names
from ponte.connectors.magalu.answers import classify, taken_down, url_of, waiting
from ponte.connectors.magalu.asking import not_learnt, read_sku
from ponte.connectors.magalu.calls import calling
from ponte.connectors.magalu.errand import LOOK_STEPS, conflict, keeping, on_its_way, step
from ponte.connectors.magalu.facts import account_of
from ponte.connectors.magalu.memory import Memory, memory_of
from ponte.connectors.magalu.paying import pay
from ponte.connectors.magalu.traces import is_settled, trace_problems
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Conversation
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage

MAX_LOOKS = 100
"""About a day without an answer; then it is sent again, slowly."""
MAX_REVIEW_LOOKS = 700
"""About a week of review."""
LATER_STEPS = (3_600.0, 86_400.0)
"""Looks at what is on sale: a moderation comes late."""


def follow(link: Link, rules: Rules) -> Conversation[Outcome]:
    """Look at a listing and say how it stands."""
    if link.listing is None:
        return Accepted(None)
    memory = memory_of(link.listing)
    tenant = account_of(rules).tenant or memory.tenant
    return (yield from look(link.listing, replace(memory, tenant=tenant)))


def look(listing: Listing, memory: Memory) -> Conversation[Outcome]:
    traced = yield from _read_traces(memory)
    memory = traced.memory
    if traced.hindered is not None:
        return keeping(traced.hindered, listing, memory)
    if any(problem.blocking for problem in traced.problems):
        return Rejected(traced.problems, memory.in_listing(listing))
    if memory.traces and memory.looks < len(LOOK_STEPS):
        return _again(listing, memory, waiting("trace"))
    found = yield from read_sku(listing.id, memory.tenant)
    if isinstance(found, Postponed | Blocked):
        return keeping(found, listing, memory)
    memory = replace(memory, traces={})
    if found is None:
        return _not_there(listing, memory)
    return (yield from _judge(found, listing, memory, traced.problems))


@dataclass(frozen=True, slots=True)
class _Traced:
    memory: Memory
    problems: tuple[Problem, ...] = ()
    hindered: Postponed | Blocked | None = None


def _read_traces(memory: Memory) -> Conversation[_Traced]:
    """Read what is still open; the memory keeps those that say nothing yet."""
    problems: tuple[Problem, ...] = ()
    for part, trace in memory.traces.items():
        answer = yield from ask(calling(names.TRACE, tenant=memory.tenant, named=trace))
        if isinstance(answer, Postponed):
            return _Traced(memory, problems, answer)
        if answer.status == 404:
            continue
        body = answer.json()
        if answer.status != 200 or not isinstance(shape.table(body).get(names.RESULTS), list):
            return _Traced(memory, problems, not_learnt(names.TRACE, answer))
        if not is_settled(body):
            continue
        found = trace_problems(body)
        memory = memory.without_trace(part)
        if any(problem.blocking for problem in found):
            memory = memory.forgetting(part)
        problems += found
    return _Traced(memory, problems)


def _again(listing: Listing, memory: Memory, problem: Problem) -> Outcome:
    looked = replace(memory, looks=memory.looks + 1)
    return Pending(looked.in_listing(listing), problem, step(looked.looks))


def _not_there(listing: Listing, memory: Memory) -> Outcome:
    if memory.made:
        gone = Problem(ProblemClass.LISTING_NOT_FOUND, Stage.MARKETPLACE, names.SKU, "404", http_status=404)
        return Rejected((gone,), memory.in_listing(listing))
    return _patient(listing, memory, waiting("taken"), MAX_LOOKS)


def _patient(listing: Listing, memory: Memory, problem: Problem, most: int) -> Outcome:
    """Wait on, unless that has gone on for too long."""
    if memory.looks < most:
        return _again(listing, memory, problem)
    late = Problem(ProblemClass.MARKETPLACE_TIMEOUT, Stage.MARKETPLACE, names.STATUS, problem.code)
    return Rejected((late,), replace(memory, looks=0, sent={}).in_listing(listing))


def _judge(
    body: dict[str, JSON], listing: Listing, memory: Memory, warnings: tuple[Problem, ...]
) -> Conversation[Outcome]:
    status = shape.text(body.get(names.STATUS)).upper()
    listing = replace(listing, url=url_of(body) or listing.url, state=status[:40])
    memory = replace(memory, made=True)
    if status not in {names.PUBLISHED, names.DRAFT, names.UNDER_REVIEW, names.UNPUBLISHED}:
        return Rejected((taken_down(status),), memory.in_listing(listing))
    if memory.owed:
        return (yield from _pay(listing, memory))
    if memory.stale and status != names.UNDER_REVIEW:
        # A refusal that passes: the flows send again, with what VTEX has by then.
        return Rejected((conflict("newer_waits"),), replace(memory, stale=False).in_listing(listing))
    return (yield from _standing(status, body, listing, memory, warnings))


def _pay(listing: Listing, memory: Memory) -> Conversation[Outcome]:
    paid = yield from pay(listing.id, memory.owed, memory)
    if paid.hindered is not None:
        return keeping(paid.hindered, listing, paid.memory)
    if paid.problems:
        return Rejected(paid.problems, paid.memory.in_listing(listing))
    if paid.waits is not None:
        return _patient(listing, paid.memory, paid.waits, MAX_REVIEW_LOOKS)
    return on_its_way(listing, paid.memory)


def _standing(
    status: str, body: dict[str, JSON], listing: Listing, memory: Memory, warnings: tuple[Problem, ...]
) -> Conversation[Outcome]:
    match status:
        case names.DRAFT:
            return (yield from _draft(listing, memory))
        case names.UNDER_REVIEW:
            return _patient(listing, memory, waiting(status), MAX_REVIEW_LOOKS)
        case _ if memory.paused:
            return _paused(body, listing, memory)
        case names.PUBLISHED:
            return _on_sale(listing, memory, warnings)
        case _:
            return Accepted(replace(memory, looks=0).in_listing(listing), (*warnings, _unpublished()))


def _paused(body: dict[str, JSON], listing: Listing, memory: Memory) -> Outcome:
    if body.get(names.ACTIVE) is not True or listing.state == names.UNPUBLISHED:
        return Accepted(memory.in_listing(listing))
    return Postponed(conflict("status.unchanged"), listing=memory.in_listing(listing))


def _on_sale(listing: Listing, memory: Memory, warnings: tuple[Problem, ...]) -> Outcome:
    later = LATER_STEPS[memory.later] if memory.later < len(LATER_STEPS) else None
    seen = replace(memory, looks=0, later=min(memory.later + 1, len(LATER_STEPS)))
    return Accepted(seen.in_listing(listing), warnings, later)


def _unpublished() -> Problem:
    """Off sale, and not by us: somebody did it in the marketplace's portal, or there is nothing in stock."""
    return Problem(
        ProblemClass.LISTING_CLOSED, Stage.MARKETPLACE, names.STATUS, "unpublished", severity=Severity.WARNING
    )


def _draft(listing: Listing, memory: Memory) -> Conversation[Outcome]:
    """Ask what keeps a SKU from being published."""
    answer = yield from ask(calling(names.BLOCKERS, tenant=memory.tenant, sku=listing.id))
    if isinstance(answer, Postponed):
        return keeping(answer, listing, memory)
    match classify(names.BLOCKERS, answer):
        case Rejected(problems) if answer.status == 200:
            # The same body would be refused again; a changed one must not be taken for said.
            return Rejected(problems, memory.forgetting("sku").in_listing(listing))
        case Accepted():
            return _patient(listing, memory, waiting(names.DRAFT), MAX_LOOKS)
        case Rejected(problems):
            return Postponed(problems[0], listing=memory.in_listing(listing))
        case outcome:
            return keeping(outcome, listing, memory)
