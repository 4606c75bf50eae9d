"""Dry run of one SKU: what would be sent, where each field comes from, and every problem; nothing is sent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from ponte.config import config
from ponte.domain.offer import Offer
from ponte.domain.outcome import Blocked, Postponed, Rejected
from ponte.domain.problem import Problem
from ponte.domain.sku import Sku
from ponte.flows.channel import ChannelLine
from ponte.flows.context import Unready, read_context
from ponte.flows.integrate import look
from ponte.flows.offline import Database
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


def preview(sku_id: str, channel_id: int) -> Preview | Unready:
    """Read, map and check one SKU for a channel."""
    return asyncio.run(_preview(sku_id, channel_id))


async def _preview(sku_id: str, channel_id: int) -> Preview | Unready:
    database = Database()
    try:
        context = await database.read(read_context, channel_id)
        if isinstance(context, Unready):
            return context
        async with Transport(config().private_hosts) as transport:
            line = ChannelLine(context, transport, database)
            await line.prepare()
            return _told(sku_id, await look(sku_id, line))
    finally:
        database.close()


def _told(sku_id: str, seen: tuple[Sku, Offer, tuple[Problem, ...]] | Rejected | Postponed | Blocked) -> Preview:
    match seen:
        case Rejected(problems):
            return Preview(sku_id, None, None, problems)
        case Postponed(problem) | Blocked(problem):
            return Preview(sku_id, None, None, (problem,))
        case (sku, offer, problems):
            return Preview(sku_id, sku, offer, problems)
