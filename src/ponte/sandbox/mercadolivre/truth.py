"""What becomes of a SKU at the fake Mercado Livre: a plain listing of it, judged by the checks of the fake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ponte.domain.identifiers import gtin_flaw
from ponte.domain.problem import ProblemClass
from ponte.sandbox.catalogue import MARKETPLACE_CATEGORY, CatalogueSku
from ponte.sandbox.fate import LIVE, Fate, late, refused, unsellable
from ponte.sandbox.mercadolivre.categories import Category, fold
from ponte.sandbox.mercadolivre.creation_checks import causes_of
from ponte.sandbox.mercadolivre.draft import draft
from ponte.sandbox.mercadolivre.marketplace import Marketplace
from ponte.sandbox.mercadolivre.pictures import MARKER

# The numbers and codes of the fake's causes, as the vendor's page of validations explains them.
MEANING = {
    147: ProblemClass.ATTRIBUTE_MISSING,
    173: ProblemClass.IMAGE_MISSING,
    7810: ProblemClass.IDENTIFIER_MISSING,
    7714: ProblemClass.IDENTIFIER_INVALID,
    5400: ProblemClass.DIMENSIONS_INVALID,
    5401: ProblemClass.DIMENSIONS_INVALID,
    394: ProblemClass.ATTRIBUTE_INVALID,
    3708: ProblemClass.ATTRIBUTE_INVALID,
    109: ProblemClass.PRICE_INVALID,
}


def truth(sku: CatalogueSku, market: Marketplace) -> Fate:
    """Return the SKU's fate, by the sandbox's mapping: names, values and sizes as the shop has them."""
    unsold = unsellable(sku)
    if unsold is not None:
        return unsold
    category = _category(sku, market)
    if category is None:
        return refused(ProblemClass.CATEGORY_MAPPING)
    body = _listing(sku, category)
    errors = [cause for cause in causes_of(body, draft(body, market.catalog), market) if cause["type"] == "error"]
    if errors:
        return refused(*(_kind(cause) for cause in errors))
    pictures = [MARKER.search(str(picture["source"])) for picture in body["pictures"]]
    if pictures and all(found and not found[2] for found in pictures):
        return late(ProblemClass.IMAGE_INVALID, ProblemClass.IMAGE_UNREACHABLE, ProblemClass.DEPENDENCY_PENDING)
    return LIVE


def _kind(cause: Mapping[str, Any]) -> ProblemClass:
    if "title" in cause["code"] or "family_name" in cause["code"]:
        return ProblemClass.TITLE_INVALID
    return MEANING[cause["cause_id"]]


def _category(sku: CatalogueSku, market: Marketplace) -> Category | None:
    domains = {MARKETPLACE_CATEGORY.get(str(name)) for name in sku.body["ProductCategories"].values()} - {None}
    return next((leaf for leaf in market.catalog.leaves.values() if leaf.domain_id in domains), None)


def _listing(sku: CatalogueSku, category: Category) -> dict[str, Any]:
    return {
        "title": sku.body["NameComplete"],
        "category_id": category.id,
        "price": float(sku.price or 0),
        "currency_id": "BRL",
        "available_quantity": min(sku.stock or 0, 99_999),
        "buying_mode": "buy_it_now",
        "listing_type_id": "gold_special",
        "condition": "new",
        "pictures": [{"source": f"https://shop.example{image['ImageUrl']}"} for image in sku.body["Images"]],
        "attributes": [*_attributes(sku, category)],
    }


def _attributes(sku: CatalogueSku, category: Category) -> Iterator[dict[str, Any]]:
    yield {"id": "BRAND", "value_name": sku.body["BrandName"]}
    yield {"id": "SELLER_SKU", "value_name": sku.id}
    # "SEM GTIN" is no code, and a wrong one is left out where none is asked for.
    asked_for = "GTIN" in (*category.required, *category.conditional)
    if any(letter.isdigit() for letter in sku.ean) and (asked_for or not gtin_flaw(sku.ean)):
        yield {"id": "GTIN", "value_name": sku.ean}
    by_name = {fold(rule.name): rule.id for rule in category.rules.values()}
    told = {"MODEL": sku.body["AlternateIds"].get("RefId", "")}  # what a seller gives where the shop names no model
    for field in [*sku.body["SkuSpecifications"], *sku.body["ProductSpecifications"]]:
        if fold(field["FieldName"]) in by_name and field["FieldValues"]:
            told[by_name[fold(field["FieldName"])]] = field["FieldValues"][0]
    yield from ({"id": name, "value_name": value} for name, value in told.items() if value)
    size = sku.body["Dimension"]
    for side, unit in (("height", "cm"), ("length", "cm"), ("width", "cm"), ("weight", "g")):
        yield {"id": f"SELLER_PACKAGE_{side.upper()}", "value_name": f"{int(size[side])} {unit}"}
