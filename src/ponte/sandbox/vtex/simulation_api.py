"""The fulfilment simulation of the fake VTEX, with its four ways of saying that a SKU cannot be sold.

1: no items at all; 2: the SKU is missing among the items; 3: the SKU with quantity 0 and stock 0; 4: the SKU with an
`availability` other than "available", and a message.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import orjson
from aiohttp import web

from ponte.sandbox.catalogue.model import CatalogueSku
from ponte.sandbox.vtex.access import reply
from ponte.sandbox.vtex.shop import Offer, Shop

PRIVATE_PATH = "/api/fulfillment/pvt/orderForms/simulation"
PUBLIC_PATH = "/api/checkout/pub/orderForms/simulation"

TEXTS = {
    "withoutStock": "O item {id} não tem estoque",
    "withoutPrice": "O item {id} não tem preço",
    "unavailableItemFulfillment": "O item {id} não está disponível",
    "cannotBeDelivered": "O item {id} não pode ser entregue",
}


@dataclass(slots=True)
class Answer:
    """The parts of an answer that grow with each SKU."""

    items: list[dict[str, Any]] = field(default_factory=list)
    logistics: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Simulation:
    """Both addresses: the private one tells the stock, the public one does not."""

    shop: Shop

    async def private(self, request: web.Request) -> web.StreamResponse:
        if not self.shop.settings.private_simulation:
            return reply({"message": "Not Found"}, status=404)
        return await self._answer(request, tells_stock=True)

    async def public(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, tells_stock=False)

    async def _answer(self, request: web.Request, *, tells_stock: bool) -> web.Response:
        wanted = items_of(await request.read())
        if wanted is None:
            return _refusal("CHK0001", "Invalid request: items")
        if len(wanted) > self.shop.settings.max_simulation_items:
            return _refusal("CHK0062", "Too many items in the request")
        policy = request.query.get("sc", "1")
        return reply(self.simulate(wanted, int(policy) if policy.isdecimal() else 0, tells_stock=tells_stock))

    def simulate(self, sku_ids: list[str], policy: int, *, tells_stock: bool) -> dict[str, Any]:
        """Return the answer for these SKUs, one unit of each."""
        answer = Answer()
        if not any(self.shop.shapes.get(sku_id) == 1 for sku_id in sku_ids):
            for index, sku_id in enumerate(sku_ids):
                sku = self.shop.sku(sku_id)
                if sku is not None and policy in sku.trade_policies:
                    self._add(answer, sku, index, tells_stock=tells_stock)
        return {
            "items": answer.items,
            "postalCode": None,
            "geoCoordinates": [],
            "country": None,
            "logisticsInfo": answer.logistics,
            "pickupPoints": [],
            "messages": answer.messages,
        }

    def _add(self, answer: Answer, sku: CatalogueSku, index: int, *, tells_stock: bool) -> None:
        offer = self.shop.offer(sku)
        code = _why_not(sku, offer)
        shape = self.shop.shapes.get(sku.id) or (_shape(sku, code) if code else 0)
        if shape == 2:
            return
        code = code or ("cannotBeDelivered" if shape == 4 else "")
        serves = not shape
        item = _item(sku.id, index, offer, serves=serves)
        if shape == 4:
            item["availability"] = code
            answer.messages.append({"code": code, "text": TEXTS[code].format(id=sku.id), "status": "error"})
        elif not tells_stock:
            item["availability"] = "available" if serves else "withoutStock"
        answer.logistics.append(_logistics(len(answer.items), offer, serves=serves, tells_stock=tells_stock))
        answer.items.append(item)


def items_of(body: bytes) -> list[str] | None:
    """Return the SKU ids asked for, None when the body is not a simulation."""
    try:
        asked = orjson.loads(body)["items"]
        return [str(item["id"]) for item in asked] or None
    except (ValueError, KeyError, TypeError):
        return None


def cents(amount: Decimal | None) -> int | None:
    return None if amount is None else int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _why_not(sku: CatalogueSku, offer: Offer) -> str:
    if not sku.active:
        return "unavailableItemFulfillment"
    if offer.price is None:
        return "withoutPrice"
    return "withoutStock" if offer.stock is not None and offer.stock <= 0 and not sku.unlimited else ""


def _shape(sku: CatalogueSku, code: str) -> int:
    """Return the shape a SKU is seen to have: of two documented ones, by its id."""
    even = int(sku.id) % 2 == 0
    match code:
        case "withoutStock":
            return 3 if even else 4
        case "withoutPrice":
            return 2 if even else 4
    return 4


def _item(sku_id: str, index: int, offer: Offer, *, serves: bool) -> dict[str, Any]:
    price = cents(offer.price)
    return {
        "id": sku_id,
        "requestIndex": index,
        "quantity": 1 if serves else 0,
        "seller": "1",
        "merchantName": None,
        "priceValidUntil": "2027-08-17T19:40:26Z",
        "price": price,
        "listPrice": cents(offer.list_price) if offer.list_price is not None else price,
        "offerings": [],
        "priceTags": [],
        "measurementUnit": "un",
        "unitMultiplier": 1,
        "attachmentOfferings": [],
    }


def _logistics(place: int, offer: Offer, *, serves: bool, tells_stock: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "itemIndex": place,
        "addressId": None,
        "selectedSla": None,
        "selectedDeliveryChannel": None,
        "quantity": 1 if serves else 0,
        "shipsTo": ["BRA"],
        "slas": [],
        "deliveryChannels": [],
    }
    if tells_stock and offer.stock is not None:
        told["stockBalance"] = offer.stock if serves else 0
    return told


def _refusal(code: str, message: str) -> web.Response:
    error = {"code": code, "message": message, "exception": None}
    return reply({"fields": {}, "error": error, "operationId": "sandbox"}, status=400)
