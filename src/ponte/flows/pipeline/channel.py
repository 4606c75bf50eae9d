"""A channel's two sides, ready to be asked: with pace, guard, and tokens that renew themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from ponte.domain.connector import Gathers, Rules
from ponte.domain.message import NoAnswer, Request, Response
from ponte.domain.outcome import Blocked
from ponte.domain.problem import Problem
from ponte.flows.facts.learning import FactBook
from ponte.flows.failpoints import reach
from ponte.flows.offline import Database
from ponte.flows.pipeline.context import VTEX_BURST, Context, with_token
from ponte.flows.pipeline.gathering import Gathering, Joining
from ponte.flows.pipeline.tokens import Credentials, is_stale, refresh
from ponte.flows.pipeline.windows import Windows
from ponte.net.converse import Asks, Party
from ponte.net.pace import Pace

Gate = Callable[[Request], Awaitable[NoAnswer | None]]


def _windows(context: Context, database: Database) -> Windows:
    limits = context.connector.manifest.limits
    faster = context.requests_per_second / limits.requests_per_second
    return Windows(context.channel_id, limits.rates, database, faster=faster, header=limits.rate_header)


class ChannelLine:
    """Both sides of one channel for one drain. `blocked` is set when no fresh token is to be had."""

    def __init__(
        self,
        context: Context,
        transport: Asks,
        database: Database,
        pace: Pace | None = None,
        vtex_pace: Pace | None = None,
    ) -> None:
        self.context = context
        self.facts = FactBook(context.channel_id, context.connector, database)
        self.blocked: Problem | None = None
        self._database = database
        self._credentials = context.credentials
        self._renewing = asyncio.Lock()
        self.vtex = Party("vtex", transport, context.vtex, vtex_pace or Pace(context.vtex_per_second, VTEX_BURST))
        windows = _windows(context, database)
        self.marketplace = Party(
            "marketplace",
            transport,
            context.marketplace,
            pace or Pace(context.requests_per_second, context.burst),
            renew=self._renew,
            shut=windows.shut,
            told=windows.told,
        )
        self._gathering: Gathering | None = None
        if isinstance(context.connector, Gathers) and context.connector.manifest.limits.gather:
            limits = context.connector.manifest.limits
            self._gathering = Gathering(
                context.connector,
                self._known_rules,
                replace(self.marketplace),
                most=limits.gather,
                quiet=limits.gather_seconds,
            )
            self.marketplace.gather = Joining(self._gathering, "", None).ask

    def _known_rules(self) -> Rules:
        return replace(self.context.rules, facts=self.facts.known)

    @property
    def gathers(self) -> int:
        """How many SKUs are asked for together at most; 0 where each asks for itself."""
        return self.context.connector.manifest.limits.gather if self._gathering else 0

    def marketplace_for(self, sku: str, gate: Gate, may_go: Callable[[], bool]) -> Party:
        """Return the marketplace with a gate and a last look of one run."""
        party = replace(self.marketplace, gate=gate, may_go=may_go)
        if self._gathering is not None:
            party.gather = Joining(self._gathering, sku, gate, may_go).ask
        return party

    async def prepare(self) -> None:
        """Load facts, and refresh a token that is about to end before anybody is refused for it."""
        await self.facts.load()
        if await self._database.read(is_stale, self._credentials):
            await self._refresh(self._credentials.version)

    async def _renew(self, request: Request, response: Response, used: Mapping[str, str]) -> bool:
        if not self.context.connector.is_expired_token(request, response):
            return False
        if used is not self.context.marketplace.secrets:
            return True  # the token was refreshed while this answer was on its way
        return await self._refresh(self._credentials.version)

    async def _refresh(self, version: int) -> bool:
        """Get newer credentials than `version`; True when there are."""
        async with self._renewing:
            if self._credentials.version != version:
                return True
            if self.blocked is not None:
                return False
            found = await refresh(
                self.context.channel_id,
                version,
                connector=self.context.connector,
                rules=self.context.rules,
                party=replace(self.marketplace, renew=_never),
                database=self._database,
            )
            reach("after_refresh")
            return self._use(found, version)

    def _use(self, found: object, version: int) -> bool:
        if isinstance(found, Blocked):
            self.blocked = found.problem
        if not isinstance(found, Credentials) or found.version == version:
            return False
        self._credentials = found
        with_token(self.context.marketplace, self.context.connector, found.secrets)
        return True


async def _never(_request: Request, _response: Response, _used: Mapping[str, str]) -> bool:
    return False
