"""One product's run under guard: the fence before each change, a deadline, and its outcome as it may be kept."""

from __future__ import annotations

import asyncio
import logging

from ponte.domain.message import NoAnswer, Request
from ponte.domain.outcome import Blocked, Outcome, Postponed
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.codes.classes import under_rules
from ponte.flows.failpoints import reach
from ponte.flows.offline import Database
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.discretion import discreet
from ponte.flows.pipeline.gathering import GATHER_PATIENCE_SECONDS
from ponte.flows.pipeline.integrate import Desk, integrate
from ponte.flows.pipeline.job import Job, Result
from ponte.flows.pipeline.lease import Fence, Lease
from ponte.flows.pipeline.reading import Reading
from ponte.flows.pipeline.watch import Watch
from ponte.net.transport import FENCED

log = logging.getLogger("ponte.drain")
RUN_SECONDS = 120.0


class Runs:
    """Runs the products of one drain. `seconds` is the longest that one may take."""

    def __init__(self, lease: Lease, line: ChannelLine, database: Database, watch: Watch) -> None:
        self._lease = lease
        self._line = line
        self._fence = Fence(lease, database)
        self._watch = watch
        self.seconds = RUN_SECONDS + (GATHER_PATIENCE_SECONDS if line.gathers else 0.0)

    async def run(self, result: Result, reading: Reading | None) -> None:
        """Bring a product to its outcome, written into `result`; a bug is an outcome, too."""
        job = result.job
        desk = Desk(
            self._line.context,
            self._line.facts,
            reading,
            self._line.vtex,
            self._line.marketplace_for(job.sku, lambda request: self._gate(request, job), self._may_go),
        )
        result.begun, result.spared = True, False
        if self._line.blocked is not None:
            result.outcome = self._told(Blocked(self._line.blocked))
            return
        try:
            async with asyncio.timeout(self.seconds):
                await integrate(result, desk)
        except TimeoutError:
            result.outcome = cut_short(result, ProblemClass.NETWORK, "job_timeout", f"{self.seconds:g} s")
        except Exception as bug:  # the worker's door: one product's bug must not stop the others
            log.exception("lane %s: %s failed", self._lease.held.lane_id, job.sku)
            result.outcome = cut_short(result, ProblemClass.UNKNOWN, "ponte_bug", type(bug).__name__)
        result.outcome = self._told(result.outcome)

    def _told(self, outcome: Outcome) -> Outcome:
        """Return an outcome as it may be kept; a token that nobody could renew is the account's trouble."""
        if self._line.blocked is not None and _is_about_account(outcome):
            outcome = Blocked(self._line.blocked)
        secrets = (*self._line.context.marketplace.secrets.values(), *self._line.context.vtex.secrets.values())
        return under_rules(discreet(outcome, secrets), self._line.context.code_rules)

    async def _gate(self, request: Request, job: Job) -> NoAnswer | None:
        """Stop a request that must not go out any more."""
        if self._watch.quiet or not self._lease.holds():
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


def cut_short(result: Result, kind: ProblemClass, code: str, detail: str) -> Postponed:
    """Return the outcome of a run that did not come to its end."""
    return Postponed(Problem(kind, Stage.SEND, code=code, message=detail), unknown=result.record.changed)


def _is_about_account(outcome: Outcome) -> bool:
    return isinstance(outcome, Postponed) and outcome.problem.kind.about_account
