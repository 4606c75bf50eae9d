"""A category's sheet in the shape that all marketplaces share, for mapping and for people to read."""

from __future__ import annotations

from collections.abc import Iterator

from ponte.connectors import shape
from ponte.connectors.mercadolivre.facts import CATEGORY_PREFIX
from ponte.domain.message import JSON
from ponte.domain.sheet import Need, Sheet, SheetField

KINDS = {"number": "number", "number_unit": "quantity", "boolean": "boolean", "list": "list"}
ORDER = tuple(Need)


def sheet_key(category: str) -> str:
    return CATEGORY_PREFIX + category


def sheet(category: str, fact: JSON) -> Sheet | None:
    """Read the fact of a category; None where there is no such category."""
    if not isinstance(fact, dict):
        return None
    fields = {field.id: field for field in _fields(fact)}
    ordered = sorted(fields.values(), key=lambda field: ORDER.index(field.need))
    leaf = fact.get("leaf") is not False and fact.get("listing_allowed") is not False
    return Sheet(category, shape.text(fact.get("name")) or category, tuple(ordered), leaf=leaf)


def _fields(fact: dict[str, JSON]) -> Iterator[SheetField]:
    for row in shape.tables(fact.get("attributes")):
        name = shape.text(row.get("id"))
        if name:
            yield _field(name, row)


def _field(name: str, row: dict[str, JSON]) -> SheetField:
    tags = frozenset(shape.texts(row.get("tags")))
    longest = shape.whole(row.get("max_length"))
    return SheetField(
        name,
        shape.text(row.get("name")) or name,
        _need(tags),
        KINDS.get(shape.text(row.get("value_type")), "text"),
        tuple(_values(row)),
        shape.texts(row.get("units")),
        longest if longest is not None and longest > 0 else None,
        several="multivalued" in tags,
        variation="allow_variations" in tags,
    )


def _need(tags: frozenset[str]) -> Need:
    if tags & {"required", "new_required"}:
        return Need.REQUIRED
    return Need.CONDITIONAL if "conditional_required" in tags else Need.OPTIONAL


def _values(row: dict[str, JSON]) -> Iterator[tuple[str, str]]:
    for pair in shape.rows(row.get("values")):
        if isinstance(pair, list) and len(pair) == 2:
            key, shown = shape.word(pair[0]), shape.text(pair[1])
            if key:
                yield key, shown or key
