"""Dry run of one SKU: what would be sent, where each field comes from, and every problem; nothing is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from ponte.config import config
from ponte.domain.offer import Offer
from ponte.domain.outcome import Blocked, Postponed, Rejected
from ponte.domain.problem import Problem
from ponte.domain.sku import Sku
from ponte.flows.offline import Database
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import Unready, read_context
from ponte.flows.pipeline.discretion import discreet
from ponte.flows.pipeline.integrate import look
from ponte.net.transport import Transport


@dataclass(frozen=True, slots=True)
class Preview:
    """What a send would be now. `offer` is None when VTEX or the marketplace did not tell enough to make one."""

    sku_id: str
    sku: Sku | None
    offer: Offer | None
    problems: tuple[Problem, ...]

    @property
    def would_send(self) -> bool:
        return self.offer is not None and not any(problem.blocking for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Late:
    """VTEX or the marketplace had not answered when the time was over."""

    seconds: float


def preview(sku_id: str, channel_id: int) -> Preview | Unready:
    """Read, map and check one SKU for a channel."""
    return asyncio.run(_preview(sku_id, channel_id))


def preview_within(seconds: float, sku_id: str, channel_id: int) -> Preview | Unready | Late:
    """Do the same for somebody who waits for it, and give up in time."""
    return asyncio.run(_in_time(seconds, sku_id, channel_id))


async def _in_time(seconds: float, sku_id: str, channel_id: int) -> Preview | Unready | Late:
    try:
        async with asyncio.timeout(seconds):
            return await _preview(sku_id, channel_id)
    except TimeoutError:
        return Late(seconds)


async def _preview(sku_id: str, channel_id: int) -> Preview | Unready:
    database = Database()
    try:
        context = await database.read(read_context, channel_id)
        if isinstance(context, Unready):
            return context
        async with Transport(config().private_hosts) as transport:
            line = ChannelLine(context, transport, database)
            await line.prepare()
            secrets = (*context.marketplace.secrets.values(), *context.vtex.secrets.values())
            return _told(sku_id, await look(sku_id, line), secrets)
    finally:
        database.close()


def _told(
    sku_id: str,
    seen: tuple[Sku, Offer, tuple[Problem, ...]] | Rejected | Postponed | Blocked,
    secrets: Collection[str],
) -> Preview:
    if isinstance(seen, tuple):
        sku, offer, problems = seen
        return Preview(sku_id, sku, offer, problems)
    match discreet(seen, secrets):
        case Rejected(problems):
            return Preview(sku_id, None, None, problems)
        case Postponed(problem) | Blocked(problem):
            return Preview(sku_id, None, None, (problem,))
        case _:
            raise AssertionError(seen)


class Turnstile:
    """Lets each person through once at a time, in this process."""

    def __init__(self) -> None:
        self._inside: set[int] = set()
        self._lock = Lock()

    @contextmanager
    def entered(self, person: int) -> Iterator[bool]:
        """Yield whether the person may go on; False while an earlier request of theirs is under way."""
        with self._lock:
            free = person not in self._inside
            self._inside.add(person)
        try:
            yield free
        finally:
            if free:
                with self._lock:
                    self._inside.discard(person)
