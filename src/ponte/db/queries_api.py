"""Read queries that only the API and VTEX's log page need; the others are in `ponte.db.queries`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from ponte.db.models import Attempt, Channel, Exchange, Integration, Lane
from ponte.db.queries import BUCKETS
from ponte.db.scope import Scope
from ponte.domain.lifecycle import Status


@dataclass(frozen=True, slots=True)
class TryPage:
    """Tries with their exchanges, newest first; `next` is the number to ask for those before."""

    rows: tuple[Attempt, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class LogRow:
    """A record with its last try (None before the first)."""

    integration: Integration
    attempt: Attempt | None


def tries(integration_id: int, *, after: int | None, size: int) -> TryPage:
    """Return tries with offers, provenance and exchanges, newest first; two queries."""
    known = Attempt.objects.filter(integration_id=integration_id).select_related("actor")
    if after is not None:
        known = known.filter(number__lt=after)
    found = list(known.prefetch_related(_exchanges()).order_by("-number")[: size + 1])
    return TryPage(tuple(found[:size]), found[size - 1].number if len(found) > size else None)


def foreign(store_id: int, ids: Collection[int]) -> tuple[int, ...]:
    """Return which of these ids belong to another store."""
    others = Integration.objects.filter(pk__in=ids).exclude(store_id=store_id)
    return tuple(others.order_by("pk").values_list("pk", flat=True))


def channel(store_id: int, code: str) -> Channel | None:
    return Channel.objects.filter(store_id=store_id, code=code, archived_at=None).first()


def lanes(channel_ids: Collection[int]) -> dict[int, list[Lane]]:
    """Return the lanes of channels, by channel."""
    found: dict[int, list[Lane]] = {channel_id: [] for channel_id in channel_ids}
    for lane in Lane.objects.filter(channel_id__in=channel_ids).order_by("kind"):
        found[lane.channel_id].append(lane)
    return found


def logs(
    scope: Scope, *, since: datetime, until: datetime, statuses: Collection[Status], offset: int, size: int
) -> list[LogRow]:
    """Return the records that changed in [since, until), newest first, each with its last try and exchanges."""
    changed = scope.integrations().filter(removed_at=None)
    ids = _ids_of_day(changed.filter(updated_at__gte=since, updated_at__lt=until), statuses, offset, size)
    known = _by_id(ids)
    found = [known[pk] for pk in ids if pk in known]
    last = {attempt.integration_id: attempt for attempt in _last_tries([row.pk for row in found])}
    return [LogRow(row, last.get(row.pk)) for row in found]


def _ids_of_day(changed: QuerySet[Integration], statuses: Collection[Status], offset: int, size: int) -> list[int]:
    """Return ids from the indices alone: one walk for all statuses, else one per bucket, merged.

    A status that few records have would otherwise be looked for in every record of the day.
    """
    ordered = changed.order_by("-updated_at", "-id").values_list("updated_at", "pk")
    if set(statuses) == set(Status):
        return [pk for _, pk in ordered[offset : offset + size]]
    parts = [
        list(ordered.filter(status=status, phase=phase)[: offset + size])
        for status, phase in BUCKETS.values()
        if status in statuses
    ]
    return [pk for _, pk in islice(merge(*parts, reverse=True), offset, offset + size)]


def _last_tries(ids: Sequence[int]) -> QuerySet[Attempt]:
    newest = Attempt.objects.filter(integration=OuterRef("integration")).order_by("-number").values("pk")[:1]
    return Attempt.objects.filter(integration_id__in=ids, pk=Subquery(newest)).prefetch_related(_exchanges())


def _exchanges() -> Prefetch[str, QuerySet[Exchange], str]:
    return Prefetch("exchanges", queryset=Exchange.objects.order_by("place"), to_attr="told")


def _by_id(ids: Sequence[int]) -> dict[int, Integration]:
    """Read the records of ids that a query of one store gave. Asking for the store again would tempt the planner."""
    rows = Integration.objects.filter(pk__in=ids).select_related("channel").defer("search_text")
    return {row.pk: row for row in rows}
