"""A page's worth of rows of a list: from a filter to the first few in an order, whatever serves that best."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import EmptyResultSet
from django.db.models import Q, QuerySet

from ponte.db.filters import Filters
from ponte.db.models import Integration
from ponte.db.narrowing import (
    TROUBLE,
    Looked,
    Way,
    among,
    in_trouble,
    kept,
    listed,
    look,
    narrowed,
    parts,
)
from ponte.db.ordering import Order, Part, Place
from ponte.db.picking import FEW, ids_of
from ponte.db.scope import Scope
from ponte.db.totals import at_least
from ponte.db.walking import few_in_order, merged

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


def sliced(scope: Scope, filters: Filters, wanted: Slice) -> tuple[QuerySet[Integration], int | None]:
    """Return rows, and how many the filter shows in all, where that was told along the way."""
    looked, order = look(scope, filters), wanted.order
    if order.column not in BY_TIME:
        ids, total = _sorted_ids(scope, filters, looked, wanted)
        return _by_ids(ids, order), total
    if several := parts(scope, filters, looked):
        return _by_ids(_merged(filters, looked, several, wanted), order), None
    found = kept(scope, filters, looked=looked)
    if found.few:  # sorted by the database: their ids alone, not the whole rows
        ids, total = few_in_order(found.rows, order, wanted.place, wanted.size)
        return _by_ids(ids, order), total
    return shown(found.rows.filter(wanted.beyond).order_by(*order.names))[: wanted.size], None


def _merged(filters: Filters, looked: Looked, several: Sequence[Part], wanted: Slice) -> list[int]:
    """Walk each part by its own index, and merge them."""
    try:
        asked = listed(filters, looked.picked.seen)
    except EmptyResultSet:
        return []
    return merged(several, asked, wanted.order, wanted.place, wanted.size)


def _sorted_ids(scope: Scope, filters: Filters, looked: Looked, wanted: Slice) -> tuple[list[int], int | None]:
    """Return ids in an order other than by time: few are sorted here, many are walked along the order's index."""
    found = kept(scope, filters, Way.WALKED, looked)
    few = found.rows if found.few else _few(scope, filters, looked)
    if few is not None:
        return few_in_order(few, wanted.order, wanted.place, wanted.size)
    rows = found.rows.filter(in_trouble()) if filters.status in TROUBLE else found.rows
    ordered = rows.filter(wanted.beyond).order_by(*wanted.order.names)
    return list(ordered.values_list("pk", flat=True)[: wanted.size]), None


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
    return rows.select_related("channel").defer(*HEAVY)
