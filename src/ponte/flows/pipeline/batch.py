"""What one transaction will write, gathered record by record, and written many rows per statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ponte.db.clock import moment, now_ms
from ponte.db.counts import Moves, bucket
from ponte.db.integrations import Place, to_queued, to_rest
from ponte.db.results import (
    Change,
    Ended,
    change_integrations,
    end_attempts,
    forget_attempts,
    write_exchanges,
    write_problems,
)
from ponte.domain.lifecycle import AttemptResult, Phase, Priority, Status, Trigger
from ponte.domain.problem import Problem
from ponte.flows.pipeline.job import Result
from ponte.queue.lanes import Held
from ponte.queue.wake import wake
from ponte.queue.work import Next, Wanted, enqueue, finish, let_go, reschedule


@dataclass(slots=True)
class Batch:
    """What one transaction will write, gathered row by row."""

    held: Held
    now: datetime
    now_ms: int
    ended: list[Ended]
    changes: list[Change]
    done: list[int]
    later: list[Next]
    again: list[Place]
    moves: Moves
    block: Problem | None = None
    unbegun: list[Result] = field(default_factory=list)
    undoubted: list[int] = field(default_factory=list)
    digests: dict[int, str] = field(default_factory=dict)
    rests: dict[Phase, list[int]] = field(default_factory=lambda: {Phase.QUEUED: [], Phase.WAITING: []})


def batch_of(held: Held) -> Batch:
    now = now_ms()
    return Batch(held, moment(now), now, [], [], [], [], [], Moves())


def ended_as(result: Result, name: AttemptResult, status: str, problems: tuple[Problem, ...]) -> Ended:
    return Ended(result.job.attempt_id, name, status, problems, result.record.passed, result.offer)


def show(batch: Batch, place: Place, status: Status, phase: Phase) -> None:
    hidden = place.removed and status is not Status.ERROR
    after = bucket(status.value, phase.value, removed=hidden)
    batch.moves.move(place.channel_id, place.kind, place.bucket, after)


def write(batch: Batch) -> None:
    end_attempts(batch.ended, batch.now)
    write_exchanges(batch.ended)
    change_integrations(batch.changes, batch.now)
    write_problems(batch.changes, batch.held.channel_id)
    finish(batch.done)
    reschedule(batch.later)
    for phase, ids in batch.rests.items():
        to_rest(ids, phase, batch.now)
    forget_attempts(
        {result.job.id: result.job.attempt_id for result in batch.unbegun},
        undoubted=batch.undoubted,
    )
    let_go([result.job.id for result in batch.unbegun])
    _queue_again(batch)
    batch.moves.write(batch.now)
    if batch.again:
        wake([batch.held.lane_id])


def _queue_again(batch: Batch) -> None:
    if not batch.again:
        return
    to_queued(batch.again, batch.now, batch.moves)
    enqueue(
        [Wanted(place.id, batch.held.lane_id) for place in batch.again],
        trigger=Trigger.RECONCILE,
        priority=Priority.LIVE,
        now=batch.now_ms,
    )
