"""What the fake posts when a SKU changes: signed rightly, and on request wrongly or long ago."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp
import orjson

from ponte.sandbox.magalu.settings import Seller
from ponte.sandbox.magalu.shelf import Shelf, Sku

EVERY_SECONDS = 0.2
LONG_AGO_SECONDS = 3_600
VARIANTS = ("right", "wrong_signature", "old_timestamp")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the header's value: HMAC-SHA256 over "{timestamp}.{body}"."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


class Posts:
    """Watches the shelf and tells one address of every change of status."""

    def __init__(self, shelf: Shelf, seller: Seller, clock: Callable[[], float]) -> None:
        self._shelf = shelf
        self._seller = seller
        self._clock = clock
        self._url = ""
        self._task: asyncio.Task[None] | None = None
        self.answers: list[int] = []
        """The statuses that came back."""

    def send_to(self, url: str) -> None:
        """Post to this address from now on; "" for nowhere."""
        self._url = url

    def body_of(self, sku: Sku) -> bytes:
        status = self._shelf.status(sku)
        data: dict[str, Any] = {"status": status, "params": {"sku": sku.code}, "resource": f"skus/{sku.code}"}
        return orjson.dumps({"topic": "portfolios_sku", "tenant_id": self._seller.tenant, "data": data})

    def headers_of(self, body: bytes, variant: str = "right") -> dict[str, str]:
        moment = self._clock() - (LONG_AGO_SECONDS if variant == "old_timestamp" else 0)
        secret = "whsec_of-somebody-else" if variant == "wrong_signature" else self._seller.webhook_secret
        timestamp = str(int(moment))
        return {
            "Content-Type": "application/json",
            "X-Timestamp": timestamp,
            "X-Signature-256": signature(secret, timestamp, body),
        }

    async def post(self, sku: Sku, variant: str = "right") -> int:
        """Post about a SKU now; returns the status that came back, 0 for none."""
        body = self.body_of(sku)
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
                session.post(self._url, data=body, headers=self.headers_of(body, variant)) as answer,
            ):
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, ValueError):
            status = 0
        self.answers.append(status)
        return status

    async def watch(self) -> None:
        """Post whenever a status has changed."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            for sku in self._shelf.all() if self._url else ():
                status = self._shelf.status(sku) if sku.made else ""
                if status and status != sku.told:
                    sku.told = status
                    await self.post(sku)

    def start(self) -> None:
        self._task = asyncio.create_task(self.watch())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
