"""CPU and bytes of the operators' pages over a large store: p50 and p95 per request, over Django's test client.

CPU is this process's; on PostgreSQL that of our connection's server process is added. The pages are a table, `pages`:
a row more is one more measurement.
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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from django.test import Client

    from ponte.bench.screens_rows import Big

REPEATS = 20
WARM = 2
SLOWEST = 3


def main(rows: int, database_url: str, repeats: int) -> None:
    """Measure in a process and a folder of its own, and print."""
    with tempfile.TemporaryDirectory(prefix="ponte-bench-") as folder:
        environment = {
            **os.environ,
            "PONTE_DATA": folder,
            "PONTE_DATABASE_URL": database_url,
            "PYTHONWARNINGS": "ignore",
        }
        command = [sys.executable, "-m", "ponte.bench.screens", str(rows), str(repeats)]
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


def pages(big: Big) -> Iterator[tuple[str, str]]:
    """Yield what is measured: a name and an address."""
    from ponte.db.models import Cause, Integration  # noqa: PLC0415 -- once Django is set up

    top = Cause.objects.filter(channel__store=big.store).order_by("-count").first()
    rare = Cause.objects.filter(channel__store=big.store).order_by("count").first()
    errors = Integration.objects.filter(store=big.store, status="error", removed_at=None).order_by("pk")
    number = errors.values_list("pk", flat=True)[errors.count() // 2]
    sku = Integration.objects.values_list("sku", flat=True).get(pk=number)
    assert top is not None
    assert rare is not None
    yield "list, first page", _list()
    yield "list, deep page", _list(depois=_deep(big))
    yield "list, oldest first", _list(ordem="antigos")
    yield "list, by stock value", _list(ordem="valor")
    yield "errors", _list(status="error")
    yield "errors, deep page", _list(status="error", depois=_deep(big, status="error"))
    yield "errors of a large channel", _list(status="error", channel="mlb")
    yield "errors of a small channel", _list(status="error", channel="mlb-nova")
    yield "processing", _list(status="processing")
    yield "last 7 days", _list(period="7")
    yield "errors of last 30 days", _list(status="error", period="30")
    yield "a day long ago", _list(**_long_ago())
    yield "a frequent cause", _list(cause=top.fingerprint)
    yield "a rare cause", _list(cause=rare.fingerprint)
    yield "a category", _list(categoria="Departamento 5 › Categoria 14 › Folha 59")
    yield "a brand, errors", _list(status="error", marca="Jatobá")
    yield "removed", _list(removidos="1")
    yield "search: a SKU", _list(q=sku)
    yield "search: rare words", _list(q="modelo 4321 azul")
    yield "search: a common word", _list(q="tenis")
    yield "search: common words, errors", _list(q="camiseta preto", status="error")
    yield "search: nothing", _list(q="xyzzy")
    yield "look for news", f"/produtos/linhas?{urlencode({'linhas': f'{number}:0', 'contas': '', 'desde': ''})}"
    yield "an open row", f"/produtos/{number}/origem"
    yield "a record", f"/produtos/{number}"
    yield "choices: category", "/produtos/opcoes/categoria"
    yield "causes", "/causas"
    yield "a cause", f"/causas/{top.pk}"
    yield "history", "/historico"
    yield "queue", "/fila"
    yield "overview", "/"


def _list(**values: str) -> str:
    return f"/produtos?{urlencode(values)}" if values else "/produtos"


def _deep(big: Big, **values: str) -> str:
    """Return the place in the middle of a list: a cursor knows its list, not its filter."""
    from ponte.db import queries  # noqa: PLC0415 -- once Django is set up
    from ponte.db.scope import Scope  # noqa: PLC0415 -- likewise

    filters = queries.Filters.from_query({**values, "to": _day(45)})
    assert isinstance(filters, queries.Filters)
    found = queries.page(Scope(big.store.pk), filters).next
    return found or ""


def _long_ago() -> dict[str, str]:
    return {"from": _day(60), "to": _day(60)}


def _day(ago: int) -> str:
    from django.utils import timezone  # noqa: PLC0415 -- once Django is set up

    return (timezone.localdate() - timedelta(days=ago)).isoformat()


def measure(rows: int, repeats: int) -> list[Measured]:
    """Make the store and measure every page. Django must be set up, the database empty."""
    from django.test import Client  # noqa: PLC0415 -- once Django is set up

    from ponte.bench.screens_rows import make  # noqa: PLC0415 -- likewise

    begin = time.monotonic()
    big = make(rows)
    print(f"{rows:,} records made in {time.monotonic() - begin:.0f} s")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(big.user, backend="django.contrib.auth.backends.ModelBackend")
    _choose(client, big.small.pk)
    few = _measured(client, "list of one row", "/produtos", 1)
    _choose(client, big.store.pk)
    found = [few, *(_measured(client, name, url, repeats) for name, url in pages(big))]
    _tell(found)
    return found


def _choose(client: Client, store_id: int) -> None:
    session = client.session
    session["store"] = store_id
    session.save()


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
    ended = measure(int(sys.argv[1]), int(sys.argv[2]))
    print(json.dumps({of.name: [round(of.p50, 1), round(of.p95, 1), of.queries, of.packed] for of in ended}))
