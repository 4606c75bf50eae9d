"""A worker tidies up beside its lanes: a slice at a time, with a pause after each, so that no result waits long."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final

from ponte.flows.offline import Database
from ponte.flows.tidy import STEPS, Step

log = logging.getLogger("ponte.worker")
EVERY_SECONDS: Final = 3600.0
PAUSE_SECONDS: Final = 0.05
SLICES: Final = 2_000
"""So many of each sort in an hour: a million requests and answers, or attempts."""


class Tidying:
    """The tidying of one worker."""

    def __init__(self) -> None:
        self._running: asyncio.Task[None] | None = None
        self._due_at = 0.0

    def look(self, database: Database) -> None:
        """Begin once an hour; returns at once."""
        now = time.monotonic()
        if now < self._due_at or (self._running is not None and not self._running.done()):
            return
        self._due_at = now + EVERY_SECONDS
        self._running = asyncio.create_task(tidy(database))

    async def end(self) -> None:
        """Break off after the slice that is being deleted; the next hour goes on."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)


async def tidy(database: Database) -> None:
    """Do every step until it has no more, or the hour's slices are used up. One that fails stops no other."""
    for step in STEPS:
        try:
            await _exhaust(step, database)
        except Exception:  # a worker's door: what cannot be deleted now is tried again in an hour
            log.exception("tidying was broken off: %s", step.__name__)


async def _exhaust(step: Step, database: Database) -> None:
    for _ in range(SLICES):
        if not await database.write(step):
            return
        await asyncio.sleep(PAUSE_SECONDS)
