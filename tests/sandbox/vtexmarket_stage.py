"""A stage for the fake VTEX marketplace: a real server on loopback, a clock that stands still, a seller."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from fake_stage import Clock, served

from ponte.connectors.vtex import Vtex
from ponte.domain.connector import Rules
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.message import Conversation
from ponte.domain.outcome import Link, Listing, Outcome, Pending
from ponte.domain.sku import Sku
from ponte.net.converse import Party, Record, converse
from ponte.net.pace import Pace
from ponte.net.transport import Line, Transport
from ponte.sandbox.switchboard import Switchboard
from ponte.sandbox.vtexmarket import MARKET, Settings, access, make_app

VTEX = Vtex()


class Seller:
    """A seller with a channel, who sends by the connector over the wire."""

    def __init__(
        self, app: web.Application, base_url: str, transport: Transport, clock: Clock, board: Switchboard
    ) -> None:
        self.app, self.market, self.clock, self.board = app, app[MARKET], clock, board
        told = access(app, base_url)
        self.settings, self.secrets = told["settings"], told["secrets"]
        hosts = {"suggestions": self.settings["host_suggestions"]}
        self.party = Party(
            "vtex",
            transport,
            Line(told["base_url"], secrets=self.secrets, hosts=hosts),
            Pace(rate=10_000, burst=10_000, clock=time.monotonic),
        )
        self.record = Record()
        self.rules = Rules(parse_mapping("version: 1\ncategories: {}\n").mapping, self.settings)

    async def say(self, conversation: Conversation[Any]) -> Any:
        return await converse(conversation, self.party, self.record)

    async def send(self, sku: Sku, listing: Listing | None = None, *, rules: Rules | None = None) -> Outcome:
        by = rules or self.rules
        return await self.say(VTEX.send(VTEX.map(sku, by), Link(listing), by))

    async def to_the_end(self, outcome: Outcome, *, most: int = 10) -> Outcome:
        """Follow until something else than waiting comes; the clock goes on by as much as was asked for."""
        for _ in range(most):
            if not isinstance(outcome, Pending):
                return outcome
            self.clock.now += outcome.check_in
            outcome = await self.say(VTEX.follow(Link(outcome.listing), self.rules))
        return outcome

    def asked(self) -> list[str]:
        return [one.endpoint for one in self.record.passed]


def staged(scenario: Callable[[Seller], Awaitable[None]], **settings: Any) -> None:
    """Run a scenario against a fake with these settings."""
    asyncio.run(_on_stage(scenario, settings))


async def _on_stage(scenario: Callable[[Seller], Awaitable[None]], settings: dict[str, Any]) -> None:
    clock, board = Clock(), Switchboard(seed=7)
    app = make_app(seed=7, switchboard=board, settings=Settings(**settings), clock=clock)
    async with served(app) as base, Transport(frozenset({base.removeprefix("http://")})) as transport:
        await scenario(Seller(app, base, transport, clock, board))
