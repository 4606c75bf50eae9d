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
        """End statements of this thread that take longer, from its next one outside of a transaction; 0: no limit."""
        self._limit_ms = milliseconds

    def create_cursor(self, name: str | None = None) -> Any:
        if self.get_autocommit():
            self._hold()
        return super().create_cursor(name)

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 -- Django's signature
        if not autocommit:  # a transaction begins
            self._hold()
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # its stubs leave it out

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
