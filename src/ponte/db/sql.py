"""Small pieces of SQL that both databases take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection


def marks(count: int) -> str:
    """Return `%s, %s, ...`."""
    return ", ".join(["%s"] * count)


def rows_of_marks(rows: int, columns: int) -> str:
    """Return `(%s, ...), (%s, ...), ...` for a VALUES list."""
    return ", ".join([f"({marks(columns)})"] * rows)


def fetch(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, _adapted(params))
        return list(cursor.fetchall())


def run(sql: str, params: Sequence[Any] = ()) -> int:
    """Execute and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, _adapted(params))
        return int(cursor.rowcount)


def run_many(sql: str, rows: Iterable[Sequence[Any]]) -> None:
    """Execute one statement for many rows, in one round trip where the database can."""
    batch = [_adapted(row) for row in rows]
    if batch:
        with connection.cursor() as cursor:
            cursor.executemany(sql, batch)


def _adapted(params: Sequence[Any]) -> Sequence[Any]:
    """Write moments as the ORM writes them, so that both compare: SQLite keeps UTC as text without an offset."""
    if connection.vendor != "sqlite":
        return params
    return [
        connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value for value in params
    ]


def locked() -> str:
    """Return the clause that locks selected rows: SQLite's transaction holds the only write lock already.

    Everybody locks lane, integrations (by id), work and counters in this order, so that two transactions never wait
    for each other. NO KEY: whoever only refers to a row (a foreign key) does not wait for it.
    """
    return " FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""


def skip_locked() -> str:
    """Return the clause that passes over rows which somebody else has locked."""
    return f"{locked()} SKIP LOCKED" if connection.vendor == "postgresql" else ""
