"""The read side: every list and count that a screen or the API shows is a function here.

Lists are read by keyset (a place beside a row), never by offset, and counts come from `Counter`, never from the rows.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Sum
from django.db.models.functions import Lower

from ponte.db.cursor import BadCursor
from ponte.db.filters import Bucket, FilterErrors, Filters, Flaw
from ponte.db.models import Attempt, Channel, Counter, Exchange, Integration, Lane, LaneState, Membership
from ponte.db.narrowing import BUCKETS, Looked, narrowed
from ponte.db.ordering import Place, Sort, opened, order_of
from ponte.db.records import is_throttling
from ponte.db.scope import Scope
from ponte.db.slicing import NOTHING, Slice, Told, shown, sliced

__all__ = [
    "BUCKETS",
    "AttemptPage",
    "BadCursor",
    "Bucket",
    "ChannelState",
    "FilterErrors",
    "Filters",
    "Flaw",
    "Page",
    "Sort",
    "attempt",
    "attempts",
    "channels",
    "counts",
    "exchanges",
    "last_attempt",
    "memberships",
    "narrowed",
    "newer",
    "page",
    "record",
    "records",
    "rows",
]

MAX_SIZE: Final = 200
MAX_NEWER: Final = 100


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list in its order; `next` and `previous` are cursors, None at either end.

    `first` is how many-eth the first row is, as far as whoever came here page by page can tell; `told` is what
    reading the page told of the whole filter.
    """

    rows: tuple[Integration, ...]
    next: str | None
    previous: str | None
    first: int = 1
    told: Told = NOTHING


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
    def throttled(self) -> bool:
        """True when the circuit opened because the marketplace answered, and asked for fewer requests."""
        return is_throttling(self.reason)

    @property
    def stopped(self) -> bool:
        return self.state is not LaneState.OPEN or self.breaker_until is not None


def page(
    scope: Scope,
    filters: Filters,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = 25,
    sort: Sort = Sort.RECENT,
    looked: Looked | None = None,
) -> Page:
    """Return the rows after (or before) a cursor, else the first ones. Raises `BadCursor`.

    `looked` is the filter looked up, for whoever reads more of it than a page.
    """
    size = max(1, min(size, MAX_SIZE))
    order = order_of(sort, removed=filters.removed)
    seal = seal_of(scope, filters, sort)
    backwards = bool(before and not after)
    text = after or before
    place = opened(text, seal, order) if text else None
    read, told = sliced(scope, filters, Slice(order.reverse if backwards else order, place, size + 1), looked)
    found = [*read]
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    more_after = bool(found) and (backwards or more)
    more_before = bool(found) and (more if backwards else place is not None)
    number = _first_number(place, len(found), backwards=backwards)
    return Page(
        tuple(found),
        order.place(found[-1], number + len(found) - 1).sealed(seal) if more_after else None,
        order.place(found[0], number).sealed(seal) if more_before else None,
        number,
        told,
    )


def seal_of(scope: Scope, filters: Filters, sort: Sort) -> str:
    """Return which list a cursor belongs to: a store's, in an order, with or without removed records."""
    return f"{scope.store_id}/{sort}/{'removed' if filters.removed else 'listed'}"


def _first_number(place: Place | None, size: int, *, backwards: bool) -> int:
    if place is None:
        return 1
    return max(1, place.number - size) if backwards else place.number + 1


def record(scopes: Collection[Scope], number: int) -> Integration | None:
    """Return one record that any of these scopes sees, with its channel and store."""
    by_store = {scope.store_id: scope for scope in scopes}
    listed = Integration.objects.filter(pk=number, store_id__in=by_store)
    found = listed.select_related("channel", "store").first()
    return found if found and by_store[found.store_id].sees(found.channel_id) else None


def records(scope: Scope, numbers: Collection[int]) -> dict[int, Integration]:
    """Return whole records of one store by their ids, with channel and store; two queries at most."""
    listed = scope.integrations().filter(pk__in=list(numbers)[:MAX_SIZE])
    return {found.pk: found for found in listed.select_related("channel", "store").defer("search_text")}


def rows(scope: Scope, numbers: Collection[int]) -> list[Integration]:
    """Return the records of one store by their ids, removed ones too; unknown and foreign ids are absent."""
    listed = scope.integrations().filter(pk__in=list(numbers)[:MAX_SIZE])
    return list(shown(listed))


def newer(scope: Scope, filters: Filters, since: datetime, *, besides: Collection[int] = ()) -> int:
    """Return how many records of a list changed after a moment, but for those given; counts to `MAX_NEWER`."""
    order = order_of(Sort.RECENT, removed=filters.removed)
    kept = narrowed(scope, filters).filter(**{f"{order.column}__gt": since})
    found = kept.order_by(*order.names).values_list("pk", flat=True)[: MAX_NEWER + len(besides)]
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


def counts(scope: Scope, channel_id: int | None = None) -> dict[str, int]:
    """Return how many records are in each bucket ("removed" too), of a store or of one channel of it."""
    kept = Counter.objects.filter(channel__in=scope.channels())
    if channel_id is not None:
        kept = kept.filter(channel_id=channel_id)
    found = dict(kept.values_list("bucket").annotate(total=Sum("count")))
    return {bucket: max(0, found.get(bucket, 0)) for bucket in (*Bucket, "removed")}


def channels(scope: Scope, *, now: float | None = None) -> list[ChannelState]:
    """Return a store's channels by name, with the state of their product queue."""
    moment = time.time() if now is None else now
    named = scope.channels().order_by(Lower("name"), "pk").defer("mapping_text", "secrets_sealed")
    found = {one.pk: one for one in named}
    lanes: dict[int, list[Lane]] = defaultdict(list)
    for lane in Lane.objects.filter(channel__in=list(found)).order_by("kind"):
        lanes[lane.channel_id].append(lane)
    return [_channel_state(channel, lanes[number], moment) for number, channel in found.items()]


def memberships(user_id: int) -> list[Membership]:
    """Return where a person works, with the stores, by name."""
    found = Membership.objects.filter(user_id=user_id).select_related("store")
    return list(found.order_by(Lower("store__name"), "pk"))


def _channel_state(channel: Channel, lanes: Sequence[Lane], now: float) -> ChannelState:
    channel.known_lanes = lanes  # type: ignore[attr-defined]
    lane = next((lane for lane in lanes if lane.kind == "product"), None)
    if lane is None:
        return ChannelState(channel, LaneState.OPEN, None, None)
    until = lane.breaker_until_ms / 1000
    return ChannelState(channel, LaneState(lane.state), lane.reason, until if until > now else None)
