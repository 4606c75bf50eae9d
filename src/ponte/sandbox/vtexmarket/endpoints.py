"""The endpoints that a seller's connector asks: bindings, notices, suggestions. And the sandbox's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
from aiohttp import web

from ponte.sandbox.pace import Buckets
from ponte.sandbox.switchboard import Switchboard
from ponte.sandbox.vtexmarket import rules
from ponte.sandbox.vtexmarket.market import ACCEPTED, DENIED, Binding, Market, Suggestion

Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]
BINDINGS = "/api/sku-binding/pvt/skuseller"
NOT_FOUND = (
    "Seller StockKeepingUnit {sku} not found for this seller id {seller} in this account {account},"
    " API must be called to create a new suggestion"
)


class Endpoints:
    def __init__(self, market: Market, switchboard: Switchboard) -> None:
        self._market, self._switchboard = market, switchboard
        settings = market.settings
        self._pace = Buckets(per_second=settings.requests_per_second, burst=settings.burst, clock=market.clock)

    def routes(self) -> list[web.RouteDef]:
        place, suggestion = "{seller}/{sku}", "/{account}/suggestions/{seller}/{sku}"
        return [
            self._route("POST", f"{BINDINGS}/changenotification/{place}", self.notify),
            self._route("GET", f"{BINDINGS}/paged/sellerid/{{seller}}", self.bindings),
            self._route("POST", f"{BINDINGS}/{{verb:activate|inactivate|remove}}/{place}", self.switch),
            self._route("GET", f"{BINDINGS}/{place}", self.binding),
            self._route(
                "POST", "/api/notificator/{seller}/changenotification/{sku}/{part:price|inventory}", self.notice
            ),
            self._route("PUT", suggestion, self.suggest),
            self._route("GET", suggestion, self.suggestion),
            self._route("DELETE", suggestion, self.unsuggest),
            web.get("/_sandbox/suggestions", self.all_suggestions),
            web.post("/_sandbox/suggestions/{sku}/{verdict:accept|deny}", self.decide),
        ]

    def _route(self, method: str, path: str, endpoint: Endpoint) -> web.RouteDef:
        async def let_in(request: web.Request) -> web.StreamResponse:
            refused = self._refusal(request)
            return refused or await endpoint(request)

        return self._switchboard.route(method, path, let_in, skus_of=_skus_of)

    def _refusal(self, request: web.Request) -> web.Response | None:
        settings, headers, said = self._market.settings, request.headers, request.match_info
        keys = headers.get("X-VTEX-API-AppKey"), headers.get("X-VTEX-API-AppToken")
        if keys != (settings.app_key, settings.app_token):
            return _reply({"message": "Unauthorized"}, 401)
        mine = said.get("seller") == settings.seller and said.get("account", settings.account) == settings.account
        may = settings.may_suggest or "account" not in said or request.method != "PUT"
        if not mine or not may:
            return _reply({"message": "Forbidden: the key has no resource for this"}, 403)
        if not self._pace.takes("keys"):
            return web.Response(status=429, headers={"Retry-After": "1"})
        return None

    async def notify(self, request: web.Request) -> web.Response:
        sku = request.match_info["sku"]
        if self._market.binding(sku):
            return web.Response(status=200)
        settings = self._market.settings
        said = NOT_FOUND.format(sku=sku[:60], seller=settings.seller, account=settings.account)
        return _reply(said, 404)

    async def binding(self, request: web.Request) -> web.Response:
        sku = request.match_info["sku"]
        found = self._market.binding(sku)
        return _reply(self._told(sku, found)) if found else _reply({"message": "SkuSeller not found"}, 404)

    async def bindings(self, request: web.Request) -> web.Response:
        size = request.query.get("size", "10")
        most = int(size) if size.isascii() and size.isdigit() and len(size) < 5 else 10
        return _reply([self._listed(sku, found) for sku, found in list(self._market.bound().items())[:most]])

    async def switch(self, request: web.Request) -> web.Response:
        sku, verb = request.match_info["sku"], request.match_info["verb"]
        found = self._market.binding(sku)
        if found is None:
            return _reply({"message": "SkuSeller not found"}, 404)
        if verb == "remove":
            self._market.unbind(sku)
        else:
            found.active = verb == "activate"
        return web.Response(status=200)

    async def notice(self, request: web.Request) -> web.Response:
        found = self._market.binding(request.match_info["sku"])
        if found is None:
            return _reply({"message": "Sku not found"}, 404)
        found.notices.append(request.match_info["part"])
        return web.Response(status=202)

    async def suggest(self, request: web.Request) -> web.Response:
        sku, body = request.match_info["sku"], await _object(request)
        if body is None:
            return _reply({"errors": [rules.Error(0, "The body is no object").as_json()]}, 400)
        if self._market.binding(sku):
            return _reply({"errors": [rules.Error(23).as_json()]}, 400)
        errors = [error.as_json() for error in rules.at_once(body)]
        if errors:
            return _reply({"errors": errors}, 400)
        self._market.suggest(sku, body)
        return web.Response(status=200)

    async def suggestion(self, request: web.Request) -> web.Response:
        sku = request.match_info["sku"]
        found = self._market.suggestions.get(sku)
        return _reply(self._shown(sku, found)) if found else _reply(rules.Error(16).as_json(), 404)

    async def unsuggest(self, request: web.Request) -> web.Response:
        gone = self._market.suggestions.pop(request.match_info["sku"], None)
        return web.Response(status=200) if gone else _reply(rules.Error(16).as_json(), 404)

    async def all_suggestions(self, _request: web.Request) -> web.Response:
        """Every suggestion as the marketplace's people see it."""
        return _reply([self._shown(sku, one) for sku, one in self._market.suggestions.items()])

    async def decide(self, request: web.Request) -> web.Response:
        """Decide as a person of the marketplace does."""
        found = self._market.suggestions.get(request.match_info["sku"])
        if found is None:
            return _reply(rules.Error(16).as_json(), 404)
        found.verdict = ACCEPTED if request.match_info["verdict"] == "accept" else DENIED
        return web.Response(status=200)

    def _told(self, sku: str, found: Binding) -> dict[str, Any]:
        return {
            "IsPersisted": True,
            "IsRemoved": False,
            "SkuSellerId": found.number,
            "UpdateDate": "2026-11-20T04:52:42.1",
            "RequestedUpdateDate": None,
            "SellerStockKeepingUnitId": sku,
            "SellerId": self._market.settings.seller,
            "StockKeepingUnitId": found.number,
            "IsActive": found.active,
        }

    def _listed(self, sku: str, found: Binding) -> dict[str, Any]:
        """A row of the list, which tells less than the binding itself (reference "SKU Bindings")."""
        return {
            "SellerId": self._market.settings.seller,
            "StockKeepingUnitId": found.number,
            "SellerStockKeepingUnitId": sku,
            "IsActive": found.active,
            "FreightCommissionPercentage": None,
            "ProductCommissionPercentage": None,
        }

    def _shown(self, sku: str, found: Suggestion) -> dict[str, Any]:
        standing, errors = self._market.standing(found)
        score = self._market.score(found)
        match = {"matchId": f"{sku}-{found.version}", "matcherId": "vtex-matcher", "score": f"{score or 0:.1f}"}
        return {
            "itemId": sku,
            "accountName": self._market.settings.account,
            "sellerId": self._market.settings.seller,
            "status": standing,
            "latestVersionId": f"v{found.version}",
            "content": found.body,
            "matches": [match] if score is not None else [],
            "errors": [error.as_json() for error in errors],
        }


async def _skus_of(request: web.Request) -> Sequence[str]:
    sku = request.match_info.get("sku")
    return (sku,) if sku else ()


async def _object(request: web.Request) -> dict[str, Any] | None:
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def _reply(body: object, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")
