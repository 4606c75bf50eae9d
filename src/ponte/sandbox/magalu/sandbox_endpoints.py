"""The fake's own doors under /_sandbox; no token is needed, it listens on loopback only.

GET  /_sandbox/skus                 {"skus": {"2000123": {"status", "price", "stock"}}, "spent_refreshes": 0}
GET  /_sandbox/applied              {"applied": [{"sku", "what", "body"}]}: what was taken, the oldest first
POST /_sandbox/skus/{sku}           {"status": "BLOCKED"}: so from now on; "" gives it back to its own course
POST /_sandbox/webhook              {"url": "http://..."}: posts every change of status there -> {"secret": ...}
POST /_sandbox/posts                {"sku", "variant": "right" | "wrong_signature" | "old_timestamp"} -> {"status"}
POST /_sandbox/expire               access tokens die; the refresh token lives
"""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from ponte.sandbox.magalu.answers import message, not_found, reply
from ponte.sandbox.magalu.market import Market
from ponte.sandbox.magalu.posts import VARIANTS


class SandboxEndpoints:
    def __init__(self, market: Market) -> None:
        self._market = market

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_sandbox/skus", self.skus),
            web.get("/_sandbox/applied", self.applied),
            web.post("/_sandbox/skus/{sku}", self.force),
            web.post("/_sandbox/webhook", self.webhook),
            web.post("/_sandbox/posts", self.post),
            web.post("/_sandbox/expire", self.expire),
        ]

    async def skus(self, _request: web.Request) -> web.Response:
        shelf = self._market.shelf
        found = {
            sku.code: {"status": shelf.status(sku), "price": sku.price, "stock": sku.stock}
            for sku in shelf.all()
            if sku.made
        }
        return reply({"skus": found, "spent_refreshes": self._market.tokens.spent})

    async def applied(self, _request: web.Request) -> web.Response:
        return reply({"applied": self._market.shelf.applied})

    async def force(self, request: web.Request) -> web.Response:
        sku, wanted = self._market.shelf.get(request.match_info["sku"]), await _read(request)
        if sku is None:
            return not_found()
        sku.forced = str(wanted.get("status", ""))
        return reply({"sku": sku.code, "status": self._market.shelf.status(sku)})

    async def webhook(self, request: web.Request) -> web.Response:
        self._market.posts.send_to(str((await _read(request)).get("url", "")))
        return reply({"secret": self._market.settings.seller.webhook_secret})

    async def post(self, request: web.Request) -> web.Response:
        wanted = await _read(request)
        sku, variant = self._market.shelf.get(str(wanted.get("sku"))), str(wanted.get("variant", "right"))
        if sku is None or variant not in VARIANTS:
            return message(400, f"sku, and variant, one of {', '.join(VARIANTS)}")
        return reply({"status": await self._market.posts.post(sku, variant)})

    async def expire(self, _request: web.Request) -> web.Response:
        self._market.tokens.expire()
        return web.Response(status=204)


async def _read(request: web.Request) -> dict[str, Any]:
    try:
        body = orjson.loads(await request.read() or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
