"""Let go what tells of work that ended long ago: actions on many, searches and checks, exports, odd notifications."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ponte.config import config
from ponte.db.models import BulkAction, Export, ListingSearch, Quarantine, SheetCheck
from ponte.flows.retention import sweeps

SLICE: Final = 200
EXPORT_DAYS: Final = 90
QUARANTINE_DAYS: Final = 90


def forget_actions(*, days: int | None = None) -> bool:
    """Delete a slice of the actions, searches and checks that ended as long ago as attempts are kept."""
    kept = config().keep_attempts_days if days is None else days
    if not kept:
        return False
    before = timezone.now() - timedelta(days=kept)
    several: tuple[QuerySet[Any], ...] = (
        BulkAction.objects.all(),
        ListingSearch.objects.all(),
        SheetCheck.objects.all(),
    )
    return any(_forget_ended(rows, before) for rows in several)


def forget_exports() -> bool:
    """Delete a slice of the exports' progress of more than 90 days ago; the audit says who took what."""
    return _forget_ended(Export.objects.all(), timezone.now() - timedelta(days=EXPORT_DAYS), "started_at")


def forget_quarantine() -> bool:
    """Delete a slice of what could not be understood and has not come again for 90 days."""
    now = timezone.now()
    before = now - timedelta(days=QUARANTINE_DAYS)
    with transaction.atomic():
        sweep = sweeps.take("quarantine", now)
        if sweep is None:
            return False
        rows = Quarantine.objects.filter(pk__gt=int(sweep.place or 0), first_at__lt=before).order_by("pk")
        some = list(rows.values_list("pk", "last_at")[:SLICE])
        Quarantine.objects.filter(pk__in=[pk for pk, _ in some], last_at__lt=before).delete()
        more = len(some) == SLICE
        sweeps.go_on(sweep, str(some[-1][0])) if more else sweeps.rest(sweep, now)
    return more


def _forget_ended(rows: QuerySet[Any], before: datetime, moment: str = "ended_at") -> bool:
    """Delete the oldest, by their ids, as far as they ended before a moment; those that go on are passed over."""
    with transaction.atomic():
        oldest = rows.filter(**{f"{moment}__isnull": False}).order_by("pk").values_list("pk", moment)[:SLICE]
        old = [pk for pk, at in oldest if at < before]
        rows.filter(pk__in=old).delete()
    return len(old) == SLICE
