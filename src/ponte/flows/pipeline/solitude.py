"""Who may run beside whom in one worker: a product that is suspected of killing workers runs alone.

Otherwise a death would be charged to whatever else was running in the process, in other lanes too, and after three
of them the innocent would be put away together with the guilty.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Solitude:
    """A gate of one process: ordinary runs share it; who wants to be alone waits for them and keeps others off."""

    def __init__(self) -> None:
        self._sharing = 0
        self._free = asyncio.Event()
        self._free.set()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def shared(self) -> AsyncIterator[None]:
        while not self._free.is_set():
            await self._free.wait()
        self._sharing += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._sharing -= 1
            if not self._sharing:
                self._quiet.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        async with self._turn:
            self._free.clear()
            try:
                await self._quiet.wait()
                yield
            finally:
                self._free.set()
