"""A product type's JSON schema as it is kept: only what checks, mapping and people need, and nothing that could harm.

Amazon's schemas (2019-09 with a vocabulary of its own: "Product Type Definition Meta-Schema", read 2026-11) are
large and come from outside. Kept are known keywords with values of the right form; a reference only into `$defs` of
the same schema, and none from there; a pattern only if no text can make it slow (`ponte.domain.pattern`). What is
left out is not checked here: Amazon checks it.
"""

from __future__ import annotations

from collections.abc import Callable

from ponte.connectors import shape
from ponte.connectors.texts import sendable
from ponte.domain.message import JSON
from ponte.domain.pattern import PatternError, SafePattern

MAX_DEPTH = 40
MAX_ENUM = 5_000
MAX_NAME = 200
DEFS = "#/$defs/"
TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})

COUNTS = (
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "minProperties",
    "maxProperties",
    "minContains",
    "maxContains",
    "minUniqueItems",
    "maxUniqueItems",
    "minUtf8ByteLength",
    "maxUtf8ByteLength",
)
NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
SCHEMAS = ("items", "not", "if", "then", "else", "contains", "additionalProperties", "propertyNames")
LISTS = ("allOf", "anyOf", "oneOf")
TABLES = ("properties", "$defs")

Node = dict[str, JSON]


def compact(schema: JSON) -> Node:
    """Return what is kept of a schema; an unusable one is {}."""
    top = shape.table(schema)
    names = frozenset(shape.table(top.get("$defs")))
    return shape.table(_node(top, names, 0))


def _node(schema: JSON, names: frozenset[str], depth: int) -> JSON:
    if isinstance(schema, bool):
        return schema
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return {}
    kept: Node = {}
    for keyword, value in schema.items():
        read = READERS.get(keyword)
        found = read(value) if read else None
        if found is not None:
            kept[keyword] = found
    reference = shape.text(schema.get("$ref"))
    if reference.startswith(DEFS) and reference.removeprefix(DEFS) in names:
        kept["$ref"] = reference
    return kept | _inner(schema, names, depth + 1)


def _inner(schema: Node, names: frozenset[str], depth: int) -> Node:
    kept: Node = {
        key: _node(schema[key], names, depth) for key in SCHEMAS if isinstance(schema.get(key), dict | bool)
    }
    for key in LISTS:
        found = [_node(one, names, depth) for one in shape.rows(schema.get(key)) if isinstance(one, dict | bool)]
        kept |= {key: found} if found else {}
    for key in TABLES:
        # Within $defs nothing refers on: no circle, and no tree that grows by being referred to.
        known = frozenset[str]() if key == "$defs" else names
        tables = {sendable(name)[:MAX_NAME]: _node(one, known, depth) for name, one in _members(schema.get(key))}
        kept |= {key: tables} if tables else {}
    return kept


def _members(value: JSON) -> list[tuple[str, JSON]]:
    return [(name, one) for name, one in shape.table(value).items() if isinstance(one, dict | bool)]


def _count(value: JSON) -> JSON:
    found = shape.whole(value)
    return found if found is not None and found >= 0 else None


def _positive(value: JSON) -> JSON:
    found = shape.number(value)
    return found if found is not None and found > 0 else None


def _types(value: JSON) -> JSON:
    found = [name for name in ([value] if isinstance(value, str) else shape.texts(value)) if name in TYPES]
    return found[0] if len(found) == 1 else found or None


def _names(value: JSON) -> JSON:
    return list(dict.fromkeys(shape.texts(value)[:MAX_ENUM])) or None


def _scalars(value: JSON) -> JSON:
    rows = shape.rows(value)[:MAX_ENUM]
    return [row for row in rows if isinstance(row, str | int | float | bool) or row is None] or None


def _pattern(value: JSON) -> JSON:
    try:
        SafePattern(shape.text(value))
    except PatternError:
        return None
    return value or None


def _short(value: JSON) -> JSON:
    return sendable(shape.text(value))[:MAX_NAME] or None


def _shown(value: JSON) -> JSON:
    return [sendable(name)[:MAX_NAME] for name in shape.texts(value)[:MAX_ENUM]] or None


def _scalar(value: JSON) -> JSON:
    return value if isinstance(value, str | int | float | bool) else None


READERS: dict[str, Callable[[JSON], JSON]] = {
    **dict.fromkeys(COUNTS, _count),
    **dict.fromkeys(NUMBERS, shape.number),
    "multipleOf": _positive,
    "type": _types,
    "required": _names,
    "selectors": _names,
    "enum": _scalars,
    "enumNames": _shown,
    "const": _scalar,
    "pattern": _pattern,
    "format": _short,
    "title": _short,
    "description": _short,
}
