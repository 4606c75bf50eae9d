"""Products per second from the fake VTEX to the fake Mercado Livre, against a bare loop of the same calls.

The bare loop reads each SKU, asks for price and stock 50 at a time, posts the offer (made beforehand) and its
description, and stores nothing. The floor is the same loop with the durable minimum (`bench/floor.py`): what lies
between the two is storage, what lies between the floor and Ponte is what Ponte is for, mapping, checks, fence,
redaction, attempts, counts, search. Each meets a fresh sandbox of the same seed, one after the other, several rounds;
medians are told, and beside each rate the CPU that its own process spent on one SKU, which other load hardly changes.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import uvloop

from ponte.bench.floor import Done, Floor, PostgresRows, Rows, SqliteRows

CONCURRENCY = 50
LOT = 50
SEED = 7
LIMIT_SECONDS = 600
POSTGRES = "PONTE_BENCH_POSTGRES_URL"


@dataclass(frozen=True, slots=True)
class Offer:
    """What is posted for one SKU."""

    item: bytes
    description: bytes


@contextmanager
def sandbox(skus: int) -> Iterator[dict[str, Any]]:
    """Run both fakes in a process of their own."""
    command = [sys.executable, "-m", "ponte.sandbox.serve", "--skus", str(skus), "--seed", str(SEED)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


@dataclass(frozen=True, slots=True)
class Figures:
    """SKUs per second, and what the contender's own processes spent on one in milliseconds of CPU."""

    per_second: float
    cpu_ms: float


def bare(skus: int, offers: Mapping[str, Offer], rows: Callable[[], Rows] | None = None) -> Figures:
    """Measure the bare loop; with `rows` it keeps there what it did."""
    with sandbox(skus) as places:
        return uvloop.run(_bare(places, offers, rows))


async def _bare(places: dict[str, Any], offers: Mapping[str, Offer], rows: Callable[[], Rows] | None) -> Figures:
    vtex, market = places["vtex"], places["mercadolivre"]
    keys = {"X-VTEX-API-AppKey": vtex["app_key"], "X-VTEX-API-AppToken": vtex["app_token"]}
    token = {"Authorization": f"Bearer {market['sellers'][0]['access_token']}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        url = f"{vtex['base_url']}/api/catalog_system/pvt/sku/stockkeepingunitidsbysaleschannel"
        query = {"sc": vtex["trade_policy"]}  # without paging: all of them
        async with session.get(url, params=query, headers=keys) as answer:
            answer.raise_for_status()
            ids = [str(one) for one in orjson.loads(await answer.read())]
        floor = Floor(rows(), ids) if rows else None
        begin, spent = time.perf_counter(), time.process_time()
        room = asyncio.Semaphore(CONCURRENCY)
        await asyncio.gather(*(_lot(session, ids[at : at + LOT], vtex, keys) for at in range(0, len(ids), LOT)))
        asking = Asking(session, vtex, keys, market["base_url"], token, room)
        await asyncio.gather(*(_product(asking, sku, offers.get(sku), floor) for sku in ids))
        if floor:
            await asyncio.to_thread(floor.close)
        seconds = time.perf_counter() - begin
        return Figures(len(ids) / seconds, (time.process_time() - spent) * 1000 / len(ids))


@dataclass(frozen=True, slots=True)
class Asking:
    """What the bare loop asks with."""

    session: aiohttp.ClientSession
    vtex: dict[str, Any]
    keys: dict[str, str]
    market: str
    token: dict[str, str]
    room: asyncio.Semaphore


async def _lot(
    session: aiohttp.ClientSession, ids: Sequence[str], vtex: dict[str, Any], keys: dict[str, str]
) -> None:
    body = {"items": [{"id": sku, "quantity": 1, "seller": "1"} for sku in ids], "postalCode": None, "country": None}
    url = f"{vtex['base_url']}/api/fulfillment/pvt/orderForms/simulation?sc={vtex['trade_policy']}"
    async with session.post(url, json=body, headers=keys) as answer:
        orjson.loads(await answer.read())


async def _product(asking: Asking, sku: str, offer: Offer | None, floor: Floor | None) -> None:
    async with asking.room:
        status, listing, passed = await _exchanges(asking, sku, offer)
    if floor:
        floor.keep(Done(sku, status, listing, passed))


async def _exchanges(asking: Asking, sku: str, offer: Offer | None) -> tuple[int, str, list[tuple[bytes, bytes]]]:
    vtex, session = asking.vtex, asking.session
    url = f"{vtex['base_url']}/api/catalog_system/pvt/sku/stockkeepingunitbyid/{sku}?sc={vtex['trade_policy']}"
    async with session.get(url, headers=asking.keys) as answer:
        told = await answer.read()
        orjson.loads(told)
    passed = [(b"", told)]
    if offer is None:
        return answer.status, "", passed
    async with session.post(f"{asking.market}/items", data=offer.item, headers=asking.token) as answer:
        told = await answer.read()
        item = orjson.loads(told)
    passed.append((offer.item, told))
    if "id" in item and offer.description:
        url = f"{asking.market}/items/{item['id']}/description"
        async with session.post(url, data=offer.description, headers=asking.token) as answer:
            passed.append((offer.description, await answer.read()))
    return answer.status, str(item.get("id", "")), passed


@dataclass(frozen=True, slots=True)
class Run:
    """One run of Ponte: SKUs per second, what it posted, and what its worker spent from the first SKU on."""

    rate: float
    offers: Mapping[str, Offer]
    statuses: Mapping[str, int]
    cpu_seconds: float = 0.0

    def figures(self, skus: int) -> Figures:
        return Figures(self.rate, self.cpu_seconds * 1000 / skus)


def cpu_seconds(pid: int) -> float:
    """Return what a running process and its children have spent so far (Linux)."""
    ticks = os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / ticks + sum(cpu_seconds(int(child)) for child in children)


def skus_read(vtex: str) -> int:
    """Return how many SKUs the fake VTEX was asked for."""
    with urllib.request.urlopen(f"{vtex}/_sandbox/requests", timeout=30) as answer:  # noqa: S310 -- the sandbox's own
        counts = json.load(answer)["requests"]
    return sum(count for name, count in counts.items() if "stockkeepingunitbyid" in name)


def cpu_when_first_read(vtex: str, pids: Sequence[int]) -> float:
    """Wait until the first SKU is read; return what processes have spent by then: on starting, not on SKUs."""
    until = time.monotonic() + LIMIT_SECONDS
    while not skus_read(vtex):
        if time.monotonic() > until:
            sys.exit("No SKU was read.")
        time.sleep(0.01)
    return sum(cpu_seconds(pid) for pid in pids)


def ponte(skus: int, database_url: str) -> Run:
    """Run `ponte worker` over a full queue in an empty database."""
    with sandbox(skus) as places, tempfile.TemporaryDirectory(prefix="ponte-bench-") as data:
        environment = _environment(places, data, database_url)
        told = Path(data) / "places.json"
        told.write_text(json.dumps(places), encoding="utf-8")
        _python(environment, "prepare", str(told))
        worker = subprocess.Popen([sys.executable, "-m", "ponte", "worker"], env=environment)
        try:
            started = cpu_when_first_read(places["vtex"]["base_url"], [worker.pid])
            run = _parsed(_python(environment, "wait"))
            return replace(run, cpu_seconds=cpu_seconds(worker.pid) - started)
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait(timeout=30)


def _environment(places: dict[str, Any], data: str, database_url: str) -> dict[str, str]:
    hosts = [places[side]["base_url"].removeprefix("http://") for side in ("vtex", "mercadolivre")]
    own = {name: value for name, value in os.environ.items() if not name.startswith("PONTE_")}
    return own | {
        "PONTE_DATA": data,
        "PONTE_PRIVATE_HOSTS": " ".join(hosts),
        "PONTE_DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "ponte.settings",
    }


def _python(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "ponte.bench.pipeline_steps", *arguments]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
    )
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return done.stdout


def _parsed(text: str) -> Run:
    told = json.loads(text.splitlines()[-1])
    offers = {
        sku: Offer(orjson.dumps(item), orjson.dumps(description) if description else b"")
        for sku, (item, description) in told["offers"].items()
    }
    return Run(told["rate"], offers, told["statuses"])


def main(skus: int, rounds: int) -> dict[str, Any]:
    """Measure and print; one JSON line at the end."""
    urls = {"sqlite": ""} | ({"postgresql": os.environ[POSTGRES]} if os.environ.get(POSTGRES) else {})
    if len(urls) == 1:
        print(f"PostgreSQL is left out: {POSTGRES} names no server.")
    report: dict[str, Any] = {"skus": skus, "rounds": rounds}
    for name, url in urls.items():
        report[name] = _measure(name, url, skus, rounds)
    print(json.dumps(report))
    return report


def _measure(name: str, url: str, skus: int, rounds: int) -> dict[str, Any]:
    found: dict[str, list[Figures]] = {"bare": [], "floor": [], "ponte": []}
    statuses: Mapping[str, int] = {}
    for number in range(1, rounds + 1):
        run = ponte(skus, url)
        statuses = run.statuses
        found["ponte"].append(run.figures(skus))
        found["bare"].append(bare(skus, run.offers))
        with tempfile.TemporaryDirectory(prefix="ponte-bench-") as folder:
            rows = partial(PostgresRows, url) if url else partial(SqliteRows, Path(folder))
            found["floor"].append(bare(skus, run.offers, rows))
        print(f"{name} round {number}: {told(found)}", flush=True)
    return {contender: middle(figures) for contender, figures in found.items()} | {
        "ratio": ratio(found["ponte"], found["bare"]),
        "ratio_to_floor": ratio(found["ponte"], found["floor"]),
        "statuses": dict(statuses),
    }


def told(found: Mapping[str, Sequence[Figures]]) -> str:
    """Return the last round in one line."""
    return ", ".join(f"{name} {of[-1].per_second:.0f}/s {of[-1].cpu_ms:.2f} ms" for name, of in found.items())


def middle(figures: Sequence[Figures]) -> dict[str, float]:
    """Return the medians."""
    return {
        "per_second": round(statistics.median(one.per_second for one in figures)),
        "cpu_ms_per_sku": round(statistics.median(one.cpu_ms for one in figures), 3),
    }


def ratio(ours: Sequence[Figures], theirs: Sequence[Figures]) -> float:
    """Return the median of the rates' ratios, round by round."""
    return round(
        statistics.median(one.per_second / other.per_second for one, other in zip(ours, theirs, strict=True)), 3
    )
