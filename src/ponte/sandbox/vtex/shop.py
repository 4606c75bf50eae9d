"""The state behind the fake VTEX: catalogue, affiliates, what is visible yet, and bodies kept until they change."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson

from ponte.sandbox.catalogue.model import TRADE_POLICY, Catalogue, CatalogueSku, Defect
from ponte.sandbox.vtex.change import Effect, apply_change
from ponte.sandbox.vtex.settings import Settings


@dataclass(frozen=True, slots=True)
class Offer:
    """Price and stock of a SKU as the simulation shows them."""

    price: Decimal | None
    list_price: Decimal | None
    stock: int | None


@dataclass(slots=True)
class Shop:
    """One store. `clock` is any monotonic clock, in seconds."""

    catalogue: Catalogue
    settings: Settings = field(default_factory=Settings)
    clock: Callable[[], float] = time.monotonic
    affiliates: dict[str, dict[str, Any]] = field(default_factory=dict)
    shapes: dict[str, int] = field(default_factory=dict)
    """How the simulation says that a SKU cannot be sold, 1 to 4, where a test wants to choose."""
    _products: dict[str, list[str]] = field(default_factory=dict)
    _bodies: dict[str, bytes] = field(default_factory=dict)
    _host: str = ""
    _old_bodies: dict[str, tuple[float, bytes]] = field(default_factory=dict)
    _old_offers: dict[str, tuple[float, Offer]] = field(default_factory=dict)
    _stock_told_at: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._products = self.catalogue.products()

    @property
    def account(self) -> str:
        return self.catalogue.account

    def sku(self, sku_id: str) -> CatalogueSku | None:
        return self.catalogue.skus.get(sku_id)

    def siblings(self, sku: CatalogueSku) -> list[CatalogueSku]:
        """Return all SKUs of a SKU's product; a SKU without a product is alone."""
        if not sku.product_id:
            return [sku]
        return [self.catalogue.skus[sku_id] for sku_id in self._products[sku.product_id]]

    def of_product(self, product_id: str) -> list[CatalogueSku]:
        return [self.catalogue.skus[sku_id] for sku_id in self._products.get(product_id, ())]

    def answer(self, sku_id: str, host: str) -> bytes | None:
        """Return the SKU's answer as the index knows it, its own pictures under `host` ("http://127.0.0.1:1")."""
        if host != self._host:
            self._bodies.clear()
            self._host = host
        lagging = self._old_bodies.get(sku_id)
        if lagging is not None:
            if self.clock() < lagging[0]:
                return lagging[1]
            del self._old_bodies[sku_id]
        body = self._bodies.get(sku_id)
        return body if body is not None else self._render(sku_id)

    def _render(self, sku_id: str) -> bytes | None:
        sku = self.sku(sku_id)
        if sku is None:
            return None
        told = {**sku.body}
        if isinstance(told.get("Images"), list):
            told["Images"] = [
                {**image, "ImageUrl": self._completed(image.get("ImageUrl"))} for image in told["Images"]
            ]
        if "ImageUrl" in told:
            told["ImageUrl"] = self._completed(told["ImageUrl"])
        body = self._bodies[sku_id] = orjson.dumps(told)
        return body

    def _completed(self, url: Any) -> Any:
        return self._host + url if isinstance(url, str) and url.startswith("/") else url

    def offer(self, sku: CatalogueSku) -> Offer:
        """Return what the simulation shows now: for a while after a change, the old offer."""
        if self._old_offers:
            stale = self._old_offers.get(sku.id)
            if stale is not None and self.clock() < stale[0]:
                return stale[1]
            self._old_offers.pop(sku.id, None)
        return Offer(sku.price, sku.list_price, sku.stock)

    def listed(self, trade_policy: int) -> list[str]:
        """Return the SKU ids of a trade policy, as the list's own index has them."""
        late = self.settings.list_forgets_late and trade_policy == TRADE_POLICY
        defects = self.catalogue.defects
        return [
            sku.id
            for sku in self.catalogue.skus.values()
            if trade_policy in sku.trade_policies or (late and defects.get(sku.id) is Defect.OUT_OF_TRADE_POLICY)
        ]

    def change(self, sku: CatalogueSku, wanted: Mapping[str, Any]) -> Effect:
        """Edit a SKU; the old answers stay visible for as long as the settings say."""
        now = self.clock()
        old_body, old_offer = self._bodies.get(sku.id) or self._render(sku.id), self.offer(sku)
        effect = apply_change(sku, wanted)
        self._bodies.pop(sku.id, None)
        if self.settings.indexer_lag_seconds and effect.product and old_body is not None:
            self._old_bodies[sku.id] = (now + self.settings.indexer_lag_seconds, old_body)
        if self.settings.price_stale_seconds and (effect.price or effect.stock):
            self._old_offers[sku.id] = (now + self.settings.price_stale_seconds, old_offer)
        return effect

    def tells_stock(self, sku: CatalogueSku, effect: Effect) -> bool:
        """Return whether a change of nothing but stock is told: the rule of five, and two at once are one."""
        if not effect.stock_told:
            return False
        now, before = self.clock(), self._stock_told_at.get(sku.id)
        if before is not None and now - before < self.settings.merge_stock_seconds:
            return False
        self._stock_told_at[sku.id] = now
        return True
