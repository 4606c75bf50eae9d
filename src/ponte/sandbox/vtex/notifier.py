"""Posts the fake VTEX's change notifications to the affiliates' addresses, well or badly, as the settings say."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import orjson
from yarl import URL

from ponte.sandbox.catalogue.model import CatalogueSku
from ponte.sandbox.vtex.change import Effect
from ponte.sandbox.vtex.shop import Shop

TIMEOUT = aiohttp.ClientTimeout(total=10)
CONCURRENCY = 50
REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Note:
    """One notification on its way."""

    url: str
    body: bytes
    sku_id: str


class Notifier:
    """Knows which notifications a change makes, and posts them.

    `sent` keeps the last thousand as {"sku", "url", "status"}; a status of 0 is a failed connection.
    """

    def __init__(self, shop: Shop) -> None:
        self.sent: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        self._shop = shop
        self._draw = random.Random(f"{shop.catalogue.seed}/notify")
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._gate = asyncio.Semaphore(CONCURRENCY)

    async def changed(self, sku: CatalogueSku, effect: Effect) -> int:
        """Tell a change; returns how many notifications were made of it.

        A change of the registration is told for every SKU of the product, whether it changed or not.
        """
        if effect.only_stock and not self._shop.tells_stock(sku, effect):
            return 0
        told = self._shop.siblings(sku) if effect.product else [sku]
        return await self._tell(note for one in told for note in self._notes(one, effect, changed=one is sku))

    async def reindexed(self, skus: Iterable[CatalogueSku]) -> int:
        """Tell every one of these SKUs, as a re-indexing does."""
        effect = Effect(product=True)
        return await self._tell(note for sku in skus for note in self._notes(sku, effect, changed=True))

    async def settled(self) -> None:
        """Wait until nothing is on its way, delayed notifications included."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _notes(self, sku: CatalogueSku, effect: Effect, *, changed: bool) -> Iterable[Note]:
        for affiliate in self._shop.affiliates.values():
            policy, url = int(affiliate.get("salesChannel") or 0), affiliate.get("searchURIEndpoint")
            removed = changed and policy in effect.left_policies
            if url and (removed or policy in sku.trade_policies):
                body = self._body(sku, effect, affiliate["id"], changed=changed, removed=removed)
                yield Note(url, orjson.dumps(body), sku.id)

    def _body(
        self, sku: CatalogueSku, effect: Effect, affiliate: str, *, changed: bool, removed: bool
    ) -> dict[str, Any]:
        """Return the body as real ones are: PascalCase, the SKU a text, the product a number, 7 digits of seconds."""
        settings = self._shop.settings
        body = {
            "IdSku": sku.id,
            "ProductId": int(sku.product_id) if sku.product_id.isdecimal() else None,
            "An": self._shop.account + settings.account_suffix,
            "IdAffiliate": affiliate,
            "Version": "0" * 32,
            "DateModified": f"{datetime.now(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}3Z",
            "IsActive": sku.active,
            "StockModified": effect.stock and changed,
            "PriceModified": effect.price and changed,
            "HasStockKeepingUnitModified": effect.product,
            "HasStockKeepingUnitRemovedFromAffiliate": removed,
        }
        return {name: value for name, value in body.items() if name not in settings.notify_omit}

    async def _tell(self, notes: Iterable[Note]) -> int:
        made = list(notes)
        settings = self._shop.settings
        if not settings.notify:
            return 0
        sent = [note for note in made for _ in range(self._copies())]
        if settings.notify_reorder:
            sent.reverse()
        task = asyncio.create_task(self._post_all(sent, settings.notify_delay_seconds))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if not settings.notify_delay_seconds:
            await task
        return len(made)

    def _copies(self) -> int:
        settings = self._shop.settings
        if settings.notify_drop and self._draw.random() < settings.notify_drop:
            return 0
        return 2 if settings.notify_duplicate and self._draw.random() < settings.notify_duplicate else 1

    async def _post_all(self, notes: list[Note], delay_seconds: float) -> None:
        if delay_seconds:
            await asyncio.sleep(delay_seconds)
        if len(notes) <= 10 or self._shop.settings.notify_reorder:
            for note in notes:  # one after the other: their order is part of the play
                await self._post(note)
        else:
            await asyncio.gather(*map(self._post, notes))

    async def _post(self, note: Note) -> None:
        async with self._gate:
            for _ in range(1 + self._shop.settings.notify_retries):
                status = await self._try(note)
                self.sent.append({"sku": note.sku_id, "url": note.url, "status": status})
                if 200 <= status < 300:
                    return

    async def _try(self, note: Note) -> int:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        try:
            async with self._session.post(
                URL(note.url, encoded=True), data=note.body, headers=headers, allow_redirects=False
            ) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return 0
