"""From a draft to the offer: the body of a PUT, with the origin of every field."""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors.amazon.drafting import Draft
from ponte.domain.message import JSON
from ponte.domain.offer import Offer, Provenance


def offered(draft: Draft) -> Offer:
    """Return the offer: {"sku": the seller's SKU, "body": the body of PUT}, and "parent", alike, in a family."""
    sent = [one for name, one in draft.filled.items() if name not in draft.dropped]
    body: dict[str, JSON] = {
        "productType": draft.product_type,
        "requirements": draft.requirements,
        "attributes": {one.name: one.value for one in sent},
    }
    lines = [_line(one.name, one.origin) for one in sent]
    category = [draft.category_line] if draft.category_line else []
    parent = {"parent": draft.parent} if draft.parent else {}
    return Offer({"sku": draft.sku.id, "body": body, **parent}, tuple(category + lines))


def _line(name: str, origin: Provenance) -> Provenance:
    return origin if origin.field == name or "." in origin.field else replace(origin, field=name)
