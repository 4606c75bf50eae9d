"""What becomes of a SKU of the sandbox's catalogue at the fake Amazon, worked out from its rules alone.

Knows nothing of the connector: it reads VTEX's own answer, the sandbox's mapping and the product types' few words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from ponte.domain.identifiers import gtin_flaw
from ponte.domain.mapping import plain
from ponte.domain.problem import ProblemClass
from ponte.sandbox.amazon.app import MARKETPLACE
from ponte.sandbox.amazon.listings import TOO_SMALL
from ponte.sandbox.amazon.schemas import ProductType, product_types
from ponte.sandbox.amazon.settings import Settings
from ponte.sandbox.catalogue import CatalogueSku
from ponte.sandbox.fate import LIVE, Fate, late, refused, unsellable

TAGS = re.compile(r"<[^>]*>")
NO_BARCODE = frozenset({"", "sem gtin"})
LATE_CLASSES = {
    "18027": ProblemClass.IMAGE_INVALID,
    "8541": ProblemClass.CATALOG_CONFLICT,
    "5665": ProblemClass.POLICY_BRAND,
    "18742": ProblemClass.POLICY_RESTRICTED,
    "20000": ProblemClass.IMAGE_UNREACHABLE,
}


def truth(sku: CatalogueSku, app: web.Application) -> Fate:
    """Return the fate of a SKU with the sandbox's mapping."""
    unsold = unsellable(sku)
    if unsold is not None:
        return unsold
    kind = _product_type(sku)
    if kind is None:
        return refused(ProblemClass.CATEGORY_MAPPING)
    reasons = frozenset(_reasons(sku, kind))
    if reasons:
        return refused(*reasons)
    found = frozenset(_late(sku, app[MARKETPLACE].settings))
    return late(*found) if found else LIVE


def _product_type(sku: CatalogueSku) -> ProductType | None:
    names = set(sku.body["ProductCategories"].values())
    return next((kind for kind in product_types().values() if names & set(kind.leaves)), None)


def _reasons(sku: CatalogueSku, kind: ProductType) -> Iterator[ProblemClass]:
    body, title = sku.body, " ".join(str(sku.body["NameComplete"]).split())
    if len(title.encode()) > kind.title_bytes or set(title) & set("<>{}"):
        yield ProblemClass.TITLE_INVALID
    if not TAGS.sub("", str(body["ProductDescription"])).strip():
        yield ProblemClass.DESCRIPTION_INVALID
    if plain(sku.ean) in NO_BARCODE:
        yield ProblemClass.IDENTIFIER_MISSING
    elif gtin_flaw(sku.ean):
        yield ProblemClass.IDENTIFIER_INVALID
    if not body["Images"]:
        yield ProblemClass.IMAGE_MISSING
    if not float(body["Dimension"]["weight"]) > 0:
        yield ProblemClass.DIMENSIONS_INVALID
    given = {plain(row["FieldName"]) for row in (*body["SkuSpecifications"], *body["ProductSpecifications"])}
    wanted = [
        told["title"] for name, told in kind.attributes.items() if told.get("required") and name != "model_number"
    ]
    if any(plain(title) not in given for title in wanted):
        yield ProblemClass.ATTRIBUTE_MISSING


def _late(sku: CatalogueSku, settings: Settings) -> Iterator[ProblemClass]:
    found = [code for suffix, code in settings.late.items() if sku.id.endswith(suffix)]
    images: list[dict[str, Any]] = sku.body["Images"]
    if images and TOO_SMALL in images[0]["ImageUrl"]:
        found.append("18027")
    yield from (LATE_CLASSES[code] for code in found if code in LATE_CLASSES)
