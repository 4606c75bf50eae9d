"""The connector and the fake Amazon, talking over real HTTP through `ponte.net`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from ponte.connectors.amazon import Amazon
from ponte.connectors.exam.samples import ORDINARY
from ponte.domain.connector import Rules
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.message import Request, Response
from ponte.domain.outcome import Link, Listing, Outcome, Pending, Tokens
from ponte.domain.sku import Sku, Specification
from ponte.net.converse import Party, Passed, Record, converse
from ponte.net.pace import Pace
from ponte.net.transport import Line, Transport
from ponte.sandbox.amazon import MARKETPLACE, Settings, access, make_app
from ponte.sandbox.switchboard import Switchboard

NOON = 1_795_435_200.0
MAPPING = """
version: 1
categories:
  "123": LUGGAGE
attributes:
  country_of_origin: BR
  supplier_declared_dg_hz_regulation: not_applicable
"""
BACKPACK = replace(ORDINARY, name="Mochila Trilha Sul Preta", specifications=(Specification("Cor", ("Preto",)),))


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


class Talk:
    """One channel of the connector against one fake."""

    def __init__(self, app: web.Application, base: str, transport: Any, clock: Clock) -> None:
        self.amazon, self.market, self.clock = Amazon(), app[MARKETPLACE], clock
        told = access(app, base)
        self.secrets: dict[str, str] = told["secrets"]
        mapping = parse_mapping(MAPPING).mapping
        assert mapping is not None
        self.rules = Rules(mapping, {**told["settings"], "first_look_seconds": ""}, {})
        self.line = Line(base, hosts={"login": base})
        self.let_in()
        self.party = Party("marketplace", transport, self.line, Pace(1e6, 10**6), renew=self.renew)
        self.passed: list[Passed] = []

    async def run(self, conversation: Any) -> Any:
        record = Record()
        result = await converse(conversation, self.party, record)
        self.passed += record.passed
        return result

    async def renew(self, request: Request, response: Response, _used: Mapping[str, str]) -> bool:
        if not self.amazon.is_expired_token(request, response):
            return False
        tokens = await self.run(self.amazon.refresh(self.rules))
        if not isinstance(tokens, Tokens):
            return False
        self.secrets = {**self.secrets, **tokens.secrets}
        self.let_in()
        return True

    def let_in(self) -> None:
        """Put the access token where the manifest wants it."""
        manifest = self.amazon.manifest
        self.line.secrets = self.secrets
        self.line.headers = {manifest.token_header: manifest.token_prefix + self.secrets["access_token"]}

    async def learn(self, sku: Sku = BACKPACK) -> None:
        for key in self.amazon.needs(sku, self.rules):
            fact = await self.run(self.amazon.learn(key, self.rules))
            self.rules = Rules(self.rules.mapping, self.rules.settings, {**self.rules.facts, key: fact})

    async def send(self, sku: Sku = BACKPACK, link: Link | None = None) -> Outcome:
        offer = self.amazon.map(sku, self.rules)
        outcome: Outcome = await self.run(self.amazon.send(offer, link or Link(), self.rules))
        return outcome

    async def follow(self, listing: Listing) -> Outcome:
        outcome: Outcome = await self.run(self.amazon.follow(Link(listing), self.rules))
        return outcome

    async def live(self, sku: Sku = BACKPACK) -> Listing:
        """Send and look: a listing on sale."""
        await self.learn(sku)
        sent = await self.send(sku)
        assert isinstance(sent, Pending)
        seen = await self.follow(sent.listing)
        assert seen.listing is not None  # type: ignore[union-attr]
        return seen.listing  # type: ignore[union-attr]

    def asked(self) -> list[str]:
        return [f"{one.method} {one.status}" for one in self.passed]


Scene = Callable[[Talk], Awaitable[None]]


def talk(scene: Scene, **settings: Any) -> None:
    """Play a scene against a fake with these settings."""
    asyncio.run(_play(scene, Settings(**settings)))


async def _play(scene: Scene, settings: Settings) -> None:
    clock = Clock()
    app = make_app(seed=7, switchboard=Switchboard(seed=7), clock=clock, settings=settings)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host = f"127.0.0.1:{runner.addresses[0][1]}"
        async with Transport(frozenset({host}), deadline=5.0) as transport:
            await scene(Talk(app, f"http://{host}", transport, clock))
    finally:
        await runner.cleanup()
