"""What took its runner down too often ends in an error that is shown, and sleeps."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from ponte.db.integrations import places_by_id
from ponte.db.results import Change
from ponte.domain.lifecycle import AttemptResult, Phase, Status, Verdict
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.retry import DEAD_LETTER_SECONDS
from ponte.flows.pipeline.batch import batch_of, show, write
from ponte.flows.pipeline.counting import count, mark, recount
from ponte.queue.lanes import Held, is_current
from ponte.queue.work import doomed, put_away, running


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
        batch = batch_of(held)
        asleep: dict[int, int] = {}
        for place in (place for place in places.values() if place.id in still):
            wait = DEAD_LETTER_SECONDS * (0.5 + random.random())  # noqa: S311 -- spreads retries
            verdict = Verdict(
                Status.ERROR, Phase.IDLE, AttemptResult.INTERRUPTED, problems=(problem,), next_in=wait, dead=True
            )
            next_at = batch.now + timedelta(seconds=wait)
            batch.changes.append(Change(place.id, verdict=verdict, next_at=next_at, shown_again=place.removed))
            asleep[place.id] = batch.now_ms + int(wait * 1000)
            show(batch, place, Status.ERROR, Phase.IDLE)
            recount(batch.moves, place, mark(verdict), None)
            count(batch.moves, held, None, works[place.id], verdict, now_ms=batch.now_ms)
        put_away(asleep)
        write(batch)
