"""Small pieces of SQL that both databases take."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

ROWS_TOGETHER = 25
DOWN = (OperationalError, InterfaceError)
"""What is raised while the database cannot be reached or asked: worth another try. All else is a bug or bad data."""

QUERY_CANCELED = "57014"


def was_too_heavy(error: BaseException | None) -> bool:
    """Say whether a statement was ended because it took too long (`ponte.web.heavy`); it is one of `DOWN` too."""
    return isinstance(error, DOWN) and getattr(error.__cause__, "sqlstate", "") == QUERY_CANCELED


@lru_cache(maxsize=256)
def marks(count: int) -> str:
    """Return `%s, %s, ...`."""
    return ", ".join(["%s"] * count)


@lru_cache(maxsize=64)
def rows_of_marks(rows: int, columns: int) -> str:
    """Return `(%s, ...), (%s, ...), ...` for a VALUES list."""
    return ", ".join([f"({marks(columns)})"] * rows)


def given(columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """Return a FROM item named `given` that holds these rows, and its parameters. `columns`: {name: PostgreSQL type}.

    The text of the statement is the same for any number of rows: a list of thousands of marks costs psycopg and
    Django more time to read than the database takes to store the rows.
    """
    if connection.vendor == "postgresql":
        arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
        return f"unnest({arrays}) AS given({', '.join(columns)})", [
            list(column) for column in zip(*rows, strict=True)
        ]
    picked = ", ".join(f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(columns))
    return f"(SELECT {picked} FROM json_each(%s)) AS given", [
        json.dumps([list(row) for row in rows], ensure_ascii=False)
    ]


def among(column: str, values: Iterable[Any], kind: str = "bigint") -> tuple[str, list[Any]]:
    """Return the condition that a column has one of these values, and its parameters; see `given`."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s::{kind}[])", [list(values)]
    return f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(list(values), ensure_ascii=False)]


def ids_given(ids: Iterable[int]) -> RawSQL:
    """Return what an `id__in` of the ORM takes instead of a list of thousands; see `given`."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", ([*ids],))
    return RawSQL("SELECT value FROM json_each(%s)", (json.dumps([*ids]),))


def condition(where: str, values: Sequence[Any]) -> RawSQL:
    """Return a condition that is written out, for a filter of the ORM."""
    return RawSQL(where, tuple(_adapted(values)), output_field=BooleanField())  # noqa: S611 -- parameters


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
    batch = list(rows)
    if batch:
        with connection.cursor() as cursor:
            cursor.executemany(sql, _all_adapted(batch))


def insert_many(head: str, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of one width: `head` is the statement before VALUES.

    SQLite takes some rows per statement: each step gives the interpreter's lock away and waits for it again.
    """
    if not rows:
        return
    if connection.vendor != "sqlite":
        run_many(f"{head} VALUES ({marks(len(rows[0]))})", rows)
        return
    for start in range(0, len(rows), ROWS_TOGETHER):
        some = rows[start : start + ROWS_TOGETHER]
        run(f"{head} VALUES {rows_of_marks(len(some), len(some[0]))}", [value for row in some for value in row])


def update_many(
    table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]], *, if_other: Sequence[str] = ()
) -> None:
    """Change many rows, each in its own way: `columns` is {column: expression of one %s}, a row ends with its id.

    With `if_other` a row is only written when one of these columns is to change.
    """
    if not rows:
        return
    names = list(columns)
    if connection.vendor != "sqlite":
        sets = ", ".join(f"{column} = {expression}" for column, expression in columns.items())
        other = " OR ".join(f"{column} <> %s" for column in if_other)
        compared = [names.index(column) for column in if_other]
        run_many(
            f"UPDATE {table} SET {sets} WHERE id = %s{f' AND ({other})' if other else ''}",
            [(*row, *(row[place] for place in compared)) for row in rows],
        )
        return
    given_as = {column: f"given.column{place}" for place, column in enumerate(names, 1)}
    sets = ", ".join(
        f"{column} = {expression.replace('%s', given_as[column])}" for column, expression in columns.items()
    )
    other = " OR ".join(f"{table}.{column} <> {given_as[column]}" for column in if_other)
    for start in range(0, len(rows), ROWS_TOGETHER):
        some = rows[start : start + ROWS_TOGETHER]
        run(
            f"UPDATE {table} SET {sets} FROM (VALUES {rows_of_marks(len(some), len(some[0]))}) AS given"
            f" WHERE {table}.id = given.column{len(names) + 1}{f' AND ({other})' if other else ''}",
            [value for row in some for value in row],
        )


def _adapted(params: Sequence[Any]) -> Sequence[Any]:
    if connection.vendor != "sqlite":
        return params
    return [_moment_text(value) if isinstance(value, datetime) else value for value in params]


def _all_adapted(rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """Write moments as the ORM writes them, so that both compare: SQLite keeps UTC as text without an offset."""
    if connection.vendor != "sqlite":
        return rows
    return [[_moment_text(value) if isinstance(value, datetime) else value for value in row] for row in rows]


def moment_read(value: datetime | str) -> datetime:
    """Return a moment that a statement of ours gave: SQLite gives the text that it keeps, in UTC."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


def _moment_text(value: datetime) -> str:
    """Return what `adapt_datetimefield_value` of Django makes of a moment in UTC, in a tenth of the time."""
    if value.tzinfo is UTC:
        return str(value.replace(tzinfo=None))
    return str(connection.ops.adapt_datetimefield_value(value))


def locked() -> str:
    """Return the clause that locks selected rows: SQLite's transaction holds the only write lock already.

    Everybody locks lane, integrations (by id), work and counters in this order, so that two transactions never wait
    for each other. NO KEY: whoever only refers to a row (a foreign key) does not wait for it.
    """
    return " FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""


def skip_locked() -> str:
    """Return the clause that passes over rows which somebody else has locked."""
    return f"{locked()} SKIP LOCKED" if connection.vendor == "postgresql" else ""
