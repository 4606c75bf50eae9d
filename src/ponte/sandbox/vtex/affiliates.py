"""The fake VTEX's affiliates: where a marketplace's notifications go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from ponte.sandbox.vtex.access import reply
from ponte.sandbox.vtex.shop import Shop

# Three consonants, repeats allowed (help centre, "Como configurar afiliado", 2024-01-08).
ID = re.compile(r"[B-DF-HJ-NP-TV-Z]{3}\Z")
DEFAULTS: dict[str, Any] = {
    "name": "",
    "salesChannel": "1",
    "followUpEmail": "null",
    "searchURIEndpoint": None,
    "searchURIEndpointVersion": "1.x.x",
    "searchURIEndpointAvailableVersions": ["1.x.x"],
    "useSellerPaymentMethod": False,
    "minimumValueAccumulated": None,
}
NAMES = {name.lower(): name for name in DEFAULTS}


@dataclass(frozen=True, slots=True)
class AffiliatesApi:
    """List, read, put (which creates too) and delete; names of fields in any case. Nothing is told on creation."""

    shop: Shop

    async def list(self, _request: web.Request) -> web.StreamResponse:
        return reply(list(self.shop.affiliates.values()))

    async def read(self, request: web.Request) -> web.StreamResponse:
        found = self.shop.affiliates.get(request.match_info["id"])
        return reply(found) if found else reply({"message": "Affiliate not found"}, status=404)

    async def put(self, request: web.Request) -> web.StreamResponse:
        affiliate_id = request.match_info["id"]
        try:
            raw = orjson.loads(await request.read())
        except orjson.JSONDecodeError:
            raw = None
        if not ID.match(affiliate_id) or not isinstance(raw, dict):
            return reply({"message": "The id must have 3 consonants"}, status=400)
        self.register(affiliate_id, raw)
        return web.Response(status=204)

    async def delete(self, request: web.Request) -> web.StreamResponse:
        gone = self.shop.affiliates.pop(request.match_info["id"], None)
        return web.Response(status=204) if gone else reply({"message": "Affiliate not found"}, status=404)

    def register(self, affiliate_id: str, raw: dict[str, Any]) -> None:
        """Create or update an affiliate from fields in any case; the sales channel is kept as text."""
        before = self.shop.affiliates.get(affiliate_id, {"id": affiliate_id, **DEFAULTS})
        told = {NAMES[name.lower()]: value for name, value in raw.items() if name.lower() in NAMES}
        if "salesChannel" in told:
            told["salesChannel"] = str(told["salesChannel"])
        self.shop.affiliates[affiliate_id] = before | told
