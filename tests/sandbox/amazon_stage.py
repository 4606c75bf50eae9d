"""A stage for tests of the fake Amazon: a real server on loopback, a clock that stands still, a caller."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import fake_stage
import orjson
from aiohttp import ClientSession, web
from fake_stage import Clock, served

from ponte.sandbox.amazon import MARKETPLACE, SANDBOX_SELLER, Settings, access, make_app
from ponte.sandbox.switchboard import Switchboard

PLACE = "A2Q3Y263D00KWC"
ITEMS = f"/listings/2021-08-01/items/{SANDBOX_SELLER.id}"


class Answer(fake_stage.Answer):
    """An answer that may list issues."""

    @property
    def codes(self) -> list[str]:
        return [one["code"] for one in self.json["issues"]]


class Caller:
    """Somebody with a token of the fake's seller."""

    def __init__(self, base: str, session: ClientSession, app: web.Application, clock: Clock) -> None:
        self.base, self.session, self.clock = base, session, clock
        self.market = app[MARKETPLACE]
        self.access = access(app, base)
        self.token = self.access["secrets"]["access_token"]

    async def call(self, method: str, path: str, body: object = None, *, token: str | None = None, **query) -> Answer:
        headers = {"x-amz-access-token": self.token if token is None else token}
        data = None if body is None else orjson.dumps(body)
        asked = self.session.request(method, self.base + path, data=data, headers=headers, params=query)
        async with asked as answer:
            return Answer(answer.status, await answer.read(), {k.lower(): v for k, v in answer.headers.items()})

    async def item(self, method: str, sku: str, body: object = None, **query) -> Answer:
        return await self.call(method, f"{ITEMS}/{sku}", body, marketplaceIds=PLACE, **query)

    async def seen(self, sku: str) -> Answer:
        return await self.item("GET", sku, includedData="summaries,issues")


Scene = Callable[[Caller], Awaitable[None]]


def on_stage(scene: Scene, **settings: Any) -> None:
    """Play a scene against a fake with these settings."""
    asyncio.run(play(scene, Settings(**settings)))


async def play(scene: Scene, settings: Settings) -> None:
    clock = Clock()
    app = make_app(seed=7, switchboard=Switchboard(seed=7), clock=clock, settings=settings)
    async with served(app) as base, ClientSession() as session:
        await scene(Caller(base, session, app, clock))


def worded(value: str) -> list[dict[str, str]]:
    return [{"value": value, "language_tag": "pt_BR", "marketplace_id": PLACE}]


def chosen(value: Any) -> list[dict[str, Any]]:
    return [{"value": value, "marketplace_id": PLACE}]


def backpack(**changes: Any) -> dict[str, Any]:
    """A listing that the fake takes; a change of None leaves the attribute out."""
    attributes: dict[str, Any] = {
        "item_name": worded("Mochila Trilha Sul Escolar Azul"),
        "brand": worded("Trilha Sul"),
        "product_description": worded("Mochila para o dia a dia."),
        "bullet_point": worded("30 litros"),
        "externally_assigned_product_identifier": [
            {"type": "ean", "value": "7891000315507", "marketplace_id": PLACE}
        ],
        "country_of_origin": chosen("BR"),
        "supplier_declared_dg_hz_regulation": chosen("not_applicable"),
        "condition_type": chosen("new_new"),
        "main_product_image_locator": [{"media_location": "https://loja.example/1.jpg", "marketplace_id": PLACE}],
        "item_package_weight": [{"unit": "grams", "value": 850, "marketplace_id": PLACE}],
        "color": worded("Azul"),
        "purchasable_offer": [
            {
                "marketplace_id": PLACE,
                "currency": "BRL",
                "our_price": [{"schedule": [{"value_with_tax": 199.9}]}],
            }
        ],
        "fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": 5}],
    }
    told = {name: value for name, value in {**attributes, **changes}.items() if value is not None}
    return {"productType": "LUGGAGE", "requirements": "LISTING", "attributes": told}


def patch(name: str, value: Any = None, op: str = "replace") -> dict[str, Any]:
    operation = {"op": op, "path": f"/attributes/{name}"}
    return {"productType": "LUGGAGE", "patches": [operation if value is None else {**operation, "value": value}]}
