"""What a result means: the verdict, and what it changes in the record."""

from __future__ import annotations

import random
from datetime import timedelta

from ponte.db.integrations import Place
from ponte.db.results import Change
from ponte.domain.lifecycle import AttemptResult, Phase, Status, Verdict, settle
from ponte.domain.outcome import Postponed
from ponte.domain.problem import ProblemClass
from ponte.flows.listings.linking import is_ended, linking
from ponte.flows.pipeline.batch import Batch
from ponte.flows.pipeline.doubts import creating_after, digest_after, listing_in, wishes_on
from ponte.flows.pipeline.job import SUPERSEDED, Result
from ponte.queue.work import Running


def verdict_of(result: Result, work: Running) -> Verdict:
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


def change_of(batch: Batch, result: Result, place: Place, verdict: Verdict) -> Change:
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
