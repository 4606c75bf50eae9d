"""Products per second from the fake VTEX to the fake Mercado Livre, against a bare loop of the same calls.

The bare loop reads each SKU, asks for price and stock 50 at a time, posts the offer (made beforehand) and its
description, and stores nothing. Ponte does the same with everything it is for: mapping, checks, fence, exchanges,
attempts, counts. Both meet a fresh sandbox of the same seed, one after the other, several rounds; medians are told.
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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import uvloop

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


def bare(skus: int, offers: Mapping[str, Offer]) -> float:
    """Return the bare loop's SKUs per second."""
    with sandbox(skus) as places:
        return uvloop.run(_bare(places, offers))


async def _bare(places: dict[str, Any], offers: Mapping[str, Offer]) -> float:
    vtex, market = places["vtex"], places["mercadolivre"]
    keys = {"X-VTEX-API-AppKey": vtex["app_key"], "X-VTEX-API-AppToken": vtex["app_token"]}
    token = {"Authorization": f"Bearer {market['sellers'][0]['access_token']}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        url = f"{vtex['base_url']}/api/catalog_system/pvt/sku/stockkeepingunitidsbysaleschannel"
        query = {"sc": vtex["trade_policy"]}  # without paging: all of them
        async with session.get(url, params=query, headers=keys) as answer:
            answer.raise_for_status()
            ids = [str(one) for one in orjson.loads(await answer.read())]
        begin = time.perf_counter()
        room = asyncio.Semaphore(CONCURRENCY)
        await asyncio.gather(*(_lot(session, ids[at : at + LOT], vtex, keys) for at in range(0, len(ids), LOT)))
        await asyncio.gather(
            *(_product(session, sku, vtex, keys, market["base_url"], token, offers.get(sku), room) for sku in ids)
        )
        return len(ids) / (time.perf_counter() - begin)


async def _lot(
    session: aiohttp.ClientSession, ids: Sequence[str], vtex: dict[str, Any], keys: dict[str, str]
) -> None:
    body = {"items": [{"id": sku, "quantity": 1, "seller": "1"} for sku in ids], "postalCode": None, "country": None}
    url = f"{vtex['base_url']}/api/fulfillment/pvt/orderForms/simulation?sc={vtex['trade_policy']}"
    async with session.post(url, json=body, headers=keys) as answer:
        orjson.loads(await answer.read())


async def _product(  # noqa: PLR0917 -- a bare loop, as bare as can be
    session: aiohttp.ClientSession,
    sku: str,
    vtex: dict[str, Any],
    keys: dict[str, str],
    market: str,
    token: dict[str, str],
    offer: Offer | None,
    room: asyncio.Semaphore,
) -> None:
    async with room:
        url = f"{vtex['base_url']}/api/catalog_system/pvt/sku/stockkeepingunitbyid/{sku}?sc={vtex['trade_policy']}"
        async with session.get(url, headers=keys) as answer:
            orjson.loads(await answer.read())
        if offer is None:
            return
        async with session.post(f"{market}/items", data=offer.item, headers=token) as answer:
            item = orjson.loads(await answer.read())
        if "id" in item and offer.description:
            url = f"{market}/items/{item['id']}/description"
            async with session.post(url, data=offer.description, headers=token) as answer:
                await answer.read()


@dataclass(frozen=True, slots=True)
class Run:
    """One run of Ponte: SKUs per second, what it posted, and what its worker spent."""

    rate: float
    offers: Mapping[str, Offer]
    statuses: Mapping[str, int]
    cpu_seconds: float = 0.0


def cpu_seconds(pid: int) -> float:
    """Return what a running process and its children have spent so far (Linux)."""
    ticks = os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / ticks + sum(cpu_seconds(int(child)) for child in children)


def ponte(skus: int, database_url: str) -> Run:
    """Run `ponte worker` over a full queue in an empty database."""
    with sandbox(skus) as places, tempfile.TemporaryDirectory(prefix="ponte-bench-") as data:
        environment = _environment(places, data, database_url)
        told = Path(data) / "places.json"
        told.write_text(json.dumps(places), encoding="utf-8")
        _python(environment, "prepare", str(told))
        worker = subprocess.Popen([sys.executable, "-m", "ponte", "worker"], env=environment)
        try:
            run = _parsed(_python(environment, "wait"))
            return replace(run, cpu_seconds=cpu_seconds(worker.pid))
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
    rates: dict[str, list[float]] = {"bare": [], "ponte": []}
    statuses: Mapping[str, int] = {}
    for number in range(1, rounds + 1):
        run = ponte(skus, url)
        statuses = run.statuses
        rates["ponte"].append(run.rate)
        rates["bare"].append(bare(skus, run.offers))
        print(f"{name} round {number}: bare {rates['bare'][-1]:.0f}/s, ponte {rates['ponte'][-1]:.0f}/s")
    ratios = [ours / theirs for ours, theirs in zip(rates["ponte"], rates["bare"], strict=True)]
    return {
        "bare_per_second": round(statistics.median(rates["bare"])),
        "ponte_per_second": round(statistics.median(rates["ponte"])),
        "ratio": round(statistics.median(ratios), 3),
        "statuses": dict(statuses),
    }
