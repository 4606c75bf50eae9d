"""Filling tables of Ponte by statements of the database, for measurements: indexes off, rows in, indexes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model


def is_postgresql() -> bool:
    from django.db import connection  # noqa: PLC0415 -- once Django is set up

    return bool(connection.vendor == "postgresql")


def numbers(rows: int) -> str:
    if is_postgresql():
        return f"generate_series(0, CAST({rows - 1} AS bigint)) AS counted(n)"
    more = f"SELECT n + 1 FROM counted WHERE n < {rows - 1}"  # noqa: S608 -- a number
    return f"(WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL {more}) SELECT n FROM counted) AS counted"  # noqa: S608 -- a number


def insert(model: type[Model], source: str, values: Mapping[str, str]) -> None:
    """Insert one row for each of the source; what is not given is the column's default."""
    fields = model._meta.concrete_fields  # noqa: SLF001 -- Django's public name
    columns = {str(field.column): values.get(str(field.column)) or _default(field) for field in fields}
    table = model._meta.db_table  # noqa: SLF001 -- likewise
    run(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM {source}")  # noqa: S608 -- our own


def _default(field: Any) -> str:
    match None if field.null else field.get_default():
        case None:
            return "NULL"
        case bool() as flag:
            return str(flag).upper()
        case int() | float() as number:
            return str(number)
        case list() | dict() as empty:
            return "'[]'" if isinstance(empty, list) else "'{}'"
        case text:
            return f"'{text}'"


def run(statement: str) -> None:
    from django.db import connection  # noqa: PLC0415 -- once Django is set up

    with connection.cursor() as cursor:
        cursor.execute(statement)


def rows_of(statement: str) -> list[tuple[Any, ...]]:
    from django.db import connection  # noqa: PLC0415 -- once Django is set up

    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


@contextmanager
def unindexed(model: type[Model]) -> Iterator[None]:
    """Take indexes and triggers off a table while it is filled: made afterwards they cost a tenth."""
    table = model._meta.db_table  # noqa: SLF001 -- Django's public name
    if is_postgresql():
        found = rows_of(
            f"""SELECT indexname, indexdef FROM pg_indexes WHERE tablename = '{table}' AND indexname NOT IN
                (SELECT conname FROM pg_constraint WHERE conrelid = '{table}'::regclass)"""  # noqa: S608 -- a table's name
        )
        kinds = ["INDEX"] * len(found)
    else:
        every = rows_of(
            f"SELECT name, sql, type FROM sqlite_master WHERE tbl_name = '{table}' AND type <> 'table' AND sql <> ''"  # noqa: S608 -- likewise
        )
        found, kinds = [one[:2] for one in every], [one[2].upper() for one in every]
    for (name, _), kind in zip(found, kinds, strict=True):
        run(f'DROP {kind} "{name}"')
    yield
    if is_postgresql():
        run("SET CONSTRAINTS ALL IMMEDIATE")  # no index is made over keys still to be checked
    for _, made in found:
        run(made)
    if "TRIGGER" in kinds:
        run(f"INSERT INTO {table}_search({table}_search) VALUES ('rebuild')")  # noqa: S608 -- a table's name
