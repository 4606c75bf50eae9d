"""Dry run of one SKU: what would be sent, where each field comes from, and every problem; nothing is sent.

Where the marketplace says beforehand what it would answer ("previews"), it is asked too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock

from ponte.config import config
from ponte.db.models import Integration
from ponte.domain.connector import Previews
from ponte.domain.offer import Offer
from ponte.domain.outcome import Accepted, Blocked, Pending, Postponed, Rejected
from ponte.domain.problem import Problem
from ponte.domain.sku import Sku
from ponte.flows.codes.classes import under_rules
from ponte.flows.offline import Database
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import Unready, read_context
from ponte.flows.pipeline.discretion import discreet
from ponte.flows.pipeline.integrate import look
from ponte.net.converse import Record, converse
from ponte.net.transport import Transport


@dataclass(frozen=True, slots=True)
class Preview:
    """What a send would be now. `offer` is None when VTEX or the marketplace did not tell enough to make one."""

    sku_id: str
    sku: Sku | None
    offer: Offer | None
    problems: tuple[Problem, ...]
    asked: bool = False
    """The marketplace itself was asked about the offer, and its verdict is among the problems."""

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
            seen = _told(sku_id, await look(sku_id, line), secrets)
            stands = await database.read(_stands, channel_id, sku_id)
            return await _judged(seen, line, secrets, stands=stands)
    finally:
        database.close()


def _stands(channel_id: int, sku_id: str) -> bool:
    """True when a listing of the SKU is on record."""
    return Integration.objects.filter(channel_id=channel_id, sku=sku_id).exclude(listing_id="").exists()


async def _judged(seen: Preview, line: ChannelLine, secrets: Collection[str], *, stands: bool) -> Preview:
    """Add the marketplace's own verdict, where it gives one beforehand and nothing is known that hinders the send.

    The verdict is on a create: where a listing `stands`, its errors need not hinder an update, and are told as
    warnings. So is a marketplace that cannot be asked now, which makes no offer wrong.
    """
    connector = line.context.connector
    if seen.offer is None or not seen.would_send or not isinstance(connector, Previews):
        return seen
    rules = replace(line.context.rules, facts=line.facts.known)
    outcome = await converse(connector.preview(seen.offer, rules), line.marketplace, Record())
    match under_rules(discreet(outcome, secrets), line.context.code_rules):
        case Accepted(_, found) | Rejected(found):
            told = tuple(problem.as_warning() for problem in found) if stands else found
            return replace(seen, problems=(*seen.problems, *told), asked=True)
        case Blocked(problem):
            return replace(seen, problems=(*seen.problems, problem))
        case Postponed(problem) | Pending(_, problem):
            return replace(seen, problems=(*seen.problems, problem.as_warning()))


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
