"""Runs that were overtaken: by another runner, by a stop before their turn, or by a newer request.

Nothing that an older epoch did may stand: its attempt is written down as superseded, and if anything may have been
changed at the marketplace, the integration is queued again, in doubt (`domain/doubt.py`): whatever the holder of the
lane settles meanwhile, the next send goes out and says everything.
"""

from __future__ import annotations

from dataclasses import replace

from ponte.db.integrations import Place
from ponte.db.results import Change
from ponte.domain.doubt import LATE_SECONDS, doubt_until, doubted_until
from ponte.domain.lifecycle import AttemptResult, Hold, Phase, Status, Task
from ponte.flows.listings.linking import ended_again
from ponte.flows.pipeline.batch import Batch, ended_as, show
from ponte.flows.pipeline.counting import recount
from ponte.flows.pipeline.doubts import creates, is_unheard
from ponte.flows.pipeline.job import SUPERSEDED, Result
from ponte.flows.pipeline.judging import change_of, verdict_of
from ponte.queue.work import Next, Running


def supersede(batch: Batch, result: Result, place: Place) -> None:
    """Another runner has the lane, or the work is gone: what we did must not stand."""
    batch.ended.append(ended_as(result, AttemptResult.SUPERSEDED, "", (SUPERSEDED,)))
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


def hand_back(batch: Batch, result: Result, place: Place, work: Running) -> None:
    """Claimed, but the lane was stopped before its turn: it waits again in its old place, as if never claimed."""
    batch.unbegun.append(result)
    if result.job.link.uncertain_seconds is None and work.generation == result.job.claimed.generation:
        batch.undoubted.append(place.id)
    if place.phase == Phase.PROCESSING:
        phase = Phase.QUEUED if result.job.claimed.task is Task.SEND else Phase.WAITING
        batch.rests[phase].append(place.id)
        show(batch, place, Status.PENDING, phase)


def outdated(batch: Batch, result: Result, place: Place, work: Running) -> None:
    """A newer request came while we ran: keep what we learnt, and run once more."""
    verdict = verdict_of(result, work)
    batch.block = batch.block or verdict.block
    name = verdict.result if result.sent else AttemptResult.SUPERSEDED
    batch.ended.append(ended_as(result, name, "", verdict.problems))
    change = change_of(batch, result, place, verdict)
    if change.hold is Hold.ENDED and place.hold != Hold.ENDING:
        change = replace(change, hold=None)  # the wish was taken back while it was carried out: it is sold anew
    if doubted_until(batch.digests[place.id]) is not None and batch.digests[place.id] != result.job.offer_digest:
        # An older epoch has owned up to a late write meanwhile: ours may have come before it.
        change = replace(change, digest=None, creating="keep")
    batch.changes.append(replace(change, verdict=None, queue_again=True))
    batch.later.append(Next(place.id, Task.SEND, None, batch.now_ms, 0, None))
    show(batch, place, Status.PENDING, Phase.QUEUED)
    if not place.removed:
        recount(batch.moves, place, place.fingerprint, result.sku)
