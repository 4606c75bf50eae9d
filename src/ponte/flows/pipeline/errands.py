"""What a worker does beside its lanes: looks for listings, checks a category's products, keeps sheets fresh.

One thing at a time in each worker, at the channel's own pace. Every errand is leased in the database: a worker that
dies leaves it to the next.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from ponte.flows.facts import refreshing, sheet_check
from ponte.flows.listings import search as listing_search
from ponte.flows.offline import Database
from ponte.flows.pipeline.beside import line_of
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import Context, Unready
from ponte.net.pace import Pace
from ponte.net.transport import Transport

log = logging.getLogger("ponte.worker")
LOOK_SECONDS = 2.0


class Errands:
    """The errands of one worker."""

    def __init__(self, pace: Callable[[Context], Pace], vtex_pace: Callable[[Context], Pace]) -> None:
        self._pace = pace
        self._vtex_pace = vtex_pace
        self._running: asyncio.Task[None] | None = None
        self._look_at = 0.0

    def look(self, transport: Transport, database: Database) -> None:
        """Do the next errand if there is one and none is under way; returns at once."""
        now = time.monotonic()
        if now < self._look_at or (self._running is not None and not self._running.done()):
            return
        self._look_at = now + LOOK_SECONDS
        self._running = asyncio.create_task(self._go(transport, database))

    async def end(self) -> None:
        """Break off; what was begun is taken up by another worker."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _go(self, transport: Transport, database: Database) -> None:
        try:
            while await self.step(transport, database):
                pass
        except Exception:  # a worker's door: a connector's bug, too, is tried again when the errand's lease is over
            log.exception("an errand was broken off")

    async def step(self, transport: Transport, database: Database) -> bool:
        """Do one step of each kind, so that a long errand does not hold up the others; False with nothing to do."""
        stepped = [
            await self._search(transport, database),
            await self._check(transport, database),
        ]
        for channel_id, keys in (await database.write(refreshing.claim)).items():
            if line := await self._line(channel_id, transport, database):
                await refreshing.refresh(line, keys)
        return any(stepped)

    async def _search(self, transport: Transport, database: Database) -> bool:
        claimed = await database.write(listing_search.claim)
        if claimed is None:
            return False
        search, records = claimed
        line = await self._line(search.channel_id, transport, database)
        if line is not None:
            await listing_search.step(search, records, line, database)
        return line is not None

    async def _check(self, transport: Transport, database: Database) -> bool:
        check = await database.write(sheet_check.claim)
        line = await self._line(check.channel_id, transport, database) if check else None
        if check is None or line is None:
            return False
        await sheet_check.step(check, line, database)
        return True

    async def _line(self, channel_id: int, transport: Transport, database: Database) -> ChannelLine | None:
        line = await line_of(channel_id, transport, database, pace=self._pace, vtex_pace=self._vtex_pace)
        return None if isinstance(line, Unready) else line
