"""Steers the fake VTEX while it runs: what a person would do in the shop's admin, and how VTEX behaves.

    POST /_sandbox/change         {"sku": "2001001", "price": 99.9, ...} or a list of such -> {"notified": 3}
    POST /_sandbox/reindex        {"skus": ["2001001"]} or {} for all -> {"notified": 500}
    GET  /_sandbox/skus           ?from=0&size=100 -> {"total", "skus": [{"sku", "name", "stock", "defect", ...}]}
    GET  /_sandbox/settings       the settings; POST changes some of them
    GET  /_sandbox/notifications  the last thousand sent: {"notifications": [{"sku", "url", "status"}]}

A change's fields: price, list_price (units of the currency, null for none), stock (null for untold), active,
product_active, trade_policies, ean, name, description, specification ({"Cor": "Azul", "Modelo": null}), images (list
of addresses), dimension ({"weight": 900}), unavailable (1 to 4, how the simulation refuses it; null for not at all).
The answer comes when the notifications were posted, unless they are delayed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from ponte.sandbox.catalogue.model import CatalogueSku
from ponte.sandbox.vtex.access import reply
from ponte.sandbox.vtex.notifier import Notifier
from ponte.sandbox.vtex.shop import Shop

MAX_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Control:
    """The endpoints under /_sandbox."""

    shop: Shop
    notifier: Notifier

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_sandbox/change", self.change),
            web.post("/_sandbox/reindex", self.reindex),
            web.get("/_sandbox/skus", self.skus),
            web.get("/_sandbox/settings", self.settings),
            web.post("/_sandbox/settings", self.set_settings),
            web.get("/_sandbox/notifications", self.notifications),
        ]

    async def change(self, request: web.Request) -> web.StreamResponse:
        try:
            raw = orjson.loads(await request.read())
            changes = [self._checked(one) for one in (raw if isinstance(raw, list) else [raw])]
            notified = 0
            for sku, wanted in changes:
                notified += await self.notifier.changed(sku, self.shop.change(sku, wanted))
        except ValueError as wrong:
            return reply({"error": str(wrong)}, status=400)
        return reply({"notified": notified})

    async def reindex(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        try:
            raw = orjson.loads(body) if body else {}
        except orjson.JSONDecodeError as wrong:
            return reply({"error": str(wrong)}, status=400)
        wanted = raw.get("skus") if isinstance(raw, dict) else None
        skus = self.shop.catalogue.skus
        chosen = [skus[sku_id] for sku_id in wanted if sku_id in skus] if isinstance(wanted, list) else skus.values()
        return reply({"notified": await self.notifier.reindexed(chosen)})

    async def skus(self, request: web.Request) -> web.StreamResponse:
        first, size = (_whole(request.query.get(name), default) for name, default in (("from", 0), ("size", 100)))
        listed = list(self.shop.catalogue.skus.values())
        shown = listed[first : first + min(size, MAX_PAGE)]
        return reply({"total": len(listed), "skus": [self._summary(sku) for sku in shown]})

    async def settings(self, _request: web.Request) -> web.StreamResponse:
        return reply(self.shop.settings.as_json())

    async def set_settings(self, request: web.Request) -> web.StreamResponse:
        try:
            self.shop.settings.update(orjson.loads(await request.read()))
        except ValueError as wrong:
            return reply({"error": str(wrong)}, status=400)
        return reply(self.shop.settings.as_json())

    async def notifications(self, _request: web.Request) -> web.StreamResponse:
        return reply({"notifications": list(self.notifier.sent)})

    def _checked(self, raw: Any) -> tuple[CatalogueSku, dict[str, Any]]:
        if not isinstance(raw, dict):
            raise ValueError("a change is an object")  # noqa: TRY004 -- one error for every malformed change
        wanted = {name: value for name, value in raw.items() if name not in {"sku", "unavailable"}}
        sku = self.shop.sku(str(raw.get("sku")))
        if sku is None:
            raise ValueError("no such SKU")
        if "unavailable" in raw:
            self._shape(sku.id, raw["unavailable"])
        return sku, wanted

    def _shape(self, sku_id: str, shape: Any) -> None:
        if shape is None:
            self.shop.shapes.pop(sku_id, None)
        elif shape in {1, 2, 3, 4}:
            self.shop.shapes[sku_id] = shape
        else:
            raise ValueError("unavailable is 1, 2, 3, 4 or null")

    def _summary(self, sku: CatalogueSku) -> dict[str, Any]:
        return {
            "sku": sku.id,
            "product": sku.product_id,
            "name": sku.body.get("NameComplete"),
            "ean": sku.ean,
            "price": None if sku.price is None else float(sku.price),
            "stock": sku.stock,
            "active": sku.active,
            "defect": self.shop.catalogue.defects.get(sku.id),
        }


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else default
