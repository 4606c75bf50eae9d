"""Product type definitions and their schemas."""

from __future__ import annotations

from aiohttp import web

from ponte.sandbox.amazon.answers import JSON_TYPE, errors
from ponte.sandbox.amazon.definitions import META
from ponte.sandbox.amazon.marketplace import Marketplace
from ponte.sandbox.amazon.schemas import product_types, version
from ponte.sandbox.amazon.settings import Seller

REQUIREMENTS = frozenset({"LISTING", "LISTING_PRODUCT_ONLY", "LISTING_OFFER_ONLY"})
SEARCH, GET = "searchDefinitionsProductTypes", "getDefinitionsProductType"


class DefinitionEndpoints:
    def __init__(self, market: Marketplace) -> None:
        self._market = market

    def routes(self) -> list[web.RouteDef]:
        market = self._market
        return [
            market.route("GET", "/definitions/2020-09-01/productTypes", SEARCH, self.search),
            market.route("GET", "/definitions/2020-09-01/productTypes/{type}", GET, self.get),
            market.open_route("GET", "/schemas/meta", self.meta),
            market.open_route("GET", "/schemas/{type}/{requirements}", self.schema),
        ]

    async def search(self, request: web.Request, _seller: Seller) -> web.Response:
        asked = request.query
        if "marketplaceIds" not in asked or ("keywords" in asked and "itemName" in asked):
            return self._market.bad_input(SEARCH)
        found = self._market.definitions.search(asked.get("keywords") or asked.get("itemName", ""))
        body = {"productTypes": found, "productTypeVersion": version()}
        return self._market.replies.reply(body, rate=self._market.rate(SEARCH))

    async def get(self, request: web.Request, _seller: Seller) -> web.Response:
        market, name = self._market, request.match_info["type"]
        requirements = request.query.get("requirements", "LISTING")
        if request.query.get("marketplaceIds") != market.settings.marketplace_id or requirements not in REQUIREMENTS:
            return market.bad_input(GET)
        if name not in product_types():
            body = errors("NOT_FOUND", f"Product type '{name[:100]}' is not available in the marketplace.")
            return market.replies.ready(body, status=404, rate=market.rate(GET))
        address, locale = f"{request.scheme}://{request.host}", request.query.get("locale", "pt_BR")
        told = market.definitions.definition(name, requirements, address, locale)
        return market.replies.reply(told, rate=market.rate(GET))

    async def schema(self, request: web.Request) -> web.Response:
        name, requirements = request.match_info["type"], request.match_info["requirements"]
        if name not in product_types() or requirements not in REQUIREMENTS:
            return web.Response(status=403, body=b"<Error><Code>AccessDenied</Code></Error>")
        body = self._market.definitions.body(name, requirements)
        return web.Response(body=body, content_type=JSON_TYPE)

    async def meta(self, _request: web.Request) -> web.Response:
        return web.Response(body=META, content_type=JSON_TYPE)
