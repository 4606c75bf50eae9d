"""Asks the marketplace and VTEX what may close the gaps: outside of transactions, in bounds of time and number.

What they say is kept as facts for a day, so that a page that is opened again asks nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ponte.config import config
from ponte.connectors import Broken, get
from ponte.db.gaps import Gap
from ponte.db.models import Channel
from ponte.domain.connector import Rules, Suggests
from ponte.domain.message import JSON, Conversation
from ponte.domain.outcome import Blocked, Postponed
from ponte.domain.sheet import Suggestion
from ponte.domain.sku import Sku
from ponte.flows.facts.learning import keep_fact, read_facts
from ponte.flows.mapping.suggestions import SPECS, Known, key_of, read_known, skus_for, words_for
from ponte.flows.offline import Database
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import Unready, read_context
from ponte.net.converse import Record, converse
from ponte.net.transport import Transport
from ponte.sources.vtex.read import read_sku

SECONDS: Final = 12.0
AT_ONCE: Final = 6
MAX_WORDS, MAX_SKUS, MAX_SHEETS = 60, 40, 12
MAX_ANSWERS: Final = 8
MAX_VALUES: Final = 5
MAX_SPECS: Final = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """How much was asked, and what was left for another time."""

    done: int
    left: int


def predicts(channel_id: int) -> bool:
    """Say whether a channel's marketplace suggests categories."""
    connector = get(Channel.objects.values_list("connector", flat=True).get(pk=channel_id))
    return not isinstance(connector, Broken) and isinstance(connector, Suggests)


def ask(channel_id: int, gaps: Sequence[Gap]) -> Asked | Unready:
    """Ask what is not known yet about some gaps. Opens connections, for some seconds. Raises `WrongKeyError`."""
    return asyncio.run(_ask(channel_id, gaps))


async def _ask(channel_id: int, gaps: Sequence[Gap]) -> Asked | Unready:
    database = Database()
    try:
        context = await database.read(read_context, channel_id, without_mapping=True)
        if isinstance(context, Unready):
            return context
        known = await database.read(read_known, channel_id, gaps, predicts=True)
        async with Transport(config().private_hosts) as transport:
            line = ChannelLine(context, transport, database)
            await line.prepare()
            rules = replace(context.rules, facts=await database.read(read_facts, channel_id))
            return await _all(_questions(gaps, known, rules, line, database))
    finally:
        database.close()


def _questions(
    gaps: Sequence[Gap], known: Known, rules: Rules, line: ChannelLine, database: Database
) -> list[Awaitable[None]]:
    connector, channel_id = line.context.connector, line.context.channel_id
    words = dict.fromkeys(text for gap in gaps for text in words_for(gap) if text not in known.answers)
    skus = dict.fromkeys(sku for gap in gaps for sku in skus_for(gap) if sku not in known.specs)
    wanted = dict.fromkeys(name for gap in gaps for name in gap.categories if name not in known.sheets)
    questions: list[Awaitable[None]] = []
    if isinstance(connector, Suggests):
        questions += [_predict(connector.suggest(text, rules), text, line, database) for text in [*words][:MAX_WORDS]]
    questions += [_specifications(sku, line, database, channel_id) for sku in [*skus][:MAX_SKUS]]
    return questions + [_sheet(name, line) for name in [*wanted][:MAX_SHEETS]]


async def _all(questions: Iterable[Awaitable[None]]) -> Asked:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(question: Awaitable[None]) -> None:
        async with room:
            await question

    tasks = [asyncio.create_task(one(question)) for question in questions]
    if not tasks:
        return Asked(0, 0)
    done, late = await asyncio.wait(tasks, timeout=SECONDS)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return Asked(len(done), len(late))


async def _predict(
    question: Conversation[tuple[Suggestion, ...] | Postponed | Blocked],
    words: str,
    line: ChannelLine,
    database: Database,
) -> None:
    found = await converse(question, line.marketplace, Record())
    if isinstance(found, Postponed | Blocked):
        return
    rows: JSON = [[one.category, one.name, list(one.path), one.score] for one in found[:MAX_ANSWERS]]
    await database.write(keep_fact, line.context.channel_id, key_of(words), rows)


async def _specifications(sku_id: str, line: ChannelLine, database: Database, channel_id: int) -> None:
    found = await converse(read_sku(sku_id, line.context.trade_policy), line.vtex, Record())
    if not isinstance(found, Sku):
        return
    kept: JSON = {spec.name: list(spec.values[:MAX_VALUES]) for spec in found.specifications[:MAX_SPECS]}
    await database.write(keep_fact, channel_id, SPECS + sku_id, kept)


async def _sheet(category: str, line: ChannelLine) -> None:
    """Learn a sheet whose fields the suggestions need."""
    connector = line.context.connector
    key = getattr(connector, "sheet_key", lambda _: "")(category)
    if key:
        await line.facts.get((key,), line.context.rules, line.marketplace)
