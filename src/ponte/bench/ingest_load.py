"""The load: notifications over kept-alive connections, each sent when the answer to the one before is there.

Run as a process of its own (`python -m ponte.bench.ingest_load PORT CONNECTIONS SECONDS`); prints one JSON line.
Requests are encoded beforehand and answers are only counted, so that most of the machine is left to the server.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import cast

import uvloop

KEY = "bench-key"
ACCOUNT = "bench"
AFFILIATE = "BCH"
SKUS = 50_000
PREPARED = 20_000
WARM_UP = 0.5


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run showed; latencies in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    answered: int
    refused: int


@dataclass(slots=True)
class _Tally:
    waits: list[float] = field(default_factory=list)
    refused: int = 0


def notification(sku: int) -> bytes:
    """Return a request as VTEX's broadcaster sends it."""
    body = json.dumps(
        {
            "IdSku": str(sku),
            "ProductId": sku // 3,
            "An": ACCOUNT,
            "IdAffiliate": AFFILIATE,
            "Version": "0" * 32,
            "DateModified": "2026-08-20T15:11:28.1978783Z",
            "IsActive": True,
            "StockModified": sku % 2 == 0,
            "PriceModified": sku % 2 == 1,
            "HasStockKeepingUnitModified": False,
            "HasStockKeepingUnitRemovedFromAffiliate": False,
        }
    ).encode()
    head = (
        f"POST /vtex/notifications/{KEY}/api/notification/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/json\r\nAccept: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Sender(asyncio.Protocol):
    """One connection. Every answer of a server has the length of its first, so they are told apart by length."""

    def __init__(self, requests: list[bytes], tally: _Tally, luck: random.Random) -> None:
        self._requests = requests
        self._tally = tally
        self._place = luck.randrange(len(requests))
        self._size = 0
        self._got = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is none by inheritance
        self._send()

    def data_received(self, data: bytes) -> None:
        if not self._got and not data.startswith(b"HTTP/1.1 200"):
            self._tally.refused += 1
        self._size = self._size or _size(data)
        self._got += len(data)
        if self._got >= self._size:
            self._tally.waits.append(time.perf_counter() - self._sent_at)
            self._send()

    def _send(self) -> None:
        self._got = 0
        self._place = (self._place + 1) % len(self._requests)
        self._sent_at = time.perf_counter()
        self._transport.write(self._requests[self._place])


def _size(data: bytes) -> int:
    head, _, _ = data.partition(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return len(head) + 4 + int(length.partition(b":")[2])


async def load(port: int, connections: int, seconds: float, seed: int = 7) -> Measured:
    """Send for `seconds` after a short warm-up and return what was measured."""
    luck = random.Random(seed)
    requests = [notification(luck.randrange(1, SKUS)) for _ in range(PREPARED)]
    tally = _Tally()
    loop = asyncio.get_running_loop()
    open_ones = [
        await loop.create_connection(lambda: _Sender(requests, tally, luck), "127.0.0.1", port)
        for _ in range(connections)
    ]
    await asyncio.sleep(WARM_UP)
    tally.waits.clear()
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    took = time.perf_counter() - began
    waits = sorted(tally.waits)
    for transport, _ in open_ones:
        transport.abort()
    if not waits:
        raise RuntimeError("the server answered nothing")
    return _measured(waits, took, tally.refused)


def _measured(waits: list[float], took: float, refused: int) -> Measured:
    def at(share: float) -> float:
        return round(waits[min(len(waits) - 1, int(len(waits) * share))] * 1000, 2)

    return Measured(round(len(waits) / took, 1), at(0.5), at(0.99), at(1.0), len(waits), refused)


if __name__ == "__main__":
    measured = uvloop.run(load(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
    print(json.dumps(asdict(measured)))
