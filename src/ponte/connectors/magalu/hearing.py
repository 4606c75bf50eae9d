"""What Magalu posts when something changed: {"topic", "tenant_id", "data": {"params": {"sku"}}} (public code)."""

from __future__ import annotations

from ponte.connectors import shape
from ponte.connectors.magalu import names
from ponte.domain.message import parse_json

MAX_SKUS = 100


def heard(body: bytes) -> tuple[str, ...]:
    """Return the SKUs that a post is about; () for nonsense and for topics that are not about SKUs."""
    top = shape.table(parse_json(body))
    if shape.text(top.get(names.TOPIC)) not in names.TOPICS:
        return ()
    data = top.get(names.DATA)
    rows = shape.tables(data) or [shape.table(data)]
    found = (shape.word(shape.table(row.get(names.PARAMS)).get(names.SKU)).strip() for row in rows[:MAX_SKUS])
    return tuple(dict.fromkeys(sku for sku in found if sku and len(sku) <= names.MAX_SKU))
