"""Small pieces of SQL that both databases take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def run(sql: str, params: Sequence[Any] = ()) -> int:
    """Execute and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def run_many(sql: str, rows: Iterable[Sequence[Any]]) -> None:
    """Execute one statement for many rows, in one round trip where the database can."""
    batch = list(rows)
    if batch:
        with connection.cursor() as cursor:
            cursor.executemany(sql, batch)


def locked() -> str:
    """Return the clause that locks selected rows: SQLite's transaction holds the only write lock already."""
    return " FOR UPDATE" if connection.vendor == "postgresql" else ""


def skip_locked() -> str:
    return " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
