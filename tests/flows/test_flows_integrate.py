"""What a run makes of a connector's answers, with a connector of three lines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from ponte.domain.connector import Rules
from ponte.domain.lifecycle import Task, Trigger
from ponte.domain.mapping import Mapping
from ponte.domain.outcome import Accepted, Link, Listing, Outcome, Pending, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.pipeline.integrate import Desk, _missing_in_vtex, _withdraw, integrate
from ponte.flows.pipeline.job import Job, Result
from ponte.net.converse import Party
from ponte.net.pace import Pace
from ponte.net.transport import Line
from ponte.queue.work import Claimed

LISTING = Listing("1")
GONE = Problem(ProblemClass.VTEX_SKU_INACTIVE, Stage.VTEX)
UNKNOWN_SKU = Problem(ProblemClass.VTEX_SKU_NOT_FOUND, Stage.VTEX)
SENT = Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE, "offer", "offer.sent")


class Batches:
    """A marketplace that answers a pause later too, and that tells which facts it was given."""

    def __init__(self) -> None:
        self.facts: list[Any] = []

    def withdraw(self, link: Link, rules: Rules):
        return Accepted(link.listing, follow_in=60.0)
        yield

    def follow(self, link: Link, rules: Rules):
        self.facts.append(dict(rules.facts))
        return Accepted(link.listing)
        yield


def job(task: Task) -> Job:
    claimed = Claimed(7, task, 1, 1, 0, 0, Trigger.FOLLOW, None)
    return Job(claimed, 1, "sku", Link(LISTING), "", "")


def desk(connector: object, **known: Any) -> Desk:
    context: Any = SimpleNamespace(connector=connector, rules=Rules(Mapping()))
    facts: Any = SimpleNamespace(known=known)
    party = Party("marketplace", None, Line("https://m.example"), Pace(1, 1))  # type: ignore[arg-type]
    return Desk(context, facts, None, party, party)


def test_a_pause_that_is_answered_later_is_looked_at_again():
    run = job(Task.SEND)
    result = Result(run, Accepted(None))
    outcome: Outcome = asyncio.run(_withdraw(run, desk(Batches()), result, Rules(Mapping()), GONE))
    assert outcome == Accepted(LISTING, (GONE.as_warning(),), follow_in=60.0)


class Slow(Batches):
    """A marketplace that says of a pause only that it has it."""

    def withdraw(self, link: Link, rules: Rules):
        return Pending(replace(LISTING, state="pausing"), SENT, 120.0)
        yield


def test_a_pause_that_the_marketplace_has_yet_to_answer_shows_the_reason_and_is_looked_at_again():
    run = job(Task.SEND)
    result = Result(run, Accepted(None))
    outcome: Outcome = asyncio.run(_withdraw(run, desk(Slow()), result, Rules(Mapping()), GONE))
    assert outcome == Accepted(replace(LISTING, state="pausing"), (GONE.as_warning(),), follow_in=120.0)


@pytest.mark.parametrize(("connector", "wait"), [(Batches(), 60.0), (Slow(), 120.0)])
def test_the_pause_of_a_product_that_vtex_does_not_know_any_more_is_looked_at_again(connector, wait):
    run = job(Task.SEND)
    result = Result(run, Accepted(None))
    outcome = asyncio.run(_missing_in_vtex(run, desk(connector), result, Rejected((UNKNOWN_SKU,))))
    assert isinstance(outcome, Rejected)
    assert (outcome.problems, outcome.follow_in, outcome.listing.id) == ((UNKNOWN_SKU,), wait, "1")
    assert result.withdrawn


def test_a_later_look_is_given_what_was_learnt_so_that_a_late_refusal_names_its_attribute():
    connector, result = Batches(), Result(job(Task.FOLLOW), Accepted(None))
    asyncio.run(integrate(result, desk(connector, **{"category/1": {"COLOR": "Cor"}})))
    assert connector.facts == [{"category/1": {"COLOR": "Cor"}}]
