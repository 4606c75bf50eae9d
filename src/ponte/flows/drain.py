"""Drain one lane: claim batches of due work, run them at the channel's pace, write the results in batches."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import DatabaseError, transaction

from ponte.db.records import problem_to_json
from ponte.domain.lifecycle import Task
from ponte.domain.message import NoAnswer, Request
from ponte.domain.outcome import Blocked, Postponed
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.begin import BATCH, begin
from ponte.flows.breaker import Breaker, open_seconds
from ponte.flows.channel import ChannelLine
from ponte.flows.failpoints import reach
from ponte.flows.integrate import Desk, integrate
from ponte.flows.job import Job, Result
from ponte.flows.lease import Fence, Lease
from ponte.flows.offline import Database
from ponte.flows.reading import Reading
from ponte.flows.settlement import SUPERSEDED, bury, write_results
from ponte.net.converse import FENCED
from ponte.queue.lanes import close_circuit, outlook, release, trip
from ponte.queue.work import doomed

log = logging.getLogger("ponte.drain")
SETTLE_AT = 50
SETTLE_SECONDS = 0.1
JOB_SECONDS = 120.0
SLICE_SECONDS = 5.0
POLL_SECONDS = 0.2
RETRY_WRITE_SECONDS = 0.5


@dataclass(slots=True)
class Served:
    """What one drain did."""

    products: int = 0
    reason: str = ""


def _never() -> bool:
    return False


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
        lease: Lease,
        line: ChannelLine,
        database: Database,
        *,
        runner: str,
        crowded: Callable[[], bool] = _never,
    ) -> None:
        self._lease = lease
        self._held = lease.held
        self._line = line
        self._database = database
        self._runner = runner
        self._crowded = crowded
        self._fence = Fence(lease, database)
        self._breaker = Breaker(probing=lease.held.probing)
        self._room = asyncio.Semaphore(line.context.concurrency)
        self._active: set[asyncio.Task[None]] = set()
        self._results: list[Result] = []
        self._settled = asyncio.Event()
        self._writing = asyncio.Lock()
        self._stopping = ""
        self._trouble: Problem | None = None
        self._healed = False
        self.served = Served()

    def stop(self, reason: str) -> None:
        """Claim no more; what runs goes on, what has not begun comes back."""
        self._stopping = self._stopping or reason

    async def run(self) -> Served:
        """Drain until nothing is due, others wait for our place, or something stops the lane."""
        settling = asyncio.create_task(self._settle_always())
        try:
            await self._bury_doomed()
            await self._run_suspects()
            await self._run_due()
        finally:
            await self._finish(settling)
        self.served.reason = self._stopping or "empty"
        return self.served

    async def _bury_doomed(self) -> None:
        dead = await self._database.read(doomed, self._held.lane_id)
        if dead:
            log.warning("lane %s: %s products took their worker down three times", self._held.lane_id, len(dead))
            await self._database.write(bury, self._held, dead)

    async def _run_suspects(self) -> None:
        """Run what was running when a runner died, apart from everything else."""
        while self._held.suspects and not self._done():
            jobs = await self._begin(suspects=True)
            self._start(jobs)
            await self._wait_for_all()
            if not jobs or not jobs[0].claimed.deaths:
                return

    async def _run_due(self) -> None:
        until = time.monotonic() + SLICE_SECONDS
        while not self._done():
            if time.monotonic() > until and self._crowded():
                self.stop("slice")
                return
            jobs = await self._begin(suspects=False)
            if not jobs and not self._active:
                await self._settle_now()
                return
            self._start(jobs)
            if self._breaker.probing:
                await self._wait_for_all()
            elif jobs:
                await self._wait_for_room()
            else:
                await asyncio.wait(self._active, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)

    def _done(self) -> bool:
        if not self._lease.holds():
            self.stop("lease lost")
        return bool(self._stopping)

    async def _begin(self, *, suspects: bool) -> list[Job]:
        opened, due = await self._database.read(outlook, self._held.lane_id)
        if not opened:
            self.stop("paused")
        if not opened or not due:
            return []
        limit = 1 if self._breaker.probing else BATCH
        jobs = await self._database.write(
            begin, self._held, limit=limit, runner=self._runner, suspects=suspects and not self._active
        )
        reach("after_claim")
        return jobs

    def _start(self, jobs: Sequence[Job]) -> None:
        context = self._line.context
        skus = [job.sku for job in jobs if job.claimed.task is Task.SEND]
        reading = Reading(skus, context.trade_policy, context.affiliate_id, self._line.vtex) if skus else None
        for job in jobs:
            task = asyncio.create_task(self._run_one(job, reading))
            self._active.add(task)
            task.add_done_callback(self._active.discard)

    async def _run_one(self, job: Job, reading: Reading | None) -> None:
        result = Result(job, Postponed(SUPERSEDED), spared=True)
        async with self._room:
            if not self._stopping and self._lease.holds():
                await self._run_job(result, reading)
        self._watch(result)
        self._results.append(result)
        self.served.products += 1
        if len(self._results) >= SETTLE_AT:
            self._settled.set()

    async def _run_job(self, result: Result, reading: Reading | None) -> None:
        desk = Desk(
            self._line.context,
            self._line.facts,
            reading,
            self._line.vtex,
            self._line.marketplace_for(lambda request: self._gate(request, result.job)),
        )
        result.spared = False
        try:
            async with asyncio.timeout(JOB_SECONDS):
                await integrate(result, desk)
        except TimeoutError:
            result.outcome = _cut_short(result, ProblemClass.NETWORK, "job_timeout", f"{JOB_SECONDS:g} s")
        except Exception as bug:  # the worker's door: one product's bug must not stop the others
            log.exception("lane %s: %s failed", self._held.lane_id, result.job.sku)
            result.outcome = _cut_short(result, ProblemClass.UNKNOWN, "ponte_bug", type(bug).__name__)
        if self._line.blocked is not None:
            result.outcome = Blocked(self._line.blocked)

    async def _gate(self, request: Request, job: Job) -> NoAnswer | None:
        """Stop a request that must not go out any more."""
        if self._stopping in {"breaker", "blocked"} or not self._lease.holds():
            return FENCED
        if request.changes:
            reach("before_send")
            if not await self._fence.holds(job.id, job.claimed.generation):
                return FENCED
            reach("after_fence")
        return None

    def _watch(self, result: Result) -> None:
        if result.spared:
            return
        if isinstance(result.outcome, Blocked):
            self.stop("blocked")
            return
        if self._stopping == "breaker":
            result.spared = isinstance(result.outcome, Postponed) and not result.outcome.unknown
            return
        was_probing = self._breaker.probing
        trouble = self._breaker.watch(result.outcome)
        if trouble is not None:
            self.stop("breaker")
            self._trouble = trouble
        elif was_probing and not self._breaker.probing:
            self._healed = True

    async def _wait_for_room(self) -> None:
        """Wait until fewer than a batch run: the next is claimed while these go on."""
        while len(self._active) >= BATCH:
            await asyncio.wait(self._active, return_when=asyncio.FIRST_COMPLETED)

    async def _wait_for_all(self) -> None:
        if self._active:
            await asyncio.wait(self._active)
        await self._settle_now()

    async def _settle_always(self) -> None:
        while True:
            try:
                async with asyncio.timeout(SETTLE_SECONDS):
                    await self._settled.wait()
            except TimeoutError:
                pass
            self._settled.clear()
            await self._settle_now()

    async def _settle_now(self) -> None:
        """Write what has ended. A database that is away is waited for: the results are worth it."""
        async with self._writing:
            while self._results:
                results, self._results = self._results, []
                await self._write(results)

    async def _write(self, results: list[Result]) -> None:
        reach("before_settle")
        while True:
            try:
                blocked = await self._database.write(write_results, self._held, results)
            except DatabaseError:
                log.exception("lane %s: %s results could not be written", self._held.lane_id, len(results))
                await asyncio.sleep(RETRY_WRITE_SECONDS)
                if not self._lease.holds():
                    return  # whoever takes the lane next finds the work and does it again
            else:
                if blocked is not None:
                    self.stop("blocked")
                reach("after_settle")
                return

    async def _finish(self, settling: asyncio.Task[None]) -> None:
        await self._wait_for_all()
        settling.cancel()
        await asyncio.gather(settling, return_exceptions=True)
        await self._settle_now()
        await self._database.write(self._give_back)

    def _give_back(self) -> None:
        with transaction.atomic():
            if self._trouble is not None:
                trip(self._held.lane_id, open_seconds(self._held.trips), problem_to_json(self._trouble))
            elif self._healed:
                close_circuit(self._held.lane_id)
            release(self._held.lane_id, self._held.epoch)


def _cut_short(result: Result, kind: ProblemClass, code: str, detail: str) -> Postponed:
    return Postponed(Problem(kind, Stage.SEND, code=code, message=detail), unknown=result.record.changed)
