"""Results on their way into the database: gathered, and written once per tenth of a second in one transaction."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from ponte.db.sql import DOWN
from ponte.domain.doubt import LATE_SECONDS
from ponte.domain.outcome import Postponed
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.failpoints import reach
from ponte.flows.offline import Database
from ponte.flows.pipeline.job import Result
from ponte.flows.pipeline.lease import Lease
from ponte.flows.pipeline.settlement import write_results
from ponte.flows.pipeline.watch import Watch
from ponte.net.converse import Record

log = logging.getLogger("ponte.drain")
SETTLE_AT = 100
SETTLE_SECONDS = 0.1
RETRY_WRITE_SECONDS = 0.5


class Rounds:
    """The results of one drain. A database that is away is waited for, as long as they are worth it."""

    def __init__(self, lease: Lease, database: Database, watch: Watch) -> None:
        self._lease = lease
        self._held = lease.held
        self._database = database
        self._watch = watch
        self._results: list[Result] = []
        self._full = asyncio.Event()
        self._writing = asyncio.Lock()

    def add(self, result: Result) -> None:
        self._results.append(result)
        if len(self._results) >= SETTLE_AT:
            self._full.set()

    async def go_on(self) -> None:
        """Write round after round until cancelled."""
        while True:
            try:
                async with asyncio.timeout(SETTLE_SECONDS):
                    await self._full.wait()
            except TimeoutError:
                pass
            self._full.clear()
            async with self._writing:
                await self._write_ended()  # once: what ends meanwhile is worth a transaction of its own later

    async def write_all(self) -> None:
        """Write what has ended, and what ends meanwhile."""
        async with self._writing:
            while self._results:
                await self._write_ended()

    async def _write_ended(self) -> None:
        results, self._results = self._results, []
        if results:
            await self._write(results)

    async def _write(self, results: Sequence[Result]) -> None:
        reach("before_settle")
        # Of a lane that was lost, only what was changed over there is worth waiting for: nobody else knows of it.
        patience = LATE_SECONDS if any(result.record.changed for result in results) else 0.0
        until = time.monotonic() + patience
        while True:
            try:
                blocked = await self._database.write(write_results, self._held, results)
            except DOWN:
                log.exception("lane %s: %s results could not be written", self._held.lane_id, len(results))
                await asyncio.sleep(RETRY_WRITE_SECONDS)
                if not self._lease.holds() and time.monotonic() > until:
                    return  # whoever took the lane found the work and did it again
            except Exception:  # something in there cannot be stored; it must not hold up the others
                log.exception("lane %s: %s results cannot be written", self._held.lane_id, len(results))
                await self._write_apart(results)
                return
            else:
                if blocked is not None:
                    self._watch.stop("blocked")
                reach("after_settle")
                return

    async def _write_apart(self, results: Sequence[Result]) -> None:
        """Write one by one; of one that cannot be stored, only that it is so."""
        if len(results) > 1:
            for result in results:
                await self._write([result])
        elif results[0].record.passed or results[0].offer or results[0].sku:
            await self._write([_wordless(results[0])])
        # Not even that could be written: the work is left running, a death to whoever takes the lane next.


def _wordless(result: Result) -> Result:
    """Return the result without anything that came from outside."""
    record = Record(changed=result.record.changed)
    problem = Problem(ProblemClass.UNKNOWN, Stage.SEND, code="ponte_bug", message="result")
    return Result(result.job, Postponed(problem, unknown=record.changed), record, sent=result.sent)
