"""Write the results of a batch: one transaction for attempts, integrations, problems, counts and work.

Nothing that an older epoch did may stand: its attempt is written down as superseded, and if anything may have been
changed at the marketplace, the integration is queued again, in doubt (`domain/doubt.py`): whatever the holder of the
lane settles meanwhile, the next send goes out and says everything. What was lost with its worker may only be frozen:
then a last send follows when nothing older can arrive any more.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import transaction

from ponte.db.clock import moment, now_ms
from ponte.db.counts import Moves, bucket
from ponte.db.integrations import Place, places_by_id, to_queued, to_rest
from ponte.db.records import problem_to_json
from ponte.db.results import (
    Change,
    Ended,
    change_integrations,
    digests,
    end_attempts,
    forget_attempts,
    write_exchanges,
    write_problems,
)
from ponte.domain.doubt import LATE_SECONDS, doubt_until, doubted_until
from ponte.domain.lifecycle import (
    AttemptResult,
    Hold,
    Phase,
    Priority,
    Status,
    Task,
    Trigger,
    Verdict,
    settle,
)
from ponte.domain.outcome import Accepted, Blocked, Postponed
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.retry import DEAD_LETTER_SECONDS, backoff, gives_up
from ponte.flows.listings.linking import ended_again, is_ended, linking, refuse_foreign
from ponte.flows.pipeline.counting import count, mark, recount
from ponte.flows.pipeline.doubts import (
    creates,
    creating_after,
    digest_after,
    is_unheard,
    lasting_doubt,
    listing_in,
    wishes_on,
)
from ponte.flows.pipeline.job import Job, Result
from ponte.queue.lanes import Held, disconnect, is_current
from ponte.queue.wake import wake
from ponte.queue.work import (
    Next,
    Running,
    Wanted,
    doomed,
    enqueue,
    finish,
    let_go,
    put_away,
    reschedule,
    running,
)

SUPERSEDED = Problem(ProblemClass.SUPERSEDED, Stage.SEND)


@dataclass(slots=True)
class _Batch:
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


def _batch(held: Held) -> _Batch:
    now = now_ms()
    return _Batch(held, moment(now), now, [], [], [], [], [], Moves())


def write_results(held: Held, results: Sequence[Result]) -> Problem | None:
    """Settle results in one transaction; returns the problem that disconnected the lane, if one did."""
    with transaction.atomic():
        ours = is_current(held.lane_id, held.epoch)
        ids = sorted(result.job.id for result in results)
        places = places_by_id(ids)
        works = running(ids)
        batch = _batch(held)
        batch.digests = digests([result.job.id for result in results if not _is_undisturbed(result, works, held)])
        refuse_foreign(held, results)
        for result in results:
            place = places.get(result.job.id)
            if place is not None:
                _sort_in(batch, result, place, works.get(result.job.id), ours=ours)
        _write(batch)
        if batch.block is not None:
            disconnect(held.lane_id, problem_to_json(batch.block))
    return batch.block


def _is_undisturbed(result: Result, works: dict[int, Running], held: Held) -> bool:
    """True when nobody asked for the integration, nor took it over, since it was claimed."""
    work = works.get(result.job.id)
    return work is not None and (work.epoch, work.generation) == (held.epoch, result.job.claimed.generation)


def _sort_in(batch: _Batch, result: Result, place: Place, work: Running | None, *, ours: bool) -> None:
    if not ours or work is None or work.epoch != batch.held.epoch:
        _supersede(batch, result, place)
    elif not result.begun:
        _hand_back(batch, result, place, work)
    elif work.generation != result.job.claimed.generation:
        _outdated(batch, result, place, work)
    else:
        _settle(batch, result, place, work)


def _ended(result: Result, name: AttemptResult, status: str, problems: tuple[Problem, ...]) -> Ended:
    return Ended(result.job.attempt_id, name, status, problems, result.record.passed, result.offer)


def _supersede(batch: _Batch, result: Result, place: Place) -> None:
    """Another runner has the lane, or the work is gone: what we did must not stand."""
    batch.ended.append(_ended(result, AttemptResult.SUPERSEDED, "", (SUPERSEDED,)))
    if place.hold == Hold.ENDED and result.job.task is Task.END:
        return  # both ended it
    if result.record.changed:
        # What was not answered may still be on its way; and so may what others did who were lost.
        until = batch.now_ms + int(LATE_SECONDS * 1000) * is_unheard(result)
        until = max(until, doubted_until(batch.digests.get(place.id, "")) or 0)
        creating = "begin" if creates(result) else "renew"
        batch.changes.append(
            Change(place.id, digest=doubt_until(until), creating=creating, **ended_again(result, place))
        )
        batch.again.append(place)


def _hand_back(batch: _Batch, result: Result, place: Place, work: Running) -> None:
    """Claimed, but the lane was stopped before its turn: it waits again in its old place, as if never claimed."""
    batch.unbegun.append(result)
    if result.job.link.uncertain_seconds is None and work.generation == result.job.claimed.generation:
        batch.undoubted.append(place.id)
    if place.phase == Phase.PROCESSING:
        phase = Phase.QUEUED if result.job.claimed.task is Task.SEND else Phase.WAITING
        batch.rests[phase].append(place.id)
        _show(batch, place, Status.PENDING, phase)


def _outdated(batch: _Batch, result: Result, place: Place, work: Running) -> None:
    """A newer request came while we ran: keep what we learnt, and run once more."""
    verdict = _verdict(result, work)
    batch.block = batch.block or verdict.block
    name = verdict.result if result.sent else AttemptResult.SUPERSEDED
    batch.ended.append(_ended(result, name, "", verdict.problems))
    change = _change(batch, result, place, verdict)
    if change.hold is Hold.ENDED and place.hold != Hold.ENDING:
        change = replace(change, hold=None)  # the wish was taken back while it was carried out: it is sold anew
    if doubted_until(batch.digests[place.id]) is not None and batch.digests[place.id] != result.job.offer_digest:
        # An older epoch has owned up to a late write meanwhile: ours may have come before it.
        change = replace(change, digest=None, creating="keep")
    batch.changes.append(replace(change, verdict=None, queue_again=True))
    batch.later.append(Next(place.id, Task.SEND, None, batch.now_ms, 0, None))
    _show(batch, place, Status.PENDING, Phase.QUEUED)
    if not place.removed:
        recount(batch.moves, place, place.fingerprint, result.sku)


def _settle(batch: _Batch, result: Result, place: Place, work: Running) -> None:
    if _leaves_result(result, place, work):
        _look_later(batch, result, place, work)
        return
    verdict = _verdict(result, work)
    batch.block = batch.block or verdict.block
    name = AttemptResult.UNCHANGED if result.unchanged else verdict.result
    batch.ended.append(_ended(result, name, verdict.status.value, verdict.problems))
    batch.changes.append(_change(batch, result, place, verdict))
    _plan(batch, result, place, verdict)
    _show(batch, place, verdict.status, verdict.phase)
    hidden = place.removed and verdict.status is not Status.ERROR
    if not result.spared:
        count(batch.moves, batch.held, result, work, verdict, now_ms=batch.now_ms, shown=not hidden)
    recount(batch.moves, place, "" if hidden else mark(verdict), result.sku)


def _plan(batch: _Batch, result: Result, place: Place, verdict: Verdict) -> None:
    due = None if verdict.next_in is None else batch.now_ms + int(verdict.next_in * 1000)
    over = verdict.phase is Phase.IDLE
    if _look_when_nothing_can_arrive(batch, result, due, verdict.tries, over=over):
        return
    if due is None:
        batch.done.append(place.id)
        return
    if result.spared or verdict.block:
        batch.later.append(Next(place.id, result.job.claimed.task, None, due, verdict.tries, None))
        return
    trigger = Trigger.FOLLOW if verdict.next_task is Task.FOLLOW else Trigger.RETRY
    batch.later.append(Next(place.id, verdict.next_task, Priority.RETRY, due, verdict.tries, trigger, over=over))


def _look_when_nothing_can_arrive(
    batch: _Batch, result: Result, due: int | None, tries: int, *, over: bool = True
) -> bool:
    """Plan one more send for the end of a doubt, if nothing is planned before that; say whether it is."""
    until = lasting_doubt(result, batch.now_ms)
    if until is None or (due is not None and due <= until):
        return False
    batch.later.append(Next(result.job.id, Task.SEND, Priority.RETRY, until, tries, Trigger.RECONCILE, over=over))
    return True


def _leaves_result(result: Result, place: Place, work: Running) -> bool:
    """True for a later look that brought no news: the result on the screen stays."""
    if result.job.task is not Task.FOLLOW:
        return False
    match result.outcome:
        case Postponed(problem) as put_off:
            return result.spared or put_off.by_window or not gives_up(problem, work.tries + 1)
        case Blocked():
            return True
        case Accepted(_, warnings, _):
            return place.status in {Status.SUCCESS, Status.ALERT} and not warnings
        case _:
            return False


def _look_later(batch: _Batch, result: Result, place: Place, work: Running) -> None:
    match result.outcome:
        case Accepted(_, _, follow_in):
            name, wait, tries = AttemptResult.ACCEPTED, follow_in, 0
        case Postponed(_, float(seconds)) as put_off if put_off.by_window:
            name, wait, tries = AttemptResult.POSTPONED, seconds, work.tries
        case Postponed(_, asked) if not result.spared:
            name, tries = AttemptResult.POSTPONED, work.tries + 1
            wait = backoff(tries, random.random(), asked)  # noqa: S311 -- spreads retries
        case Blocked(problem):
            name, wait, tries = AttemptResult.BLOCKED, 0.0, work.tries
            batch.block = batch.block or problem
        case _:
            name, wait, tries = AttemptResult.INTERRUPTED, 0.0, work.tries
    batch.ended.append(_ended(result, name, place.status, ()))
    batch.changes.append(Change(place.id, listing=listing_in(result.outcome), **linking(result)))
    due = None if wait is None else batch.now_ms + int(wait * 1000)
    if _look_when_nothing_can_arrive(batch, result, due, tries):
        pass
    elif due is None:
        batch.done.append(place.id)
    else:
        batch.later.append(Next(place.id, Task.FOLLOW, Priority.RETRY, due, tries, Trigger.FOLLOW))
    if place.phase == Phase.PROCESSING:
        batch.rests[Phase.WAITING].append(place.id)
        _show(batch, place, Status.PENDING, Phase.WAITING)


def _verdict(result: Result, work: Running) -> Verdict:
    """Decide; a try that was spared (breaker open, shutdown) comes back at once and does not count."""
    if result.spared:
        problem = result.outcome.problem if isinstance(result.outcome, Postponed) else SUPERSEDED
        return Verdict(
            Status.PENDING,
            Phase.QUEUED,
            AttemptResult.INTERRUPTED,
            problems=() if problem.kind is ProblemClass.SUPERSEDED else (problem,),
            next_in=0.0,
            tries=work.tries,
        )
    return settle(result.outcome, tries=work.tries, luck=random.random())  # noqa: S311 -- spreads retries


def _change(batch: _Batch, result: Result, place: Place, verdict: Verdict) -> Change:
    next_at = batch.now + timedelta(seconds=verdict.next_in) if verdict.next_in else None
    return Change(
        place.id,
        verdict=verdict,
        sku=result.sku,
        listing=listing_in(result.outcome),
        digest=digest_after(result, batch.now_ms),
        creating=creating_after(result, batch.now_ms),
        forgotten=wishes_on(result) or is_ended(result),
        next_at=next_at,
        shown_again=place.removed and verdict.status is Status.ERROR,
        sheet=result.sheet,
        **linking(result),
    )


def _show(batch: _Batch, place: Place, status: Status, phase: Phase) -> None:
    hidden = place.removed and status is not Status.ERROR
    after = bucket(status.value, phase.value, removed=hidden)
    batch.moves.move(place.channel_id, place.kind, place.bucket, after)


def _write(batch: _Batch) -> None:
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


def _queue_again(batch: _Batch) -> None:
    if not batch.again:
        return
    to_queued(batch.again, batch.now, batch.moves)
    enqueue(
        [Wanted(place.id, batch.held.lane_id) for place in batch.again],
        trigger=Trigger.RECONCILE,
        priority=Priority.LIVE,
        now=batch.now_ms,
    )


def bury(held: Held, job_ids: Sequence[int]) -> None:
    """End what took its runner down too often in an error: shown, counted, and tried again slowly, once and alone.

    One that a person wants tried again meanwhile is left in the queue.
    """
    problem = Problem(ProblemClass.WORKER_LOST, Stage.SEND, params={"times": "3"})
    with transaction.atomic():
        if not is_current(held.lane_id, held.epoch):
            return
        places = places_by_id(sorted(job_ids))
        works = running(sorted(job_ids))
        still = {*doomed(held.lane_id)}
        batch = _batch(held)
        asleep: dict[int, int] = {}
        for place in (place for place in places.values() if place.id in still):
            wait = DEAD_LETTER_SECONDS * (0.5 + random.random())  # noqa: S311 -- spreads retries
            verdict = Verdict(
                Status.ERROR, Phase.IDLE, AttemptResult.INTERRUPTED, problems=(problem,), next_in=wait, dead=True
            )
            next_at = batch.now + timedelta(seconds=wait)
            batch.changes.append(Change(place.id, verdict=verdict, next_at=next_at, shown_again=place.removed))
            asleep[place.id] = batch.now_ms + int(wait * 1000)
            _show(batch, place, Status.ERROR, Phase.IDLE)
            recount(batch.moves, place, mark(verdict), None)
            count(batch.moves, held, None, works[place.id], verdict, now_ms=batch.now_ms)
        put_away(asleep)
        _write(batch)


def spared(job: Job, problem: Problem = SUPERSEDED) -> Result:
    """Make the result of a run that must not count."""
    return Result(job, Postponed(problem), spared=True)
