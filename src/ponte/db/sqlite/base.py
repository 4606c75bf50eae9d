"""Django's SQLite backend, but the marks of a statement (`%s`) are turned into SQLite's (`?`) once and not each time.

A statement that writes 25 records has a thousand marks: turning them took as long as SQLite takes for the rows.
"""

from __future__ import annotations

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

    def create_cursor(self, name: str | None = None) -> Any:  # noqa: ARG002 -- Django's signature
        return self.connection.cursor(factory=_Cursor)
