"""What a runner knows of its own lease, without asking; and the fence, which asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from ponte.flows.offline import Database
from ponte.queue.lanes import Held
from ponte.queue.work import fence

GATHER_SECONDS = 0.004


class Lease:
    """A held lane. It holds until a deadline by this machine's monotonic clock, which goes on while we are stopped.

    The deadline is counted from before the database was asked, so it passes no later than the database's.
    """

    def __init__(self, held: Held, until: float) -> None:
        self.held = held
        self._until = until

    def prolong(self, until: float) -> None:
        self._until = max(self._until, until)

    def lose(self) -> None:
        self._until = 0.0

    def holds(self) -> bool:
        return time.monotonic() < self._until


class Fence:
    """Asks the work table whether runs may still send; questions of a few milliseconds are one query."""

    def __init__(self, lease: Lease, database: Database) -> None:
        self._lease = lease
        self._database = database
        self._waiting: dict[int, asyncio.Future[int | None]] = {}
        self._asking: set[asyncio.Task[None]] = set()

    async def holds(self, integration_id: int, generation: int) -> bool:
        """True when this run is still the newest of its integration and the lane is still ours."""
        if not self._lease.holds():
            return False
        found = self._waiting.get(integration_id)
        if found is None:
            found = asyncio.get_running_loop().create_future()
            self._waiting[integration_id] = found
            if len(self._waiting) == 1:
                task = asyncio.create_task(self._ask_soon())
                self._asking.add(task)
                task.add_done_callback(self._asking.discard)
        return await found == generation and self._lease.holds()

    async def _ask_soon(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        waiting, self._waiting = self._waiting, {}
        answers = await self._ask(list(waiting))
        for integration_id, future in waiting.items():
            if not future.done():
                future.set_result(answers.get(integration_id))

    async def _ask(self, ids: Sequence[int]) -> dict[int, int]:
        """Ask; a database that does not answer is no permission."""
        try:
            return await self._database.read(fence, ids, self._lease.held.epoch)
        except Exception:  # noqa: BLE001 -- whatever is wrong with the database, nothing may be sent
            return {}
