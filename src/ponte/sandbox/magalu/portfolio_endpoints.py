"""The seller's portfolio: account, categories, SKUs, prices, stocks, traces."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from ponte.sandbox.magalu.answers import blockers, busy, invalid, message, not_found, reply, traced
from ponte.sandbox.magalu.categories import load_categories, named
from ponte.sandbox.magalu.market import Market
from ponte.sandbox.magalu.rules import at_once, before_publishing
from ponte.sandbox.magalu.shelf import Shelf, Sku, Trace, merged

BASE = "/seller/v1/portfolios"
MAX_LIMIT = 100


class PortfolioEndpoints:
    def __init__(self, market: Market) -> None:
        self._market = market
        self._shelf: Shelf = market.shelf

    def routes(self) -> list[web.RouteDef]:
        route = self._market.route
        parts = [
            route(method, f"{BASE}/{path}/{{sku}}", endpoint)
            for path, endpoint in (("prices", self.price), ("stocks", self.stock))
            for method in ("GET", "POST", "PATCH")
        ]
        return [
            route("GET", f"{BASE}/me", self.me),
            route("GET", f"{BASE}/categories", self.categories),
            route("GET", f"{BASE}/categories/{{id}}/attributes", self.attributes),
            route("GET", f"{BASE}/categories/{{id}}/datasheet", self.datasheet),
            route("GET", f"{BASE}/skus", self.listed),
            route("POST", f"{BASE}/skus", self.create),
            route("GET", f"{BASE}/skus/{{sku}}", self.read),
            route("PUT", f"{BASE}/skus/{{sku}}", self.replace),
            route("PATCH", f"{BASE}/skus/{{sku}}", self.change),
            route("GET", f"{BASE}/skus/{{sku}}/validation-info", self.validation_info),
            route("GET", "/v0/traces/{id}", self.trace),
            *parts,
        ]

    async def me(self, _request: web.Request) -> web.Response:
        seller = self._market.settings.seller
        channel = {"id": seller.channel, "name": "magazineluiza"}
        return reply(
            {"tenant": {"id": seller.tenant}, "channel": channel, "seller": {"id": seller.id, "name": seller.name}}
        )

    async def categories(self, request: web.Request) -> web.Response:
        asked = request.query
        if "id" in asked:
            found = [one for one in (load_categories().get(asked["id"]),) if one]
        else:
            found = named(asked.get("name", ""))
        return _page(request, [one.as_json() for one in found])

    async def attributes(self, request: web.Request) -> web.Response:
        category = load_categories().get(request.match_info["id"])
        return _page(request, list(category.attributes)) if category else not_found()

    async def datasheet(self, request: web.Request) -> web.Response:
        category = load_categories().get(request.match_info["id"])
        if category is None:
            return not_found()
        only = request.query.get("required") == "required"
        return _page(request, [row for row in category.datasheet if row["required"] or not only])

    async def listed(self, request: web.Request) -> web.Response:
        return _page(request, [self._body(sku) for sku in self._shelf.all() if sku.made])

    async def create(self, request: web.Request) -> web.Response:
        body = await _object(request)
        if body is None:
            return message(400, "Invalid JSON")
        code = str(body.get("sku", ""))
        known = self._shelf.get(code)
        if known is not None and (known.made or known.coming is not None):
            return busy(code) if self._shelf.is_busy(known) else message(409, f"SKU {code} already exists")
        return self._judged(code, body) or _taken(self._shelf.take(code, body))

    async def replace(self, request: web.Request) -> web.Response:
        sku, body = self._made(request), await _object(request)
        if sku is None:
            return not_found()
        if body is None:
            return message(400, "Invalid JSON")
        if self._shelf.is_busy(sku):
            return busy(sku.code)
        return self._judged(sku.code, body) or self._accepted(self._shelf.take(sku.code, body))

    async def change(self, request: web.Request) -> web.Response:
        sku, change = self._made(request), await _object(request)
        if sku is None:
            return not_found()
        if change is None:
            return message(400, "Invalid JSON")
        if self._shelf.is_busy(sku):
            return busy(sku.code)
        body = merged(sku.body, change)
        return self._judged(sku.code, body) or self._accepted(self._shelf.take(sku.code, body))

    def _judged(self, code: str, body: dict[str, Any]) -> web.Response | None:
        refusals = list(at_once(body, self._market.settings.seller.channel))
        return invalid(refusals, code, self._market.settings.envelope) if refusals else None

    def _accepted(self, trace: Trace) -> web.Response:
        return _taken(trace) if self._market.settings.trace_in_put else reply({}, status=202)

    def _made(self, request: web.Request) -> Sku | None:
        sku = self._shelf.get(request.match_info["sku"])
        return sku if sku is not None and sku.made else None

    async def read(self, request: web.Request) -> web.Response:
        sku = self._made(request)
        return reply(self._body(sku)) if sku else not_found()

    def _body(self, sku: Sku) -> dict[str, Any]:
        status = self._shelf.status(sku)
        body = {**sku.body, "status": status, "active": sku.body.get("active", True)}
        if status == "PUBLISHED":
            url = f"https://www.magazineluiza.com.br/p/{sku.code}/"
            body["url_marketplace"] = [{"channel": {"id": self._market.settings.seller.channel}, "url": url}]
        return body

    async def validation_info(self, request: web.Request) -> web.Response:
        sku = self._made(request)
        if sku is None:
            return not_found()
        return blockers(list(before_publishing(sku.body)), as_sentences=len(sku.code) % 2 == 0)

    async def trace(self, request: web.Request) -> web.Response:
        trace = self._shelf.traces.get(request.match_info["id"])
        return traced(trace, self._market.clock()) if trace else not_found()

    async def price(self, request: web.Request) -> web.Response:
        return await self._money(request, "price")

    async def stock(self, request: web.Request) -> web.Response:
        return await self._money(request, "stock")

    async def _money(self, request: web.Request, part: str) -> web.Response:
        sku = self._made(request)
        if sku is None:
            return not_found()
        before = getattr(sku, part)
        if request.method == "GET":
            return reply(before) if before else not_found()
        body = await _object(request)
        if body is None:
            return message(400, "Invalid JSON")
        refused = self._money_refused(request.method, sku, part, body)
        return refused or self._accepted(self._shelf.put_money(sku, part, body))

    def _money_refused(self, method: str, sku: Sku, part: str, body: dict[str, Any]) -> web.Response | None:
        before = getattr(sku, part)
        if sku.is_processing(self._market.clock()):
            return busy(sku.code)
        if method == "PATCH" and before is None:
            return not_found()
        if method == "POST" and before is not None:
            return message(409, f"{part} already exists", f"{part.upper()}_ALREADY_EXISTS")
        return _money_invalid(part, body, self._market.settings.seller.channel)


def _money_invalid(part: str, body: dict[str, Any], channel: str) -> web.Response | None:
    told = body.get("channel")
    if not isinstance(told, dict) or told.get("id") != channel:
        return reply({"errors": [{"field": "channel", "message": "Field required"}]}, status=422)
    for name in ("price", "list_price") if part == "price" else ("quantity",):
        value, least = body.get(name), 1 if part == "price" else 0
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            detail = {"loc": ["body", name], "msg": f"Input should be an integer of at least {least}", "type": "int"}
            return reply({"detail": [detail]}, status=422)
    return None


def _taken(trace: Trace) -> web.Response:
    return reply({"trace_id": trace.id}, status=202, headers={"X-Request-ID": trace.id[:12]})


def _page(request: web.Request, rows: list[dict[str, Any]]) -> web.Response:
    offset, limit = _number(request, "_offset", 0), min(_number(request, "_limit", 50), MAX_LIMIT)
    page = rows[offset : offset + limit]
    meta = {"limit": limit, "offset": offset, "count": len(page), "max_limit": MAX_LIMIT}
    return reply({"meta": {"page": meta, "links": {}}, "results": page})


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else default


async def _object(request: web.Request) -> dict[str, Any] | None:
    try:
        body = orjson.loads(await request.read())
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
