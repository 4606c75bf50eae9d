"""Try a mapping file on some products before it is saved: what would be solved, what stays, what would fail anew.

The products are read from VTEX again and checked by the old file and by the new one; nothing is sent. What a
marketplace refused cannot be tried: there the trial says only whether the offer would be another one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ponte.config import config
from ponte.db.models import Integration
from ponte.db.records import problem_from_json
from ponte.domain.connector import Rules
from ponte.domain.lifecycle import Phase, Status
from ponte.domain.mapping import Mapping
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.outcome import Blocked, Postponed, Rejected
from ponte.domain.problem import Problem, Stage
from ponte.domain.sku import Sku
from ponte.flows.offline import Database
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import Unready, read_context
from ponte.flows.pipeline.reading import Reading
from ponte.net.converse import Record, converse
from ponte.net.transport import Transport
from ponte.sources.vtex.read import read_sku
from ponte.sources.vtex.sku import sellable

ERRORS, SUCCESSES, NEWEST = 20, 10, 200
AT_ONCE = 6
SECONDS = 20.0
CHECKED_BY_US = frozenset({Stage.VTEX, Stage.MAPPING, Stage.VALIDATION})


class Fate(StrEnum):
    """What the new file would make of a product."""

    SOLVED = "solved"  # its error would be gone
    STILL = "still"  # it would stay in error
    MAYBE = "maybe"  # another offer would be sent; only the marketplace knows
    BROKEN = "broken"  # it is fine today and would be in error
    FINE = "fine"  # it is fine today and would stay so
    UNREAD = "unread"  # it could not be read in time


@dataclass(frozen=True, slots=True)
class Tried:
    """One product of the trial; `problem` is what stands in its way afterwards."""

    id: int
    sku: str
    name: str
    fate: Fate
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """The outcome, product by product."""

    products: tuple[Tried, ...]

    def of(self, *fates: Fate) -> tuple[Tried, ...]:
        return tuple(one for one in self.products if one.fate in fates)

    @property
    def errors_looked_at(self) -> int:
        return len(self.of(Fate.SOLVED, Fate.STILL, Fate.MAYBE))


def try_mapping(channel_id: int, text: str) -> Trial | Unready:
    """Try a mapping file without errors on some of the channel's products. Opens connections, for some seconds."""
    parsed = parse_mapping(text)
    assert parsed.mapping is not None
    return asyncio.run(_try(channel_id, parsed.mapping))


def sample(channel_id: int) -> list[Integration]:
    """Choose products: of the newest errors some of each cause, and some that are fine."""
    light = ("id", "sku", "name", "status", "problems", "fingerprint")
    kept = Integration.objects.filter(channel_id=channel_id, removed_at=None, phase=Phase.IDLE).only(*light)
    order = ("-updated_at", "-id")
    errors = kept.filter(status=Status.ERROR).order_by(*order)[:NEWEST]
    fine = kept.filter(status=Status.SUCCESS).order_by(*order)[:SUCCESSES]
    return [*_some_of_each(list(errors), ERRORS), *fine]


def _some_of_each(errors: Sequence[Integration], most: int) -> list[Integration]:
    by_cause: dict[str, deque[Integration]] = {}
    for found in errors:
        by_cause.setdefault(found.fingerprint, deque()).append(found)
    chosen: list[Integration] = []
    while by_cause and len(chosen) < most:
        for cause in list(by_cause):
            chosen.append(by_cause[cause].popleft())
            if not by_cause[cause]:
                del by_cause[cause]
    return chosen[:most]


async def _try(channel_id: int, mapping: Mapping) -> Trial | Unready:
    database = Database()
    try:
        context = await database.read(read_context, channel_id)
        if isinstance(context, Unready) and context.reason != "mapping":
            return context
        if isinstance(context, Unready):
            context = await database.read(read_context, channel_id, without_mapping=True)
            assert not isinstance(context, Unready)
        rows = await database.read(sample, channel_id)
        async with Transport(config().private_hosts) as transport:
            return await _look_at_all(rows, ChannelLine(context, transport, database), mapping)
    finally:
        database.close()


async def _look_at_all(rows: Sequence[Integration], line: ChannelLine, mapping: Mapping) -> Trial:
    if not rows:
        return Trial(())
    await line.prepare()
    context = line.context
    reading = Reading([row.sku for row in rows], context.trade_policy, context.affiliate_id, line.vtex)
    room = asyncio.Semaphore(AT_ONCE)
    tasks = [asyncio.create_task(_look(row, line, mapping, reading, room)) for row in rows]
    _, late = await asyncio.wait(tasks, timeout=SECONDS)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return Trial(tuple(_told(row, task) for row, task in zip(rows, tasks, strict=True)))


def _told(row: Integration, task: asyncio.Task[Tried]) -> Tried:
    return Tried(row.pk, row.sku, row.name, Fate.UNREAD) if task.cancelled() else task.result()


async def _look(
    row: Integration, line: ChannelLine, mapping: Mapping, reading: Reading, room: asyncio.Semaphore
) -> Tried:
    async with room:
        sku = await _read(row.sku, line, reading)
        if isinstance(sku, Problem):
            return _fate(row, sku)
        old, new = line.context.rules, replace(line.context.rules, mapping=mapping)
        before, after = await _with_facts(sku, old, line), await _with_facts(sku, new, line)
        if before is None or after is None:
            return Tried(row.pk, row.sku, row.name, Fate.UNREAD)
        return _judge(row, sku, line, before, after)


async def _read(sku_id: str, line: ChannelLine, reading: Reading) -> Sku | Problem:
    found = await converse(read_sku(sku_id, line.context.trade_policy), line.vtex, Record())
    match found:
        case Rejected(problems):
            return problems[0]
        case Postponed(problem) | Blocked(problem):
            return problem
    availability = await reading.availability(sku_id)
    return availability.problem if isinstance(availability, Postponed | Blocked) else found.offered(availability)


async def _with_facts(sku: Sku, rules: Rules, line: ChannelLine) -> Rules | None:
    informed = await line.facts.informed(sku, rules, line.marketplace)
    return informed if isinstance(informed, Rules) else None


def _judge(row: Integration, sku: Sku, line: ChannelLine, before: Rules, after: Rules) -> Tried:
    connector = line.context.connector
    unfit = sellable(sku, line.context.trade_policy)
    found = (*((unfit,) if unfit else ()), *connector.check(sku, after))
    standing = next((problem for problem in found if problem.blocking), None)
    if standing or row.status != Status.ERROR or _stage_of(row) in CHECKED_BY_US:
        return _fate(row, standing)
    same = connector.map(sku, before).digest == connector.map(sku, after).digest
    return Tried(row.pk, row.sku, row.name, Fate.STILL if same else Fate.MAYBE, _headline(row))


def _fate(row: Integration, standing: Problem | None) -> Tried:
    if row.status == Status.ERROR:
        fate = Fate.STILL if standing else Fate.SOLVED
    else:
        fate = Fate.BROKEN if standing else Fate.FINE
    return Tried(row.pk, row.sku, row.name, fate, standing)


def _headline(row: Integration) -> Problem | None:
    return problem_from_json(row.problems[0]) if row.problems else None


def _stage_of(row: Integration) -> Stage | None:
    headline = _headline(row)
    return headline.stage if headline else None
