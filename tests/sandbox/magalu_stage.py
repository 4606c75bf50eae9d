"""A stage for tests of the fake Magalu: a real server on loopback, a clock that stands still, a channel."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import orjson
from aiohttp import ClientSession, web
from fake_stage import NOON, Answer, Clock, served

from ponte.connectors.magalu import Magalu
from ponte.domain.connector import Rules
from ponte.domain.mapping import Mapping
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.message import Conversation, Request, Response
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Pending, Postponed, Rejected, Tokens
from ponte.domain.problem import Problem
from ponte.domain.sku import Sku
from ponte.flows.pipeline.context import marketplace_line, with_token
from ponte.net.converse import Party, Record, converse
from ponte.net.pace import Pace
from ponte.net.transport import Transport
from ponte.sandbox.catalogue import Catalogue, CatalogueSku, make_catalogue
from ponte.sandbox.magalu import MARKET, Settings, access, make_app, mapping
from ponte.sandbox.magalu.market import Market
from ponte.sandbox.switchboard import Switchboard
from ponte.sources.vtex.sku import read_answer

MG = Magalu()
BASE = "/seller/v1/portfolios"


@dataclass
class Channel:
    """One channel at the fake: a caller of its own, and Ponte's way to it."""

    base: str
    app: web.Application
    clock: Clock
    session: ClientSession
    party: Party
    settings: dict[str, str]
    secrets: dict[str, str]
    mapping: Mapping
    catalogue: Catalogue
    facts: dict[str, Any] = field(default_factory=dict)
    record: Record = field(default_factory=Record)

    @property
    def market(self) -> Market:
        return self.app[MARKET]

    @property
    def rules(self) -> Rules:
        return Rules(self.mapping, self.settings, self.facts)

    async def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        told = {"Authorization": f"Bearer {self.secrets['access_token']}", "Content-Type": "application/json"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes) else None if body is None else orjson.dumps(body)
        async with self.session.request(
            method, self.base + path, data=data, headers=told, allow_redirects=False
        ) as answer:
            return Answer(answer.status, await answer.read(), dict(answer.headers))

    async def say(self, conversation: Conversation[Any]) -> Any:
        """Run one of the connector's conversations over the wire."""
        return await converse(conversation, self.party, self.record)

    async def offer_of(self, sku: Sku) -> tuple[Problem, ...]:
        """Learn what the SKU needs; return what check finds."""
        for key in MG.needs(sku, self.rules):
            if key not in self.facts:
                self.facts[key] = await self.say(MG.learn(key, self.rules))
        return MG.check(sku, self.rules)

    async def send(self, sku: Sku, link: Link | None = None) -> Outcome:
        await self.offer_of(sku)
        return await self.say(MG.send(MG.map(sku, self.rules), link or Link(), self.rules))

    async def settled(self, outcome: Outcome, *, most: int = 20) -> Outcome:
        """Follow until it is no longer pending; the clock goes by what was asked for."""
        for _ in range(most):
            if not isinstance(outcome, Pending):
                return outcome
            self.clock.now += outcome.check_in
            # Facts are not at hand when a listing is followed.
            bare = Rules(self.mapping, self.settings)
            outcome = await self.say(MG.follow(Link(outcome.listing), bare))
        return outcome

    async def published(self, sku: Sku, link: Link | None = None) -> Listing:
        outcome = await self.settled(await self.send(sku, link))
        assert isinstance(outcome, Accepted), outcome
        assert outcome.listing is not None
        return outcome.listing

    def sku(self, sku_id: str) -> Sku:
        return vtex_sku(self.catalogue.skus[sku_id])

    def sound(self) -> Sku:
        """Return a SKU without a defect."""
        return self.sku(next(one for one in self.catalogue.skus if one not in self.catalogue.defects))

    def asked(self) -> list[str]:
        return [f"{one.endpoint.replace(BASE, '')} {one.status}" for one in self.record.passed]

    async def refresh(self) -> Tokens | Postponed | Blocked:
        answer = await self.say(MG.refresh(self.rules))
        if isinstance(answer, Tokens):
            self.secrets |= answer.secrets
            with_token(self.party.line, MG, self.secrets)
        return answer


Scenario = Callable[[Channel], Awaitable[None]]


def vtex_sku(one: CatalogueSku) -> Sku:
    """Return a SKU of the sandbox's shop as Ponte reads it, pictures on the shop's host."""
    raw = orjson.dumps(one.body).replace(b'"/arquivos', b'"https://shop.example/arquivos')
    sku = read_answer(orjson.loads(raw))
    assert sku is not None
    price, before = (None if value is None else Decimal(value) for value in (one.price, one.list_price))
    return replace(sku, price=price, list_price=before, stock=one.stock)


def staged(skus: int = 40, **settings: Any) -> Callable[[Scenario], Callable[[], None]]:
    """Make a test of a coroutine that takes a channel; the keywords are the fake's settings."""

    def made(scenario: Scenario) -> Callable[[], None]:
        def test() -> None:
            asyncio.run(on_stage(scenario, skus=skus, **settings))

        test.__name__, test.__doc__ = scenario.__name__, scenario.__doc__
        return test

    return made


async def on_stage(scenario: Scenario, *, skus: int = 40, seed: int = 7, **settings: Any) -> None:
    clock = Clock()
    board = Switchboard(seed=seed, clock=clock)
    app = make_app(seed=seed, switchboard=board, clock=clock, settings=Settings(**settings))
    async with (
        served(app) as base,
        ClientSession() as session,
        Transport(frozenset({base.removeprefix("http://")})) as transport,
    ):
        await scenario(_channel(app, base, clock, session, transport, make_catalogue(skus, seed)))


def _channel(  # noqa: PLR0917 -- everything of one stage
    app: web.Application,
    base: str,
    clock: Clock,
    session: ClientSession,
    transport: Transport,
    catalogue: Catalogue,
) -> Channel:
    told = access(app, base)
    read = parse_mapping(mapping(catalogue))
    assert read.mapping is not None, read.errors
    line = marketplace_line(MG, told["base_url"], told["secrets"], told["settings"])
    party = Party("marketplace", transport, line, Pace(10_000.0, 10_000))
    return Channel(base, app, clock, session, party, told["settings"], told["secrets"], read.mapping, catalogue)


def problems(outcome: Outcome) -> list[str]:
    """Return "CLASS subject" of each problem of an outcome."""
    match outcome:
        case Accepted(_, found) | Rejected(found):
            return [f"{one.kind.name} {one.subject}".strip() for one in found]
        case Postponed(one) | Blocked(one) | Pending(_, one):
            return [f"{one.kind.name} {one.subject}".strip()]


__all__ = ["BASE", "MG", "NOON", "Channel", "Request", "Response", "problems", "staged", "vtex_sku"]
