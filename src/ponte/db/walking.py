"""Statements that read an index of the list and nothing else: several walks merged into one order, and counts.

They are written out: putting forty of them together takes the ORM longer than the database takes to answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from ponte.db.models import Integration
from ponte.db.ordering import Order, Part, Place
from ponte.db.sql import fetch, marks
from ponte.domain.lifecycle import Phase, Status

Bucket = tuple[Status, Phase]
HEAD: Final = """SELECT * FROM (SELECT updated_at, id FROM db_integration WHERE {where} ORDER BY {order} LIMIT %s)
    AS part{number}"""


def merged(parts: Sequence[Part], more: Part, order: Order, place: Place | None, size: int) -> list[int]:
    """Return the first ids of some parts together, in an order by time, beyond a place. `more` is true of each."""
    beyond = order.beyond_sql(place)
    direction = "DESC" if order.descending else "ASC"
    heads, values = [], []
    for number, part in enumerate(parts):
        where = " AND ".join(text for text in (part.where, more.where, beyond.where) if text)
        heads.append(HEAD.format(where=where, order=f"updated_at {direction}, id {direction}", number=number))
        values += [*part.values, *more.values, *beyond.values, size]
    statement = f"{' UNION ALL '.join(heads)} ORDER BY 1 {direction}, 2 {direction} LIMIT %s"
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


def few_in_order(
    rows: QuerySet[Integration], order: Order, place: Place | None, size: int
) -> tuple[list[int], int | None]:
    """Sort a small set: return its first ids beyond a place, and how many it has.

    None of beyond that place: nobody knows.
    """
    try:
        inner, values = rows.order_by().values_list("pk", order.column).query.sql_with_params()
    except EmptyResultSet:
        return [], 0
    beyond = order.beyond_sql(place, key="pk")
    direction = "DESC" if order.descending else "ASC"
    found = fetch(
        f"""SELECT pk, total FROM (SELECT met.*, count(*) OVER () AS total FROM ({inner}) AS met) AS known
            {"WHERE " if beyond.where else ""}{beyond.where}
            ORDER BY {order.column} {direction}, pk {direction} LIMIT %s""",
        [*values, *beyond.values, size],
    )
    if not found:
        return [], None if place else 0
    return [int(row[0]) for row in found], int(found[0][1])
