"""The database's clock. Leases and due times use only this one, so that no machine's clock matters."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection

NOW_SQL = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    "postgresql": "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
}


def now_sql() -> str:
    """Return the SQL expression for the present in milliseconds since 1970."""
    return NOW_SQL[connection.vendor]


def now_ms() -> int:
    """Ask the database what time it is, in milliseconds since 1970."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {now_sql()}")
        return int(cursor.fetchone()[0])


def moment(milliseconds: int) -> datetime:
    """Return the UTC moment of a `_ms` column."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
