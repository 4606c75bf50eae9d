"""A stand for any of our connectors: its fake as a real server behind the recorder, one channel, a clock by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib import import_module
from typing import Any

import orjson
from aiohttp import web
from fake_stage import Clock

from ponte.connectors import Broken, get
from ponte.domain.connector import Rules
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.message import Conversation, Request, Response
from ponte.domain.outcome import Blocked, Link, Listing, Outcome, Pending, Postponed, Tokens
from ponte.domain.problem import ProblemClass
from ponte.domain.sku import Sku
from ponte.flows.pipeline.context import marketplace_line, with_token
from ponte.flows.pipeline.gathering import Gathering, Joining
from ponte.net.converse import Party, Record, converse
from ponte.net.pace import Pace
from ponte.net.transport import Transport
from ponte.sandbox import mercadolivre
from ponte.sandbox.catalogue import Catalogue, make_catalogue
from ponte.sandbox.mapping import sandbox_mapping
from ponte.sandbox.markets import MERCADO_LIVRE, OTHERS, ChannelPlace, place_of
from ponte.sandbox.switchboard import Switchboard
from ponte.sources.vtex.sku import read_answer
from specs.wire import Exchange, Recorder, overheard

SEED = 7
SKUS = 60
QUIET_SECONDS = 0.01
MANY = 10_000


class Stand:
    """One channel at one fake. Nothing here judges: what comes of a conversation is for the scene to use."""

    def __init__(  # noqa: PLR0917 -- everything of one stand
        self,
        place: ChannelPlace,
        board: Switchboard,
        clock: Clock,
        transport: Transport,
        goods: Catalogue,
        recorder: Recorder,
    ) -> None:
        self.connector: Any = _connector(place.connector)
        self.board, self.clock, self.goods, self._recorder = board, clock, goods, recorder
        self.secrets = dict(place.secrets)
        line = marketplace_line(self.connector, place.base_url, self.secrets, place.settings)
        self.party = Party("marketplace", transport, line, _quick(), renew=self._renewed)
        mapping = parse_mapping(place.mapping).mapping
        assert mapping is not None
        self.rules = Rules(mapping, dict(place.settings))
        gathers = "gathers" in self.connector.manifest.capabilities
        self._gathering = (
            Gathering(self.connector, lambda: self.rules, self.party, most=2_000, quiet=QUIET_SECONDS)
            if gathers
            else None
        )

    async def say(self, conversation: Conversation[Any], sku: str = "") -> Any:
        self.party.pace = _quick()  # a scene that was throttled does not hush the next one
        gather = Joining(self._gathering, sku, None).ask if self._gathering else None
        return await converse(conversation, replace(self.party, gather=gather), Record())

    async def _renewed(self, request: Request, response: Response, _used: Mapping[str, str]) -> bool:
        return self.connector.is_expired_token(request, response) and await self.refresh()

    async def refresh(self) -> bool:
        told = await self.say(self.connector.refresh(self.rules))
        if isinstance(told, Tokens):
            self.let_in({**self.secrets, **told.secrets})
        return isinstance(told, Tokens)

    def let_in(self, secrets: dict[str, str]) -> None:
        self.secrets = secrets
        with_token(self.party.line, self.connector, secrets)

    async def learn(self, sku: Sku) -> None:
        """Learn what a SKU needs, as the flows do: what was learnt may tell what else is needed."""
        while missing := [key for key in self.connector.needs(sku, self.rules) if key not in self.rules.facts]:
            for key in missing:
                fact = await self.say(self.connector.learn(key, self.rules))
                assert not isinstance(fact, Postponed | Blocked), fact
                self.rules = replace(self.rules, facts={**self.rules.facts, key: fact})

    async def send(self, sku: Sku, listing: Listing | None = None, **link: Any) -> Outcome:
        """Send what `map` makes. What `check` would have kept back is sent too, as spoilt."""
        await self.learn(sku)
        offer = self.connector.map(sku, self.rules)
        self._recorder.spoiling = not self.is_fit(sku)
        outcome: Outcome = await self.say(self.connector.send(offer, Link(listing, **link), self.rules), sku.id)
        self._recorder.spoiling = False
        return outcome

    async def preview(self, sku: Sku) -> None:
        """Ask for the marketplace's verdict beforehand, where it gives one."""
        await self.learn(sku)
        if "previews" in self.connector.manifest.capabilities:
            self._recorder.spoiling = not self.is_fit(sku)
            await self.say(self.connector.preview(self.connector.map(sku, self.rules), self.rules))
            self._recorder.spoiling = False

    async def control(self, path: str, body: dict[str, Any]) -> None:
        """Tell the fake what happens there. Nobody records it."""
        told = self._recorder.session.post(f"{self._recorder.upstream}/_sandbox{path}", json=body)
        async with told as answer:
            assert answer.status == 200, await answer.text()

    def choose(self, **options: str) -> None:
        """Let the mapping say something else from now on."""
        mapping = self.rules.mapping
        self.rules = replace(self.rules, mapping=replace(mapping, options={**mapping.options, **options}))

    async def settled(self, outcome: Outcome, sku: str = "", *, most: int = 30) -> Outcome:
        """Follow until nothing is pending; the clock goes on as each look asks for."""
        for _ in range(most):
            if not isinstance(outcome, Pending):
                break
            self.clock.now += outcome.check_in
            outcome = await self.look(outcome.listing, sku)
        return outcome

    async def live(self, sku: Sku) -> Listing | None:
        """Send and settle; the listing, if one came of it."""
        return listing_of(await self.settled(await self.send(sku), sku.id))

    async def together(self, skus: list[Sku]) -> list[Outcome]:
        """Send many SKUs at once and settle each; all of them fit, or none."""
        for sku in skus:
            await self.learn(sku)
        sent = await asyncio.gather(*(self.send(sku) for sku in skus))
        outcomes: dict[str, Outcome] = dict(zip((sku.id for sku in skus), sent, strict=True))
        for _ in range(30):
            pending = {sku: one for sku, one in outcomes.items() if isinstance(one, Pending)}
            if not pending:
                break
            self.clock.now += max(one.check_in for one in pending.values())
            looks = [self.look(one.listing, sku) for sku, one in pending.items()]
            outcomes |= dict(zip(pending, await asyncio.gather(*looks), strict=True))
        return list(outcomes.values())

    async def look(self, listing: Listing | None, sku: str = "") -> Outcome:
        outcome: Outcome = await self.say(self.connector.follow(Link(listing), self.rules), sku)
        return outcome

    def skus(self) -> list[Sku]:
        """Return the shop's SKUs as Ponte reads them, defects and all."""
        read = [_read(one) for one in self.goods.skus.values()]
        return [sku for sku in read if sku is not None]

    def is_fit(self, sku: Sku) -> bool:
        return not any(one.blocking for one in self.connector.check(sku, self.rules))

    def is_mapped(self, sku: Sku) -> bool:
        """False where there is no category to name: such a SKU can be sent nowhere."""
        found = {one.kind for one in self.connector.check(sku, self.rules) if one.blocking}
        return ProblemClass.CATEGORY_MAPPING not in found

    def sound(self) -> Sku:
        """Return a SKU without a defect."""
        fit = (sku for sku in self.skus() if sku.id not in self.goods.defects and sku.price and sku.stock)
        return next(sku for sku in fit if self.is_mapped(sku))


def listing_of(outcome: Outcome) -> Listing | None:
    return getattr(outcome, "listing", None)


def _connector(code: str) -> Any:
    found = get(code)
    assert not isinstance(found, Broken), found
    return found


def _place(code: str, app: web.Application, base: str, goods: Catalogue) -> ChannelPlace:
    """Say how a channel is connected; Mercado Livre's fake is older than the form the others share."""
    if code != MERCADO_LIVRE:
        return place_of(code, app, base, goods)
    market = app[mercadolivre.MARKETPLACE]
    registered = market.settings.apps[0]
    pair = market.tokens.mint(market.settings.accounts[0], registered)
    secrets = {name: str(pair[name]) for name in ("access_token", "refresh_token")}
    secrets |= {"client_secret": registered.client_secret}
    return ChannelPlace(code, "mlb", code, base, {"client_id": registered.client_id}, secrets, sandbox_mapping(goods))


def _module(code: str) -> Any:
    return mercadolivre if code == MERCADO_LIVRE else import_module(f"ponte.sandbox.{OTHERS[code]}")


def _quick() -> Pace:
    return Pace(1e6, MANY)


def _read(one: Any) -> Sku | None:
    raw = orjson.dumps(one.body).replace(b'"/arquivos', b'"https://shop.example/arquivos')
    sku = read_answer(orjson.loads(raw))
    return replace(sku, price=one.price, list_price=one.list_price, stock=one.stock) if sku else None


@asynccontextmanager
async def stand(code: str, exchanges: list[Exchange], **settings: Any) -> AsyncIterator[Stand]:
    """Set a stand up; what passed is added to `exchanges` when it is taken down."""
    clock = Clock()
    board = Switchboard(seed=SEED, clock=clock)
    module = _module(code)
    app = module.make_app(seed=SEED, switchboard=board, clock=clock, settings=module.Settings(**settings))
    goods = make_catalogue(SKUS, SEED)
    async with overheard(app) as (base, recorder), Transport(frozenset({base.removeprefix("http://")})) as transport:
        try:
            yield Stand(_place(code, app, base, goods), board, clock, transport, goods, recorder)
        finally:
            exchanges += recorder.exchanges
