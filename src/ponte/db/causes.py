"""Causes as lists and counts. Nothing here counts records: `Cause.count` is kept by the write side.

An account's trouble is no product's: its causes are in `of_accounts`, and in a list only where that is asked for.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.core import signing
from django.db.models import Q, QuerySet, Sum

from ponte.db.cause_filters import OF_ACCOUNTS, CauseFilters, Tab, alive, in_tab, narrowing
from ponte.db.cause_words import worded
from ponte.db.cursor import EPOCH, MAX_LENGTH, BadCursor
from ponte.db.models import Cause, Counter
from ponte.db.scope import HEAVY_OF_CHANNEL, Scope
from ponte.db.sql import condition, fetch

MAX_SIZE: Final = 200
SEARCHED: Final = 1_000
"""A search by words looks at this many causes, those of most records first."""
TOP: Final = 5
# The value is summed in floating point: SQLite refuses a sum of whole numbers beyond 64 bits.
TOTALS: Final = f"""SELECT {{counted}} count(*) FILTER (WHERE {{alive}}), sum(count) FILTER (WHERE {{alive}}),
        sum(value * 1.0) FILTER (WHERE {{alive}}),
        (SELECT sum(count) FROM (SELECT count FROM db_cause WHERE {{where}} AND {{alive}}
            ORDER BY count DESC LIMIT {TOP}) AS largest)
    FROM db_cause WHERE {{where}}"""


class Order(StrEnum):
    """What a list is sorted by, the most first; the names are columns."""

    COUNT = "count"
    VALUE = "value"
    LAST = "last_at"


@dataclass(frozen=True, slots=True)
class CausePage:
    """Rows of a list; `next` and `previous` are cursors, None at either end."""

    rows: tuple[Cause, ...]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Causes per tab; what is open or being worked on: records, their stock value in cents, the largest causes'."""

    tabs: dict[Tab, int]
    causes: int
    records: int
    value: int
    largest: int

    @property
    def share(self) -> int:
        """How many of 100 records the `TOP` causes have."""
        return round(100 * self.largest / self.records) if self.records else 0


def page(
    scope: Scope,
    filters: CauseFilters,
    *,
    order: Order = Order.COUNT,
    after: str | None = None,
    before: str | None = None,
    size: int = 25,
    now: datetime,
) -> CausePage:
    """Return the causes after (or before) a cursor, else the first ones. Raises `BadCursor`."""
    size = max(1, min(size, MAX_SIZE))
    seal = f"causes/{scope.store_id}/{order}"
    place = _opened(after or before or "", seal)
    backwards = bool(before and not after)
    sign = "" if backwards else "-"
    rows = _beside(_narrowed(scope, filters, now), order, place, backwards=backwards)
    rows = worded(rows).select_related("channel", "state_by").defer(*HEAVY_OF_CHANNEL)
    found = list(rows.order_by(f"{sign}{order}", f"{sign}id")[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    more_after = bool(found) and (backwards or more)
    more_before = bool(found) and (more if backwards else place is not None)
    return CausePage(
        tuple(found),
        _sealed(found[-1], order, seal) if more_after else None,
        _sealed(found[0], order, seal) if more_before else None,
    )


def one(scope: Scope, number: int) -> Cause | None:
    """Return one cause that this scope sees, an account's too, with its channel and that one's store."""
    seen = Cause.objects.filter(pk=number, channel__in=scope.channels())
    return worded(seen).select_related("channel__store", "state_by").first()


def still_there(scope: Scope, filters: CauseFilters, numbers: Collection[int], *, now: datetime) -> list[Cause]:
    """Return which of these causes a list still has."""
    rows = _narrowed(scope, filters, now).filter(pk__in=list(numbers)[:MAX_SIZE])
    return list(worded(rows).select_related("channel").defer(*HEAVY_OF_CHANNEL))


def totals(scope: Scope, filters: CauseFilters, *, now: datetime) -> Totals:
    """Count the causes that the filter leaves, per tab, and what is open of them; one query over causes."""
    where, living = narrowing(scope, replace(filters, tab=None), now), alive(now)
    tabs = [in_tab(tab, filters.growing, now) for tab in Tab]
    counted = "".join(f"count(*) FILTER (WHERE {tab.where}), " for tab in tabs)
    found = fetch(
        TOTALS.format(counted=counted, where=where.where, alive=living.where),
        [
            *(value for tab in tabs for value in tab.values),
            *(living.values * 3),
            *where.values,
            *living.values,
            *where.values,
        ],
    )
    *per_tab, causes, records, value, largest = (int(number or 0) for number in found[0])
    return Totals(dict(zip(Tab, per_tab, strict=True)), causes, records, value, largest)


def searched(scope: Scope, filters: CauseFilters, *, now: datetime) -> list[Cause]:
    """Return the causes that a search by words looks through, whatever their tab; see `SEARCHED`."""
    rows = _narrowed(scope, replace(filters, tab=None), now).select_related("channel").defer(*HEAVY_OF_CHANNEL)
    return list(worded(rows).order_by("-count", "-id")[:SEARCHED])


def of_accounts(scope: Scope) -> list[Cause]:
    """Return the causes that are an account's trouble and that records still have."""
    rows = Cause.objects.filter(channel__in=scope.channels(), problem_class__in=OF_ACCOUNTS, count__gt=0)
    return list(rows.order_by("channel_id", "-count", "id"))


def waiting(scope: Scope) -> dict[int, int]:
    """Return how many records wait in the queue, by channel."""
    rows = Counter.objects.filter(channel__in=scope.channels(), bucket__in=("queued", "processing"))
    return {
        channel_id: max(0, int(count))
        for channel_id, count in rows.values_list("channel_id").annotate(total=Sum("count"))
    }


def _narrowed(scope: Scope, filters: CauseFilters, now: datetime) -> QuerySet[Cause]:
    found = narrowing(scope, filters, now)
    return Cause.objects.filter(condition(found.where, found.values))


def _beside(
    rows: QuerySet[Cause], order: Order, place: tuple[int, int] | None, *, backwards: bool
) -> QuerySet[Cause]:
    if place is None:
        return rows
    number, beside = place
    value = EPOCH + timedelta(microseconds=number) if order is Order.LAST else number
    beyond, at_most = ("gt", "gte") if backwards else ("lt", "lte")
    return rows.filter(
        Q(**{f"{order}__{beyond}": value}) | Q(**{f"id__{beyond}": beside}), **{f"{order}__{at_most}": value}
    )


def _sealed(row: Cause, order: Order, seal: str) -> str:
    value = getattr(row, order)
    number = (value - EPOCH) // timedelta(microseconds=1) if order is Order.LAST else value
    return signing.Signer(salt=seal).sign(f"{number:x}.{row.pk:x}").replace(":", "~")


def _opened(text: str, seal: str) -> tuple[int, int] | None:
    if not text:
        return None
    if len(text) > MAX_LENGTH:
        raise BadCursor("too long")
    try:
        number, beside = signing.Signer(salt=seal).unsign(text.replace("~", ":")).split(".")
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor("not ours") from error
    return int(number, 16), int(beside, 16)
