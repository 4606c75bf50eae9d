"""What becomes of a SKU at the fake Magalu: its body as the shop has it, judged by the rules of the fake."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from ponte.domain.mapping import plain
from ponte.domain.problem import ProblemClass
from ponte.sandbox.catalogue import Catalogue, CatalogueSku
from ponte.sandbox.fate import LIVE, Fate, late, refused, unsellable
from ponte.sandbox.magalu.app import MARKET
from ponte.sandbox.magalu.categories import Category, load_categories
from ponte.sandbox.magalu.rules import Refusal, at_once, before_publishing, in_trace

MEANING = {
    "title": ProblemClass.TITLE_INVALID,
    "description": ProblemClass.DESCRIPTION_INVALID,
    "brand": ProblemClass.BRAND_MAPPING,
    "category": ProblemClass.CATEGORY_MAPPING,
    "dimensions": ProblemClass.DIMENSIONS_INVALID,
}
HEAD = """# Mapeamento de exemplo. Formato: docs/mapping.md
version: 1
title:
  template: "{name}"
options:
  condition: NEW
"""


def mapping(catalogue: Catalogue) -> str:
    """Return a mapping file that suits the sandbox's shop; a category without a counterpart stays unmapped."""
    by_name = {plain(one.name): one for one in load_categories().values()}
    pairs = [(vtex_id, name, by_name.get(plain(name))) for vtex_id, name in catalogue.leaves()]
    lines = [f'  "{vtex_id}": {one.id}  # {name}'.replace("\n", " ") for vtex_id, name, one in pairs if one]
    return f"{HEAD}{chr(10).join(['categories:', *sorted(lines)]) if lines else 'categories: {}'}\n"


def truth(sku: CatalogueSku, app: web.Application) -> Fate:
    """Return the SKU's fate, by the sandbox's mapping."""
    unsold = unsellable(sku)
    if unsold is not None:
        return unsold
    category = _category(sku)
    if category is None:
        return refused(ProblemClass.CATEGORY_MAPPING)
    settings = app[MARKET].settings
    body = _body(sku, category, settings.seller.channel)
    # A number that is no EAN is refused when it is sent; "SEM GTIN" is none and not sent.
    found = list(at_once(body, settings.seller.channel))
    if found:
        return refused(*_kinds(found))
    later = [*in_trace(body), *before_publishing(body)]
    if later:
        return late(*_kinds(later))
    return late(ProblemClass.POLICY_MODERATION) if sku.id.endswith(settings.blocked) else LIVE


def _kinds(refusals: Iterable[Refusal]) -> list[ProblemClass]:
    return [_kind(one) for one in refusals]


def _kind(one: Refusal) -> ProblemClass:
    missing = one.kind in {"missing", "too_short"}
    match one.field:
        case "identifiers":
            return ProblemClass.IDENTIFIER_MISSING if missing else ProblemClass.IDENTIFIER_INVALID
        case "images":
            return ProblemClass.IMAGE_MISSING if missing else ProblemClass.IMAGE_INVALID
        case "datasheet" | "attributes":
            return {
                "missing": ProblemClass.ATTRIBUTE_MISSING,
                "choice": ProblemClass.ATTRIBUTE_MAPPING,
            }.get(one.kind, ProblemClass.ATTRIBUTE_INVALID)
        case field:
            return MEANING.get(field, ProblemClass.PAYLOAD_INVALID)


def _category(sku: CatalogueSku) -> Category | None:
    names = {plain(str(name)) for name in sku.body["ProductCategories"].values()}
    return next((one for one in load_categories().values() if plain(one.name) in names), None)


def _body(sku: CatalogueSku, category: Category, channel: str) -> dict[str, Any]:
    vtex = sku.body
    given = {
        plain(field["FieldName"]): ", ".join(field["FieldValues"])
        for key in ("ProductSpecifications", "SkuSpecifications")
        for field in vtex[key]
    } | {"marca": str(vtex["BrandName"])}
    measures = {
        side: {"unit": "cm", "value": vtex["Dimension"][side]} for side in ("height", "width", "length", "weight")
    }
    return {
        "sku": sku.id,
        "title": str(vtex["NameComplete"]),
        "description": _words(str(vtex["ProductDescription"])),
        "brand": str(vtex["BrandName"]),
        "channels": [{"id": channel}],
        "category": {"id": category.id},
        "identifiers": [{"type": "ean", "value": sku.ean}] if any(char.isdigit() for char in sku.ean) else [],
        "dimensions": [{"name": name, **measures} for name in ("package", "product")],
        "images": [{"reference": f"https://shop.example{image['ImageUrl']}"} for image in vtex["Images"]],
        "attributes": _pairs(category.attributes, given),
        "datasheet": _pairs(category.datasheet, given),
    }


def _pairs(asked: tuple[dict[str, Any], ...], given: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"name": field["name"], "value": given[plain(field["name"])]}
        for field in asked
        if plain(field["name"]) in given
    ]


def _words(html: str) -> str:
    """Return the text between tags."""
    pieces = [piece.partition(">")[2] if "<" in html else piece for piece in f">{html}".split("<")]
    return " ".join(" ".join(pieces).split())
