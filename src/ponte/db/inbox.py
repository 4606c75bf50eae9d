"""Appends to the inbox by the shortest way there is: VTEX waits for this statement, and for no other.

On PostgreSQL it is prepared once a connection and handed to libpq itself: Django's and psycopg's cursors took four
times the CPU of it, and the server half as much again to read the statement anew for every batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from weakref import WeakSet

from django.db import connection

from ponte.db.sql import rows_of_marks, run

if TYPE_CHECKING:
    import psycopg
    from psycopg.pq.abc import PGconn, PGresult

INSERT = "INSERT INTO db_inbox (received_at, hints, refused) VALUES"
NAME = b"ponte_inbox"
PREPARED = f"{INSERT} ($1, $2, '')".encode()
_prepared: WeakSet[psycopg.Connection] = WeakSet()


def append(received_at: datetime, texts: Sequence[bytes]) -> None:
    """Keep each text (JSON, one of `Inbox.hints`) as a row; durable when it returns, outside a transaction."""
    if connection.vendor == "postgresql" and len(texts) == 1 and not connection.in_atomic_block:
        _append_prepared([received_at.isoformat().encode(), texts[0]])
        return
    params = [value for text in texts for value in (received_at, text.decode(), "")]
    run(f"{INSERT} {rows_of_marks(len(texts), 3)}", params)


def _append_prepared(values: list[bytes]) -> None:
    connection.ensure_connection()
    raw: psycopg.Connection = connection.connection
    with connection.wrap_database_errors:
        if raw not in _prepared:
            raw.pgconn.send_prepare(NAME, PREPARED)
            _finish(raw.pgconn)
            _prepared.add(raw)
        raw.pgconn.send_query_prepared(NAME, values)
        _finish(raw.pgconn)


def _finish(pgconn: PGconn) -> None:
    """Wait for the end of what was sent; raises what psycopg would raise."""
    failed: PGresult | None = None
    while (result := pgconn.get_result()) is not None:
        if result.error_message:
            failed = result
    if failed is not None:
        raise _error(failed)


def _error(failed: PGresult) -> psycopg.Error:
    import psycopg  # noqa: PLC0415 -- only where the database is PostgreSQL
    from psycopg.errors import error_from_result  # noqa: PLC0415 -- likewise
    from psycopg.pq import DiagnosticField  # noqa: PLC0415 -- likewise

    if failed.error_field(DiagnosticField.SQLSTATE) is None:  # libpq's own words: the connection broke
        return psycopg.OperationalError(failed.get_error_message())
    return error_from_result(failed)
