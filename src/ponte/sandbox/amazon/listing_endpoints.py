"""Listings: put, patch, delete, get, and search with pages."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from typing import Any

import orjson
from aiohttp import web

from ponte.sandbox.amazon.answers import errors
from ponte.sandbox.amazon.listings import Listing
from ponte.sandbox.amazon.marketplace import Marketplace, sku_of_path
from ponte.sandbox.amazon.schemas import product_types
from ponte.sandbox.amazon.settings import Seller
from ponte.sandbox.amazon.validation import Issue, issues_of

ITEMS = "/listings/2021-08-01/items/{seller}"
ITEM = f"{ITEMS}/{{sku:.+}}"
PUT, PATCH, DELETE = "putListingsItem", "patchListingsItem", "deleteListingsItem"
GET, SEARCH = "getListingsItem", "searchListingsItems"
BAD_SKU = "BadSKU"
OPERATIONS = frozenset({"add", "replace", "merge", "delete"})
MAX_IDENTIFIERS = 20


class ListingEndpoints:
    def __init__(self, market: Marketplace) -> None:
        self._market = market

    def routes(self) -> list[web.RouteDef]:
        route = self._market.route
        return [
            route("PUT", ITEM, PUT, self.put, skus_of=sku_of_path),
            route("PATCH", ITEM, PATCH, self.patch, skus_of=sku_of_path),
            route("DELETE", ITEM, DELETE, self.delete, skus_of=sku_of_path),
            route("GET", ITEM, GET, self.get, skus_of=sku_of_path),
            route("GET", ITEMS, SEARCH, self.search),
        ]

    async def put(self, request: web.Request, seller: Seller) -> web.Response:
        body = await _body(request)
        if not self._is_fit(request, seller) or body is None or not _is_put(body):
            return self._market.bad_input(PUT)
        requirements = body.get("requirements", "LISTING")
        schema = self._market.definitions.schema_for(body["productType"], requirements, body["attributes"])
        found = issues_of(body["attributes"], schema)
        if found or _is_preview(request):
            return self._told(request, PUT, found)
        kept = self._market.listings.keep(seller.id, _sku(request), body["productType"], body["attributes"])
        kept.requirements, kept.flaws = requirements, []
        return self._told(request, PUT, [])

    async def patch(self, request: web.Request, seller: Seller) -> web.Response:
        """Change whole attributes. A SKU that is not there is begun by it, as users report: no listing yet."""
        body = await _body(request)
        if not self._is_fit(request, seller) or body is None or not _is_patch(body):
            return self._market.bad_input(PATCH)
        known = self._market.listings.get(seller.id, _sku(request))
        attributes = _patched(known.attributes if known else {}, body["patches"])
        requirements = known.requirements if known else "LISTING"
        schema = self._market.definitions.schema_for(body["productType"], requirements, attributes)
        found = issues_of(attributes, schema)
        touched = {one["path"].rpartition("/")[2] for one in body["patches"]}
        refused = [one for one in found if touched & set(one.get("attributeNames", ()))]
        if refused or _is_preview(request):
            return self._told(request, PATCH, refused)
        kept = self._market.listings.keep(seller.id, _sku(request), body["productType"], attributes)
        kept.flaws = found
        return self._told(request, PATCH, [])

    async def delete(self, request: web.Request, seller: Seller) -> web.Response:
        if not self._is_fit(request, seller):
            return self._market.bad_input(DELETE)
        self._market.listings.remove(seller.id, _sku(request))
        return self._told(request, DELETE, [])

    async def get(self, request: web.Request, seller: Seller) -> web.Response:
        market, sku = self._market, _sku(request)
        if not self._is_fit(request, seller):
            return market.bad_input(GET)
        listing = market.listings.get(seller.id, sku)
        if listing is None or not market.listings.can_be_read(listing):
            text = f"SKU '{sku}' not found in marketplace {market.settings.marketplace_id}"
            return market.replies.ready(errors("NOT_FOUND", text), status=404, rate=market.rate(GET))
        return market.replies.reply(market.listings.item(listing, _included(request)), rate=market.rate(GET))

    async def search(self, request: web.Request, seller: Seller) -> web.Response:
        market, asked = self._market, request.query
        size, start = asked.get("pageSize", str(market.settings.page_size)), _start(asked.get("pageToken", ""))
        identifiers = _words(asked.get("identifiers", ""))
        fit = self._is_fit(request, seller) and size.isascii() and size.isdigit()
        if not fit or start is None or len(identifiers) > MAX_IDENTIFIERS:
            return market.bad_input(SEARCH)
        found = [one for one in market.listings.of(seller.id) if self._is_asked_for(one, request, identifiers)]
        shown = found[start : start + max(1, min(int(size), 20))]
        end = start + len(shown)
        items = [market.listings.item(one, _included(request)) for one in shown]
        page = {"pagination": {"nextToken": _page(end)}} if end < len(found) else {}
        return market.replies.reply({"numberOfResults": len(found), **page, "items": items}, rate=market.rate(SEARCH))

    def _is_asked_for(self, listing: Listing, request: web.Request, identifiers: tuple[str, ...]) -> bool:
        listings, asked = self._market.listings, request.query
        if not listings.can_be_read(listing):
            return False
        kind = asked.get("identifiersType", "SKU")
        own = (
            listing.sku if kind == "SKU" else listing.asin(self._market.seed) if kind == "ASIN" else _barcode(listing)
        )
        severities = set(_words(asked.get("withIssueSeverity", "")))
        status = set(listings.status(listing))
        return (
            (not identifiers or own in identifiers)
            and (not severities or bool(severities & {one["severity"] for one in listings.issues(listing)}))
            and set(_words(asked.get("withStatus", ""))) <= status
            and not set(_words(asked.get("withoutStatus", ""))) & status
        )

    def _is_fit(self, request: web.Request, seller: Seller) -> bool:
        place = request.query.get("marketplaceIds") == self._market.settings.marketplace_id
        return place and request.match_info["seller"] == seller.id and _sku(request) != BAD_SKU

    def _told(self, request: web.Request, operation: str, found: list[Issue]) -> web.Response:
        good = "VALID" if _is_preview(request) else "ACCEPTED"
        status = "INVALID" if any(one["severity"] == "ERROR" for one in found) else good
        body = {"sku": _sku(request), "status": status, "submissionId": self._market.listings.submission()}
        return self._market.replies.reply({**body, "issues": found}, rate=self._market.rate(operation))


def _sku(request: web.Request) -> str:
    return request.match_info.get("sku", "")


def _is_preview(request: web.Request) -> bool:
    return request.query.get("mode") == "VALIDATION_PREVIEW"


def _words(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)


def _included(request: web.Request) -> frozenset[str]:
    return frozenset(_words(request.query.get("includedData", "summaries")))


async def _body(request: web.Request) -> dict[str, Any] | None:
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def _is_put(body: dict[str, Any]) -> bool:
    known = isinstance(body.get("productType"), str) and body["productType"] in product_types()
    fit = body.get("requirements", "LISTING") in {"LISTING", "LISTING_PRODUCT_ONLY", "LISTING_OFFER_ONLY"}
    return known and fit and isinstance(body.get("attributes"), dict)


def _is_patch(body: dict[str, Any]) -> bool:
    known = isinstance(body.get("productType"), str) and body["productType"] in product_types()
    patches = body.get("patches")
    return known and isinstance(patches, list) and bool(patches) and all(_is_operation(one) for one in patches)


def _is_operation(one: Any) -> bool:
    if not isinstance(one, dict) or one.get("op") not in OPERATIONS:
        return False
    path, value = one.get("path"), one.get("value")
    whole = isinstance(path, str) and path.startswith("/attributes/") and path.count("/") == 2
    return whole and (one["op"] == "delete" or isinstance(value, list))


def _patched(attributes: dict[str, Any], patches: Iterable[dict[str, Any]]) -> dict[str, Any]:
    found = dict(attributes)
    for one in patches:
        name = one["path"].rpartition("/")[2]
        if one["op"] == "delete":
            found.pop(name, None)
        else:
            found[name] = one["value"]
    return found


def _barcode(listing: Listing) -> str:
    rows = listing.attributes.get("externally_assigned_product_identifier") or [{}]
    return str(rows[0].get("value", ""))


def _page(start: int) -> str:
    return urlsafe_b64encode(f"from:{start}".encode()).decode()


def _start(page: str) -> int | None:
    if not page:
        return 0
    try:
        return int(urlsafe_b64decode(page.encode()).decode().removeprefix("from:"))
    except ValueError:
        return None
