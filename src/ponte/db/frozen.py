"""Ends transactions of Ponte's own that were begun and forgotten: their worker is frozen, and others need its locks.

PostgreSQL's `idle_in_transaction_session_timeout` does it for a client that stands still between two statements, but
not for one that stands still in the midst of a pipeline: the server waits for the client's next message then, and
calls it active (seen with PostgreSQL 15 and psycopg 3.3, `executemany`). Every message begins that wait anew: who is
only slow is left alone.
"""

from __future__ import annotations

from django.db import connection

from ponte.db.sql import fetch

APPLICATION = "ponte"
SECONDS = 10


def end_frozen_transactions() -> int:
    """End them; returns how many. On SQLite there is nobody to ask."""
    if connection.vendor != "postgresql":
        return 0
    ended = fetch(
        """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND usename = current_user AND application_name = %s
             AND pid <> pg_backend_pid()
             AND (state LIKE 'idle in transaction%%' OR (state = 'active' AND wait_event_type = 'Client'))
             AND state_change < clock_timestamp() - %s * interval '1 second'""",
        [APPLICATION, SECONDS],
    )
    return len(ended)
