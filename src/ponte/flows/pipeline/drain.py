"""Drain one lane: claim batches of due work, run them at the channel's pace, write the results in batches."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, transaction

from ponte.db.records import problem_to_json
from ponte.domain.doubt import LATE_SECONDS
from ponte.domain.message import NoAnswer, Request
from ponte.domain.outcome import Blocked, Outcome, Postponed
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.codes.classes import under_rules
from ponte.flows.failpoints import reach
from ponte.flows.offline import Database
from ponte.flows.pipeline.begin import BATCH, begin
from ponte.flows.pipeline.breaker import Breaker, open_seconds
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import Revision, revision_of
from ponte.flows.pipeline.discretion import discreet
from ponte.flows.pipeline.gathering import GATHER_PATIENCE_SECONDS
from ponte.flows.pipeline.integrate import Desk, integrate
from ponte.flows.pipeline.job import Job, Result
from ponte.flows.pipeline.lease import Fence, Lease
from ponte.flows.pipeline.reading import Reading
from ponte.flows.pipeline.settlement import SUPERSEDED, bury, write_results
from ponte.flows.pipeline.solitude import Solitude
from ponte.net.converse import Record
from ponte.net.pace import PATIENCE_SECONDS
from ponte.net.transport import FENCED
from ponte.queue.lanes import Held, close_circuit, is_current, outlook, release, trip
from ponte.queue.work import doomed

log = logging.getLogger("ponte.drain")
SETTLE_AT = 100
AHEAD = 2 * BATCH
SETTLE_SECONDS = 0.1
JOB_SECONDS = 120.0
SLICE_SECONDS = 5.0
POLL_SECONDS = 0.2
RETRY_WRITE_SECONDS = 0.5
QUIET = frozenset({"breaker", "blocked", "throttled"})


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
        self._fence = Fence(lease, database)
        self._breaker = Breaker(probing=lease.held.probing)
        self._room = asyncio.Semaphore(max(line.context.concurrency, line.gathers))
        self._most = self._enough = max(BATCH, line.gathers)
        self._active: set[asyncio.Task[None]] = set()
        self._roomy = asyncio.Event()
        self._results: list[Result] = []
        self._settled = asyncio.Event()
        self._writing = asyncio.Lock()
        self._stopping = ""
        self._trouble: Problem | None = None
        self._healed = False
        self._silence = 0.0
        self.job_seconds = JOB_SECONDS + (GATHER_PATIENCE_SECONDS if line.gathers else 0.0)
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
        except asyncio.CancelledError:
            for task in self._active:
                task.cancel()
            raise
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
                await self._settle_now()
                return
            self._start(jobs)
            if self._breaker.probing:
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
        return bool(self._stopping)

    async def _begin(self, *, suspects: bool, alone: bool = False) -> list[Job]:
        opened, due, revision = await self._database.read(_outlook, self._held)
        if not opened:
            self.stop("paused")
        elif revision != self._line.context.revision:
            self.stop("changed")  # whoever takes the lane next, at once, reads the mapping and the rules anew
        if self._stopping or not due:
            return []
        limit = 1 if self._breaker.probing else BATCH
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
                if not self._stopping and self._lease.holds():
                    await self._run_job(result, reading)
        except asyncio.CancelledError:  # the grace of a shutdown is over: what is known of the run is written down
            result.outcome = _cut_short(result, ProblemClass.NETWORK, "shutdown", "")
            result.spared = not result.record.changed
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
            self._line.marketplace_for(result.job.sku, lambda request: self._gate(request, result.job), self._may_go),
        )
        result.begun, result.spared = True, False
        if self._line.blocked is not None:
            result.outcome = self._told(Blocked(self._line.blocked))
            return
        try:
            async with asyncio.timeout(self.job_seconds):
                await integrate(result, desk)
        except TimeoutError:
            result.outcome = _cut_short(result, ProblemClass.NETWORK, "job_timeout", f"{self.job_seconds:g} s")
        except Exception as bug:  # the worker's door: one product's bug must not stop the others
            log.exception("lane %s: %s failed", self._held.lane_id, result.job.sku)
            result.outcome = _cut_short(result, ProblemClass.UNKNOWN, "ponte_bug", type(bug).__name__)
        result.outcome = self._told(result.outcome)

    def _told(self, outcome: Outcome) -> Outcome:
        """Return an outcome as it may be kept; a token that nobody could renew is the account's trouble."""
        if self._line.blocked is not None and _is_about_account(outcome):
            outcome = Blocked(self._line.blocked)
        secrets = (*self._line.context.marketplace.secrets.values(), *self._line.context.vtex.secrets.values())
        return under_rules(discreet(outcome, secrets), self._line.context.code_rules)

    async def _gate(self, request: Request, job: Job) -> NoAnswer | None:
        """Stop a request that must not go out any more."""
        if self._stopping in QUIET or not self._lease.holds():
            return FENCED
        if request.changes:
            reach("before_send")
            if not await self._fence.holds(job.id, job.claimed.generation):
                return FENCED
            reach("after_fence")
            if not self._lease.holds():  # frozen since the fence was asked
                return FENCED
        return None

    def _may_go(self) -> bool:
        """Look once more, in the last moment: a connection was waited for, or the process was frozen."""
        holds = self._lease.holds()
        reach("at_the_socket")
        return holds

    def _watch(self, result: Result) -> None:
        if result.spared:
            return
        if isinstance(result.outcome, Blocked):
            self.stop("blocked")
            return
        if self._stopping in {"breaker", "throttled"}:
            result.spared = isinstance(result.outcome, Postponed) and not result.outcome.unknown
            return
        if silence := _asked_silence(result.outcome):
            self.stop("throttled")
            self._trouble, self._silence = silence
            return
        if _only_doubtful(result) or (isinstance(result.outcome, Postponed) and result.outcome.by_window):
            return
        was_probing = self._breaker.probing
        trouble = self._breaker.watch(result.outcome)
        if trouble is not None:
            self.stop("breaker")
            self._trouble = trouble
        elif was_probing and not self._breaker.probing:
            self._healed = True

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
        await self._settle_now()

    async def _settle_always(self) -> None:
        while True:
            try:
                async with asyncio.timeout(SETTLE_SECONDS):
                    await self._settled.wait()
            except TimeoutError:
                pass
            self._settled.clear()
            async with self._writing:
                await self._write_ended()  # once: what ends meanwhile is worth a transaction of its own later

    async def _settle_now(self) -> None:
        """Write what has ended. A database that is away is waited for: the results are worth it."""
        async with self._writing:
            while self._results:
                await self._write_ended()

    async def _write_ended(self) -> None:
        results, self._results = self._results, []
        if results:
            await self._write(results)

    async def _write(self, results: list[Result]) -> None:
        reach("before_settle")
        # Of a lane that was lost, only what was changed over there is worth waiting for: nobody else knows of it.
        patience = LATE_SECONDS if any(result.record.changed for result in results) else 0.0
        until = time.monotonic() + patience
        while True:
            try:
                blocked = await self._database.write(write_results, self._held, results)
            except (OperationalError, InterfaceError):
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
                    self.stop("blocked")
                reach("after_settle")
                return

    async def _write_apart(self, results: list[Result]) -> None:
        """Write one by one; of one that cannot be stored, only that it is so."""
        if len(results) > 1:
            for result in results:
                await self._write([result])
        elif results[0].record.passed or results[0].offer or results[0].sku:
            await self._write([_wordless(results[0])])
        # Not even that could be written: the work is left running, a death to whoever takes the lane next.

    async def _finish(self, settling: asyncio.Task[None]) -> None:
        await self._wait_for_all()
        settling.cancel()
        await asyncio.gather(settling, return_exceptions=True)
        await self._settle_now()
        await self._database.write(self._give_back)

    def _give_back(self) -> None:
        with transaction.atomic():
            if not is_current(self._held.lane_id, self._held.epoch):
                return
            if self._trouble is not None:
                seconds = self._silence or open_seconds(self._held.trips)
                trip(self._held.lane_id, seconds, problem_to_json(self._trouble))
            elif self._healed:
                close_circuit(self._held.lane_id)
            release(self._held.lane_id, self._held.epoch)


def _is_about_account(outcome: Outcome) -> bool:
    return isinstance(outcome, Postponed) and outcome.problem.kind.about_account


def _asked_silence(outcome: Outcome) -> tuple[Problem, float] | None:
    """Return the trouble and the seconds when the other side wants to hear nothing for longer than a run waits."""
    match outcome:
        case Postponed(problem, float(seconds)) if problem.http_status == 429 and seconds > PATIENCE_SECONDS:
            return problem, seconds
        case _:
            return None


def _only_doubtful(result: Result) -> bool:
    """True when a try changed nothing and was answered, and is put off only for an earlier create's sake.

    That says nothing about the other side's health.
    """
    if not isinstance(result.outcome, Postponed) or not result.outcome.unknown or result.record.changed:
        return False
    last = result.record.passed[-1].status if result.record.passed else None
    return last is not None and last < 500


def _wordless(result: Result) -> Result:
    """Return the result without anything that came from outside."""
    record = Record(changed=result.record.changed)
    problem = Problem(ProblemClass.UNKNOWN, Stage.SEND, code="ponte_bug", message="result")
    return Result(result.job, Postponed(problem, unknown=record.changed), record, sent=result.sent)


def _cut_short(result: Result, kind: ProblemClass, code: str, detail: str) -> Postponed:
    return Postponed(Problem(kind, Stage.SEND, code=code, message=detail), unknown=result.record.changed)
