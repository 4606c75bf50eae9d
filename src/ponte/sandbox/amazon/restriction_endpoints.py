"""Whether a seller may sell a product: listings restrictions."""

from __future__ import annotations

import orjson
from aiohttp import web

from ponte.sandbox.amazon.marketplace import Marketplace
from ponte.sandbox.amazon.settings import Seller

GET = "getListingsRestrictions"


class RestrictionEndpoints:
    def __init__(self, market: Marketplace) -> None:
        self._market = market

    def routes(self) -> list[web.RouteDef]:
        return [self._market.route("GET", "/listings/2021-08-01/restrictions", GET, self.get)]

    async def get(self, request: web.Request, seller: Seller) -> web.Response:
        asked, market = request.query, self._market
        asin = asked.get("asin", "")
        if len(asin) != 10 or asked.get("sellerId") != seller.id or "marketplaceIds" not in asked:
            # The one operation whose 400 is a bare list (the model's own sample).
            body = orjson.dumps([{"code": "BAD_REQUEST", "message": "Invalid 'asin' provided."}])
            return market.replies.ready(body, status=400, rate=market.rate(GET))
        reason = {"message": "You need approval to list this product.", "reasonCode": "APPROVAL_REQUIRED"}
        row = {"marketplaceId": market.settings.marketplace_id, "reasons": [reason]}
        found = [row] if asin in seller.restricted else []
        return market.replies.reply({"restrictions": found}, rate=market.rate(GET))
