"""What a product type's schema finds wrong with attributes, in words that problems are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from jsonschema.exceptions import UnknownType, ValidationError

from ponte.connectors import shape
from ponte.connectors.amazon.definition import Definition
from ponte.connectors.amazon.shaping import choices
from ponte.connectors.amazon.vocabulary import utf8_length
from ponte.domain.message import JSON

MAX_FLAWS = 200
MAX_SHOWN = 12
MAX_VALUE = 200
NUMBERS = frozenset({"number", "integer"})
LENGTHS = {
    "maxLength": "too_long",
    "maxUtf8ByteLength": "too_long",
    "minLength": "too_short",
    "minUtf8ByteLength": "too_short",
}
RANGES = {
    "minimum": "too_low",
    "exclusiveMinimum": "too_low",
    "maximum": "too_high",
    "exclusiveMaximum": "too_high",
    "multipleOf": "invalid",
}
COUNTS = {
    "maxItems": "too_many",
    "maxUniqueItems": "too_many",
    "minItems": "missing",
    "minUniqueItems": "missing",
}
ALTERNATIVES = frozenset({"anyOf", "oneOf"})


@dataclass(frozen=True, slots=True)
class Flaw:
    """One fault: the attribute, what is wrong in one word, and what to show with it."""

    attribute: str
    word: str
    params: Mapping[str, str] = field(default_factory=dict)


def flaws_of(values: Mapping[str, JSON], definition: Definition) -> tuple[Flaw, ...]:
    """Return all faults at once, each only once per attribute and word."""
    found: dict[tuple[str, str], Flaw] = {}
    try:
        for error in islice(definition.validator.iter_errors(values), MAX_FLAWS):
            for flaw in _read(error, definition):
                found.setdefault((flaw.attribute, flaw.word), flaw)
    except (RecursionError, UnknownType):
        pass  # a schema that cannot be applied says nothing; Amazon's own verdict is shown
    return tuple(found.values())


def _read(error: ValidationError, definition: Definition) -> Iterator[Flaw]:
    path = [str(step) for step in error.absolute_path]
    if error.validator in ALTERNATIVES and not isinstance(error.instance, str | int | float | bool):
        yield from _alternative(error, definition)
    elif error.validator == "required":
        yield _missing(path, error.message)
    elif error.validator == "additionalProperties":
        yield Flaw(path[0] if path else error.message, "unknown", {"value": error.message[:MAX_VALUE]})
    elif error.validator == "not" and not path:
        yield from (Flaw(name, "unknown") for name in shape.texts(shape.table(error.validator_value).get("required")))
    elif path:
        yield Flaw(path[0], *_of_value(error, definition))


def _alternative(error: ValidationError, definition: Definition) -> Iterator[Flaw]:
    """Tell what the first of several possible forms lacks; a person can then choose another."""
    first = [one for one in error.context or () if one.schema_path and one.schema_path[0] == 0]
    for one in first[:MAX_SHOWN]:
        yield from _read(one, definition)


def _missing(path: list[str], name: str) -> Flaw:
    if not path:
        return Flaw(name, "missing")
    return Flaw(
        path[0], "unit_missing" if name == "unit" else "missing", {"part": ".".join((*_named(path[1:]), name))}
    )


def _named(path: list[str]) -> list[str]:
    return [step for step in path if not step.isdigit()]


def _of_value(error: ValidationError, definition: Definition) -> tuple[str, dict[str, str]]:
    rule, value = str(error.validator), error.instance
    shown = {"value": _text(value)}
    if rule in LENGTHS:
        in_bytes = rule.endswith("Utf8ByteLength")
        length = utf8_length(str(value)) if in_bytes else len(str(value))
        unit = {"unit": "bytes"} if in_bytes else {}
        return LENGTHS[rule], {**shown, "limit": str(error.validator_value), "length": str(length), **unit}
    if rule in RANGES:
        return RANGES[rule], {**shown, "limit": str(error.validator_value)}
    if rule in COUNTS:
        count = len(value) if isinstance(value, list) else 0
        return COUNTS[rule], {"limit": str(error.validator_value), "count": str(count)}
    if rule in {"enum", "const", *ALTERNATIVES}:
        return _not_listed(error, definition, shown)
    if rule == "type":
        told: Any = error.validator_value
        wanted = {told} if isinstance(told, str) else set(told)
        return ("not_a_number" if wanted & NUMBERS else "invalid"), shown
    return "invalid", shown


def _not_listed(error: ValidationError, definition: Definition, shown: dict[str, str]) -> tuple[str, dict[str, str]]:
    node: Any = error.schema
    listed, _ = choices(definition.resolved(node))
    names = [name for _, name in listed]
    if not names:
        names = [_text(value) for value in shape.rows(error.validator_value) if not isinstance(value, dict)]
    more = ", ..." if len(names) > MAX_SHOWN else ""
    allowed = {"allowed": ", ".join(names[:MAX_SHOWN]) + more} if names else {}
    is_unit = [str(step) for step in error.absolute_path][-1:] == ["unit"]
    return ("unit" if is_unit else "not_listed"), {**shown, **allowed}


def _text(value: JSON) -> str:
    if isinstance(value, dict | list):
        return ""
    return str(value)[:MAX_VALUE]
