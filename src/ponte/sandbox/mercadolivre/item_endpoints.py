"""Listings: dry run, create, read, change, describe, relist."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from aiohttp import web

from ponte.sandbox.mercadolivre.answers import (
    body_problem,
    cause,
    invalid,
    not_found,
    not_owner,
    problem,
    ready,
    reply,
)
from ponte.sandbox.mercadolivre.bodies import flawed_new_item, objects, read_object
from ponte.sandbox.mercadolivre.changes import change
from ponte.sandbox.mercadolivre.creation_checks import causes_of
from ponte.sandbox.mercadolivre.draft import Draft, draft
from ponte.sandbox.mercadolivre.listing import Listing, moment
from ponte.sandbox.mercadolivre.listing_checks import flawed_description
from ponte.sandbox.mercadolivre.marketplace import Marketplace, unable_to_list
from ponte.sandbox.mercadolivre.publishing import publish
from ponte.sandbox.mercadolivre.settings import Account

MOST_IDS = 20


class ItemEndpoints:
    def __init__(self, market: Marketplace) -> None:
        self._market = market

    def routes(self) -> list[web.RouteDef]:
        route, of_item = self._market.route, self._market.skus_of_item
        return [
            route("POST", "/items", self.create, skus_of=_skus_of_body),
            route("POST", "/items/validate", self.validate, skus_of=_skus_of_body),
            route("GET", "/items", self.several, skus_of=self._skus_of_ids),
            route("GET", "/items/bulk", self.several, skus_of=self._skus_of_ids),
            route("GET", "/items/{id}", self.read, skus_of=of_item),
            route("PUT", "/items/{id}", self.update, skus_of=of_item),
            route("GET", "/items/{id}/description", self.description, skus_of=of_item),
            route("POST", "/items/{id}/description", self.describe, skus_of=of_item),
            route("PUT", "/items/{id}/description", self.describe, skus_of=of_item),
            route("POST", "/items/{id}/relist", self.relist, skus_of=of_item),
            route("POST", "/items/{id}/listing_type", self.retype, skus_of=of_item),
        ]

    async def validate(self, request: web.Request, account: Account) -> web.Response:
        """204, or all that is wrong; an account that has lost an old shipping mode meets a false alarm here."""
        checked = await self._checked(request, account)
        if isinstance(checked, web.Response):
            return checked
        if account.lost_me1:
            message = "User has not mode me1"
            return invalid([cause(None, "lost_me1_by_user", message, "item.shipping.mode", department="shipping")])
        return web.Response(status=204)

    async def create(self, request: web.Request, account: Account) -> web.Response:
        checked = await self._checked(request, account)
        if isinstance(checked, web.Response):
            return checked
        wanted, warnings = checked
        listing = publish(wanted, account, self._market, warnings)
        self._market.journal.applied("POST", request.path, listing, wanted.body)
        return ready(listing.as_bytes(self._market.clock()), status=201)

    async def _checked(
        self, request: web.Request, account: Account
    ) -> web.Response | tuple[Draft, list[dict[str, Any]]]:
        """What is to be listed and the warnings about it, or the refusal with everything that is wrong."""
        body = await read_object(request)
        if isinstance(body, web.Response):
            return body
        if refused := unable_to_list(account) or flawed_new_item(body, account):
            return refused
        wanted = draft(body, self._market.catalog)
        causes = causes_of(body, wanted, self._market)
        if wanted is None or any(one["type"] == "error" for one in causes):
            return invalid(causes)
        return wanted, causes

    async def read(self, request: web.Request, _account: Account) -> web.Response:
        item_id = request.match_info["id"]
        listing = self._market.listings.get(item_id)
        if listing is None:
            return not_found(item_id)
        now = self._market.clock()
        only = _fields(request)
        return ready(listing.as_bytes(now)) if only is None else reply(listing.as_json(now, only=only))

    async def several(self, request: web.Request, _account: Account) -> web.Response:
        """Up to 20 at once, each {"code", "body"}; 206 with X-Content-Missing when some can't be had."""
        ids = _ids(request)
        if not 1 <= len(ids) <= MOST_IDS:
            return problem(400, f"The number of ids must be between 1 and {MOST_IDS}", "bad_request")
        now, only = self._market.clock(), _fields(request)
        found = [(item_id, self._market.listings.get(item_id)) for item_id in ids]
        answer = ready(orjson.dumps([_entry(item_id, listing, now, only) for item_id, listing in found]))
        if missing := [item_id for item_id, listing in found if listing is None]:
            answer.set_status(206)
            answer.headers["X-Content-Missing"] = ",".join(missing)
        return answer

    async def update(self, request: web.Request, account: Account) -> web.Response:
        listing = self._own(request, account)
        if isinstance(listing, web.Response):
            return listing
        wanted = await read_object(request)
        if isinstance(wanted, web.Response):
            return wanted
        sent = dict(wanted)
        refused = change(listing, wanted, self._market)
        if refused is not None:
            return refused
        self._market.journal.applied("PUT", request.path, listing, sent)
        return ready(listing.as_bytes(self._market.clock()))

    async def description(self, request: web.Request, _account: Account) -> web.Response:
        listing = self._market.listings.get(request.match_info["id"])
        if listing is None or listing.description is None:
            return not_found(request.match_info["id"])
        return reply(listing.description)

    async def describe(self, request: web.Request, account: Account) -> web.Response:
        """POST 201, PUT 200: {"plain_text": "..."}; markup and length are refused by shape A."""
        listing, body = self._own(request, account), await read_object(request)
        if isinstance(listing, web.Response):
            return listing
        if isinstance(body, web.Response):
            return body
        text = body.get("plain_text")
        if not isinstance(text, str):
            sentence = "The body does not contains some or none of the following properties [plain_text]"
            return body_problem("body.required_fields", sentence, [sentence])
        category = self._market.catalog.leaves[listing.body["category_id"]]
        if causes := list(flawed_description(text, category.settings["max_description_length"])):
            return invalid(causes)
        listing.description = self._described(listing, text)
        self._market.journal.applied(request.method, request.path, listing, body)
        return reply(listing.description, status=201 if request.method == "POST" else 200)

    def _described(self, listing: Listing, text: str) -> dict[str, Any]:
        now = moment(self._market.clock())
        first = listing.description["date_created"] if listing.description else now
        return {"text": "", "plain_text": text, "last_updated": now, "date_created": first}

    async def relist(self, request: web.Request, account: Account) -> web.Response:
        """A closed listing again, under a new id: {"price", "quantity", "listing_type_id"}."""
        old, asked = self._own(request, account), await read_object(request)
        if isinstance(old, web.Response):
            return old
        if isinstance(asked, web.Response):
            return asked
        if not old.is_closed or old.deleted or old.relisted:
            why = "was already relisted" if old.relisted else "is not closed and can not be relisted"
            return problem(400, f"Item {old.id} {why}", "validation_error")
        body = _again(old, asked, account)
        if refused := flawed_new_item(body, account):
            return refused
        wanted = draft(body, self._market.catalog)
        causes = causes_of(body, wanted, self._market)
        if wanted is None or any(one["type"] == "error" for one in causes):
            return invalid(causes)
        listing = publish(wanted, account, self._market, causes)
        listing.body["parent_item_id"] = old.id
        old.relisted = True
        self._market.journal.applied("POST", request.path, listing, asked)
        return ready(listing.as_bytes(self._market.clock()), status=201)

    async def retype(self, request: web.Request, account: Account) -> web.Response:
        """Another listing type: {"id": "gold_pro"}; the rules are those of a PUT that says it."""
        listing, asked = self._own(request, account), await read_object(request)
        if isinstance(listing, web.Response):
            return listing
        if isinstance(asked, web.Response):
            return asked
        refused = change(listing, {"listing_type_id": asked.get("id")}, self._market)
        if refused is not None:
            return refused
        self._market.journal.applied("POST", request.path, listing, asked)
        return ready(listing.as_bytes(self._market.clock()))

    def _own(self, request: web.Request, account: Account) -> Listing | web.Response:
        item_id = request.match_info["id"]
        listing = self._market.listings.get(item_id)
        if listing is None or listing.deleted:
            return not_found(item_id)
        return listing if self._market.is_of(listing, account) else not_owner()

    async def _skus_of_ids(self, request: web.Request) -> Sequence[str]:
        found = (self._market.listings.get(item_id) for item_id in _ids(request))
        return [sku for listing in found if listing for sku in listing.skus]


async def _skus_of_body(request: web.Request) -> Sequence[str]:
    body = await read_object(request)
    if isinstance(body, web.Response):
        return ()
    inner = [one for variation in objects(body.get("variations")) for one in objects(variation.get("attributes"))]
    attributes = [*objects(body.get("attributes")), *inner]
    skus = [str(one.get("value_name")) for one in attributes if one.get("id") == "SELLER_SKU"]
    return skus or [str(body.get("seller_custom_field") or "")]


def _ids(request: web.Request) -> list[str]:
    return [item_id for item_id in request.query.get("ids", "").split(",") if item_id]


def _fields(request: web.Request) -> frozenset[str] | None:
    named = request.query.get("attributes") if request.query_string else None
    return frozenset(named.split(",")) if named else None


def _entry(item_id: str, listing: Listing | None, now: float, only: frozenset[str] | None) -> dict[str, Any]:
    if listing is None:
        message = f"Item with id {item_id} not found"
        return {"code": 404, "body": {"message": message, "error": "not_found", "status": 404, "cause": []}}
    return {"code": 200, "body": listing.as_json(now, only=only)}


_COPIED = ("category_id", "currency_id", "buying_mode", "condition", "sale_terms", "shipping", "seller_custom_field")


def _again(old: Listing, asked: Mapping[str, Any], account: Account) -> dict[str, Any]:
    name = "family_name" if account.user_product_seller else "title"
    return {
        **{field: old.body[field] for field in _COPIED},
        name: old.body[name],
        "pictures": [{"id": picture["id"]} for picture in old.body["pictures"]],
        "attributes": old.body["attributes"],
        "price": asked.get("price"),
        "available_quantity": asked.get("quantity"),
        "listing_type_id": asked.get("listing_type_id", old.body["listing_type_id"]),
    }
