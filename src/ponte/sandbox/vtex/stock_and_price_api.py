"""The fake VTEX's Logistics and Pricing APIs, as far as a connector reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from ponte.sandbox.catalogue.model import TRADE_POLICY, CatalogueSku
from ponte.sandbox.vtex.access import reply
from ponte.sandbox.vtex.shop import Shop

RESERVED = 3
# The Pricing API is the only one that documents these, on every answer (reference read 2026-08).
RATE_HEADERS = {"Ratelimit-Limit": "500", "Ratelimit-Remaining": "499", "Ratelimit-Reset": "1"}


@dataclass(frozen=True, slots=True)
class StockAndPriceApi:
    """Stock by warehouse, and prices in units of the currency (the simulation's are cents)."""

    shop: Shop

    async def inventory(self, request: web.Request) -> web.StreamResponse:
        sku = self.shop.sku(request.match_info["id"])
        if sku is None or (sku.stock is None and not sku.unlimited):
            return reply({"message": "SKU not found"}, status=404)
        return reply({"skuId": sku.id, "balance": [_warehouse(sku)]})

    async def price(self, request: web.Request) -> web.StreamResponse:
        sku = self.shop.sku(request.match_info["id"])
        if sku is None or sku.price is None:
            return reply({"message": "Price not found"}, status=404, headers=RATE_HEADERS)
        fixed = {"tradePolicyId": str(TRADE_POLICY), "value": float(sku.price), "listPrice": None, "minQuantity": 1}
        told = _told(sku) | {"itemId": sku.id, "markup": 25, "basePrice": float(sku.price), "fixedPrices": [fixed]}
        return reply(told, headers=RATE_HEADERS)

    async def computed_price(self, request: web.Request) -> web.StreamResponse:
        sku = self.shop.sku(request.match_info["id"])
        if sku is None or sku.price is None:
            return reply({"message": "Price not found"}, status=404, headers=RATE_HEADERS)
        policy = request.match_info["policy"]
        told = _told(sku) | {"tradePolicyId": policy, "sellingPrice": float(sku.price), "priceValidUntil": None}
        return reply(told, headers=RATE_HEADERS)


def _told(sku: CatalogueSku) -> dict[str, Any]:
    assert sku.price is not None
    return {
        "listPrice": float(sku.list_price) if sku.list_price is not None else None,
        "costPrice": round(float(sku.price) * 0.8, 2),
    }


def _warehouse(sku: CatalogueSku) -> dict[str, Any]:
    return {
        "warehouseId": "1_1",
        "warehouseName": "CD São Paulo",
        "totalQuantity": (sku.stock or 0) + RESERVED,
        "reservedQuantity": RESERVED,
        "hasUnlimitedQuantity": sku.unlimited,
        "timeToRefill": None,
        "dateOfSupplyUtc": None,
        "leadTime": "1.00:00:00",
    }
