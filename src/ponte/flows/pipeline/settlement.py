"""Write the results of a batch: one transaction for attempts, integrations, problems, counts and work.

What was lost with its worker may only be frozen: then a last send follows when nothing older can arrive any more.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from ponte.db.integrations import Place, places_by_id
from ponte.db.records import problem_to_json
from ponte.db.results import digests
from ponte.domain.lifecycle import AttemptResult, Status
from ponte.domain.problem import Problem
from ponte.flows.listings.linking import refuse_foreign
from ponte.flows.pipeline.batch import Batch, batch_of, ended_as, show, write
from ponte.flows.pipeline.counting import count, mark, recount
from ponte.flows.pipeline.job import Result
from ponte.flows.pipeline.judging import change_of, verdict_of
from ponte.flows.pipeline.later import leaves_result, look_later, plan
from ponte.flows.pipeline.overtaken import hand_back, outdated, supersede
from ponte.queue.lanes import Held, disconnect, is_current
from ponte.queue.work import Running, running


def write_results(held: Held, results: Sequence[Result]) -> Problem | None:
    """Settle results in one transaction; returns the problem that disconnected the lane, if one did."""
    with transaction.atomic():
        ours = is_current(held.lane_id, held.epoch)
        ids = sorted(result.job.id for result in results)
        places = places_by_id(ids)
        works = running(ids)
        batch = batch_of(held)
        batch.digests = digests([result.job.id for result in results if not _is_undisturbed(result, works, held)])
        refuse_foreign(held, results)
        for result in results:
            place = places.get(result.job.id)
            if place is not None:
                _sort_in(batch, result, place, works.get(result.job.id), ours=ours)
        write(batch)
        if batch.block is not None:
            disconnect(held.lane_id, problem_to_json(batch.block))
    return batch.block


def _is_undisturbed(result: Result, works: dict[int, Running], held: Held) -> bool:
    """True when nobody asked for the integration, nor took it over, since it was claimed."""
    work = works.get(result.job.id)
    return work is not None and (work.epoch, work.generation) == (held.epoch, result.job.claimed.generation)


def _sort_in(batch: Batch, result: Result, place: Place, work: Running | None, *, ours: bool) -> None:
    if not ours or work is None or work.epoch != batch.held.epoch:
        supersede(batch, result, place)
    elif not result.begun:
        hand_back(batch, result, place, work)
    elif work.generation != result.job.claimed.generation:
        outdated(batch, result, place, work)
    else:
        _settle(batch, result, place, work)


def _settle(batch: Batch, result: Result, place: Place, work: Running) -> None:
    if leaves_result(result, place, work):
        look_later(batch, result, place, work)
        return
    verdict = verdict_of(result, work)
    batch.block = batch.block or verdict.block
    name = AttemptResult.UNCHANGED if result.unchanged else verdict.result
    batch.ended.append(ended_as(result, name, verdict.status.value, verdict.problems))
    batch.changes.append(change_of(batch, result, place, verdict))
    plan(batch, result, place, verdict)
    show(batch, place, verdict.status, verdict.phase)
    hidden = place.removed and verdict.status is not Status.ERROR
    if not result.spared:
        count(batch.moves, batch.held, result, work, verdict, now_ms=batch.now_ms, shown=not hidden)
    recount(batch.moves, place, "" if hidden else mark(verdict), result.sku)
