"""Ask a channel's marketplace something beside the lanes, for somebody who waits, or in a worker's spare time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from ponte.config import config
from ponte.domain.connector import Rules
from ponte.flows.offline import Database
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import Context, Unready, read_context
from ponte.flows.preview import Late
from ponte.net.pace import Pace
from ponte.net.transport import Transport

T = TypeVar("T")


def ask_within(seconds: float, channel_id: int, talk: Callable[[ChannelLine], Awaitable[T]]) -> T | Unready | Late:
    """Run a talk with a channel's marketplace and give up in time."""
    return asyncio.run(_in_time(seconds, channel_id, talk))


async def _in_time(
    seconds: float, channel_id: int, talk: Callable[[ChannelLine], Awaitable[T]]
) -> T | Unready | Late:
    database = Database()
    try:
        async with asyncio.timeout(seconds), Transport(config().private_hosts) as transport:
            line = await line_of(channel_id, transport, database)
            return line if isinstance(line, Unready) else await talk(line)
    except TimeoutError:
        return Late(seconds)
    finally:
        database.close()


async def line_of(
    channel_id: int,
    transport: Transport,
    database: Database,
    *,
    pace: Callable[[Context], Pace] | None = None,
    vtex_pace: Callable[[Context], Pace] | None = None,
) -> ChannelLine | Unready:
    """Return a channel's line, with fresh tokens; `pace` is shared with whoever else asks there."""
    context = await database.read(read_context, channel_id)
    if isinstance(context, Unready):
        return context
    own = pace(context) if pace else None
    line = ChannelLine(context, transport, database, own, vtex_pace(context) if vtex_pace else None)
    await line.prepare()
    return line


def rules_of(line: ChannelLine) -> Rules:
    """Return the channel's rules with what is known already."""
    return replace(line.context.rules, facts=line.facts.known)
