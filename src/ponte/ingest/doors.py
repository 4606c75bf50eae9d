"""Knows the stores (or channels) by the SHA-256 of their keys, never older than about two seconds."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from ponte.db.sql import DOWN
from ponte.ingest.paths import store_key
from ponte.ingest.storage import Storage

logger = logging.getLogger(__name__)
D = TypeVar("D")

EVERY = 2.0
MISS_EVERY = 1.0
MISS_PATIENCE = 0.8
ADDRESSES = 1_000
MAX_ADDRESS = 300


class Doors(Generic[D]):
    """A copy of the stores' doors, read again every two seconds and, at most once a second, when a key is not there.

    A key is looked up by its digest in a dict: the time it takes tells nothing about how near a wrong one came.
    """

    def __init__(
        self,
        storage: Storage[D, Any],
        *,
        key_of: Callable[[str], str | None] = store_key,
        every: float = EVERY,
        miss_every: float = MISS_EVERY,
    ) -> None:
        self._storage = storage
        self._key_of = key_of
        self._every = every
        self._miss_every = miss_every
        self._known: Mapping[str, D] | None = None
        self._addresses: dict[str, D] = {}
        self._reading: asyncio.Task[None] | None = None
        self._read_at = float("-inf")
        self._failing = False

    @property
    def loaded(self) -> bool:
        """False until the stores were read once: then nobody can be told that their key is wrong."""
        return self._known is not None

    async def start(self) -> None:
        """Read the stores (a failure is no obstacle) and go on doing so."""
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, "ponte-ingest-doors", initializer=self._storage.open)
        await self._read()
        self._rounds = asyncio.create_task(self._go_round())

    async def stop(self) -> None:
        self._rounds.cancel()
        await asyncio.gather(self._rounds, *filter(None, [self._reading]), return_exceptions=True)
        self._thread.submit(self._storage.close)
        await asyncio.to_thread(self._thread.shutdown)

    def at(self, path: str) -> D | None:
        """Return the store of an address that was used since the stores were read last: most requests end here.

        Only right keys are remembered, so that this tells no more than the digests do.
        """
        return self._addresses.get(path)

    async def open(self, path: str) -> D | None:
        """Return the store of an address; None when its key is wrong or it is no address of ours."""
        key = self._key_of(path)
        door = None if key is None else await self.find(key)
        if door is not None and len(self._addresses) < ADDRESSES and len(path) <= MAX_ADDRESS:
            self._addresses[path] = door
        return door

    async def find(self, key: str) -> D | None:
        """Return the store of a key; None when there is none (or none could be read: see `loaded`)."""
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        door = (self._known or {}).get(digest)
        if door is not None or self._loop.time() - self._read_at < self._miss_every:
            return door
        await asyncio.wait({self._start_reading()}, timeout=MISS_PATIENCE)
        return (self._known or {}).get(digest)

    def _start_reading(self) -> asyncio.Task[None]:
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
        return self._reading

    async def _go_round(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            await asyncio.wait({self._start_reading()})

    async def _read(self) -> None:
        self._read_at = self._loop.time()
        try:
            self._known = await self._loop.run_in_executor(self._thread, self._load)
            self._addresses.clear()
        except DOWN as error:
            if not self._failing:
                logger.warning("the stores cannot be read: %s", type(error).__name__)
            self._failing = True
        except Exception:  # whatever it is, the stores are read again in two seconds
            if not self._failing:
                logger.exception("the stores cannot be read")
            self._failing = True
        else:
            self._failing = False

    def _load(self) -> Mapping[str, D]:
        try:
            return self._storage.doors()
        except Exception:
            self._storage.reset()
            raise
