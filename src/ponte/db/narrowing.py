"""From a filter to rows, so that an index always gives them: few by their ids, many in the order of the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import Any, Final

from django.core.exceptions import FullResultSet
from django.db import connection
from django.db.models import BooleanField, Case, F, Func, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from ponte.db import search
from ponte.db.filters import Bucket, Filters, Together
from ponte.db.models import Cause, Integration
from ponte.db.ordering import Part
from ponte.db.picking import SEEN, Picked, few_under_causes, ids_of, picked
from ponte.db.scope import Scope
from ponte.domain.lifecycle import Phase, Status

MAX_PARTS: Final = 40
TROUBLE: Final = (Bucket.ERROR, Bucket.ALERT)
BUCKETS: Final = {
    Bucket.ERROR: (Status.ERROR, Phase.IDLE),
    Bucket.PROCESSING: (Status.PENDING, Phase.PROCESSING),
    Bucket.QUEUED: (Status.PENDING, Phase.QUEUED),
    Bucket.WAITING: (Status.PENDING, Phase.WAITING),
    Bucket.ALERT: (Status.ALERT, Phase.IDLE),
    Bucket.SUCCESS: (Status.SUCCESS, Phase.IDLE),
}


class Way(Enum):
    """How rows are read."""

    BY_TIME = auto()  # in the order of time, by the indices of the list
    WALKED = auto()  # in another order, by the store's index of that order
    PICKED = auto()  # by their ids
    NAMED = auto()  # by their SKUs, by the store's index of these


@dataclass(frozen=True)
class Looked:
    """What was looked up of a filter once, for everything that is read by it: few ids, conditions, causes.

    It says nothing of status and days.
    """

    picked: Picked
    pairs: tuple[tuple[int, str], ...]

    @cached_property
    def under_causes(self) -> list[int] | None:
        """The ids under these causes, None when they are not few."""
        return few_under_causes(self.pairs)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a filter leaves. `few`: it is read from few ids, so counting it is cheap."""

    rows: QuerySet[Integration]
    few: bool


def narrowed(scope: Scope, filters: Filters) -> QuerySet[Integration]:
    """Return every record that the filter shows, in no order."""
    return kept(scope, filters).rows


def look(scope: Scope, filters: Filters) -> Looked:
    """Look up a filter's conditions."""
    pairs = pairs_of(scope, filters) if filters.by_cause else ()
    return Looked(picked(scope, filters), tuple(pairs))


def kept(scope: Scope, filters: Filters, way: Way = Way.BY_TIME, looked: Looked | None = None) -> Kept:
    """Return every record that the filter shows. `way` is how it is read when its records are many."""
    looked = looked or look(scope, filters)
    found, pairs = looked.picked.copy(), looked.pairs
    if filters.by_cause and not pairs:
        return Kept(Integration.objects.none(), few=True)
    if pairs:
        _pick_causes(found, looked, filters, way)
    listed = _read(scope, filters, found, way)
    one = pairs[0] if len(pairs) == 1 and not found.few and way is Way.BY_TIME else None
    return Kept(listed.filter(_under(*one)) if one else listed, few=found.few)


def is_few(filters: Filters, looked: Looked, way: Way = Way.BY_TIME) -> bool:
    """Say whether a filter's records are few: gone by, in whichever status, and not walked."""
    if looked.picked.few or not filters.by_cause:
        return looked.picked.few
    if filters.removed or _is_alone(looked, way):
        return not looked.pairs
    return not looked.pairs or looked.under_causes is not None


def parts(scope: Scope, filters: Filters, looked: Looked) -> list[Part]:
    """Return the parts of a filter's records in each of which an index gives the order by time; else none."""
    found = [] if looked.picked.few else _parts(scope, filters, looked.pairs)
    return found if 1 < len(found) <= MAX_PARTS else []


def listed(filters: Filters, seen: Sequence[Q] = ()) -> Part:
    """Return what is asked of each record of a part besides. Raises `EmptyResultSet` when none can be so."""
    on_rows = _in_sql(seen)
    where: list[str] = ["removed_at IS NULL"]
    values: list[Any] = []
    if on_rows.where:
        where.append(on_rows.where)
        values += on_rows.values
    if filters.by_cause and filters.status:
        either = in_buckets(filters)
        where.append(either.where)
        values += either.values
    if since := filters.since():
        where.append("updated_at >= %s")
        values.append(since)
    if until := filters.until():
        where.append("updated_at < %s")
        values.append(until)
    return Part(" AND ".join(where), tuple(values))


def in_buckets(filters: Filters) -> Part:
    """Return the condition that a record is in one of the buckets asked for."""
    either = " OR ".join(["(status = %s AND phase = %s)"] * len(filters.buckets))
    return Part(f"({either})", tuple(value for bucket in filters.buckets for value in BUCKETS[bucket]))


def causes(scope: Scope, filters: Filters) -> list[tuple[int, str, int]]:
    """Return (channel, fingerprint, count) of the causes that a filter asks for, the most frequent first."""
    asked = Cause.objects.filter(channel__in=channel_ids(scope, filters), count__gt=0)
    if filters.cause:
        asked = asked.filter(fingerprint=filters.cause)
    if filters.code:
        asked = asked.filter(code=filters.code)
    if filters.stage:
        asked = asked.filter(stage=filters.stage)
    return list(asked.order_by("-count", "pk").values_list("channel_id", "fingerprint", "count"))


def pairs_of(scope: Scope, filters: Filters) -> list[tuple[int, str]]:
    """Return (channel, fingerprint) of the causes asked for. A lone fingerprint needs no figures to be found."""
    if filters.cause and not (filters.code or filters.stage):
        return [(channel, filters.cause) for channel in channel_ids(scope, filters)]
    return [(channel, mark) for channel, mark, _ in causes(scope, filters)]


def in_trouble() -> Func:
    """Return the condition of the indices over errors and alerts, as it was declared."""
    return Func(F("status"), template="%(expressions)s IN ('error', 'alert')", output_field=BooleanField())


def among(ids: Iterable[int]) -> QuerySet[Integration]:
    return Integration.objects.filter(pk__in=ids_of(ids))


def _read(scope: Scope, filters: Filters, found: Picked, way: Way) -> QuerySet[Integration]:
    listed = _in_sight(scope, filters, Way.PICKED if found.ids else Way.NAMED if found.skus else way)
    listed = _plainly(listed, filters)
    for ids in found.ids:
        listed = listed.filter(pk__in=ids)
    for skus in found.skus:
        listed = listed.filter(sku__in=skus)
    return _seen(listed, found.seen)


def _seen(rows: QuerySet[Integration], conditions: Sequence[Q]) -> QuerySet[Integration]:
    """Keep the rows on which the conditions are seen to hold."""
    named = rows.alias(**{f"seen_{name}": column for name, column in SEEN.items()})
    return named.filter(*(one if one == search.NOTHING else _unguessed(one) for one in conditions if one))


def _unguessed(condition: Q) -> Case:
    """Return a condition of which PostgreSQL does not guess that next to no row fulfils it, and sort them all."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _in_sql(conditions: Sequence[Q]) -> Part:
    """Return the same conditions as text."""
    query = _seen(Integration.objects.all(), conditions).query
    try:
        where, values = query.get_compiler(connection=connection).compile(query.where)
    except FullResultSet:
        return Part("", ())
    return Part(where, tuple(values))


def _in_sight(scope: Scope, filters: Filters, way: Way) -> QuerySet[Integration]:
    """Return what the scope sees of the filter's channel; only `way` may be served by an index."""
    channels = scope.channels().filter(code=filters.channel) if filters.channel else scope.channels()
    if way is Way.BY_TIME:
        own = scope.integrations()
        return own.filter(channel_id=channels.values("pk")[:1]) if filters.channel else own
    seen = {"seen_store": Coalesce(F("store_id"), Value(0)), "seen_channel": Coalesce(F("channel_id"), Value(0))}
    store = "seen_store" if way is Way.PICKED else "store_id"
    own = Integration.objects.alias(**seen).filter(**{store: scope.store_id})
    return own.filter(_unguessed(Q(("seen_channel__in", list(channels.values_list("pk", flat=True))))))


def _plainly(listed: QuerySet[Integration], filters: Filters) -> QuerySet[Integration]:
    """Narrow by status and days."""
    listed = listed.filter(removed_at__isnull=not filters.removed)
    if len(filters.buckets) == 1:
        status, phase = BUCKETS[filters.buckets[0]]
        listed = listed.filter(status=status, phase=phase)
    elif filters.status:
        listed = listed.filter(status=Status.PENDING)
    column = "removed_at" if filters.removed else "updated_at"
    if since := filters.since():
        listed = listed.filter(**{f"{column}__gte": since})
    if until := filters.until():
        listed = listed.filter(**{f"{column}__lt": until})
    return listed


def _parts(scope: Scope, filters: Filters, pairs: Sequence[tuple[int, str]]) -> list[Part]:
    if filters.removed:
        return []
    if filters.by_cause:
        # The first condition is that of the causes' partial index, as it was declared.
        return [Part("NOT (fingerprint = '') AND channel_id = %s AND fingerprint = %s", pair) for pair in pairs]
    several = filters.status is Together.PENDING
    if filters.text or not (filters.channel or several or scope.channel_ids is not None):
        return []
    return [
        Part("channel_id = %s AND status = %s AND phase = %s", (channel, *BUCKETS[bucket]))
        for channel in channel_ids(scope, filters)
        for bucket in filters.buckets
    ]


def _pick_causes(found: Picked, looked: Looked, filters: Filters, way: Way) -> None:
    """Narrow to causes; the lone one that is read by time has its own index, and is left to it."""
    if not found.few and _is_alone(looked, way):
        return
    ids = None if filters.removed or found.few else looked.under_causes
    found.take(ids, _seen_causes(looked.pairs))


def _is_alone(looked: Looked, way: Way) -> bool:
    return len(looked.pairs) == 1 and way is Way.BY_TIME


def _under(channel_id: int, fingerprint: str) -> Q:
    """Return the condition of one cause, with that of its partial index as it was declared."""
    kept_there = Func(F("fingerprint"), template="NOT (%(expressions)s = '')", output_field=BooleanField())
    return Q(kept_there, channel_id=channel_id, fingerprint=fingerprint)


def _seen_causes(pairs: Iterable[tuple[int, str]]) -> Q:
    by_channel: dict[int, list[str]] = {}
    for channel, mark in pairs:
        by_channel.setdefault(channel, []).append(mark)
    seen = Q()
    for channel, marks in by_channel.items():
        seen |= Q(channel_id=channel, seen_fingerprint__in=marks)
    return seen


def channel_ids(scope: Scope, filters: Filters) -> list[int]:
    """Return the channels in sight that a filter asks for."""
    channels = scope.channels()
    if filters.channel:
        channels = channels.filter(code=filters.channel)
    return list(channels.order_by("pk").values_list("pk", flat=True))
