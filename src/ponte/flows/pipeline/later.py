"""What follows a result: the next send or look, and one more when nothing older can arrive any more."""

from __future__ import annotations

import random

from ponte.db.integrations import Place
from ponte.db.results import Change
from ponte.domain.lifecycle import AttemptResult, Phase, Priority, Status, Task, Trigger, Verdict
from ponte.domain.outcome import Accepted, Blocked, Pending, Postponed
from ponte.domain.problem import ProblemClass
from ponte.domain.retry import backoff, gives_up
from ponte.flows.listings.linking import linking
from ponte.flows.pipeline.batch import Batch, ended_as, show
from ponte.flows.pipeline.doubts import lasting_doubt, listing_in
from ponte.flows.pipeline.job import Result
from ponte.queue.work import Next, Running


def plan(batch: Batch, result: Result, place: Place, verdict: Verdict) -> None:
    due = None if verdict.next_in is None else batch.now_ms + int(verdict.next_in * 1000)
    over = verdict.phase is Phase.IDLE
    if look_when_nothing_can_arrive(batch, result, due, verdict.tries, over=over):
        return
    if due is None:
        batch.done.append(place.id)
        return
    if result.spared or verdict.block:
        batch.later.append(Next(place.id, result.job.claimed.task, None, due, verdict.tries, None))
        return
    trigger = Trigger.FOLLOW if verdict.next_task is Task.FOLLOW else Trigger.RETRY
    batch.later.append(Next(place.id, verdict.next_task, Priority.RETRY, due, verdict.tries, trigger, over=over))


def look_when_nothing_can_arrive(
    batch: Batch, result: Result, due: int | None, tries: int, *, over: bool = True
) -> bool:
    """Plan one more send for the end of a doubt, if nothing is planned before that; say whether it is."""
    until = lasting_doubt(result, batch.now_ms)
    if until is None or (due is not None and due <= until):
        return False
    batch.later.append(Next(result.job.id, Task.SEND, Priority.RETRY, until, tries, Trigger.RECONCILE, over=over))
    return True


def leaves_result(result: Result, place: Place, work: Running) -> bool:
    """True for a later look that brought no news: the result on the screen stays."""
    if result.job.task is not Task.FOLLOW:
        return False
    match result.outcome:
        case Postponed(problem) as put_off:
            return result.spared or put_off.by_window or not gives_up(problem, work.tries + 1)
        case Blocked():
            return True
        case Accepted(_, warnings, _):
            stands = place.status in {Status.SUCCESS, Status.ALERT} and not warnings
            return stands or _is_off_sale(place)
        case Pending():
            return _is_off_sale(place)
        case _:
            return False


def _is_off_sale(place: Place) -> bool:
    """True when the result on the screen is VTEX's: no news of the pause at the marketplace makes it a better one."""
    kind = ProblemClass.__members__.get(place.headline_class)
    return place.status in {Status.ERROR, Status.ALERT} and kind is not None and kind.off_sale


def look_later(batch: Batch, result: Result, place: Place, work: Running) -> None:
    match result.outcome:
        case Accepted(_, _, follow_in):
            name, wait, tries = AttemptResult.ACCEPTED, follow_in, 0
        case Pending(_, _, check_in):
            name, wait, tries = AttemptResult.PENDING, check_in, 0
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
    batch.ended.append(ended_as(result, name, place.status, ()))
    batch.changes.append(Change(place.id, listing=listing_in(result.outcome), **linking(result)))
    due = None if wait is None else batch.now_ms + int(wait * 1000)
    if look_when_nothing_can_arrive(batch, result, due, tries):
        pass
    elif due is None:
        batch.done.append(place.id)
    else:
        batch.later.append(Next(place.id, Task.FOLLOW, Priority.RETRY, due, tries, Trigger.FOLLOW))
    if place.phase == Phase.PROCESSING:
        batch.rests[Phase.WAITING].append(place.id)
        show(batch, place, Status.PENDING, Phase.WAITING)
