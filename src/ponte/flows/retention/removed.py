"""Let records go that were removed long ago, but for those by which Ponte knows whose a listing is.

What has, may have or had a listing stays, and so does what a person ended or unlinked: a record made anew at VTEX's
next word would know nothing of it, and put the product on sale twice, or against that person's wish.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ponte.config import config
from ponte.db.forgetting import delete_records, free_records
from ponte.db.models import Attempt, Integration, Store, Sweep
from ponte.flows.retention import sweeps
from ponte.flows.retention.attempts import delete_attempts

SLICE: Final = 200
ATTEMPTS: Final = 500
"""So many attempts go in one transaction; a slice of records goes after the last of theirs."""


def forget_removed(*, days: int | None = None) -> bool:
    """Delete a slice of the records removed more than `days` ago (as configured when None; 0 keeps all).

    Says if there is more. Attempts, notes and problems of a record go with it; the audit trail stays.
    """
    kept = config().keep_removed_days if days is None else days
    if not kept:
        return False
    now = timezone.now()
    stores = Store.objects.order_by("pk").values_list("pk", flat=True)
    return any(_forget_of(store_id, now - timedelta(days=kept), now) for store_id in stores)


def _forget_of(store_id: int, before: datetime, now: datetime) -> bool:
    with transaction.atomic():
        sweep = sweeps.take(f"removed:{store_id}", now)
        if sweep is None:
            return False
        some = _removed(store_id, before, sweep)
        free = free_records([pk for pk, _ in some], before)
        attempts = _attempts([pk for pk, _, _ in free])
        delete_attempts(attempts)
        if len(attempts) == ATTEMPTS:
            return True  # the records go when all of their attempts have gone
        delete_records(free, now)
        if len(some) < SLICE:
            sweeps.rest(sweep, now)
            return False
        last, at = some[-1]
        sweeps.go_on(sweep, f"{at.isoformat()} {last}")
    return True


def _removed(store_id: int, before: datetime, sweep: Sweep) -> list[tuple[int, datetime]]:
    """Return the next records along the index (store, removed_at, id), the longest removed first."""
    rows = Integration.objects.filter(store_id=store_id, removed_at__lt=before).order_by("removed_at", "id")
    if sweep.place:
        at, _, last = sweep.place.partition(" ")
        moment = datetime.fromisoformat(at)
        rows = rows.filter(Q(removed_at__gt=moment) | Q(pk__gt=int(last)), removed_at__gte=moment)
    return [(pk, at) for pk, at in rows.values_list("pk", "removed_at")[:SLICE] if at]


def _attempts(ids: Sequence[int]) -> list[int]:
    tries = Attempt.objects.filter(integration_id__in=ids).order_by("integration_id", "number")
    return list(tries.values_list("pk", flat=True)[:ATTEMPTS])
