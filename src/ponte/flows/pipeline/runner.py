"""A worker: takes lanes that have due work, drains several at a time, keeps their leases, and ends in order.

Nobody has to be told that another worker died: every worker looks for lanes without a living holder.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
import uuid
from collections.abc import Awaitable, Callable

from django.db import DatabaseError, connection, transaction

from ponte.config import config
from ponte.db import chain
from ponte.db.records import problem_to_json
from ponte.db.sealed import WrongKeyError
from ponte.db.sql import DOWN
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows import bulk, inbox
from ponte.flows.codes import sweep
from ponte.flows.offline import Database
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import VTEX_BURST, Context, Unready, read_context
from ponte.flows.pipeline.drain import LaneDrain
from ponte.flows.pipeline.errands import Errands
from ponte.flows.pipeline.heartbeat import Heartbeat
from ponte.flows.pipeline.key_check import KeyCheck
from ponte.flows.pipeline.lease import Lease
from ponte.flows.pipeline.solitude import Solitude
from ponte.flows.pipeline.tidying import Tidying
from ponte.net.pace import Pace
from ponte.net.transport import Transport
from ponte.queue.lanes import Held, disconnect, due_lanes, release, take

log = logging.getLogger("ponte.worker")
LANES_AT_ONCE = 8
LOOK_SECONDS = 0.2
LOOK_AT_LEAST_SECONDS = 1.0
FOLD_PAUSE_SECONDS = 0.005
GRACE_SECONDS = 20.0
SEAL_SECONDS = 5.0


class Runner:
    """Drains lanes in this process until it is stopped."""

    def __init__(self, *, lanes: int = LANES_AT_ONCE) -> None:
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        self._lanes = lanes
        self._database = Database()
        self._leases: dict[int, Lease] = {}
        self._drains: dict[int, LaneDrain] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._paces: dict[int, Pace] = {}
        self._vtex_paces: dict[int, Pace] = {}
        self._stopping = asyncio.Event()
        self._transport: Transport | None = None
        self._seen = -1
        self._looked_at = 0.0
        self._seal_at = 0.0
        self._crowded = False
        self._behind = False
        self._solitude = Solitude()
        self._errands = Errands(self._pace, self._vtex_pace)
        self._tidying = Tidying()
        self._key = KeyCheck()

    async def run(self) -> None:
        """Work until `stop`; then let what runs end, at most 20 seconds."""
        beating = Heartbeat(self.name, self._leases)
        beating.start()
        try:
            async with Transport(config().private_hosts) as self._transport:
                while not self._stopping.is_set():
                    await self._look()
                    await self._pause()
                await self._end()
        finally:
            beating.stop()
            self._database.close()

    def stop(self) -> None:
        """Take no new work; a second call ends the process at once."""
        if self._stopping.is_set():
            os._exit(1)
        self._stopping.set()
        for drain in self._drains.values():
            drain.stop("shutdown")

    async def drain(self, lane_id: int) -> None:
        """Drain one lane now, if nobody else does and there is room; what a wake-up asks for."""
        if not self._key.known:
            return
        if len(self._drains) < self._lanes and lane_id not in self._drains and not self._stopping.is_set():
            await asyncio.wait([self._begin(lane_id)])

    async def _pause(self) -> None:
        """Wait for the next look; hardly, while the inbox has more."""
        try:
            async with asyncio.timeout(FOLD_PAUSE_SECONDS if self._behind else LOOK_SECONDS):
                await self._stopping.wait()
        except TimeoutError:
            return

    async def _look(self) -> None:
        """Start a drain for each due lane, as far as there is room; and let bulk actions take a step."""
        try:
            if not await self._database.read(self._key.fits):
                return
            await self._go_on_without(self._seal_now_and_then)
            folded = await self._go_on_without(self._fold)
            if not await self._database.read(self._may_have_work) and not folded:
                return
            await self._go_on_without(self._step_actions)
            self._tidying.look(self._database)
            if self._transport is not None:
                self._errands.look(self._transport, self._database)
            lanes = await self._database.read(due_lanes, self._lanes)
        except DatabaseError:
            log.exception("the database does not answer; looking again soon")
            return
        # Lanes that we hold are not among these: who has none to spare gives one up after its slice.
        self._crowded = len(lanes) > self._lanes - len(self._drains)
        for lane_id in lanes[: self._lanes - len(self._drains)]:
            if lane_id not in self._drains:
                self._begin(lane_id)

    async def _go_on_without(self, deed: Callable[[], Awaitable[bool | None]]) -> bool:
        """Do what a look does beside its lanes: what fails there is tried again, and keeps no product waiting."""
        try:
            return bool(await deed())
        except DOWN:
            raise
        except Exception:  # the worker's door
            log.exception("%s was broken off", deed.__name__.strip("_"))
            return False

    async def _fold(self) -> bool:
        """Bring what the webhook wrote down into the queue, for one look's time; say whether there was any."""
        if not await self._database.read(inbox.waiting):
            self._behind = False
            return False
        until = time.monotonic() + LOOK_SECONDS
        while await self._database.write(inbox.fold):
            self._behind = time.monotonic() >= until
            if self._behind or self._stopping.is_set():
                break
            # SQLite's lock goes to whoever asks next: the webhook's writer must find it free now and then.
            await asyncio.sleep(FOLD_PAUSE_SECONDS)
        else:
            self._behind = False
        return True

    async def _step_actions(self) -> None:
        """Let actions on many go on, for one look's time."""
        until = time.monotonic() + LOOK_SECONDS
        while await self._database.write(bulk.step) or await self._database.write(sweep.step):
            if time.monotonic() >= until or self._stopping.is_set():
                break
            await asyncio.sleep(FOLD_PAUSE_SECONDS)

    def _begin(self, lane_id: int) -> asyncio.Task[None]:
        """Serve a lane in a task that the end of the runner waits for, whoever asked for it."""
        task = asyncio.create_task(self._serve(lane_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _seal_now_and_then(self) -> None:
        """Put what people did at the end of the audit's chain; nobody waits for it."""
        now = time.monotonic()
        if now >= self._seal_at:
            self._seal_at = now + SEAL_SECONDS
            await self._database.write(chain.seal_waiting)

    def _may_have_work(self) -> bool:
        """True when the database changed since the last look, or a second has passed (waiting work becomes due)."""
        now = time.monotonic()
        due = now - self._looked_at >= LOOK_AT_LEAST_SECONDS
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA data_version")
                version = int(cursor.fetchone()[0])
            due = due or version != self._seen
            self._seen = version
        if due:
            self._looked_at = now
        return due

    async def _serve(self, lane_id: int) -> None:
        if len(self._drains) >= self._lanes or lane_id in self._drains:
            return
        try:
            lease = await self._take(lane_id)
        except DatabaseError:
            log.exception("lane %s could not be taken", lane_id)
            return
        if lease is None:
            return
        try:
            await self._drain(lease)
        except DatabaseError:
            log.exception("lane %s: the database went away", lane_id)
        except Exception:  # the worker's door: whatever it is, the lane is taken again when the lease is over
            log.exception("lane %s was broken off", lane_id)
        finally:
            self._leases.pop(lane_id, None)
            self._drains.pop(lane_id, None)

    async def _take(self, lane_id: int) -> Lease | None:
        seconds = config().lease_seconds
        until = time.monotonic() + seconds
        held = await self._database.write(_take, lane_id, self.name, seconds)
        if held is None:
            return None
        lease = Lease(held, until)
        self._leases[lane_id] = lease
        return lease

    async def _drain(self, lease: Lease) -> None:
        context = await self._database.read(_ready, lease.held)
        if context is None:
            return
        assert self._transport is not None
        line = ChannelLine(context, self._transport, self._database, self._pace(context), self._vtex_pace(context))
        drain = LaneDrain(
            lease, line, self._database, runner=self.name, crowded=lambda: self._crowded, solitude=self._solitude
        )
        self._drains[lease.held.lane_id] = drain
        if self._stopping.is_set():
            drain.stop("shutdown")
        await line.prepare()
        served = await drain.run()
        if served.products:
            log.info("lane %s: %s products, %s", lease.held.lane_id, served.products, served.reason)

    def _pace(self, context: Context) -> Pace:
        """Return the channel's pace; it outlives a lease, so that a short one does not start with a full bucket."""
        pace = self._paces.get(context.channel_id)
        if pace is None or pace.full_rate != context.requests_per_second:
            pace = self._paces[context.channel_id] = Pace(context.requests_per_second, context.burst)
        return pace

    def _vtex_pace(self, context: Context) -> Pace:
        """Return the store's pace, shared by all its channels: VTEX counts by account."""
        pace = self._vtex_paces.get(context.store_id)
        if pace is None or pace.full_rate != context.vtex_per_second:
            pace = self._vtex_paces[context.store_id] = Pace(context.vtex_per_second, VTEX_BURST)
        return pace

    async def _end(self) -> None:
        await self._errands.end()
        await self._tidying.end()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def _take(lane_id: int, owner: str, seconds: float) -> Held | None:
    with transaction.atomic():
        return take(lane_id, owner, seconds)


def _ready(held: Held) -> Context | None:
    """Read the channel; one that cannot be worked on is disconnected with the reason."""
    try:
        context = read_context(held.channel_id)
        reason = f"{context.reason}: {context.detail}" if isinstance(context, Unready) else ""
    except WrongKeyError as error:
        context, reason = Unready("secret key", str(error)), "secret_key"
    if isinstance(context, Context):
        return context
    problem = Problem(ProblemClass.AUTH_CLIENT, Stage.SEND, code=context.reason, message=reason)
    with transaction.atomic():
        disconnect(held.lane_id, problem_to_json(problem))
        release(held.lane_id, held.epoch)
    return None
