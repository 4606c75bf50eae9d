"""Read queries that only the API and VTEX's log page need; the others are in `ponte.db.queries`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Final

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from ponte.db.models import Attempt, BulkAction, Channel, Exchange, Integration, Lane
from ponte.db.queries import BUCKETS
from ponte.db.sql import fetch
from ponte.domain.lifecycle import Status

MAX_COUNTED: Final = 10_000
MAX_CAUSES: Final = 200

# Jumps from one fingerprint to the next in the index `integration_cause` instead of reading every row, and counts
# each up to a limit: the work grows with the number of causes, not with the number of records.
# SQLite takes a partial index only where its condition stands as it was declared: NOT (x = ''), not x <> ''.
CAUSES: Final = """
    WITH RECURSIVE cause(fingerprint) AS (
        SELECT (SELECT min(fingerprint) FROM db_integration
                WHERE channel_id = %s AND removed_at IS NULL AND NOT (fingerprint = ''))
        UNION ALL
        SELECT (SELECT min(further.fingerprint) FROM db_integration further
                WHERE further.channel_id = %s AND further.removed_at IS NULL AND NOT (further.fingerprint = '')
                AND further.fingerprint > cause.fingerprint)
        FROM cause WHERE cause.fingerprint IS NOT NULL
    )
    SELECT fingerprint,
        (SELECT count(*) FROM (
            SELECT 1 FROM db_integration counted
            WHERE counted.channel_id = %s AND counted.removed_at IS NULL AND NOT (counted.fingerprint = '')
            AND counted.fingerprint = cause.fingerprint LIMIT %s) AS found),
        (SELECT newest.id FROM db_integration newest
            WHERE newest.channel_id = %s AND newest.removed_at IS NULL AND NOT (newest.fingerprint = '')
            AND newest.fingerprint = cause.fingerprint ORDER BY newest.updated_at DESC, newest.id DESC LIMIT 1)
    FROM cause WHERE fingerprint IS NOT NULL LIMIT %s"""


@dataclass(frozen=True, slots=True)
class Cause:
    """Records of one channel with one headline. `count` stops at `MAX_COUNTED`; `newest` stands for the others."""

    fingerprint: str
    count: int
    newest: Integration

    @property
    def counted_to_limit(self) -> bool:
        return self.count >= MAX_COUNTED


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


def causes(store_id: int, channel_id: int | None = None) -> list[Cause]:
    """Return the causes of a store (or of one channel of it), the most frequent first, `MAX_CAUSES` at most."""
    channels = Channel.objects.filter(store_id=store_id)
    if channel_id is not None:
        channels = channels.filter(pk=channel_id)
    found = [row for own in channels.values_list("pk", flat=True) for row in _causes_of(own)]
    found.sort(key=lambda row: (-row[1], row[0]))
    newest = _by_id([row[2] for row in found[:MAX_CAUSES]])
    return [Cause(row[0], row[1], newest[row[2]]) for row in found[:MAX_CAUSES] if row[2] in newest]


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


def actions(store_id: int, *, before: int | None, size: int) -> tuple[list[BulkAction], int | None]:
    """Return actions on many, newest first, and the id to ask for those before."""
    own = BulkAction.objects.filter(store_id=store_id).select_related("actor")
    if before is not None:
        own = own.filter(pk__lt=before)
    found = list(own.order_by("-pk")[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def action(store_id: int, action_id: int) -> BulkAction | None:
    return BulkAction.objects.filter(store_id=store_id, pk=action_id).select_related("actor").first()


def channel(store_id: int, code: str) -> Channel | None:
    return Channel.objects.filter(store_id=store_id, code=code).first()


def lanes(channel_ids: Collection[int]) -> dict[int, list[Lane]]:
    """Return the lanes of channels, by channel."""
    found: dict[int, list[Lane]] = {channel_id: [] for channel_id in channel_ids}
    for lane in Lane.objects.filter(channel_id__in=channel_ids).order_by("kind"):
        found[lane.channel_id].append(lane)
    return found


def logs(
    store_id: int, *, since: datetime, until: datetime, statuses: Collection[Status], offset: int, size: int
) -> list[LogRow]:
    """Return the records that changed in [since, until), newest first, each with its last try and exchanges."""
    changed = Integration.objects.filter(store_id=store_id, removed_at=None)
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


def _causes_of(channel_id: int) -> list[tuple[str, int, int]]:
    params = [channel_id, channel_id, channel_id, MAX_COUNTED, channel_id, MAX_CAUSES * 5]
    return [(str(key), int(count), int(newest)) for key, count, newest in fetch(CAUSES, params)]


def _by_id(ids: Sequence[int]) -> dict[int, Integration]:
    """Read the records of ids that a query of one store gave. Asking for the store again would tempt the planner."""
    rows = Integration.objects.filter(pk__in=ids).select_related("channel").defer("search_text")
    return {row.pk: row for row in rows}
