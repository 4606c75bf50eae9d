"""A stage for tests of the fake Mercado Livre: a real server on loopback, a clock that stands still, a caller."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import fake_stage
import orjson
from aiohttp import ClientSession, FormData
from fake_stage import Clock, served

from ponte.sandbox.mercadolivre import CLASSIC_SELLER, MARKETPLACE, PRODUCT_SELLER, SANDBOX_APP, Settings, make_app
from ponte.sandbox.mercadolivre.marketplace import Marketplace
from ponte.sandbox.switchboard import Switchboard

SELLER, PRODUCTS = CLASSIC_SELLER.user_id, PRODUCT_SELLER.user_id


class Answer(fake_stage.Answer):
    """An answer that may list causes."""

    @property
    def codes(self) -> list[str]:
        """Cause numbers and kinds of a refusal, e.g. "147 error"."""
        return [f"{one['cause_id'] or one['code']} {one['type']}" for one in self.json["cause"]]


class Shop:
    """A caller with the tokens of both sellers."""

    def __init__(self, base: str, session: ClientSession, market: Marketplace, clock: Clock) -> None:
        self.base, self.session, self.market, self.clock = base, session, market, clock
        self.board = market.switchboard
        accounts = {one.user_id: one for one in market.settings.accounts}
        self.pairs = {user_id: market.tokens.mint(one, market.settings.apps[0]) for user_id, one in accounts.items()}

    async def call(self, method: str, path: str, body: object = None, *, seller: int | None = SELLER) -> Answer:
        headers = {"Content-Type": "application/json"}
        if seller:
            headers["Authorization"] = f"Bearer {self.pairs[seller]['access_token']}"
        data = body if isinstance(body, bytes | FormData) else None if body is None else orjson.dumps(body)
        if isinstance(body, FormData):
            del headers["Content-Type"]
        sent = self.session.request(method, self.base + path, data=data, headers=headers, allow_redirects=False)
        async with sent as answer:
            return Answer(answer.status, await answer.read(), dict(answer.headers))

    async def get(self, path: str, *, seller: int | None = SELLER) -> Answer:
        return await self.call("GET", path, seller=seller)

    async def post(self, path: str, body: object, *, seller: int | None = SELLER) -> Answer:
        return await self.call("POST", path, body, seller=seller)

    async def put(self, path: str, body: object, *, seller: int | None = SELLER) -> Answer:
        return await self.call("PUT", path, body, seller=seller)

    async def list_one(self, sku: str = "2000123", *, seller: int = SELLER, **changes: object) -> dict[str, Any]:
        answer = await self.post("/items", (speaker if seller == SELLER else family)(sku, **changes), seller=seller)
        assert answer.status == 201, answer.content
        return answer.json

    async def refresh(self, refresh_token: object, **changes: str) -> Answer:
        form = {
            "grant_type": "refresh_token",
            "client_id": SANDBOX_APP.client_id,
            "client_secret": SANDBOX_APP.client_secret,
            "refresh_token": str(refresh_token),
        }
        return await self.call("POST", "/oauth/token", FormData({**form, **changes}), seller=None)

    async def status_of(self, item_id: str) -> tuple[str, list[str]]:
        body = (await self.get(f"/items/{item_id}")).json
        return body["status"], body["sub_status"]


Scenario = Callable[[Shop], Awaitable[None]]


def staged(**settings: Any) -> Callable[[Scenario], Callable[[], None]]:
    """Make a test of a coroutine that takes a shop; the keywords are the fake's settings."""

    def made(scenario: Scenario) -> Callable[[], None]:
        def test() -> None:
            asyncio.run(on_stage(scenario, **settings))

        test.__name__, test.__doc__ = scenario.__name__, scenario.__doc__
        return test

    return made


async def on_stage(scenario: Scenario, *, seed: int = 7, **settings: Any) -> None:
    clock = Clock()
    app = make_app(
        seed=seed, switchboard=Switchboard(seed=seed, clock=clock), clock=clock, settings=Settings(**settings)
    )
    async with served(app) as base, ClientSession() as session:
        session._retry_connection = False  # else aiohttp sends a GET or PUT once more when it was cut
        await scenario(Shop(base, session, app[MARKETPLACE], clock))


def attribute(name: str, value: object) -> dict[str, object]:
    return {"id": name, "value_name": value}


def speaker(sku: str = "2000123", **changes: object) -> dict[str, Any]:
    """A listing in the classic model that the fake accepts; None takes a field away."""
    body = {
        "title": "Caixa De Som Bluetooth Acme S10 20w Preta",
        "category_id": "MLB1676",
        "price": 199.9,
        "currency_id": "BRL",
        "available_quantity": 12,
        "buying_mode": "buy_it_now",
        "condition": "new",
        "listing_type_id": "gold_special",
        "pictures": [{"source": f"https://acme.example/{sku}.jpg"}],
        "shipping": {"mode": "me2", "local_pick_up": False, "free_shipping": False},
        "attributes": [
            attribute("BRAND", "Acme"),
            attribute("MODEL", "S10"),
            {"id": "COLOR", "value_id": "52049"},
            attribute("GTIN", "7891000315507"),
            attribute("SELLER_SKU", sku),
        ],
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


def family(sku: str = "2000123", **changes: object) -> dict[str, Any]:
    """A listing in the user products model."""
    return speaker(sku, **{"title": None, "family_name": "Caixa De Som Acme S10", **changes})


def with_attributes(*attributes: dict[str, object], sku: str = "2000123", **changes: object) -> dict[str, Any]:
    """The speaker with these attributes beside or instead of its own."""
    body = speaker(sku, **changes)
    merged = {one["id"]: one for one in [*body["attributes"], *attributes]}
    return {**body, "attributes": list(merged.values())}
