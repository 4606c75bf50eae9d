"""CPU and bytes of the operators' pages over a large store: p50 and p95 per request, over Django's test client.

CPU is this process's; on PostgreSQL that of our connection's server process is added.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client

    from ponte.db.models import Store, User

REPEATS = 20
WARM = 2
SLOWEST = 3


def main(rows: int, database_url: str, repeats: int, *, data: str = "", only: str = "") -> None:
    """Measure in a process of its own, and print. `data`: a folder to keep the store in and measure it again."""
    with tempfile.TemporaryDirectory(prefix="ponte-bench-") as folder:
        environment = {
            **os.environ,
            "PONTE_DATA": data or folder,
            "PONTE_DATABASE_URL": database_url,
            "PYTHONWARNINGS": "ignore",
        }
        command = [sys.executable, "-m", "ponte.bench.screens", str(rows), str(repeats), only]
        subprocess.run(command, check=True, env=environment)


@dataclass(slots=True)
class Statement:
    """One statement of a page, and how long it takes."""

    sql: str
    params: Any
    seconds: float = 0.0


@dataclass(slots=True)
class Measured:
    """What one page cost."""

    name: str
    url: str
    status: int = 0
    queries: int = 0
    size: int = 0
    packed: int = 0
    cpu_ms: list[float] = field(default_factory=list)
    slowest: Statement | None = None

    @property
    def p50(self) -> float:
        return statistics.median(self.cpu_ms)

    @property
    def p95(self) -> float:
        return sorted(self.cpu_ms)[math.ceil(len(self.cpu_ms) * 0.95) - 1]


def measure(rows: int, repeats: int, only: str = "") -> list[Measured]:
    """Make the store, unless it is there, and measure every page whose name has `only`. Django must be set up."""
    from ponte.bench.screens_pages import pages  # noqa: PLC0415 -- likewise
    from ponte.bench.screens_rows import known, make  # noqa: PLC0415 -- likewise

    begin = time.monotonic()
    big = known() or make(rows)
    print(f"the store was there in {time.monotonic() - begin:.0f} s; load {os.getloadavg()[0]:.1f}")
    client = _signed_in(big.user, big.store)
    limited = _signed_in(big.around.limited, big.store)
    few = _measured(_signed_in(big.user, big.small), "list of one row", "/produtos", 1)
    asked = (one for one in pages(big) if only in one.name)
    found = [few, *(_measured(limited if one.limited else client, one.name, one.url, repeats) for one in asked)]
    _tell(found)
    return found


def _signed_in(user: User, store: Store) -> Client:
    """Return the browser of a person who has chosen a store."""
    from django.test import Client  # noqa: PLC0415 -- once Django is set up

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["store"] = store.pk
    session.save()
    return client


def _measured(client: Client, name: str, url: str, repeats: int) -> Measured:
    of = Measured(name, url)
    for number in range(repeats + WARM):
        before = _cpu()
        answer, statements = _asked(client, url)
        spent = _cpu() - before
        if number >= WARM or repeats == 1:
            of.cpu_ms.append(spent * 1000)
        of.status, of.queries = answer.status_code, len(statements)
        of.size, of.packed = len(answer.content), len(gzip.compress(answer.content, 6))
    of.slowest = max(map(_timed, statements), key=lambda one: one.seconds, default=None)
    return of


def _timed(statement: Statement) -> Statement:
    """Run a statement of a page once more, to its last row: SQLite looks for rows only as they are fetched."""
    from django.db import connection  # noqa: PLC0415 -- once Django is set up

    if not statement.sql.lstrip().upper().startswith(("SELECT", "WITH")):
        return statement
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.params)
        cursor.fetchall()
    return replace(statement, seconds=time.perf_counter() - began)


def _asked(client: Client, url: str) -> tuple[Any, list[Statement]]:
    from django.db import connection  # noqa: PLC0415 -- once Django is set up

    found: list[Statement] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 -- Django's order
        found.append(Statement(sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        return client.get(url), found


def _cpu() -> float:
    """Return the CPU seconds spent so far, here and by our connection's server."""
    from django.db import connection  # noqa: PLC0415 -- once Django is set up

    own = time.process_time()
    if connection.vendor != "postgresql":
        return own
    connection.ensure_connection()
    assert connection.connection is not None
    told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text(encoding="ascii")
    return own + int(told.split()[0]) / 1e9


def _tell(found: Sequence[Measured]) -> None:
    print(f"{'page':<32} {'':>4} {'queries':>7} {'p50 ms':>8} {'p95 ms':>8} {'kB':>7} {'gzip kB':>8}")
    for of in found:
        print(
            f"{of.name:<32} {of.status:>4} {of.queries:>7} {of.p50:>8.1f} {of.p95:>8.1f} {of.size / 1000:>7.1f}"
            f" {of.packed / 1000:>8.1f}"
        )
    asked = [of for of in found if of.slowest]
    for of in sorted(asked, key=lambda one: -one.slowest.seconds if one.slowest else 0)[:SLOWEST]:
        assert of.slowest is not None
        print(f"\n{of.name}: {of.slowest.seconds * 1000:.1f} ms\n{of.slowest.sql}\n{_plan(of.slowest)}")


def _plan(statement: Statement) -> str:
    from django.db import connection  # noqa: PLC0415 -- once Django is set up

    explain = "EXPLAIN (ANALYZE, BUFFERS)" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {statement.sql}", statement.params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ponte.settings")
    django.setup()
    ended = measure(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
    print(json.dumps({of.name: [round(of.p50, 1), round(of.p95, 1), of.queries, of.packed] for of in ended}))
