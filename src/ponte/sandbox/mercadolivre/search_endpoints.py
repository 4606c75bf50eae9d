"""Finding listings, and what the vendor's moderators say of them."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from ponte.sandbox.mercadolivre.answers import not_found, problem, reply
from ponte.sandbox.mercadolivre.listing import Listing, moment
from ponte.sandbox.mercadolivre.marketplace import Marketplace
from ponte.sandbox.mercadolivre.moderation import infraction
from ponte.sandbox.mercadolivre.settings import Account

_DEFAULT_LIMIT, _MOST = 50, 100
_MOST_OFFSET = 1000


class SearchEndpoints:
    def __init__(self, market: Marketplace) -> None:
        self._market = market

    def routes(self) -> list[web.RouteDef]:
        route = self._market.route
        return [
            route("GET", "/users/{user_id}/items/search", self.search, skus_of=_skus_asked),
            route("GET", "/moderations/last_moderation/{ref}", self.last_moderation, skus_of=self._skus_of_ref),
            route("GET", "/moderations/infractions/{user_id}", self.infractions),
        ]

    async def search(self, request: web.Request, account: Account) -> web.Response:
        """Ids of the seller's listings by `seller_sku`, `sku`, `status`, `tags`, `user_product_id`, paged.

        A listing is found `index_lag_seconds` after its creation. Past offset 1000: search_type=scan and scroll_id.
        """
        if request.match_info["user_id"] != str(account.user_id):
            return problem(403, "The caller is not authorized to access this resource.", "forbidden")
        limit, offset = _number(request, "limit", _DEFAULT_LIMIT), _number(request, "offset", 0)
        is_scan = request.query.get("search_type") == "scan"
        if is_scan:
            offset = _number(request, "scroll_id", 0)
        if limit is None or offset is None or limit > _MOST or (offset > _MOST_OFFSET and not is_scan):
            return problem(400, f"limit is at most {_MOST}, offset at most {_MOST_OFFSET}", "bad_request")
        found = [listing.id for listing in self._found(request, account)]
        page = found[offset : offset + limit]
        body = {
            "seller_id": str(account.user_id),
            "results": page,
            "paging": {"limit": limit, "offset": offset, "total": len(found)},
        }
        scroll = {"scroll_id": str(offset + len(page)) if page else None} if is_scan else {}
        return reply({**body, **scroll})

    def _found(self, request: web.Request, account: Account) -> list[Listing]:
        now, query = self._market.clock(), request.query
        listings = self._market.listings
        sku = query.get("seller_sku")
        candidates = listings.of_seller(account.user_id) if sku is None else listings.with_sku(account.user_id, sku)
        return [one for one in candidates if one.indexed_at <= now and not one.deleted and _matches(one, query, now)]

    async def last_moderation(self, request: web.Request, account: Account) -> web.Response:
        item_id = request.match_info["ref"].removesuffix("-ITM")
        listing = self._market.listings.get(item_id)
        if listing is None or not self._market.is_of(listing, account):
            return not_found(item_id)
        return reply(self._infractions([listing]))

    async def infractions(self, request: web.Request, account: Account) -> web.Response:
        if request.match_info["user_id"] != str(account.user_id):
            return problem(403, "The caller is not authorized to access this resource.", "forbidden")
        found = self._infractions(self._market.listings.of_seller(account.user_id))
        return reply({"infractions": found, "paging": {"total": len(found), "limit": len(found), "offset": 0}})

    def _infractions(self, listings: Sequence[Listing]) -> list[dict[str, object]]:
        now = self._market.clock()
        moderated = ((one, one.moderation_at(now)) for one in listings)
        return [
            {
                **infraction(
                    why, number=one.number, when=moment(one.moderated_at), evidence=_evidence(one, why.section)
                ),
                "element_id": one.id,
                "element_type": "ITM",
            }
            for one, why in moderated
            if why
        ]

    async def _skus_of_ref(self, request: web.Request) -> Sequence[str]:
        listing = self._market.listings.get(request.match_info["ref"].removesuffix("-ITM"))
        return listing.skus if listing else ()


async def _skus_asked(request: web.Request) -> Sequence[str]:
    sku = request.query.get("seller_sku") or request.query.get("sku")
    return (sku,) if sku else ()


def _number(request: web.Request, name: str, default: int) -> int | None:
    text = request.query.get(name, str(default))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _matches(listing: Listing, query: Mapping[str, str], now: float) -> bool:
    """Whether the listing has what the query names; a listing's own SKU field is another one than its attribute."""
    for name, field in (("sku", "seller_custom_field"), ("user_product_id", "user_product_id")):
        if name in query and listing.body[field] != query[name]:
            return False
    if "status" not in query and "tags" not in query:
        return True
    standing = listing.standing(now)
    return query.get("status", standing.status) == standing.status and query.get("tags", standing.tag) == standing.tag


def _evidence(listing: Listing, section: str) -> str:
    if section == "pictures":
        return str(next((picture["id"] for picture in listing.body["pictures"]), ""))
    return str(listing.body.get(section, ""))[:200]
