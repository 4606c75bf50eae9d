"""The read side: every list and count that a screen or the API shows is a function here.

Lists are read by keyset (a place beside a row), never by offset, and counts come from `Counter`, never from the rows.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Prefetch, Q, QuerySet, Sum

from ponte.db import search
from ponte.db.cursor import BadCursor, Cursor, opened
from ponte.db.filters import Bucket, FilterErrors, Filters, Flaw
from ponte.db.models import Attempt, Channel, Counter, Exchange, Integration, Lane, LaneState, Membership
from ponte.domain.lifecycle import Phase, Status

__all__ = [
    "AttemptPage",
    "BadCursor",
    "Bucket",
    "ChannelState",
    "FilterErrors",
    "Filters",
    "Flaw",
    "Page",
    "attempt",
    "attempts",
    "channels",
    "counts",
    "exchanges",
    "last_attempt",
    "memberships",
    "newer",
    "page",
    "record",
    "rows",
]

MAX_SIZE: Final = 200
MAX_NEWER: Final = 100
HEAVY: Final = ("listing", "search_text")
"""Columns that no list shows."""

BUCKETS: Final = {
    Bucket.ERROR: (Status.ERROR, Phase.IDLE),
    Bucket.PROCESSING: (Status.PENDING, Phase.PROCESSING),
    Bucket.QUEUED: (Status.PENDING, Phase.QUEUED),
    Bucket.WAITING: (Status.PENDING, Phase.WAITING),
    Bucket.ALERT: (Status.ALERT, Phase.IDLE),
    Bucket.SUCCESS: (Status.SUCCESS, Phase.IDLE),
}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list, newest first; `next` and `previous` are cursors, None at either end."""

    rows: tuple[Integration, ...]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """Tries of one record, newest first; `next` is the number to ask for those before, None at the first."""

    rows: tuple[Attempt, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel and whether its queue runs. `breaker_until` is ahead while the circuit is open (Unix seconds)."""

    channel: Channel
    state: LaneState
    reason: dict[str, object] | None
    breaker_until: float | None

    @property
    def stopped(self) -> bool:
        return self.state is not LaneState.OPEN or self.breaker_until is not None


def page(
    store_id: int,
    filters: Filters,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = 25,
) -> Page:
    """Return the rows after (or before) a cursor, else the first ones. Raises `BadCursor`."""
    size = max(1, min(size, MAX_SIZE))
    scope = f"{store_id}/{'removed' if filters.removed else 'listed'}"
    place = _place(after or before, scope)
    backwards = bool(before and not after)
    found = [*_slice(store_id, filters, place, backwards=backwards, size=size + 1)]
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    more_after = bool(found) and (backwards or more)
    more_before = bool(found) and (more if backwards else place is not None)
    column = _moment_column(filters)
    return Page(
        tuple(found),
        Cursor(getattr(found[-1], column), found[-1].pk).sealed(scope) if more_after else None,
        Cursor(getattr(found[0], column), found[0].pk).sealed(scope) if more_before else None,
    )


def record(store_ids: Collection[int], number: int) -> Integration | None:
    """Return one record of any of these stores, with its channel and store."""
    found = Integration.objects.filter(pk=number, store_id__in=store_ids)
    return found.select_related("channel", "store").first()


def rows(store_id: int, numbers: Collection[int]) -> list[Integration]:
    """Return the records of one store by their ids, removed ones too; unknown and foreign ids are absent."""
    listed = Integration.objects.filter(store_id=store_id, pk__in=list(numbers)[:MAX_SIZE])
    return list(listed.select_related("channel").defer(*HEAVY))


def newer(store_id: int, filters: Filters, since: datetime, *, besides: Collection[int] = ()) -> int:
    """Return how many records of a list changed after a moment, but for those given; counts to `MAX_NEWER`."""
    kept = narrowed(store_id, filters).filter(**{f"{_moment_column(filters)}__gt": since})
    found = kept.order_by(*_order(filters)).values_list("pk", flat=True)[: MAX_NEWER + len(besides)]
    return min(MAX_NEWER, len(set(found) - set(besides)))


def attempts(integration_id: int, *, after: int | None = None, size: int = 20) -> AttemptPage:
    """Return the tries of a record, newest first; `after` is the number of the last one already seen."""
    size = max(1, min(size, MAX_SIZE))
    tries = Attempt.objects.filter(integration_id=integration_id).select_related("actor")
    if after is not None:
        tries = tries.filter(number__lt=after)
    found = [*tries.defer("offer", "provenance").order_by("-number")[: size + 1]]
    return AttemptPage(tuple(found[:size]), found[size - 1].number if len(found) > size else None)


def attempt(integration_id: int, number: int) -> Attempt | None:
    """Return one try with its offer and provenance."""
    return Attempt.objects.filter(integration_id=integration_id, number=number).first()


def last_attempt(integration_id: int) -> Attempt | None:
    """Return the newest try that has an offer, with its provenance; else the newest."""
    tries = Attempt.objects.filter(integration_id=integration_id)
    newest = tries.order_by("-number")[:5]
    return next((found for found in newest if found.offer or found.provenance), newest[0] if newest else None)


def exchanges(attempt_id: int) -> list[Exchange]:
    """Return the requests and answers of one try in their order."""
    return list(Exchange.objects.filter(attempt_id=attempt_id).order_by("place")[:MAX_SIZE])


def counts(store_id: int, channel_id: int | None = None) -> dict[str, int]:
    """Return how many records are in each bucket ("removed" too), of a store or of one channel of it."""
    kept = Counter.objects.filter(channel__store_id=store_id)
    if channel_id is not None:
        kept = kept.filter(channel_id=channel_id)
    found = dict(kept.values_list("bucket").annotate(total=Sum("count")))
    return {bucket: max(0, found.get(bucket, 0)) for bucket in (*Bucket, "removed")}


def channels(store_id: int, *, now: float | None = None) -> list[ChannelState]:
    """Return a store's channels by name, with the state of their product queue."""
    moment = time.time() if now is None else now
    lanes = Prefetch("lanes", queryset=Lane.objects.order_by("kind"), to_attr="known_lanes")
    found = Channel.objects.filter(store_id=store_id).order_by("name", "pk").prefetch_related(lanes)
    return [_channel_state(channel, moment) for channel in found.defer("mapping_text", "secrets_sealed")]


def memberships(user_id: int) -> list[Membership]:
    """Return where a person works, with the stores, by name."""
    found = Membership.objects.filter(user_id=user_id).select_related("store")
    return list(found.order_by("store__name", "pk"))


def _channel_state(channel: Channel, now: float) -> ChannelState:
    lanes: Sequence[Lane] = channel.known_lanes  # type: ignore[attr-defined]
    lane = next((lane for lane in lanes if lane.kind == "product"), None)
    if lane is None:
        return ChannelState(channel, LaneState.OPEN, None, None)
    until = lane.breaker_until_ms / 1000
    return ChannelState(channel, LaneState(lane.state), lane.reason, until if until > now else None)


def _place(text: str | None, scope: str) -> Cursor | None:
    return opened(text, scope) if text else None


def _slice(
    store_id: int, filters: Filters, place: Cursor | None, *, backwards: bool, size: int
) -> QuerySet[Integration]:
    ascending = [name.removeprefix("-") for name in _order(filters)]
    order = ascending if backwards else _order(filters)
    kept = narrowed(store_id, filters)
    if place:
        kept = _beside(kept, _moment_column(filters), place, backwards=backwards)
    listed = kept.select_related("channel").defer(*HEAVY)
    if not _needs_parts(filters):
        return listed.order_by(*order)[:size]
    first, *others = (_bucket_part(listed, bucket, order, size) for bucket in Bucket)
    return first.union(*others, all=True).order_by(*order)[:size]


def _beside(listed: QuerySet[Integration], column: str, place: Cursor, *, backwards: bool) -> QuerySet[Integration]:
    """Keep what lies beyond a place. The first condition alone is what an index can seek to."""
    beyond, at_most = ("gt", "gte") if backwards else ("lt", "lte")
    return listed.filter(
        Q(**{f"{column}__{beyond}": place.at}) | Q(**{f"id__{beyond}": place.id}),
        **{f"{column}__{at_most}": place.at},
    )


def _needs_parts(filters: Filters) -> bool:
    """True for a channel's whole list: in its index only the rows of one bucket stand in order."""
    narrow = filters.status or filters.removed or filters.cause or filters.text or filters.skus
    return bool(filters.channel and not narrow)


def _bucket_part(
    listed: QuerySet[Integration], bucket: Bucket, order: Sequence[str], size: int
) -> QuerySet[Integration]:
    status, phase = BUCKETS[bucket]
    ids = listed.filter(status=status, phase=phase).order_by(*order).values("pk")[:size]
    return Integration.objects.filter(pk__in=ids).select_related("channel").defer(*HEAVY)


def narrowed(store_id: int, filters: Filters) -> QuerySet[Integration]:
    """Return every record that the filter shows, in no order."""
    listed = Integration.objects.filter(store_id=store_id, removed_at__isnull=not filters.removed)
    if filters.status:
        status, phase = BUCKETS[filters.status]
        listed = listed.filter(status=status, phase=phase)
    if filters.channel:
        named = Channel.objects.filter(store_id=store_id, code=filters.channel)
        listed = listed.filter(channel_id=named.values("pk")[:1])
    if filters.cause:
        listed = listed.filter(fingerprint=filters.cause).exclude(fingerprint="")
        own = Channel.objects.filter(store_id=store_id)
        listed = listed.filter(channel_id__in=own.values("pk"))
    if filters.skus:
        listed = listed.filter(sku__in=filters.skus)
    listed = _within_days(listed, filters)
    return search.matching(listed, filters.text, store_id) if filters.text else listed


def _within_days(listed: QuerySet[Integration], filters: Filters) -> QuerySet[Integration]:
    column = _moment_column(filters)
    if since := filters.since():
        listed = listed.filter(**{f"{column}__gte": since})
    if until := filters.until():
        listed = listed.filter(**{f"{column}__lt": until})
    return listed


def _moment_column(filters: Filters) -> str:
    return "removed_at" if filters.removed else "updated_at"


def _order(filters: Filters) -> tuple[str, str]:
    return f"-{_moment_column(filters)}", "-id"
