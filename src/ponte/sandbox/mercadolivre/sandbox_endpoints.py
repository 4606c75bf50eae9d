"""The fake's own doors under /_sandbox: what was applied, how many listings a SKU has, traits and tokens.

    GET  /_sandbox/applied?after=0&limit=1000      {"applied": [{"seq", "at", "method", "item_id", "sku",
                                                   "payload", ...}], "last": 12}
    GET  /_sandbox/items?seller_sku=&seller_id=    {"items": [brief listings], "total": n}, without the index's lag;
                                                   &limit, &offset
    GET  /_sandbox/duplicates                      {"skus": n, "listings": n, "duplicates": {"seller/sku": [ids]}}:
                                                   SKUs with more than one listing that isn't closed
    POST /_sandbox/items/{id}                      traits: {"sold_quantity", "fulfillment", "price_automation",
                                                   "moderation": name or null, "after_seconds", "closed": "expired",
                                                   "suspended" or "freezed"} -> 200 the listing
    POST /_sandbox/moderations                     {"suffix": "97", "name": "FORBIDDEN_PRODUCT"}: for listings to come
    POST /_sandbox/tokens                          {"user_id": n} -> 201 a pair of tokens, without OAuth's round
    POST /_sandbox/accounts/{user_id}/expire       its access tokens die; the refresh token lives
    POST /_sandbox/accounts/{user_id}/revoke       all its tokens die

No token is needed: the fake listens on loopback only.
"""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from ponte.sandbox.mercadolivre.answers import not_found, problem, ready, reply
from ponte.sandbox.mercadolivre.bodies import read_object
from ponte.sandbox.mercadolivre.listing import NEVER, Listing
from ponte.sandbox.mercadolivre.marketplace import Marketplace
from ponte.sandbox.mercadolivre.moderation import MODERATIONS
from ponte.sandbox.mercadolivre.publishing import shipped

_BRIEF = ("id", "seller_id", "title", "status", "sub_status", "price", "available_quantity", "user_product_id")
_PAGE = 1000
_ENDS = ("expired", "suspended", "freezed")


class SandboxEndpoints:
    def __init__(self, market: Marketplace) -> None:
        self._market = market

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_sandbox/applied", self.applied),
            web.get("/_sandbox/items", self.items),
            web.get("/_sandbox/duplicates", self.duplicates),
            web.post("/_sandbox/items/{id}", self.traits),
            web.post("/_sandbox/moderations", self.moderate),
            web.post("/_sandbox/tokens", self.mint),
            web.post(r"/_sandbox/accounts/{user_id:\d{1,18}}/{what:expire|revoke}", self.spoil),
        ]

    async def applied(self, request: web.Request) -> web.Response:
        return ready(self._market.journal.after(_number(request, "after", 0), limit=_number(request, "limit", _PAGE)))

    async def items(self, request: web.Request) -> web.Response:
        sku, seller = request.query.get("seller_sku"), request.query.get("seller_id")
        found = [
            one
            for one in self._market.listings
            if (sku is None or sku in one.skus or sku == one.sku) and (seller is None or seller == str(one.seller_id))
        ]
        offset, limit, now = _number(request, "offset", 0), _number(request, "limit", _PAGE), self._market.clock()
        page = [_brief(one, now) for one in found[offset : offset + limit]]
        return reply({"items": page, "total": len(found)})

    async def duplicates(self, _request: web.Request) -> web.Response:
        by_sku = {
            f"{seller_id}/{sku}": [one.id for one in listings if not one.is_closed]
            for seller_id, sku, listings in self._market.listings.by_sku()
        }
        doubled = {key: ids for key, ids in by_sku.items() if len(ids) > 1}
        return reply({"skus": len(by_sku), "listings": len(self._market.listings), "duplicates": doubled})

    async def traits(self, request: web.Request) -> web.Response:
        listing = self._market.listings.get(request.match_info["id"])
        wanted = await read_object(request)
        if listing is None:
            return not_found(request.match_info["id"])
        if isinstance(wanted, web.Response):
            return wanted
        if wanted.get("moderation") not in (None, *MODERATIONS):
            return problem(400, f"moderation must be one of {', '.join(MODERATIONS)}", "bad_request")
        if wanted.get("closed") not in (None, *_ENDS):
            return problem(400, f"closed must be one of {', '.join(_ENDS)}", "bad_request")
        self._set(listing, wanted)
        return ready(listing.as_bytes(self._market.clock()))

    def _set(self, listing: Listing, wanted: Mapping[str, Any]) -> None:
        if "sold_quantity" in wanted:
            listing.body["sold_quantity"] = int(wanted["sold_quantity"])
        listing.fulfillment = bool(wanted.get("fulfillment", listing.fulfillment))
        listing.body["shipping"] = shipped(listing.body, fulfillment=listing.fulfillment)
        if wanted.get("closed"):
            listing.closed_at, listing.ended_by = self._market.clock(), wanted["closed"]
        listing.price_automation = bool(wanted.get("price_automation", listing.price_automation))
        if "moderation" in wanted:
            listing.moderation = MODERATIONS.get(wanted["moderation"])
            at = self._market.clock() + float(wanted.get("after_seconds", 0))
            listing.moderated_at = at if listing.moderation else NEVER

    async def moderate(self, request: web.Request) -> web.Response:
        wanted = await read_object(request)
        if isinstance(wanted, web.Response):
            return wanted
        suffix, name = wanted.get("suffix"), wanted.get("name")
        if not isinstance(suffix, str) or not suffix or name not in MODERATIONS:
            return problem(400, f"suffix, and name, one of {', '.join(MODERATIONS)}", "bad_request")
        self._market.moderated[suffix] = str(name)
        return reply({"moderated": self._market.moderated}, status=201)

    async def mint(self, request: web.Request) -> web.Response:
        wanted = await read_object(request)
        if isinstance(wanted, web.Response):
            return wanted
        user_id = wanted.get("user_id", self._market.settings.accounts[0].user_id)
        account = self._market.tokens.account(user_id) if isinstance(user_id, int) else None
        if account is None:
            return problem(404, "no such account", "not_found")
        return reply(self._market.tokens.mint(account, self._market.settings.apps[0]), status=201)

    async def spoil(self, request: web.Request) -> web.Response:
        user_id = int(request.match_info["user_id"])
        if request.match_info["what"] == "revoke":
            self._market.tokens.revoke(user_id)
        else:
            self._market.tokens.expire_access(user_id)
        return web.Response(status=204)


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def _brief(listing: Listing, now: float) -> dict[str, Any]:
    body = listing.as_json(now)
    return {**{field: body[field] for field in _BRIEF}, "sku": listing.sku, "skus": listing.skus}
