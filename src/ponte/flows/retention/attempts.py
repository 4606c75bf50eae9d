"""Let old attempts go, but for those that a record's page, its last accepted offer or its open trouble needs.

Attempts are numbered in the order of time: the way through them follows their ids, and needs no index on time.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from ponte.config import config
from ponte.db import forgetting
from ponte.db.models import Attempt
from ponte.db.needed_tries import needed
from ponte.domain.lifecycle import AttemptResult
from ponte.flows.failpoints import reach
from ponte.flows.retention import sweeps

SLICE: Final = 500


def forget_attempts(*, days: int | None = None) -> bool:
    """Look at a slice of the attempts, delete those older than `days` that nobody needs; say if there is more.

    `days` is as configured when None; 0 keeps all. What passed in an attempt goes with it.
    """
    kept = config().keep_attempts_days if days is None else days
    if not kept:
        return False
    now = timezone.now()
    before = now - timedelta(days=kept)
    with transaction.atomic():
        sweep = sweeps.take("attempts", now)
        if sweep is None:
            return False
        rows = Attempt.objects.filter(pk__gt=int(sweep.place or 0)).order_by("pk")
        some = list(rows.values_list("pk", "integration_id", "number", "started_at", "result")[:SLICE])
        # All of them are looked at: the clock of one machine may have been wrong for a while.
        old = [row for row in some if row[3] < before and row[4] != AttemptResult.OPEN]
        needs = needed({integration_id for _, integration_id, *_ in old})
        delete_attempts([pk for pk, integration_id, number, *_ in old if number not in needs[integration_id]])
        more = bool(old) and len(some) == SLICE
        sweeps.go_on(sweep, str(some[-1][0])) if more else sweeps.rest(sweep, now)
    return more


def delete_attempts(ids: Collection[int]) -> None:
    """Delete attempts with what passed in them, within the caller's transaction."""
    forgetting.delete_exchanges(ids)
    reach("between_deletes")
    forgetting.delete_attempts(ids)
