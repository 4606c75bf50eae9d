"""How fast the webhook is, beside an application that does nothing on the same server, in the same run.

`ponte bench ingest` or `python -m ponte.bench.ingest [--seconds 5] [--rounds 3] [--connections 64]`: servers are
started side by side and measured in turn, several rounds; medians are reported, of the ratios too: each is to the
hello of its own round. What is stored is stored for real: SQLite in a file, and PostgreSQL when
`PONTE_BENCH_POSTGRES_URL` (or `PONTE_DATABASE_URL`) names one; a database of its own is made there and dropped.

The load comes from the same machine: what its generator takes of the cores, the servers do not have; and the less a
server does, the more of them the generator takes. Last, what is in the inboxes is folded into the queue.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from ponte.bench.ingest_load import ACCOUNT, AFFILIATE, KEY, Measured
from ponte.config import config
from ponte.ops.serving import APPLICATION, serve_web

HELLO = "ponte.bench.ingest_hello:application"
READING = "ponte.bench.ingest_hello:reading"
START_SECONDS = 30.0


def run(
    seconds: float = 5.0, *, connections: int = 64, rounds: int = 3, postgres_url: str | None = None
) -> dict[str, Any]:
    """Measure `rounds` rounds of `seconds` for each server and return the report.

    {"connections", "rounds", "seconds", "load", "hello": {...}, "hello_reading": {...}, "sqlite": {...},
    "postgresql": {...} or absent}; each with per_second, p50_ms, p99_ms, max_ms (medians), answered, refused (sums),
    `ratio` to hello (which leaves the body unread) and `ratio_to_reading` (to a hello that reads it, as it must); the
    databases also with `fold` (see `ponte.bench.ingest_fold.Folded`).
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ponte-bench-")))
        served = {"hello": stack.enter_context(_server(folder / "hello", HELLO, ""))}
        served["hello_reading"] = stack.enter_context(_server(folder / "reading", READING, ""))
        served["sqlite"] = stack.enter_context(_server(folder / "sqlite", APPLICATION, ""))
        if postgres_url:
            database = stack.enter_context(_scratch_database(postgres_url))
            served["postgresql"] = stack.enter_context(_server(folder / "postgresql", APPLICATION, database))
        found: dict[str, list[Measured]] = {name: [] for name in served}
        for turn in range(rounds):
            for name, server in served.items():
                found[name].append(_measure(server.port, connections, seconds, seed=turn))
        report = _report(found, connections, seconds)
        for name in {"sqlite", "postgresql"} & served.keys():
            report[name]["fold"] = _fold(served[name].environ)
    return report


@dataclass(frozen=True, slots=True)
class _Served:
    port: int
    environ: Mapping[str, str]


def _fold(environ: Mapping[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "ponte.bench.ingest_fold"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600, env=environ)
    return dict(json.loads(answer.stdout))


def _report(found: Mapping[str, list[Measured]], connections: int, seconds: float) -> dict[str, Any]:
    report: dict[str, Any] = {
        "connections": connections,
        "seconds": seconds,
        "rounds": len(found["hello"]),
        "load": f"own generator (asyncio, uvloop) on the same {os.cpu_count()} cores",
    }
    for name, rounds in found.items():
        rows = [asdict(measured) for measured in rounds]
        report[name] = {
            column: sum(row[column] for row in rows)
            if column in {"answered", "refused"}
            else round(statistics.median(row[column] for row in rows), 2)
            for column in rows[0]
        }
    for name in found:
        for column, yardstick in (("ratio", "hello"), ("ratio_to_reading", "hello_reading")):
            ratios = [
                one.per_second / hello.per_second for one, hello in zip(found[name], found[yardstick], strict=True)
            ]
            report[name][column] = round(statistics.median(ratios), 3)
    return report


def _measure(port: int, connections: int, seconds: float, *, seed: int) -> Measured:
    command = [sys.executable, "-m", "ponte.bench.ingest_load", str(port), str(connections), str(seconds), str(seed)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60)
    return Measured(**json.loads(answer.stdout))


@contextmanager
def _server(data: Path, target: str, database_url: str) -> Iterator[_Served]:
    """Run a server of its own with a data folder of its own; yields it once it answers."""
    port = _free_port()
    environ = {**os.environ, "PONTE_DATA": str(data), "PONTE_DATABASE_URL": database_url, "PONTE_PORT": str(port)}
    environ |= {"PONTE_HOST": "127.0.0.1", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "ponte.bench.ingest"]
    if target == APPLICATION:
        subprocess.run([*command, "--prepare"], check=True, env=environ)
    with subprocess.Popen([*command, "--serve", target], env=environ) as server:
        try:
            _await_port(port, server)
            yield _Served(port, environ)
        finally:
            server.terminate()
            server.wait(15)


def _await_port(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _scratch_database(url: str) -> Iterator[str]:
    name = f"ponte_bench_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _prepare() -> None:
    """Make the tables and a store with one channel."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ponte.settings")
    import django  # noqa: PLC0415 -- only this step needs it

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- once Django is set up

    from ponte.db.models import Channel, Lane, Store  # noqa: PLC0415 -- likewise

    call_command("migrate", verbosity=0)
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    store = Store.objects.create(account=ACCOUNT, name="Bench", base_url="http://127.0.0.1", hook_digest=digest)
    channel = Channel.objects.create(store=store, code="bench", name="Bench", affiliate_id=AFFILIATE)
    Lane.objects.create(channel=channel)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print the report as JSON, and return the exit code."""
    parser = argparse.ArgumentParser(prog="ponte bench ingest")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--serve", default="", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.prepare:
        _prepare()
        return 0
    if chosen.serve:
        return serve_web(config(), target=chosen.serve)
    report = run(
        chosen.seconds, connections=chosen.connections, rounds=chosen.rounds, postgres_url=_postgres_url(os.environ)
    )
    print(json.dumps(report, indent=2))
    return 0


def _postgres_url(environ: Mapping[str, str]) -> str | None:
    names = ("PONTE_BENCH_POSTGRES_URL", "PONTE_DATABASE_URL")
    found = (environ.get(name, "") for name in names)
    return next((url for url in found if url.startswith(("postgres://", "postgresql://"))), None)


if __name__ == "__main__":
    sys.exit(main())
