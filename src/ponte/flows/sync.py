"""Initial load and sweep: every SKU of the channel's trade policy is put into the queue, with the lowest priority.

VTEX sends nothing when an affiliate is created, and its notifications may be lost; the sweep finds what they missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from ponte.config import config
from ponte.domain.lifecycle import Priority, Trigger
from ponte.domain.outcome import Blocked, Postponed
from ponte.domain.problem import Problem
from ponte.flows.ingest import Hint, take
from ponte.flows.offline import Database
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import Context, Unready, read_context
from ponte.net.converse import Record, converse
from ponte.net.transport import Transport
from ponte.sources.vtex.read import list_skus_page

PAGE = 1_000
MAX_PAGES = 10_000
TRIES = 5
WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Synced:
    """How many SKUs were queued; `problem` says why the list ended early."""

    skus: int
    problem: Problem | Unready | None = None


def sync(channel_id: int, *, wait_seconds: float = WAIT_SECONDS) -> Synced:
    """Queue every SKU of a channel. Run again, it changes nothing that is as it should be.

    `wait_seconds` pass between the tries of a page where VTEX asks for no wait of its own.
    """
    return asyncio.run(_sync(channel_id, wait_seconds))


async def _sync(channel_id: int, wait_seconds: float) -> Synced:
    database = Database()
    try:
        context = await database.read(read_context, channel_id)
        if isinstance(context, Unready):
            return Synced(0, context)
        async with Transport(config().private_hosts) as transport:
            return await _queue_all(ChannelLine(context, transport, database), context, database, wait_seconds)
    finally:
        database.close()


async def _queue_all(line: ChannelLine, context: Context, database: Database, wait_seconds: float) -> Synced:
    kinds = sorted(context.connector.manifest.kinds)
    seen: set[str] = set()
    async for page in _pages(line, context, wait_seconds):
        if isinstance(page, Problem):
            return Synced(len(seen), page)
        new = [sku for sku in page if sku not in seen]
        seen.update(new)
        hints = [Hint(context.channel_id, kind, sku) for sku in new for kind in kinds]
        await database.write(take, hints, trigger=Trigger.SYNC, priority=Priority.SYNC)
    return Synced(len(seen))


async def _pages(
    line: ChannelLine, context: Context, wait_seconds: float
) -> AsyncIterator[tuple[str, ...] | Problem]:
    before: tuple[str, ...] = ()
    for number in range(1, MAX_PAGES):
        page = await _page(line, context, number, wait_seconds)
        if isinstance(page, Problem):
            yield page
            return
        if not page or page == before:  # an answer that ignores the page number would go on for ever
            return
        yield page
        before = page


async def _page(line: ChannelLine, context: Context, number: int, wait_seconds: float) -> tuple[str, ...] | Problem:
    for attempt in range(1, TRIES + 1):
        page = await converse(list_skus_page(context.trade_policy, number, PAGE), line.vtex, Record())
        match page:
            case Blocked(problem):
                return problem
            case Postponed(problem, asked):
                if attempt == TRIES:
                    return problem
                await asyncio.sleep(asked or wait_seconds)
            case _:
                return page
    raise AssertionError("unreachable")
