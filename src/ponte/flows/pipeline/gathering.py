"""One request for many SKUs: what their conversations want under one topic is asked once, and each gets its part.

A topic is open while SKUs join it; it is asked when nobody has joined for a while, when it is full, or when the first
has waited long enough. Each SKU's own fence is asked right before; who may not go any more is left out.

A shared request that changes something looks once more right before it leaves: while it waited for its turn the lane
may have been lost, or the run of one of its products cut short. From then on every product that goes in it knows
that something may have been changed for it, whatever becomes of its own run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from ponte.domain.connector import Gathers, Rules
from ponte.domain.message import Answer, NoAnswer, Request, Response
from ponte.net.converse import Asks, Party, Passed, Record, converse, shown_body
from ponte.net.redact import kept_body
from ponte.net.transport import FENCED, Line

Gate = Callable[[Request], Awaitable[NoAnswer | None]]
GATHER_PATIENCE_SECONDS = 240.0
MISSING = Response(200)
"""The part of a SKU that the shared answer does not name: empty, so that nobody takes it for a success."""


@dataclass(eq=False, slots=True)
class _Member:
    """One SKU that waits for its part."""

    request: Request
    record: Record
    gate: Gate | None
    part: asyncio.Future[Answer]
    may_go: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Shared:
    """Carries what is asked for some SKUs at once; `Party.transport`, gate and last look of a shared conversation."""

    transport: Asks
    members: tuple[_Member, ...]

    def whole(self) -> bool:
        """True while nobody has left and everybody may go: a request names them all, and cannot do without one."""
        return all(not member.part.done() and member.may_go() for member in self.members)

    async def gate(self, request: Request) -> NoAnswer | None:
        """Ask about the lane: each fence was asked right before the conversation."""
        look = replace(request, changes=False)
        for member in self.members[:1]:
            if member.gate is not None and (stopped := await member.gate(look)):
                return stopped
        return FENCED if request.changes and not self.whole() else None

    async def ask(self, request: Request, line: Line, may_go: Callable[[], bool]) -> Answer:
        if not request.changes:
            return await self.transport.ask(request, line, may_go)
        touched = [one.record for one in self.members if one.request.changes and not one.record.changed]
        for record in touched:
            record.changed = True  # a run that is cut short while this is on its way may have changed something
        answer = await self.transport.ask(request, line, may_go)
        if isinstance(answer, NoAnswer) and not answer.sent:
            for record in touched:
                record.changed = False
        return answer


@dataclass(eq=False, slots=True)
class _Topic:
    """Who has joined; `bell` rings when somebody did."""

    members: dict[str, _Member] = field(default_factory=dict)
    bell: asyncio.Event = field(default_factory=asyncio.Event)


class Gathering:
    """The open topics of one channel for one drain."""

    def __init__(
        self, connector: Gathers, rules: Callable[[], Rules], party: Party, *, most: int, quiet: float
    ) -> None:
        self._connector = connector
        self._rules = rules
        self._party = party
        self._most = most
        self._quiet = quiet
        self._open: dict[str, _Topic] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def ask(
        self, sku: str, request: Request, record: Record, gate: Gate | None, may_go: Callable[[], bool]
    ) -> Answer:
        """Join a topic and wait for this SKU's part of the answer."""
        topic = self._topic(request.together, sku)
        member = _Member(request, record, gate, asyncio.get_running_loop().create_future(), may_go)
        topic.members[sku] = member
        topic.bell.set()
        return await member.part

    def _topic(self, name: str, sku: str) -> _Topic:
        topic = self._open.get(name)
        if topic is None or sku in topic.members or len(topic.members) >= self._most:
            topic = self._open[name] = _Topic()
            task = asyncio.create_task(self._serve(name, topic))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return topic

    async def _serve(self, name: str, topic: _Topic) -> None:
        await self._wait_for_members(topic)
        if self._open.get(name) is topic:
            del self._open[name]
        try:
            await self._ask_for(name, topic)
        except Exception as bug:  # noqa: BLE001 -- the connector's: the run of each of its products raises and logs it
            for member in topic.members.values():
                _give(member, bug)

    async def _wait_for_members(self, topic: _Topic) -> None:
        until = asyncio.get_running_loop().time() + GATHER_PATIENCE_SECONDS
        while len(topic.members) < self._most and asyncio.get_running_loop().time() < until:
            topic.bell.clear()
            try:
                async with asyncio.timeout(self._quiet):
                    await topic.bell.wait()
            except TimeoutError:
                return

    async def _ask_for(self, name: str, topic: _Topic) -> None:
        going = await _let_go(topic.members)
        if not going:
            return
        record = Record()
        requests = {sku: member.request for sku, member in going.items()}
        shared = _Shared(self._party.transport, tuple(going.values()))
        party = replace(self._party, transport=shared, gate=shared.gate, may_go=shared.whole)
        parts: dict[str, Answer] = {}
        try:
            parts = dict(await converse(self._connector.together(name, requests, self._rules()), party, record))
        finally:
            for sku, member in going.items():
                self._note(member, record, parts.get(sku, MISSING))
        for sku, member in going.items():
            _give(member, parts.get(sku, MISSING))

    def _note(self, member: _Member, shared: Record, part: Answer) -> None:
        """Put the shared exchanges on a SKU's record: its own request and its own part in the place of the whole.

        The record of a run that was cut short may be on its way to the database: it stays as it is.
        """
        if member.part.done():
            return
        member.record.changed = member.record.changed or (shared.changed and member.request.changes)
        secrets = tuple(self._party.line.secrets.values())
        own = shown_body(member.request, secrets)
        told = kept_body(part.body, secrets) if isinstance(part, Response) else ""
        member.record.passed += [_excerpt(passed, own, told) for passed in shared.passed]


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Joining:
    """One SKU's way into the topics."""

    gathering: Gathering
    sku: str
    gate: Gate | None
    may_go: Callable[[], bool] = _always

    async def ask(self, request: Request, record: Record) -> Answer:
        return await self.gathering.ask(self.sku, request, record, self.gate, self.may_go)


async def _let_go(members: dict[str, _Member]) -> dict[str, _Member]:
    """Return who may still go and still waits; who may not is told so."""
    answers = await asyncio.gather(*(_stopped(member) for member in members.values()))
    going: dict[str, _Member] = {}
    for (sku, member), stopped in zip(members.items(), answers, strict=True):
        if stopped is not None:
            _give(member, stopped)
        elif not member.part.done():
            going[sku] = member
    return going


async def _stopped(member: _Member) -> NoAnswer | None:
    return None if member.gate is None else await member.gate(member.request)


def _excerpt(passed: Passed, own: str, told: str) -> Passed:
    return replace(passed, request_body=own if passed.request_body else "", response_body=told)


def _give(member: _Member, part: Answer | Exception) -> None:
    if member.part.done():  # its run was cut short meanwhile
        return
    if isinstance(part, Exception):
        member.part.set_exception(part)
    else:
        member.part.set_result(part)
