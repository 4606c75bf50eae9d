"""The history: every try of a store's channels, newest first, a day at a time, and how much happened on each day.

Tries are read by their ids, whose order is that of time, one short walk per channel along the index
(channel, -id). A day's first and last id are found by halving, in one statement: no index of moments is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import QuerySet, Sum
from django.utils import timezone

from ponte.db.counts import SECONDS_PER_HOUR
from ponte.db.models import Attempt, Tally
from ponte.db.scope import Scope
from ponte.db.sql import fetch, marks
from ponte.domain.lifecycle import AttemptResult

MEASURES: Final = ("success", "alert", "error", "again")
SLACK: Final = timedelta(minutes=5)
"""Ids and moments may differ in their order by as long as a transaction lasts; the days are cut exactly after."""

MAX_SIZE: Final = 200
LOOKED_AT: Final = 50_000
"""So many ids are looked at for one page of a narrowed history; what is rare is searched on from there."""

HEAVY: Final = ("offer", "provenance")

FIRST_SINCE = """
    WITH RECURSIVE half(low, high) AS (
        SELECT (SELECT min(id) FROM db_attempt), (SELECT max(id) FROM db_attempt) + 1
        UNION ALL
        SELECT CASE WHEN {seen} THEN low ELSE (low + high) / 2 + 1 END,
            CASE WHEN {seen} THEN (low + high) / 2 ELSE high END
        FROM half WHERE low < high)
    SELECT low FROM half WHERE low >= high"""
SEEN = "(SELECT started_at >= %s FROM db_attempt WHERE id >= (low + high) / 2 ORDER BY id LIMIT 1)"


class Came(StrEnum):
    """What a try came to, as the history is narrowed by it; the first three as they are counted by the hour."""

    SUCCESS = "success"
    ALERT = "alert"
    ERROR = "error"
    AGAIN = "again"  # it will be tried again by itself
    WAITING = "waiting"  # sent; the marketplace has yet to say


OF_RESULT: Final[Mapping[Came, tuple[str, tuple[AttemptResult, ...]]]] = {
    Came.SUCCESS: ("success", ()),
    Came.ALERT: ("alert", ()),
    Came.ERROR: ("error", ()),
    Came.AGAIN: ("pending", (AttemptResult.POSTPONED, AttemptResult.BLOCKED, AttemptResult.INTERRUPTED)),
    Came.WAITING: ("pending", (AttemptResult.PENDING,)),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the history is narrowed by: a day of the store's zone (None is every day), an hour of it, and the rest."""

    day: date | None = None
    hour: int | None = None
    channel: str = ""
    result: Came | None = None
    sku: str = ""

    def span(self) -> tuple[datetime, datetime] | None:
        """Return the first moment and the first one after it."""
        if self.day is None:
            return None
        zone = timezone.get_current_timezone()
        start = datetime.combine(self.day, time(self.hour or 0), tzinfo=zone)
        if self.hour is not None:
            return start, start.astimezone(UTC) + timedelta(hours=1)
        return start, datetime.combine(self.day + timedelta(days=1), time(), tzinfo=zone)


@dataclass(frozen=True, slots=True)
class Page:
    """Tries, newest first; `next` is the id to go on below, None at the end. There may be a next without rows."""

    rows: tuple[Attempt, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Day:
    """How many tries of a day ended how."""

    day: date
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def page(scope: Scope, asked: Asked, *, below: int | None = None, size: int = 50) -> Page:
    """Return the tries with an id below a place, else the newest ones."""
    ids, more = _page_ids(scope, asked, below, max(1, min(size, MAX_SIZE)))
    found = Attempt.objects.filter(pk__in=ids).select_related("integration", "integration__channel", "actor")
    rows = found.defer(*HEAVY, *(f"integration__{name}" for name in ("listing", "search_text", "problems")))
    return Page(tuple(rows.order_by("-id")), more)


def narrowed(scope: Scope, asked: Asked) -> QuerySet[Attempt]:
    """Return every try that the history shows, in no order."""
    found = Attempt.objects.filter(channel_id__in=_channels(scope, asked))
    if asked.sku:
        found = found.filter(integration__in=scope.integrations().filter(sku=asked.sku).values("pk"))
    if asked.result:
        status, results = OF_RESULT[asked.result]
        found = found.filter(status=status, **({"result__in": results} if results else {}))
    if span := asked.span():
        low, high = _ids_of(span)
        found = found.filter(pk__gte=low, pk__lt=high, started_at__gte=span[0], started_at__lt=span[1])
    return found


def days(scope: Scope, last: date, count: int, channel: str = "") -> list[Day]:
    """Return the totals of so many days up to one, the newest first; days without any are there too."""
    zone = timezone.get_current_timezone()
    first = last - timedelta(days=count - 1)
    start = datetime.combine(first, time(), tzinfo=zone)
    kept = Tally.objects.filter(
        channel_id__in=_channels(scope, Asked(channel=channel)), hour__gte=hour_of(start), measure__in=MEASURES
    )
    sums: dict[date, Counter[str]] = {first + timedelta(days=place): Counter() for place in range(count)}
    for hour, measure, total in kept.values_list("hour", "measure").annotate(total=Sum("count")).order_by():
        day = datetime.fromtimestamp(hour * SECONDS_PER_HOUR, zone).date()
        if day in sums:
            sums[day][measure] += total
    return [Day(day, sums[day]) for day in sorted(sums, reverse=True)]


def hour_of(at: datetime) -> int:
    """Return the number of an hour, as `Tally` has it."""
    return int(at.timestamp()) // SECONDS_PER_HOUR


def _channels(scope: Scope, asked: Asked) -> list[int]:
    found = scope.channels().filter(code=asked.channel) if asked.channel else scope.channels()
    return list(found.values_list("pk", flat=True))


def _page_ids(scope: Scope, asked: Asked, below: int | None, size: int) -> tuple[list[int], int | None]:
    """Return the ids of a page and where the next one begins."""
    if asked.sku:
        kept = narrowed(scope, asked)
        kept = kept if below is None else kept.filter(pk__lt=below)
        return _cut(list(kept.order_by("-id").values_list("pk", flat=True)[: size + 1]), size)
    channels = _channels(scope, asked)
    low, high, bottom = _window(asked, below)
    if not channels or low >= high:
        return [], None
    where, values = _condition(asked)
    part = (
        f"SELECT id FROM db_attempt WHERE channel_id = %s AND id >= %s AND id < %s{where} ORDER BY id DESC LIMIT %s"
    )
    parts = " UNION ALL ".join(f"SELECT id FROM ({part}) AS c{place}" for place in range(len(channels)))
    params = [value for channel in channels for value in (channel, low, high, *values, size + 1)]
    found = [row[0] for row in fetch(f"{parts} ORDER BY id DESC LIMIT %s", [*params, size + 1])]
    ids, more = _cut(found, size)
    return ids, more if more is not None or low <= bottom else low


def _cut(found: list[int], size: int) -> tuple[list[int], int | None]:
    return found[:size], found[size - 1] if len(found) > size else None


def _window(asked: Asked, below: int | None) -> tuple[int, int, int]:
    """Return the ids to look between, and the lowest there may be: what is rare is looked for a piece at a time."""
    span = asked.span()
    bottom, top = _ids_of(span) if span else _ends()
    high = top if below is None else min(top, below)
    low = max(bottom, high - LOOKED_AT) if asked.result else bottom
    return low, high, bottom


def _condition(asked: Asked) -> tuple[str, list[object]]:
    where, values = "", list[object]()
    if asked.result:
        status, results = OF_RESULT[asked.result]
        where, values = " AND status = %s", [status]
        if results:
            where, values = f"{where} AND result IN ({marks(len(results))})", [*values, *map(str, results)]
    if span := asked.span():
        where, values = f"{where} AND started_at >= %s AND started_at < %s", [*values, *span]
    return where, values


def _ids_of(span: tuple[datetime, datetime]) -> tuple[int, int]:
    """Return the first id of a span and the first one after it, both with some to spare."""
    return _first_since(span[0] - SLACK), _first_since(span[1] + SLACK)


def _first_since(moment: datetime) -> int:
    [(found,)] = fetch(FIRST_SINCE.format(seen=SEEN), [moment, moment]) or [(0,)]
    return int(found or 0)


def _ends() -> tuple[int, int]:
    [(low, high)] = fetch("SELECT min(id), max(id) + 1 FROM db_attempt")
    return int(low or 0), int(high or 0)
