"""Ponte, a bare loop, and one Celery task per SKU that makes the same calls with `requests`, in one run.

Celery, requests and redis-server are not Ponte's: `--python` names an interpreter that has the first two. A task
reads its SKU, asks price and stock for it alone (it knows no other SKU), posts the offer and its description.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ponte.bench import pipeline

PORT = 6390
PROCESSES = 2
LOOK_SECONDS = 0.1
TASKS = """
import json, requests
from celery import Celery

app = Celery("compare", broker="redis://127.0.0.1:%PORT%/0")
app.conf.update(task_acks_late=True, worker_prefetch_multiplier=4, task_ignore_result=True,
                broker_connection_retry_on_startup=True)
places = json.load(open("places.json"))
offers = json.load(open("offers.json"))
vtex, market = places["vtex"], places["mercadolivre"]
keys = {"X-VTEX-API-AppKey": vtex["app_key"], "X-VTEX-API-AppToken": vtex["app_token"]}
token = {"Authorization": "Bearer " + market["sellers"][0]["access_token"], "Content-Type": "application/json"}
session = requests.Session()
channel = "?sc=" + vtex["trade_policy"]


@app.task
def integrate(sku):
    session.get(vtex["base_url"] + "/api/catalog_system/pvt/sku/stockkeepingunitbyid/" + sku + channel,
                headers=keys).json()
    body = {"items": [{"id": sku, "quantity": 1, "seller": "1"}], "postalCode": None, "country": None}
    session.post(vtex["base_url"] + "/api/fulfillment/pvt/orderForms/simulation" + channel, json=body,
                 headers=keys).json()
    if sku not in offers:
        return
    item, description = offers[sku]
    made = session.post(market["base_url"] + "/items", data=item.encode(), headers=token).json()
    if "id" in made and description:
        session.post(market["base_url"] + "/items/" + made["id"] + "/description", data=description.encode(),
                     headers=token)
""".replace("%PORT%", str(PORT))
ENQUEUE = "import sys, tasks\nfor sku in sys.stdin.read().split(): tasks.integrate.delay(sku)"


def main(skus: int, rounds: int, python: str) -> dict[str, Any]:
    """Measure and print; the best of several rounds counts, for others may use the machine."""
    found: dict[str, list[pipeline.Figures]] = {"celery": [], "bare": [], "ponte": []}
    for number in range(1, rounds + 1):
        run = pipeline.ponte(skus, "")
        found["ponte"].append(run.figures(skus))
        found["bare"].append(pipeline.bare(skus, run.offers))
        found["celery"].append(_celery(skus, run.offers, python))
        print(f"round {number}: {pipeline.told(found)}", flush=True)
    best = {name: _best(of) for name, of in found.items()}
    report = {name: {"per_second": round(of.per_second), "cpu_ms_per_sku": of.cpu_ms} for name, of in best.items()}
    report["ratios"] = {
        "ponte_to_celery": round(best["ponte"].per_second / best["celery"].per_second, 2),
        "ponte_to_bare": round(best["ponte"].per_second / best["bare"].per_second, 2),
        "cpu_celery_to_ponte": round(best["celery"].cpu_ms / best["ponte"].cpu_ms, 2),
    }
    print(json.dumps(report))
    return report


def _best(of: list[pipeline.Figures]) -> pipeline.Figures:
    return pipeline.Figures(max(one.per_second for one in of), round(min(one.cpu_ms for one in of), 2))


def _celery(skus: int, offers: Mapping[str, pipeline.Offer], python: str) -> pipeline.Figures:
    with pipeline.sandbox(skus) as places, tempfile.TemporaryDirectory(prefix="ponte-bench-") as folder:
        _write(Path(folder), places, offers)
        ids = _ids(places["vtex"])
        with _redis(folder) as redis:
            subprocess.run([python, "-c", ENQUEUE], cwd=folder, input=" ".join(ids), text=True, check=True)
            with _worker(folder, python) as worker:
                vtex, both = places["vtex"]["base_url"], [worker.pid, redis.pid]
                started = pipeline.cpu_when_first_read(vtex, both)
                rate = _rate(vtex, len(ids))
                spent = sum(pipeline.cpu_seconds(pid) for pid in both) - started
    return pipeline.Figures(rate, spent * 1000 / len(ids))


def _write(folder: Path, places: dict[str, Any], offers: Mapping[str, pipeline.Offer]) -> None:
    (folder / "tasks.py").write_text(TASKS, encoding="utf-8")
    (folder / "places.json").write_text(json.dumps(places), encoding="utf-8")
    plain = {sku: [offer.item.decode(), offer.description.decode()] for sku, offer in offers.items()}
    (folder / "offers.json").write_text(json.dumps(plain), encoding="utf-8")


def _ids(vtex: dict[str, Any]) -> list[str]:
    path = f"/api/catalog_system/pvt/sku/stockkeepingunitidsbysaleschannel?sc={vtex['trade_policy']}"
    keys = {"X-VTEX-API-AppKey": vtex["app_key"], "X-VTEX-API-AppToken": vtex["app_token"]}
    return [str(one) for one in _json(f"{vtex['base_url']}{path}", keys)]


def _json(url: str, headers: Mapping[str, str] | None = None) -> Any:
    request = urllib.request.Request(url, headers=dict(headers or {}))  # noqa: S310 -- the sandbox's own address
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 -- likewise
        return json.load(answer)


@contextmanager
def _running(command: list[str], folder: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def _redis(folder: str) -> Iterator[subprocess.Popen[bytes]]:
    durable = ["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
    with _running(["redis-server", "--port", str(PORT), "--dir", folder, *durable], folder) as process:
        time.sleep(1.0)
        if process.poll() is not None:
            sys.exit(f"redis-server does not run on port {PORT}.")
        yield process


def _worker(folder: str, python: str) -> Any:
    options = ["worker", "-P", "prefork", "-c", str(PROCESSES), "-l", "WARNING"]
    return _running([python, "-m", "celery", "-A", "tasks", *options], folder)


def _rate(vtex: str, count: int) -> float:
    """Watch the fake count the SKUs that were read; return them by the second, from the first to the last."""
    begun, first = time.monotonic(), pipeline.skus_read(vtex)
    ended = _wait_for(lambda: pipeline.skus_read(vtex) >= count, pipeline.LIMIT_SECONDS)
    return (count - first) / (ended - begun)


def _wait_for(done: Callable[[], bool], seconds: float) -> float:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            sys.exit("Celery's worker does not get on.")
        time.sleep(LOOK_SECONDS)
    return time.monotonic()
