"""Statements that read an index of the list and nothing else: several walks merged into one order, and counts.

They are written out: putting forty of them together takes the ORM longer than the database takes to answer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from ponte.db.models import Integration
from ponte.db.ordering import Order, Part, Place
from ponte.db.sql import fetch, marks
from ponte.domain.lifecycle import Phase, Status

Bucket = tuple[Status, Phase]
HEADS: Final = {
    "sqlite": "SELECT updated_at, id FROM db_integration WHERE {where}",
    "postgresql": """(SELECT updated_at, id FROM db_integration WHERE {where}
        ORDER BY updated_at {direction}, id {direction} LIMIT %s)""",
}
"""One part. Both databases take the next row from whichever part has it; PostgreSQL only where each is limited, and
SQLite only where none is: it reads a limited one to its end first."""
SKUS: Final = {"sqlite": "json_group_array(sku)", "postgresql": "CAST(json_agg(sku) AS text)"}


@dataclass(frozen=True, slots=True)
class Few:
    """A small set, read once: the ids asked for, how many it has by status and phase, and its SKUs."""

    ids: list[int] = field(default_factory=list)
    groups: dict[Bucket, int] = field(default_factory=dict)
    skus: set[str] = field(default_factory=set)


def merged(parts: Sequence[Part], more: Part, order: Order, place: Place | None, size: int) -> list[int]:
    """Return the first ids of some parts together, in an order by time, beyond a place. `more` is true of each."""
    beyond, head = order.beyond_sql(place), HEADS[connection.vendor]
    limit = [size] if "LIMIT" in head else []
    heads, values = [], []
    for part in parts:
        where = " AND ".join(text for text in (part.where, more.where, beyond.where) if text)
        heads.append(head.format(where=where, direction=order.direction))
        values += [*part.values, *more.values, *beyond.values, *limit]
    statement = f"{' UNION ALL '.join(heads)} ORDER BY 1 {order.direction}, 2 {order.direction} LIMIT %s"
    return [int(row[1]) for row in fetch(statement, [*values, size])]


def count_up_to(most: int, channel_ids: Sequence[int], buckets: Sequence[Bucket], more: Part) -> int:
    """Count records of some channels and buckets; only the index of channels is read."""
    where = _in_buckets(channel_ids, buckets, more)
    if not channel_ids:
        return 0
    found = fetch(
        f"SELECT count(*) FROM (SELECT 1 FROM {_by_channel()} WHERE {where.where} LIMIT %s) AS seen",
        [*where.values, most],
    )
    return int(found[0][0])


def groups(channel_ids: Sequence[int], buckets: Sequence[Bucket], more: Part) -> dict[tuple[int, Status, Phase], int]:
    """Count the same by channel, status and phase, all of them."""
    where = _in_buckets(channel_ids, buckets, more)
    if not channel_ids:
        return {}
    rows = fetch(
        f"""SELECT channel_id, status, phase, count(*) FROM {_by_channel()} WHERE {where.where}
            GROUP BY channel_id, status, phase""",
        where.values,
    )
    return {(int(channel), Status(status), Phase(phase)): int(count) for channel, status, phase, count in rows}


def _by_channel() -> str:
    """Return the table, read along the index of channels: left to itself, SQLite may read all of it instead."""
    return f"db_integration{' INDEXED BY integration_channel_list' if connection.vendor == 'sqlite' else ''}"


def _in_buckets(channel_ids: Sequence[int], buckets: Sequence[Bucket], more: Part) -> Part:
    statuses, phases = [*{status for status, _ in buckets}], [*{phase for _, phase in buckets}]
    where = f"""channel_id IN ({marks(len(channel_ids))}) AND status IN ({marks(len(statuses))})
        AND phase IN ({marks(len(phases))}) AND {more.where}"""
    return Part(where, (*channel_ids, *statuses, *phases, *more.values))


def few_in_order(rows: QuerySet[Integration], asked: Part, order: Order, place: Place | None, size: int) -> Few:
    """Read a small set once: the first ids beyond a place of those `asked` for, and what all of it is.

    The ids are in no order.
    """
    columns = dict.fromkeys(("pk", "status", "phase", "sku", order.column))
    try:
        inner, values = rows.order_by().values_list(*columns).query.sql_with_params()
    except EmptyResultSet:
        return Few()
    beyond = order.beyond_sql(place, key="pk")
    where = " AND ".join(text for text in (asked.where, beyond.where) if text)
    found = fetch(
        f"""WITH met AS MATERIALIZED ({inner})
            SELECT pk, NULL, NULL, NULL FROM (SELECT pk FROM met {"WHERE " if where else ""}{where}
                ORDER BY {order.column} {order.direction}, pk {order.direction} LIMIT %s) AS page
            UNION ALL SELECT NULL, status, phase, count(*) FROM met GROUP BY status, phase
            UNION ALL SELECT NULL, {SKUS[connection.vendor]}, NULL, NULL FROM met""",
        [*values, *asked.values, *beyond.values, size],
    )
    few = Few()
    for pk, text, phase, count in found:
        if pk is not None:
            few.ids.append(int(pk))
        elif count is not None:
            few.groups[Status(text), Phase(phase)] = int(count)
        else:
            few.skus.update(json.loads(text or "[]"))
    return few
