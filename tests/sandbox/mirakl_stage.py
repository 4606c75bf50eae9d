"""A stage for the fake operator: a real server on loopback, a clock moved by hand, the connector over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiohttp import web
from fake_stage import Clock, served

from ponte.connectors.exam.samples import ORDINARY
from ponte.connectors.mirakl import Mirakl
from ponte.domain.connector import Rules
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.message import Secret
from ponte.domain.outcome import Blocked, Link, Listing, Pending, Postponed
from ponte.domain.sku import Image, Sku, Specification
from ponte.flows.pipeline.gathering import Gathering, Joining
from ponte.net.converse import Party, Record, converse
from ponte.net.pace import Pace
from ponte.net.transport import Line, Transport
from ponte.sandbox.catalogue.gtin import gtin13
from ponte.sandbox.mirakl import OPERATOR, Settings, access, make_app
from ponte.sandbox.mirakl.operator_catalogue import operator_catalogue
from ponte.sandbox.switchboard import Switchboard

SPEAKERS = operator_catalogue().leaves["Caixas de som"]
MAPPING = f'version: 1\ncategories:\n  "123": {SPEAKERS}\n'


class Shop:
    """The connector of one channel, and the operator it speaks with."""

    def __init__(self, base: str, app: web.Application, board: Switchboard, clock: Clock, transport: Transport):
        told = access(app, base)
        self.operator, self.board, self.clock = app[OPERATOR], board, clock
        self.connector = Mirakl()
        manifest = self.connector.manifest
        headers = {manifest.token_header: Secret(manifest.token_secret)}
        line = Line(told["base_url"], headers, told["secrets"])
        self.party = Party("marketplace", transport, line, Pace(10_000.0, 10_000))
        read = parse_mapping(MAPPING).mapping
        assert read is not None
        self.rules = Rules(read, told["settings"])
        self.gathering = Gathering(self.connector, lambda: self.rules, self.party, most=2_000, quiet=0.05)

    async def talk(self, conversation: Any, sku: str = "") -> Any:
        party = replace(self.party, gather=Joining(self.gathering, sku, None).ask)
        return await converse(conversation, party, Record())

    async def learn(self) -> None:
        """Learn what the connector needs, as the flows do."""
        for key in self.connector.needs(ORDINARY, self.rules):
            fact = await self.talk(self.connector.learn(key, self.rules))
            assert not isinstance(fact, Postponed | Blocked), fact
            self.rules = replace(self.rules, facts={**self.rules.facts, key: fact})

    async def send(self, *skus: Sku, listings: dict[str, Listing] | None = None) -> dict[str, Any]:
        async def one(sku: Sku) -> Any:
            offer = self.connector.map(sku, self.rules)
            link = Link((listings or {}).get(sku.id))
            return await self.talk(self.connector.send(offer, link, self.rules), sku.id)

        return dict(zip((sku.id for sku in skus), await asyncio.gather(*map(one, skus)), strict=True))

    async def settle(self, outcomes: dict[str, Any], *, looks: int = 30) -> dict[str, Any]:
        """Follow until nothing is pending; the clock goes on as each look asks for."""
        for _ in range(looks):
            waiting = {sku: one for sku, one in outcomes.items() if isinstance(one, Pending)}
            if not waiting:
                return outcomes
            self.clock.now += max(one.check_in for one in waiting.values())

            async def follow(sku: str, one: Pending) -> Any:
                return await self.talk(self.connector.follow(Link(one.listing), self.rules), sku)

            told = await asyncio.gather(*(follow(sku, one) for sku, one in waiting.items()))
            outcomes = {**outcomes, **dict(zip(waiting, told, strict=True))}
        return outcomes

    def asked(self, label: str) -> int:
        return sum(seen for name, seen in self.board.requests.items() if name.startswith(label))


Scenario = Callable[[Shop], Awaitable[None]]
QUIET: dict[str, Any] = {"rejected": 0.0, "lost": 0.0, "known": 0.0}


def staged(**settings: Any) -> Callable[[Scenario], Callable[[], None]]:
    """Make a test of a coroutine that takes a shop; the keywords are the fake's settings."""

    def made(scenario: Scenario) -> Callable[[], None]:
        def test() -> None:
            asyncio.run(_on_stage(scenario, **{**QUIET, **settings}))

        test.__name__, test.__doc__ = scenario.__name__, scenario.__doc__
        return test

    return made


async def _on_stage(scenario: Scenario, **settings: Any) -> None:
    clock = Clock()
    board = Switchboard(seed=7, clock=clock)
    app = make_app(seed=7, switchboard=board, clock=clock, settings=Settings(**settings))
    async with served(app) as base:
        allowed = frozenset({base.removeprefix("http://"), "127.0.0.1"})
        async with Transport(allowed) as transport:
            await scenario(Shop(base, app, board, clock, transport))


def speaker(number: int = 2_000_123, **changes: Any) -> Sku:
    """A SKU that the operator takes."""
    made = replace(
        ORDINARY,
        id=str(number),
        name=f"Caixa de Som Aurora S10 {number}",
        ean=gtin13(number),
        images=(Image(f"https://aurora.example/{number}.jpg"), Image(f"https://aurora.example/{number}-b.jpg")),
        specifications=(Specification("Cor", ("Preto",), of_sku=True), Specification("Modelo", ("S10",))),
    )
    return replace(made, **changes)
