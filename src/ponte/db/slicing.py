"""A page's worth of rows of a list: from a filter to the first few in an order, whatever serves that best."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.core.exceptions import EmptyResultSet
from django.db.models import Q, QuerySet

from ponte.db.filters import Filters
from ponte.db.models import Integration
from ponte.db.narrowing import (
    BUCKETS,
    TROUBLE,
    Looked,
    Way,
    among,
    in_buckets,
    in_trouble,
    is_few,
    kept,
    listed,
    look,
    narrowed,
    parts,
)
from ponte.db.ordering import Order, Part, Place
from ponte.db.picking import FEW, ids_of
from ponte.db.scope import HEAVY_OF_CHANNEL, Scope
from ponte.db.totals import at_least
from ponte.db.walking import Few, few_in_order, merged

HEAVY: Final = ("listing", "search_text")
"""Columns that no list shows."""
BY_TIME: Final = ("updated_at", "removed_at")


@dataclass(frozen=True, slots=True)
class Slice:
    """The first `size` rows in an order, beyond a place."""

    order: Order
    place: Place | None
    size: int

    @property
    def beyond(self) -> Q:
        return self.order.beyond(self.place) if self.place else Q()


@dataclass(frozen=True, slots=True)
class Told:
    """What reading a page told of its filter: how many it shows, and how many in each bucket, whichever it asks for.

    None of what it did not tell. `skus` are some that it shows, in whichever bucket.
    """

    total: int | None = None
    buckets: Mapping[str, int] | None = None
    skus: frozenset[str] = frozenset()


NOTHING: Final = Told()


def sliced(
    scope: Scope, filters: Filters, wanted: Slice, looked: Looked | None = None
) -> tuple[QuerySet[Integration], Told]:
    """Return rows, and what was told along the way."""
    looked, order = looked or look(scope, filters), wanted.order
    if order.column not in BY_TIME:
        ids, told = _sorted_ids(scope, filters, looked, wanted)
        return _by_ids(ids, order), told
    if several := parts(scope, filters, looked):
        return _by_ids(_merged(filters, looked, several, wanted), order), NOTHING
    if is_few(filters, looked):  # sorted by the database: their ids alone, not the whole rows
        ids, told = _of_few(scope, filters, looked, wanted)
        return _by_ids(ids, order), told
    found = kept(scope, filters, looked=looked)
    return shown(found.rows.filter(wanted.beyond).order_by(*order.names))[: wanted.size], NOTHING


def _merged(filters: Filters, looked: Looked, several: Sequence[Part], wanted: Slice) -> list[int]:
    """Walk each part by its own index, and merge them."""
    try:
        asked = listed(filters, looked.picked.seen)
    except EmptyResultSet:
        return []
    return merged(several, asked, wanted.order, wanted.place, wanted.size)


def _of_few(scope: Scope, filters: Filters, looked: Looked, wanted: Slice) -> tuple[list[int], Told]:
    """Return ids of a filter that goes by few: read once for the page and the counts of every status."""
    every = replace(filters, status=None)
    asked = in_buckets(filters) if filters.status else Part("", ())
    found = _ordered(kept(scope, every, Way.PICKED, looked).rows, asked, wanted)
    counted: dict[str, int] = {bucket: found.groups.get(states, 0) for bucket, states in BUCKETS.items()}
    total = sum(counted[bucket] for bucket in filters.buckets)
    return found.ids, Told(total, None if filters.removed else counted, frozenset(found.skus))


def _ordered(rows: QuerySet[Integration], asked: Part, wanted: Slice) -> Few:
    return few_in_order(rows, asked, wanted.order, wanted.place, wanted.size)


def _sorted_ids(scope: Scope, filters: Filters, looked: Looked, wanted: Slice) -> tuple[list[int], Told]:
    """Return ids in an order other than by time: few are sorted here, many are walked along the order's index."""
    if is_few(filters, looked, Way.WALKED):
        return _of_few(scope, filters, looked, wanted)
    few = _few(scope, filters, looked)
    if few is not None:
        read = _ordered(few, Part("", ()), wanted)
        return read.ids, Told(sum(read.groups.values()))
    found = kept(scope, filters, Way.WALKED, looked)
    rows = found.rows.filter(in_trouble()) if filters.status in TROUBLE else found.rows
    ordered = rows.filter(wanted.beyond).order_by(*wanted.order.names)
    return list(ordered.values_list("pk", flat=True)[: wanted.size]), NOTHING


def _few(scope: Scope, filters: Filters, looked: Looked) -> QuerySet[Integration] | None:
    """Return a filter's rows by their ids when status, channel and days alone leave few."""
    plain = filters.plain()
    if not plain.removed and at_least(scope, plain, FEW + 1):
        return None
    ids = list(narrowed(scope, plain).values_list("pk", flat=True)[: FEW + 1])
    if len(ids) > FEW:
        return None
    return kept(scope, filters, Way.PICKED, looked).rows.filter(pk__in=ids_of(ids))


def _by_ids(ids: Collection[int], order: Order) -> QuerySet[Integration]:
    return shown(among(ids)).order_by(*order.names)


def shown(rows: QuerySet[Integration]) -> QuerySet[Integration]:
    """Read what a list shows of its records, with their channels."""
    return rows.select_related("channel").defer(*HEAVY, *HEAVY_OF_CHANNEL)
