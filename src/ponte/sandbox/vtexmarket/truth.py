"""What becomes of a SKU at the fake: its suggestion as the shop has it, judged by the marketplace's rules."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from ponte.domain.problem import ProblemClass
from ponte.sandbox.catalogue import Catalogue, CatalogueSku
from ponte.sandbox.fate import LIVE, Fate, late, refused, unsellable
from ponte.sandbox.vtexmarket import rules
from ponte.sandbox.vtexmarket.app import MARKET
from ponte.sandbox.vtexmarket.categories import path_of

HEAD = """# Mapeamento de exemplo. Formato: docs/mapping.md
version: 1
"""
MEANING = {
    1: ProblemClass.CATEGORY_MAPPING,
    2: ProblemClass.BRAND_MAPPING,
    3: ProblemClass.TITLE_INVALID,
    4: ProblemClass.TITLE_INVALID,
    **dict.fromkeys((5, 6, 7, 8), ProblemClass.DIMENSIONS_INVALID),
    9: ProblemClass.IMAGE_MISSING,
    10: ProblemClass.IDENTIFIER_MISSING,
    11: ProblemClass.IMAGE_INVALID,
    12: ProblemClass.ATTRIBUTE_INVALID,
    19: ProblemClass.BRAND_MAPPING,
    20: ProblemClass.CATEGORY_MAPPING,
}


def mapping(catalogue: Catalogue) -> str:
    """Return a mapping file that suits the sandbox's shop; a category without a counterpart stays unmapped."""
    pairs = ((vtex_id, path_of(name)) for vtex_id, name in catalogue.leaves())
    lines = [f'  "{vtex_id}": "{path}"' for vtex_id, path in pairs if path]
    return f"{HEAD}{chr(10).join(['categories:', *sorted(lines)]) if lines else 'categories: {}'}\n"


def truth(sku: CatalogueSku, app: web.Application) -> Fate:
    """Return the SKU's fate, by the sandbox's mapping."""
    unsold = unsellable(sku)
    if unsold is not None:
        return unsold
    market, body = app[MARKET], _suggestion(sku)
    wrong = list(rules.at_once(body))
    if wrong:
        return refused(*(MEANING.get(error.number, ProblemClass.TITLE_INVALID) for error in wrong))
    settings = market.settings
    denied = rules.denied(body, settings, market.categories)
    if denied and not settings.auto_approve:
        return late(*(MEANING[error.number] for error in denied))
    score = rules.score(body, settings)
    people_deny = settings.reject < score < settings.approve and not rules.people_take(body)
    refused_late = not settings.auto_approve and (score <= settings.reject or people_deny)
    return late(ProblemClass.POLICY_MODERATION) if refused_late else LIVE


def _suggestion(sku: CatalogueSku) -> dict[str, Any]:
    vtex = sku.body
    names = [str(name) for name in vtex["ProductCategories"].values()]
    path = next((path for name in names if (path := path_of(name))), "/".join(names))
    return {
        "ProductName": vtex["ProductName"],
        "SkuName": vtex["SkuName"],
        "BrandName": vtex["BrandName"],
        "CategoryFullPath": path,
        **{side: vtex["Dimension"][side.lower()] for side, _ in rules.SIDES},
        "RefId": vtex["AlternateIds"].get("RefId", ""),
        "EAN": sku.ean,
        "Images": [{"imageUrl": f"https://shop.example{image['ImageUrl']}"} for image in vtex["Images"]],
        "SkuSpecifications": [_field(one) for one in vtex["SkuSpecifications"]],
        "ProductSpecifications": [_field(one) for one in vtex["ProductSpecifications"]],
    }


def _field(one: dict[str, Any]) -> dict[str, Any]:
    return {"fieldName": one["FieldName"], "fieldValues": one["FieldValues"]}
