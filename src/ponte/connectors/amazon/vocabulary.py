"""JSON schema with the words that Amazon adds to it, for `jsonschema`.

Amazon's "Product Type Definition Meta-Schema" (read 2026-11): lengths in bytes of UTF-8, and how many items one
combination of selectors may have. `required` and `additionalProperties` tell one property per error, by name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft201909Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

MAX_TEXT = 4_000
Errors = Iterator[ValidationError]


def _longest(_: Any, limit: int, value: Any, __: Mapping[str, Any]) -> Errors:
    if isinstance(value, str) and utf8_length(value) > limit:
        yield ValidationError(str(limit))


def _shortest(_: Any, limit: int, value: Any, __: Mapping[str, Any]) -> Errors:
    if isinstance(value, str) and utf8_length(value) < limit:
        yield ValidationError(str(limit))


def _most_alike(_: Any, limit: int, items: Any, schema: Mapping[str, Any]) -> Errors:
    if isinstance(items, list) and max(_alike(items, schema).values(), default=0) > limit:
        yield ValidationError(str(limit))


def _fewest_alike(_: Any, limit: int, items: Any, schema: Mapping[str, Any]) -> Errors:
    if isinstance(items, list) and min(_alike(items, schema).values(), default=0) < limit:
        yield ValidationError(str(limit))


def _alike(items: list[Any], schema: Mapping[str, Any]) -> Counter[tuple[str, ...]]:
    """Count the items by the values of their selectors."""
    selectors = schema.get("selectors", ())
    return Counter(
        tuple(repr(item.get(name)) for name in selectors) if isinstance(item, dict) else () for item in items
    )


def _required(_: Any, names: list[str], value: Any, __: Mapping[str, Any]) -> Errors:
    if isinstance(value, dict):
        yield from (ValidationError(name) for name in names if name not in value)


def _only(validator: Any, more: Any, value: Any, schema: Mapping[str, Any]) -> Errors:
    if not isinstance(value, dict):
        return
    for name in value.keys() - schema.get("properties", {}).keys():
        if more is False:
            yield ValidationError(name)
        elif isinstance(more, dict):
            yield from validator.descend(value[name], more, path=name)


def _pattern(_: Any, pattern: str, value: Any, __: Mapping[str, Any]) -> Errors:
    if isinstance(value, str) and not re.search(pattern, value[:MAX_TEXT]):
        yield ValidationError(pattern)


def utf8_length(text: str) -> int:
    return len(text.encode("utf-8", errors="replace"))


AmazonValidator: Any = extend(  # type: ignore[no-untyped-call]
    Draft201909Validator,
    {
        "maxUtf8ByteLength": _longest,
        "minUtf8ByteLength": _shortest,
        "maxUniqueItems": _most_alike,
        "minUniqueItems": _fewest_alike,
        "required": _required,
        "additionalProperties": _only,
        "pattern": _pattern,
    },
)
