"""Variation families: a listing without an offer, the parent, holds the SKUs of one product together on one page.

A family is asked for by a rule that gives `variation_theme` ("COLOR/SIZE"). Attributes and levels: Amazon's product
type definitions (2020-09-01, `parentageLevel`) and the relationships of listingsItems (2021-08-01), read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ponte.connectors.amazon.basis import Basis
from ponte.domain.message import JSON
from ponte.domain.offer import Provenance
from ponte.domain.sku import Dimensions, Sku

THEME, LEVEL, RELATION = "variation_theme", "parentage_level", "child_parent_sku_relationship"
MEMBERS = (THEME, LEVEL, RELATION)
PREFIX = "P"
"""VTEX numbers products and SKUs alike: the parent of product 12 must not be the listing of SKU 12."""
REQUIREMENTS = "LISTING_PRODUCT_ONLY"
NOTHING = Dimensions(None, None, None, None)


def theme_of(basis: Basis) -> str:
    """Return the theme of the SKU's family, "" where there is none: no rule, no product, no families of its type."""
    ruled = basis.ruled(THEME) if basis.sku.product_id and basis.requirements == "LISTING" else None
    if ruled is None or basis.ruled(LEVEL) or basis.ruled(RELATION):
        return ""  # who says more than the theme builds the family alone
    known = basis.definition.attributes if basis.definition else {}
    return ruled.sent.strip() if all(name in known for name in MEMBERS) else ""


def parent_of(sku: Sku) -> str:
    return PREFIX + sku.product_id


def parts(theme: str) -> tuple[str, ...]:
    """Return the attributes that tell the members of a family apart ("COLOR/SIZE": color, size)."""
    return tuple(name for part in theme.split("/") if (name := part.strip().lower()))


def membership(basis: Basis) -> Iterator[tuple[str, JSON, Provenance]]:
    """Yield what makes the SKU a child: its level, and its parent."""
    if not theme_of(basis):
        return
    parent, marks = parent_of(basis.sku), {"marketplace_id": basis.seller.marketplace_id}
    yield LEVEL, [{"value": "child", **marks}], Provenance(LEVEL, "", "family", "", "child")
    relation = [{"child_relationship_type": "variation", "parent_sku": parent, **marks}]
    yield RELATION, relation, Provenance(RELATION, "product_id", "family", basis.sku.product_id, parent)


def product_of(sku: Sku) -> Sku:
    """Return what all SKUs of a product share, so that each of them makes the very same parent."""
    return replace(
        sku,
        id=parent_of(sku),
        name=sku.product_name,
        sku_name="",
        ean="",
        reference="",
        images=(),
        specifications=tuple(one for one in sku.specifications if not one.of_sku),
        dimensions=NOTHING,
        price=None,
        list_price=None,
        stock=None,
    )
