"""What an export reads and keeps: which rows, in one go; their values, some at a time; how far it got.

The rows are chosen once, as numbers (eight bytes each), in the order of the list. Their values are read later by key,
a thousand at a time: every chosen row comes once, whatever changes meanwhile, no transaction stays open while a slow
client takes its time, and the number of rows is known from the start.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

from django.db.models import F, QuerySet
from django.utils import timezone

from ponte.db import causes as of_causes
from ponte.db import history, queries
from ponte.db.cause_filters import CauseFilters
from ponte.db.causes import Order
from ponte.db.filters import Filters
from ponte.db.history import Asked
from ponte.db.models import Attempt, Cause, Export, Integration
from ponte.db.ordering import Sort, order_of
from ponte.db.scope import Scope

IDS_AT_ONCE: Final = 10_000
STILL: Final = timedelta(seconds=90)
"""An export that has not got on for so long runs no more: its process is gone, or its client sleeps."""

RECORD: Final = (
    "id",
    "sku",
    "product_id",
    "name",
    "ean",
    "reference",
    "category",
    "brand",
    "channel__name",
    "channel__trade_policy",
    "status",
    "phase",
    "removed_at",
    "problems",
    "attempts",
    "requested_at",
    "processed_at",
    "next_attempt_at",
    "listing_id",
)
ATTEMPT: Final = (
    "id",
    "started_at",
    "ended_at",
    "integration__sku",
    "integration__name",
    "integration__category",
    "integration__channel__name",
    "integration__channel__trade_policy",
    "number",
    "trigger",
    "actor__username",
    "result",
    "status",
    "http_status",
    "problems",
)
CAUSE: Final = (
    "id",
    "channel__name",
    "channel__trade_policy",
    "problem_class",
    "stage",
    "severity",
    "subject",
    "code",
    "message",
    "count",
    "value",
    "state",
    "first_at",
    "last_at",
    "returns",
)


def records_chosen(scope: Scope, filters: Filters, sort: Sort) -> array[int]:
    """Return the ids of every record that a list shows, in its order."""
    order = order_of(sort, removed=filters.removed)
    return _numbers(queries.narrowed(scope, filters).order_by(*order.names).values_list("pk", flat=True))


def attempts_chosen(scope: Scope, asked: Asked) -> array[int]:
    """Return the ids of every try that the history shows, newest first."""
    return _numbers(history.narrowed(scope, asked).order_by("-id").values_list("pk", flat=True))


def causes_chosen(scope: Scope, filters: CauseFilters, order: Order) -> array[int]:
    """Return the ids of every cause that a list shows, in its order; there are never many."""
    now, after = timezone.now(), None
    chosen = array("q")
    while True:
        page = of_causes.page(scope, filters, order=order, after=after, size=of_causes.MAX_SIZE, now=now)
        chosen.extend(cause.pk for cause in page.rows)
        if (after := page.next) is None:
            return chosen


def records(ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the values (`RECORD`) of records in the order of their ids; one that is gone is absent."""
    return _in_order(Integration.objects.filter(pk__in=ids).values_list(*RECORD), ids)


def attempts(ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the values (`ATTEMPT`) of tries."""
    return _in_order(Attempt.objects.filter(pk__in=ids).values_list(*ATTEMPT), ids)


def causes(ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the values (`CAUSE`) of causes."""
    return _in_order(Cause.objects.filter(pk__in=ids).values_list(*CAUSE), ids)


def running(actor_id: int) -> int:
    """Return how many exports of a person are on their way out."""
    since = timezone.now() - STILL
    return Export.objects.filter(actor_id=actor_id, state="running", moved_at__gt=since).count()


def expect(export_id: int, count: int) -> None:
    """Note how many rows it will be."""
    Export.objects.filter(pk=export_id).update(expected=count, moved_at=timezone.now())


def got_on(export_id: int, more: int) -> None:
    """Note that so many rows more are written."""
    Export.objects.filter(pk=export_id).update(written=F("written") + more, moved_at=timezone.now())


def ended(export_id: int, state: str) -> None:
    """Note how it ended."""
    now = timezone.now()
    Export.objects.filter(pk=export_id).update(state=state, moved_at=now, ended_at=now)


def latest(store_id: int, actor_id: int | None, size: int = 50) -> list[Export]:
    """Return the last exports of a store; of one person, unless `actor_id` is None."""
    found = Export.objects.filter(store_id=store_id).select_related("actor")
    if actor_id is not None:
        found = found.filter(actor_id=actor_id)
    return list(found.order_by("-id")[:size])


def _numbers(ids: QuerySet[Any, int]) -> array[int]:
    return array("q", ids.iterator(chunk_size=IDS_AT_ONCE))


def _in_order(found: Iterable[tuple[Any, ...]], ids: Sequence[int]) -> list[tuple[Any, ...]]:
    by_id = {row[0]: row for row in found}
    return [by_id[number] for number in ids if number in by_id]
