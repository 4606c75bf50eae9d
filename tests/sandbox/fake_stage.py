"""What the stages of the fakes share: a clock that stands still, an answer, a server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

NOON = 1_795_435_200.0


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return orjson.loads(self.content)


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    """Serve a fake on a free port; the value is its address."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
