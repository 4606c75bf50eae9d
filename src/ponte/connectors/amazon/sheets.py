"""A product type as a sheet: what it asks for, in the shape that all marketplaces share."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ponte.connectors import shape
from ponte.connectors.amazon.compact import Node
from ponte.connectors.amazon.definition import Definition, leaves, read_definition
from ponte.connectors.amazon.shaping import SELECTORS, choices, takes_several
from ponte.domain.message import JSON
from ponte.domain.sheet import Need, Sheet, SheetField

MAX_CONDITIONS = 5_000
ORDER = (Need.REQUIRED, Need.CONDITIONAL, Need.RECOMMENDED, Need.OPTIONAL)
HIDDEN = SELECTORS | {"unit", "standardized_values"}


def sheet(category: str, fact: JSON) -> Sheet | None:
    """Read the fact of a product type; None for what is none."""
    if not isinstance(fact, dict) or not isinstance(fact.get("schema"), dict):
        return None
    definition = read_definition(category, fact)
    conditional = frozenset(_asked_for(definition.schema)) - definition.required
    fields = [_field(name, node, definition, conditional) for name, node in definition.attributes.items()]
    fields.sort(key=lambda one: ORDER.index(one.need))
    return Sheet(category, definition.name, tuple(fields), definition.version)


def _asked_for(schema: Node) -> Iterator[str]:
    """Yield the attributes that conditions ask for."""
    waiting = [schema]
    for node in islice(iter(waiting), MAX_CONDITIONS):
        inner = [one for key in ("allOf", "anyOf", "oneOf") for one in shape.tables(node.get(key))]
        inner += [one for key in ("then", "else") if (one := shape.table(node.get(key)))]
        for one in inner:
            yield from shape.texts(one.get("required"))
        waiting += inner


def _field(name: str, node: Node, definition: Definition, conditional: frozenset[str]) -> SheetField:
    need = Need.REQUIRED if name in definition.required else Need.OPTIONAL
    need = Need.CONDITIONAL if name in conditional else need
    leaf = next(leaves(node, definition), {})
    listed, closed = choices(leaf)
    units = _units(node, definition)
    limit = shape.whole(leaf.get("maxUtf8ByteLength"))
    limit = shape.whole(leaf.get("maxLength")) if limit is None else limit
    return SheetField(
        name,
        definition.title(name),
        need,
        _kind(name, leaf, listed=bool(listed), units=bool(units)),
        tuple(listed) if closed else (),
        units,
        limit,
        several=takes_several(node),
        hint=shape.text(node.get("description")),
    )


def _kind(name: str, leaf: Node, *, listed: bool, units: bool) -> str:
    if "image_locator" in name:
        return "image"
    if units:
        return "quantity"
    match leaf.get("type"):
        case "boolean":
            return "boolean"
        case "number" | "integer":
            return "number"
        case _:
            pass
    if leaf.get("format") in {"date", "date-time"}:
        return "date"
    return "list" if listed else "text"


def _units(node: Node, definition: Definition) -> tuple[str, ...]:
    """Return the names of the units that an attribute, or the first measure within it, may have."""
    items = definition.resolved(node.get("items"))
    inner = shape.table(items.get("properties"))
    nodes = [items, *(definition.resolved(one) for key, one in inner.items() if key not in HIDDEN)]
    for one in nodes:
        unit = shape.table(one.get("properties")).get("unit")
        if unit is not None:
            return tuple(name for _, name in choices(definition.resolved(unit))[0])
    return ()
