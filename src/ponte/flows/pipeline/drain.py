"""Drain one lane: claim batches of due work, run them at the channel's pace, see that what ended is written."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import transaction

from ponte.db.records import problem_to_json
from ponte.domain.outcome import Postponed
from ponte.domain.problem import ProblemClass
from ponte.flows.failpoints import reach
from ponte.flows.offline import Database
from ponte.flows.pipeline.begin import BATCH, begin
from ponte.flows.pipeline.breaker import open_seconds
from ponte.flows.pipeline.burial import bury
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import Revision, revision_of
from ponte.flows.pipeline.job import SUPERSEDED, Job, Result
from ponte.flows.pipeline.lease import Lease
from ponte.flows.pipeline.reading import Reading
from ponte.flows.pipeline.rounds import Rounds
from ponte.flows.pipeline.run import Runs, cut_short
from ponte.flows.pipeline.solitude import Solitude
from ponte.flows.pipeline.watch import Watch
from ponte.queue.lanes import Held, close_circuit, is_current, outlook, release, trip
from ponte.queue.work import doomed

log = logging.getLogger("ponte.drain")
AHEAD = 2 * BATCH
SLICE_SECONDS = 5.0
POLL_SECONDS = 0.2


@dataclass(slots=True)
class Served:
    """What one drain did."""

    products: int = 0
    reason: str = ""


def _never() -> bool:
    return False


def _outlook(held: Held) -> tuple[bool, bool, Revision]:
    return *outlook(held.lane_id), revision_of(held.channel_id)


class LaneDrain:
    """One lease of one lane, from taking it to giving it back."""

    def __init__(
        self,
        lease: Lease,
        line: ChannelLine,
        database: Database,
        *,
        runner: str,
        crowded: Callable[[], bool] = _never,
        solitude: Solitude | None = None,
    ) -> None:
        self._lease = lease
        self._held = lease.held
        self._line = line
        self._database = database
        self._runner = runner
        self._crowded = crowded
        self._solitude = solitude or Solitude()
        self._watch = Watch(probing=lease.held.probing)
        self._rounds = Rounds(lease, database, self._watch)
        self._room = asyncio.Semaphore(max(line.context.concurrency, line.gathers))
        self._most = self._enough = max(BATCH, line.gathers)
        self._active: set[asyncio.Task[None]] = set()
        self._roomy = asyncio.Event()
        self.runs = Runs(lease, line, database, self._watch)
        self.served = Served()

    def stop(self, reason: str) -> None:
        """Claim no more; what runs goes on, what has not begun comes back."""
        self._watch.stop(reason)

    async def run(self) -> Served:
        """Drain until nothing is due, others wait for our place, or something stops the lane."""
        settling = asyncio.create_task(self._rounds.go_on())
        try:
            await self._bury_doomed()
            await self._run_suspects()
            await self._run_due()
        except asyncio.CancelledError:
            for task in self._active:
                task.cancel()
            raise
        finally:
            await self._finish(settling)
        self.served.reason = self._watch.reason or "empty"
        return self.served

    async def _bury_doomed(self) -> None:
        dead = await self._database.read(doomed, self._held.lane_id)
        if dead:
            log.warning("lane %s: %s products took their worker down three times", self._held.lane_id, len(dead))
            await self._database.write(bury, self._held, dead)

    async def _run_suspects(self) -> None:
        """Run what was running when a runner died: some at a time, and what died twice alone in this process."""
        while self._held.suspects and await self._run_some_suspects(alone=False):
            pass
        while self._held.suspects:
            # Alone already when it is claimed: what dies here while it waits must not be charged to it.
            async with self._solitude.alone():
                if not await self._run_some_suspects(alone=True):
                    return

    async def _run_some_suspects(self, *, alone: bool) -> bool:
        jobs = [] if self._done() else await self._begin(suspects=True, alone=alone)
        self._start(jobs)
        await self._wait_for_all()
        return bool(jobs)

    async def _run_due(self) -> None:
        until = time.monotonic() + SLICE_SECONDS
        while not self._done():
            if time.monotonic() > until and self._crowded():
                self.stop("slice")
                return
            before = self.served.products
            jobs = await self._begin(suspects=False)
            self._look_ahead(self.served.products - before)
            if not jobs and not self._active:
                await self._rounds.write_all()
                return
            self._start(jobs)
            if self._watch.probing:
                await self._wait_for_all()
            elif jobs:
                await self._wait_for_room()
            else:
                await asyncio.wait(self._active, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)

    def _look_ahead(self, meanwhile: int) -> None:
        """Claim the next batch earlier when nearly all that ran has ended while the last was claimed.

        Only a marketplace that is as fast as the database comes to that: nobody's wish waits behind what is held.
        """
        self._enough = max(self._most, min(AHEAD, meanwhile * 3 // 2))

    def _done(self) -> bool:
        if not self._lease.holds():
            self.stop("lease lost")
        return bool(self._watch.reason)

    async def _begin(self, *, suspects: bool, alone: bool = False) -> list[Job]:
        opened, due, revision = await self._database.read(_outlook, self._held)
        if not opened:
            self.stop("paused")
        elif revision != self._line.context.revision:
            self.stop("changed")  # whoever takes the lane next, at once, reads the mapping and the rules anew
        if self._watch.reason or not due:
            return []
        limit = 1 if self._watch.probing else BATCH
        jobs = await self._database.write(
            begin, self._held, limit=limit, runner=self._runner, suspects=suspects, alone=alone
        )
        reach("after_claim")
        return jobs

    def _start(self, jobs: Sequence[Job]) -> None:
        context = self._line.context
        skus = [job.sku for job in jobs if job.reads_vtex]
        reading = Reading(skus, context.trade_policy, context.affiliate_id, self._line.vtex) if skus else None
        for job in jobs:
            task = asyncio.create_task(self._run_one(job, reading))
            self._active.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._active.discard(task)
        if len(self._active) < self._enough:
            self._roomy.set()

    async def _run_one(self, job: Job, reading: Reading | None) -> None:
        result = Result(job, Postponed(SUPERSEDED), spared=True, begun=False)
        beside = nullcontext() if job.claimed.deaths > 1 else self._solitude.shared()
        try:
            async with self._room, beside:
                if not self._watch.reason and self._lease.holds():
                    await self.runs.run(result, reading)
        except asyncio.CancelledError:  # the grace of a shutdown is over: what is known of the run is written down
            result.outcome = cut_short(result, ProblemClass.NETWORK, "shutdown", "")
            result.spared = not result.record.changed
        self._watch.look(result)
        self._rounds.add(result)
        self.served.products += 1

    async def _wait_for_room(self) -> None:
        """Wait until fewer than a batch run: the next is claimed while these go on.

        `asyncio.wait` would look at every one of them each time that one has ended.
        """
        while len(self._active) >= self._enough:
            self._roomy.clear()
            await self._roomy.wait()

    async def _wait_for_all(self) -> None:
        if self._active:
            await asyncio.wait(self._active)
        await self._rounds.write_all()

    async def _finish(self, settling: asyncio.Task[None]) -> None:
        await self._wait_for_all()
        settling.cancel()
        await asyncio.gather(settling, return_exceptions=True)
        await self._rounds.write_all()
        await self._database.write(self._give_back)

    def _give_back(self) -> None:
        watch = self._watch
        with transaction.atomic():
            if not is_current(self._held.lane_id, self._held.epoch):
                return
            if watch.trouble is not None:
                seconds = watch.silence or open_seconds(self._held.trips)
                trip(self._held.lane_id, seconds, problem_to_json(watch.trouble))
            elif watch.healed:
                close_circuit(self._held.lane_id)
            release(self._held.lane_id, self._held.epoch)
