"""The fake VTEX's Catalog API: SKUs, products, lists with their paging, tree, trade policies, pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from ponte.sandbox.catalogue.model import TRADE_POLICY, CatalogueSku
from ponte.sandbox.vtex.access import reply
from ponte.sandbox.vtex.picture import picture
from ponte.sandbox.vtex.shop import Shop

MAX_PAGE = 1_000
MAX_RANGE = 250


@dataclass(frozen=True, slots=True)
class CatalogApi:
    """The endpoints; paths and shapes after VTEX's Catalog API reference, read 2026-08."""

    shop: Shop

    async def sku(self, request: web.Request) -> web.StreamResponse:
        return self._sku_answer(request, request.match_info["id"])

    async def sku_by_ean(self, request: web.Request) -> web.StreamResponse:
        ean = request.match_info["ean"]
        return self._first(request, lambda sku: sku.ean == ean)

    async def sku_by_alternate_id(self, request: web.Request) -> web.StreamResponse:
        wanted = request.match_info["id"]
        return self._first(request, lambda sku: wanted in (sku.body.get("AlternateIdValues") or ()))

    async def sku_id_by_reference(self, request: web.Request) -> web.StreamResponse:
        wanted = request.match_info["reference"]
        found = self._find(lambda sku: (sku.body.get("AlternateIds") or {}).get("RefId") == wanted)
        return reply(found.id) if found else _unknown("SKU")

    async def sku_ids(self, request: web.Request) -> web.StreamResponse:
        return _page(request, self.shop.catalogue.skus, size_name="pagesize", required=True)

    async def sku_ids_of_trade_policy(self, request: web.Request) -> web.StreamResponse:
        policy = request.query.get("sc", "")
        if not policy.isdecimal():
            return reply({"message": "The parameter sc is required"}, status=400)
        return _page(request, self.shop.listed(int(policy)), size_name="pageSize", required=False)

    async def product_and_sku_ids(self, request: web.Request) -> web.StreamResponse:
        """Products by category, at most 250 in one answer: `_from` and `_to` count from 1."""
        first, last = (_whole(request.query.get(name), default) for name, default in (("_from", 1), ("_to", 20)))
        if first < 1 or last < first or last - first >= MAX_RANGE:
            return reply({"message": f"The range has at most {MAX_RANGE} products"}, status=400)
        category = request.query.get("categoryId", "")
        products = {
            product_id: [int(sku_id) for sku_id in sku_ids]
            for product_id, sku_ids in self.shop.catalogue.products().items()
            if not category
            or f"/{category}/" in str(self.shop.catalogue.skus[sku_ids[0]].body.get("ProductCategoryIds"))
        }
        shown = dict(list(products.items())[first - 1 : last])
        return reply({"data": shown, "range": {"total": len(products), "from": first, "to": last}})

    async def product(self, request: web.Request) -> web.StreamResponse:
        skus = self.shop.of_product(request.match_info["id"])
        return reply(_product(skus[0])) if skus else _unknown("Product")

    async def tree(self, request: web.Request) -> web.StreamResponse:
        levels = _whole(request.match_info["levels"], 1)
        return reply(_cut(self.shop.catalogue.categories, levels))

    async def trade_policies(self, _request: web.Request) -> web.StreamResponse:
        return reply([_trade_policy(1, "Loja principal", 1), _trade_policy(TRADE_POLICY, "Marketplaces", 2)])

    async def picture(self, request: web.Request) -> web.StreamResponse:
        drawn = picture(request.match_info["name"])
        return web.Response(body=drawn, content_type="image/png") if drawn else web.Response(status=404)

    def _sku_answer(self, request: web.Request, sku_id: str) -> web.Response:
        body = self.shop.answer(sku_id, f"{request.scheme}://{request.host}")
        return reply(body) if body is not None else _unknown("SKU")

    def _first(self, request: web.Request, wanted: Callable[[CatalogueSku], bool]) -> web.Response:
        found = self._find(wanted)
        return self._sku_answer(request, found.id) if found else _unknown("SKU")

    def _find(self, wanted: Callable[[CatalogueSku], bool]) -> CatalogueSku | None:
        return next(filter(wanted, self.shop.catalogue.skus.values()), None)


async def sku_of_path(request: web.Request) -> tuple[str, ...]:
    """Return the SKU a request's path names, for the switchboard."""
    return (request.match_info["id"],)


def _page(request: web.Request, ids: Iterable[str], *, size_name: str, required: bool) -> web.Response:
    """Return one page, from 1; past the last it is empty. Without paging (where it may be left out) all."""
    page_text, size_text = request.query.get("page"), request.query.get(size_name)
    listed = [int(sku_id) for sku_id in ids]
    if not required and page_text is None and size_text is None:
        return reply(listed)
    page, size = _whole(page_text, 0 if required else 1), _whole(size_text, 0 if required else 50)
    if page < 1 or not 1 <= size <= MAX_PAGE:
        return reply({"message": f"page starts at 1, {size_name} is at most {MAX_PAGE}"}, status=400)
    return reply(listed[(page - 1) * size : page * size])


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else default


def _unknown(what: str) -> web.Response:
    return reply(f"{what} not found", status=404)


def _product(sku: CatalogueSku) -> dict[str, Any]:
    body = sku.body
    path = [int(part) for part in str(body.get("ProductCategoryIds") or "").split("/") if part.isdecimal()]
    return {
        "Id": body.get("ProductId"),
        "Name": body.get("ProductName"),
        "DepartmentId": path[0] if path else None,
        "CategoryId": path[-1] if path else None,
        "BrandId": _whole(str(body.get("BrandId")), 0) or None,
        "LinkId": str(body.get("DetailUrl") or "").removeprefix("/").removesuffix("/p"),
        "RefId": body.get("ProductRefId"),
        "IsVisible": body.get("ProductIsVisible"),
        "Description": body.get("ProductDescription"),
        "ReleaseDate": body.get("ReleaseDate"),
        "KeyWords": body.get("KeyWords"),
        "Title": body.get("ProductName"),
        "IsActive": body.get("IsProductActive"),
        "TaxCode": body.get("TaxCode"),
        "ShowWithoutStock": body.get("ShowIfNotAvailable"),
        "ListStoreId": sku.trade_policies,
    }


def _cut(categories: list[dict[str, Any]], levels: int) -> list[dict[str, Any]]:
    return [
        {**category, "children": _cut(category["children"], levels - 1) if levels > 1 else []}
        for category in categories
    ]


def _trade_policy(policy_id: int, name: str, position: int) -> dict[str, Any]:
    return {
        "Id": policy_id,
        "Name": name,
        "IsActive": True,
        "ProductClusterId": None,
        "CountryCode": "BRA",
        "CultureInfo": "pt-BR",
        "TimeZone": "E. South America Standard Time",
        "CurrencyCode": "BRL",
        "CurrencySymbol": "R$",
        "CurrencyLocale": 1046,
        "Origin": None,
        "Position": position,
        "ConditionRule": None,
        "CurrencyDecimalDigits": 2,
    }
