"""The durable minimum: the fewest rows in which any design must keep what a bare loop did, by the plainest means.

Per SKU one attempt, its exchanges' texts and one change of its record; per 50 SKUs one counter and one durable
commit. No indexes but the keys, no redaction, no mapping, nothing known of a try before it ends: nobody could work
with these tables, but nobody who must not lose a result can write less.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

TOGETHER = 50
TABLES = (
    "CREATE TABLE floor_record (sku text PRIMARY KEY, status text, listing_id text, updated_at text)",
    "CREATE TABLE floor_attempt (id integer PRIMARY KEY, sku text, status integer)",
    """CREATE TABLE floor_exchange (attempt_id integer, place integer, request text, response text,
    PRIMARY KEY (attempt_id, place))""",
    "CREATE TABLE floor_counter (bucket text PRIMARY KEY, count integer)",
)
ATTEMPT = "INSERT INTO floor_attempt (id, sku, status) VALUES (?, ?, ?)"
EXCHANGE = "INSERT INTO floor_exchange (attempt_id, place, request, response) VALUES (?, ?, ?, ?)"
RECORD = "UPDATE floor_record SET status = ?, listing_id = ?, updated_at = CURRENT_TIMESTAMP WHERE sku = ?"
COUNTER = "UPDATE floor_counter SET count = count + ? WHERE bucket = 'done'"
QUEUED = "INSERT INTO floor_record (sku, status, listing_id, updated_at) VALUES (?, 'queued', '', '')"
BUCKET = "INSERT INTO floor_counter (bucket, count) VALUES ('done', 0)"


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one SKU: the last status, its listing, and (request, response) of each exchange."""

    sku: str
    status: int
    listing: str
    passed: Sequence[tuple[bytes, bytes]]


class Rows(Protocol):
    """A database of which only this is asked."""

    def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None: ...

    def commit(self) -> None: ...

    def close(self) -> None: ...


class SqliteRows:
    """SQLite with the durability that Ponte has: a commit outlives a power cut."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "floor.sqlite3", isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "temp_store=MEMORY", "cache_size=-16000"):
            self._connection.execute(f"PRAGMA {pragma}")
        for table in TABLES:
            self._connection.execute(table)
        self._connection.execute("BEGIN IMMEDIATE")

    def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        self._connection.executemany(statement, rows)

    def commit(self) -> None:
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN IMMEDIATE")

    def close(self) -> None:
        self._connection.execute("COMMIT")
        self._connection.close()


class PostgresRows:
    """PostgreSQL by psycopg, each statement sent for all its rows at once."""

    def __init__(self, url: str) -> None:
        import psycopg  # noqa: PLC0415 -- only where PostgreSQL is measured

        self._connection = psycopg.connect(url)
        for name in ("record", "attempt", "exchange", "counter"):
            self._connection.execute(f"DROP TABLE IF EXISTS floor_{name}")
        for table in TABLES:
            self._connection.execute(table)
        self._connection.commit()

    def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(statement.replace("?", "%s"), rows)

    def commit(self) -> None:
        self._connection.commit()

    def close(self) -> None:
        self._connection.commit()
        self._connection.close()


class Floor:
    """Keeps what a bare loop did, in a thread beside it; `close` returns when all of it is durable."""

    def __init__(self, rows: Rows, skus: Sequence[str]) -> None:
        self._rows = rows
        self._writer = ThreadPoolExecutor(1)
        self._written: list[Future[None]] = []
        self._waiting: list[Done] = []
        self._count = 0
        rows.many(QUEUED, [(sku,) for sku in skus])
        rows.many(BUCKET, [()])
        rows.commit()

    def keep(self, done: Done) -> None:
        self._waiting.append(done)
        if len(self._waiting) >= TOGETHER:
            self._hand_over()

    def close(self) -> None:
        self._hand_over()
        for written in self._written:
            written.result()
        self._writer.shutdown()
        self._rows.close()

    def _hand_over(self) -> None:
        some, self._waiting = self._waiting, []
        self._written.append(self._writer.submit(self._write, some, self._count))
        self._count += len(some)

    def _write(self, some: Sequence[Done], first: int) -> None:
        numbered = list(enumerate(some, first + 1))
        self._rows.many(ATTEMPT, [(number, done.sku, done.status) for number, done in numbered])
        self._rows.many(
            EXCHANGE,
            [
                (number, place, asked.decode(), told.decode())
                for number, done in numbered
                for place, (asked, told) in enumerate(done.passed)
            ],
        )
        self._rows.many(RECORD, [("done", done.listing, done.sku) for done in some])
        self._rows.many(COUNTER, [(len(some),)])
        self._rows.commit()
