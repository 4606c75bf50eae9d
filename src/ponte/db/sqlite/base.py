"""Django's SQLite backend, but the marks of a statement (`%s`) are turned into SQLite's (`?`) once and not each time.

A statement that writes 25 records has a thousand marks: turning them took as long as SQLite takes for the rows.
And a new file is for nobody else to read.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

MOST = 256
LONGEST = 50_000


class _Cursor(base.SQLiteCursorWrapper):
    def convert_query(self, query: str, *, param_names: Iterable[str] | None = None) -> str:
        if param_names is not None or len(query) > LONGEST:
            return str(super().convert_query(query, param_names=param_names))
        return _converted(query)


@lru_cache(maxsize=MOST)
def _converted(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        _make_private(str(conn_params["database"]))
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> Any:  # noqa: ARG002 -- Django's signature
        return self.connection.cursor(factory=_Cursor)


def _make_private(path: str) -> None:
    """Make a file that is not there yet with mode 0600: it will hold sessions that are open.

    SQLite itself lets everybody on the machine read it, which nothing prevents in a folder that Ponte did not make.
    The files beside it (-wal, -shm) get its mode. Where it cannot be made, opening it says why.
    """
    if not path.startswith(("file:", ":")):
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
