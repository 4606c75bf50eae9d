"""Attributes that a category asks for under a condition: which values decide, and what Mercado Livre said of them.

Only Mercado Livre knows the conditions. It is asked with the values that decide, a category's and condition's brand,
and not with each product: the answer is a fact, asked for once and kept. Developers' page "attributes"
(conditional_required), captured 2026-06.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from ponte.connectors import shape
from ponte.connectors.mercadolivre.facts import CATEGORY_ID, Category
from ponte.connectors.mercadolivre.source import Source
from ponte.connectors.texts import sendable
from ponte.domain.message import JSON
from ponte.domain.offer import Provenance

PREFIX = "conditional/"
CONDITIONAL = "conditional_required"
MAX_KEY = 160


def has_conditions(category: Category) -> bool:
    return any(CONDITIONAL in attribute.tags for attribute in category.attributes)


def key_of(source: Source) -> str:
    """Return the fact's key for a SKU, "" where the deciding values do not fit into one."""
    found = source.ruled("BRAND") or source.adjusted(
        Provenance("BRAND", "brand", "standard", source.sku.brand, source.sku.brand.strip())
    )
    brand = " ".join(sendable(found.sent).split())
    condition = source.rules.mapping.options.get("condition", "new")
    key = f"{PREFIX}{source.category_id}/{quote(condition, safe='')}/{quote(brand, safe='')}"
    return key if brand and len(key) <= MAX_KEY else ""


def body_of(key: str) -> tuple[str, dict[str, JSON]] | None:
    """Return the category and the item that a key asks about, None for a key that is none."""
    parts = key.removeprefix(PREFIX).split("/")
    if not key.startswith(PREFIX) or len(parts) != 3 or not CATEGORY_ID.fullmatch(parts[0]):
        return None
    category, condition, brand = parts[0], unquote(parts[1]), unquote(parts[2])
    attributes = [{"id": "BRAND", "value_name": brand}]
    return category, {"category_id": category, "condition": condition, "attributes": attributes}


def fact_of(body: JSON) -> JSON:
    """Return what is kept of the answer: the ids that are asked for."""
    rows = shape.table(body).get("required_attributes")
    return {"required": [shape.text(row.get("id")) for row in shape.tables(rows)]} if isinstance(rows, list) else None


def demanded(attribute_id: str, source: Source) -> bool | None:
    """Say whether a conditional attribute is asked for with this SKU's values; None when that is not known."""
    key = key_of(source)
    fact = source.rules.facts.get(key) if key else None
    if not isinstance(fact, dict):
        return None
    return attribute_id in shape.texts(fact.get("required"))
