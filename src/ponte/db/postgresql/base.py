"""Django's PostgreSQL backend, but a thread may limit how long each of its statements takes.

The limit belongs to who uses a connection, the setting to the connection, and those are lent from one pool to pages,
the webhook's writer and exports in turn. So a connection remembers what it is set to and is set anew only when it is
lent to somebody with another limit: a page costs no statement more.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

HELD = "ponte_statement_limit_ms"


class DatabaseWrapper(base.DatabaseWrapper):
    """One thread's connection."""

    _limit_ms = 0

    def limit_statements(self, milliseconds: int) -> None:
        """End statements of this thread that take longer, from when it is lent a connection; 0 for no limit."""
        self._limit_ms = milliseconds

    def hold_limit(self) -> None:
        """Set the limit for the connection that the thread has already; a transaction under way keeps its own."""
        if self.connection is not None and not self.in_atomic_block:
            self._hold()

    def init_connection_state(self) -> None:
        super().init_connection_state()
        self._hold()

    def _hold(self) -> None:
        # Never within a transaction: rolling back would set the old value again.
        connection: Any = self.connection
        if getattr(connection, HELD, 0) == self._limit_ms:
            return
        limited = f"SET statement_timeout = {self._limit_ms:d}"
        with self.wrap_database_errors:
            # RESET, for whoever administers the database may have set one of their own.
            connection.execute(limited if self._limit_ms else "RESET statement_timeout")
        setattr(connection, HELD, self._limit_ms)
