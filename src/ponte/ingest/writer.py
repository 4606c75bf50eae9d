"""Group commit: what comes while a transaction runs shares the next one, and each waits until it is durable.

While the writer is free a batch waits for company only as long as every turn of the event loop brings some: that
makes the batches large when much comes, and costs nothing when little does.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ponte.ingest.committing import Fate, Parcel, commit
from ponte.ingest.storage import Storage

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """`window`, `lull` and `patience` in seconds, the others in parcels.

    `window`: how long a batch waits for company at most while the writer is free; it goes sooner when nobody came
    for a `lull` (0: in one turn of the loop). `most`: parcels of a batch. `waiting`: parcels that may wait at all;
    more are turned away. `patience`: after it a parcel is given up (unavailable).
    """

    window: float = 0.001
    lull: float = 0.0
    most: int = 256
    waiting: int = 2_048
    patience: float = 0.9


@dataclass(slots=True, eq=False)
class _Batch:
    parcels: list[Parcel] = field(default_factory=list)
    waiters: list[asyncio.Future[Fate]] = field(default_factory=list)
    given_up: asyncio.TimerHandle | None = None

    def settle(self, fates: Sequence[Fate]) -> None:
        if self.given_up is not None:
            self.given_up.cancel()
        for waiter, fate in zip(self.waiters, fates, strict=True):
            if not waiter.done():  # its client left, or it was given up
                waiter.set_result(fate)

    def give_up(self) -> None:
        self.settle([Fate.UNAVAILABLE] * len(self.waiters))


class Writer:
    """Stores parcels in a thread with a database connection of its own. Start and stop it inside an event loop.

    At most one batch is with the thread and the next ones collect meanwhile; `limits.waiting` bounds the memory.
    A batch that the thread holds too long is answered as unavailable; if it is stored all the same, no harm is done:
    a hint may be told twice.
    """

    def __init__(self, storage: Storage[Any, Any], limits: Limits | None = None) -> None:
        self._storage = storage
        self._limits = limits or Limits()
        self._batches: list[_Batch] = []
        self._waiting = 0
        self._busy = False
        self._stopping = False
        self._inbox: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    @property
    def full(self) -> bool:
        return self._waiting >= self._limits.waiting

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._idle = asyncio.Event()
        self._idle.set()
        self._thread = threading.Thread(target=self._work, name="ponte-ingest-writer", daemon=True)
        self._thread.start()

    async def stop(self, *, patience: float = 5.0) -> None:
        """Store what waits, then end the thread. After `patience` seconds what is left is given up."""
        if self._thread is None:
            return
        self._stopping = True
        self._hand_over()
        try:
            await asyncio.wait_for(self._idle.wait(), patience)
        except TimeoutError:
            logger.warning("the writer did not end in time; %s notifications were refused", self._waiting)
        for batch in self._batches:
            batch.give_up()
        self._inbox.put(None)
        await asyncio.to_thread(self._thread.join, 1.0)
        self._thread = None

    def put(self, parcel: Parcel) -> asyncio.Future[Fate]:
        """Give a parcel to be stored; the future says what became of it, at the latest when patience ends."""
        waiter: asyncio.Future[Fate] = self._loop.create_future()
        batch = self._collecting()
        batch.parcels.append(parcel)
        batch.waiters.append(waiter)
        self._waiting += 1
        if len(batch.parcels) >= self._limits.most:
            self._hand_over()
        return waiter

    def _collecting(self) -> _Batch:
        if self._batches and len(self._batches[-1].parcels) < self._limits.most:
            return self._batches[-1]
        batch = _Batch()
        batch.given_up = self._loop.call_later(self._limits.patience, self._late, batch)
        self._batches.append(batch)
        self._idle.clear()
        if len(self._batches) == 1 and not self._busy:
            self._open_window()
        return batch

    def _open_window(self) -> None:
        until = self._loop.time() + self._limits.window
        self._loop.call_later(self._limits.lull, self._look, self._batches[0], 0, until)

    def _look(self, batch: _Batch, seen: int, until: float) -> None:
        """Hand the batch over when nobody joined since the last look, or its window is over."""
        if self._busy or not self._batches or self._batches[0] is not batch:
            return
        joined = len(batch.parcels)
        if joined == seen or self._loop.time() >= until:
            self._hand_over()
        else:
            self._loop.call_later(self._limits.lull, self._look, batch, joined, until)

    def _hand_over(self) -> None:
        if self._busy or not self._batches:
            return
        self._busy = True
        self._inbox.put(self._batches.pop(0))

    def _late(self, batch: _Batch) -> None:
        logger.warning("notifications were refused: the database took longer than %s s", self._limits.patience)
        self._give_up(batch)

    def _give_up(self, batch: _Batch) -> None:
        batch.give_up()
        if batch in self._batches:  # the thread never saw it: nothing of it may be stored later
            self._batches.remove(batch)
            self._waiting -= len(batch.parcels)

    def _settled(self, batch: _Batch, fates: Sequence[Fate]) -> None:
        self._busy = False
        self._waiting -= len(batch.parcels)
        batch.settle(fates)
        if Fate.UNAVAILABLE in fates:
            self._turn_away()
        if not self._batches:
            self._idle.set()
        elif self._stopping or len(self._batches) > 1:
            self._hand_over()
        else:
            self._open_window()

    def _turn_away(self) -> None:
        """Give up what waits behind a failure: trying batch after batch would keep the last ones waiting long."""
        for batch in [*self._batches]:
            self._give_up(batch)

    def _work(self) -> None:
        self._storage.open()
        try:
            while (batch := self._inbox.get()) is not None:
                self._report(batch, self._commit(batch))
        finally:
            self._storage.close()

    def _commit(self, batch: _Batch) -> list[Fate]:
        try:
            return commit(batch.parcels, self._storage)
        except Exception:
            logger.exception("a batch of notifications was not written down")
            return [Fate.UNAVAILABLE] * len(batch.parcels)

    def _report(self, batch: _Batch, fates: Sequence[Fate]) -> None:
        try:
            self._loop.call_soon_threadsafe(self._settled, batch, fates)
        except RuntimeError:  # the loop closed before the batch was through: nobody waits any more
            logger.info("a batch of notifications was written down after the end")
