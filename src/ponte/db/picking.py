"""Which of a filter's conditions are better gone by than looked at: those with few records become their ids.

A database chooses between the index of a filter and that of an order by guessing how many rows the filter leaves, and
a wrong guess reads millions. So we look: a condition with at most `FEW` records is read by its own index; one with
more is written so that no index serves it, and is seen on the rows while the list is walked in its order.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.db.models import F, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from ponte.db import search
from ponte.db.filters import Filters
from ponte.db.scope import Scope
from ponte.db.sql import fetch, given

FEW: Final = 5_000
# SQLite takes a partial index only where its condition stands as it was declared: NOT (x = ''), and no parameter.
OF_COLUMN: Final = {
    "category": "FROM db_integration AS one WHERE store_id = %s AND category = %s AND removed_at IS NULL",
    "brand": """FROM db_integration AS one WHERE store_id = %s AND brand = %s AND removed_at IS NULL
        AND NOT (brand = '')""",
}
OF_ACTION: Final = "FROM db_integration AS one WHERE action_id = %s AND action_id IS NOT NULL"
UNDER_CAUSES: Final = """FROM {pairs} {join} db_integration AS one ON one.channel_id = given.channel_id
    AND one.fingerprint = given.fingerprint WHERE one.removed_at IS NULL AND NOT (one.fingerprint = '')"""
# SQLite's index of SKUs holds the ids, PostgreSQL's does not: there, ids would have every row looked up twice.
LISTED: Final = {
    "sqlite": """SELECT one.id FROM db_skulist AS kept, json_each(kept.skus) AS named
        CROSS JOIN db_integration AS one ON one.store_id = kept.store_id AND one.sku = named.value
        WHERE kept.id = %s AND kept.store_id = %s""",
    "postgresql": """SELECT named.value FROM db_skulist AS kept, jsonb_array_elements_text(kept.skus) AS named(value)
        WHERE kept.id = %s AND kept.store_id = %s""",
}
LISTED_SKUS: Final = "SELECT id FROM db_integration WHERE store_id = %s AND sku IN (SELECT value FROM json_each(%s))"
SEEN: Final = {
    name: Coalesce(F(name), Value(blank))
    for name, blank in (("category", ""), ("brand", ""), ("fingerprint", ""), ("action_id", 0))
}
"""Columns as no index knows them."""


@dataclass(slots=True)
class Picked:
    """Ids or SKUs to go by (each a subquery), and conditions to see on the rows: on columns named `seen_...`."""

    ids: list[RawSQL] = field(default_factory=list)
    skus: list[RawSQL] = field(default_factory=list)
    seen: list[Q] = field(default_factory=list)

    @property
    def few(self) -> bool:
        """True when the records are gone by, not walked."""
        return bool(self.ids or self.skus)

    def copy(self) -> Picked:
        return Picked([*self.ids], [*self.skus], [*self.seen])

    def take(self, found: Collection[int] | None, otherwise: Q) -> None:
        """Go by the ids found; by None, see the condition on the rows."""
        if found is None:
            self.seen.append(otherwise)
        else:
            self.ids.append(ids_of(found))


def picked(scope: Scope, filters: Filters) -> Picked:
    """Pick by what is told of a product, by lists, by an action, by words."""
    into = Picked()
    for column in ("category", "brand"):
        if value := getattr(filters, column):
            found = None if filters.removed else few(OF_COLUMN[column], [scope.store_id, value])
            into.take(found, Q(**{f"seen_{column}": value}))
    if filters.action is not None:
        into.take(few(OF_ACTION, [filters.action]), Q(seen_action_id=filters.action))
    listed = into.ids if connection.vendor == "sqlite" else into.skus
    if filters.skus:
        listed.append(_of_skus(scope, filters.skus))
    if filters.sku_list is not None:
        listed.append(RawSQL(LISTED[connection.vendor], (filters.sku_list, scope.store_id)))  # noqa: S611 -- fixed text
    if filters.text:
        found_ids, condition = search.matching(filters.text, scope.store_id)
        into.ids += [found_ids] if found_ids is not None else []
        into.seen.append(condition)
    return into


def few(source: str, values: Sequence[Any]) -> list[int] | None:
    """Return the ids of a source ("FROM db_integration AS one WHERE ..."), None when they are more than `FEW`."""
    # Asked first without the ids: that many the index alone tells, on PostgreSQL too, and no row is read.
    if fetch(f"SELECT 1 {source} LIMIT 1 OFFSET {FEW}", values):
        return None
    return [int(row[0]) for row in fetch(f"SELECT one.id {source} LIMIT {FEW}", values)]


def few_under_causes(pairs: Sequence[tuple[int, str]]) -> list[int] | None:
    """Return the ids under these causes (channel, fingerprint), None when they are more than `FEW`."""
    source, values = given({"channel_id": "bigint", "fingerprint": "varchar"}, pairs)
    join = "CROSS JOIN" if connection.vendor == "sqlite" else "JOIN"  # SQLite: in this order
    return few(UNDER_CAUSES.format(pairs=source, join=join), values)


def ids_of(ids: Iterable[int]) -> RawSQL:
    """Return ids as a subquery: one parameter, however many there are."""
    if connection.vendor == "sqlite":
        return RawSQL("SELECT value FROM json_each(%s)", (json.dumps(list(ids)),))
    return RawSQL("SELECT unnest(%s::bigint[])", (list(ids),))


def _of_skus(scope: Scope, skus: Sequence[str]) -> RawSQL:
    if connection.vendor == "sqlite":
        return RawSQL(LISTED_SKUS, (scope.store_id, json.dumps(skus)))  # noqa: S611 -- parameters
    return RawSQL("SELECT unnest(%s::text[])", (list(skus),))
