"""What the fake finds wrong with a listing's attributes: its own reading of its own schemas, as issues.

No JSON schema library: a connector that uses one must not be its own judge. The keywords are those that `schemas`
writes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ponte.domain.identifiers import gtin_flaw
from ponte.sandbox.amazon.schemas import IDENTIFIER, LEVEL, RELATION, THEME, Schema

Issue = dict[str, Any]
TYPES = {"array": list, "object": dict, "string": str, "boolean": bool}


def issue(code: str, message: str, names: tuple[str, ...], *categories: str, severity: str = "ERROR") -> Issue:
    found: Issue = {"code": code, "message": message, "severity": severity, "categories": list(categories)}
    return {**found, "attributeNames": list(names)} if names else found


def is_parent(attributes: Mapping[str, Any]) -> bool:
    return "parent" in _values(attributes.get(LEVEL), "value")


def parents_of(attributes: Mapping[str, Any]) -> list[str]:
    """Return the SKUs that a listing names as its parent."""
    return _values(attributes.get(RELATION), "parent_sku")


def _values(rows: Any, name: str) -> list[str]:
    return [str(row.get(name)) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def issues_of(attributes: Mapping[str, Any], schema: Schema) -> list[Issue]:
    """Return everything wrong with a whole listing; () means that it is taken."""
    found = [*_missing(attributes, schema), *_strange(attributes, schema)]
    for name, value in attributes.items():
        node = schema["properties"].get(name)
        if node is not None:
            found += _of_value(name, value, node, schema)
    return [*found, *_bad_barcodes(attributes), *_of_family(attributes, schema)]


def _of_family(attributes: Mapping[str, Any], schema: Schema) -> Iterator[Issue]:
    """Yield what a child of a family lacks: its parent, its theme, what tells it from its siblings."""
    if "child" not in _values(attributes.get(LEVEL), "value"):
        return
    for name in (RELATION, THEME):
        if name not in attributes:
            yield issue("90220", f"'{name}' is required but not supplied.", (name,), "MISSING_ATTRIBUTE")
    for theme in _values(attributes.get(THEME), "name"):
        for name in theme.lower().split("/"):
            if name in schema["properties"] and name not in attributes:
                text = f"'{name}' is required for the variation theme {theme}."
                yield issue("99010", text, (name,), "MISSING_ATTRIBUTE")


def _missing(attributes: Mapping[str, Any], schema: Schema) -> Iterator[Issue]:
    wanted = [*schema["required"], *_conditional(attributes, schema)]
    for name in dict.fromkeys(wanted):
        if name not in attributes:
            yield issue("90220", f"'{name}' is required but not supplied.", (name,), "MISSING_ATTRIBUTE")


def _conditional(attributes: Mapping[str, Any], schema: Schema) -> Iterator[str]:
    for rule in schema["allOf"]:
        unless = [name for one in rule["if"]["not"]["anyOf"] for name in one["required"]]
        if not any(name in attributes for name in unless):
            yield from rule["then"]["required"]


def _strange(attributes: Mapping[str, Any], schema: Schema) -> Iterator[Issue]:
    for name in attributes:
        if name not in schema["properties"]:
            yield issue("90000900", f"The attribute '{name}' is not known here.", (name,), "INVALID_ATTRIBUTE")


def _of_value(name: str, value: Any, node: Schema, schema: Schema) -> Iterator[Issue]:
    node = _resolved(node, schema)
    if not _is_of_type(value, node.get("type")):
        yield _invalid(name, "90000900", "has a value of the wrong type")
    elif isinstance(value, list):
        yield from _of_list(name, value, node, schema)
    elif isinstance(value, dict):
        yield from _of_object(name, value, node, schema)
    elif isinstance(value, str):
        yield from _of_text(name, value, node)
    else:
        yield from _of_number(name, value, node)


def _resolved(node: Schema, schema: Schema) -> Schema:
    reference = node.get("$ref", "")
    found: Schema = schema["$defs"][reference.rpartition("/")[2]] if reference else node
    return found


def _is_of_type(value: Any, kind: str | None) -> bool:
    if kind in {"number", "integer"}:
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return not isinstance(value, bool) and (whole if kind == "integer" else isinstance(value, int | float))
    return kind is None or isinstance(value, TYPES[kind])


def _of_list(name: str, rows: list[Any], node: Schema, schema: Schema) -> Iterator[Issue]:
    if len(rows) < node.get("minItems", 0):
        text = f"The attribute '{name}' does not have enough values. At least 1 is needed."
        yield issue("99022", text, (name,), "INVALID_ATTRIBUTE")
    selectors = node.get("selectors", ())
    alike = Counter(tuple(str(row.get(one)) for one in selectors) for row in rows if isinstance(row, dict))
    most = node.get("maxUniqueItems") or node.get("maxItems") or len(rows)
    if max(alike.values(), default=0) > most:
        yield issue("99022", f"The attribute '{name}' has more than {most} values.", (name,), "INVALID_ATTRIBUTE")
    for row in rows:
        yield from _of_value(name, row, node["items"], schema)


def _of_object(name: str, value: dict[str, Any], node: Schema, schema: Schema) -> Iterator[Issue]:
    for field in node["required"]:
        if field not in value:
            text = f"The field '{field}' of the attribute '{name}' does not have enough values. At least 1 is needed."
            yield issue("99022", text, (name,), "INVALID_ATTRIBUTE")
    for field, inner in value.items():
        if field in node["properties"]:
            yield from _of_value(name, inner, node["properties"][field], schema)
        else:
            yield _invalid(name, "90000900", f"has no field '{field}'")


def _of_text(name: str, text: str, node: Schema) -> Iterator[Issue]:
    if "enum" in node and text not in node["enum"]:
        yield issue("4000001", f"The provided value for '{name}' is invalid.", (name,), "INVALID_ATTRIBUTE")
    length, most = len(text.encode()), node.get("maxUtf8ByteLength")
    if most is not None and length > most:
        yield _invalid(name, "99038", f"is {length} bytes long; at most {most} are taken")
    if len(text) < node.get("minLength", 0) or len(text) > node.get("maxLength", len(text)):
        yield _invalid(name, "99038", "has a value of the wrong length")
    if "pattern" in node and not re.search(node["pattern"], text):
        yield _invalid(name, "18448", "has characters that are not allowed")


def _of_number(name: str, value: float, node: Schema) -> Iterator[Issue]:
    category = "INVALID_PRICE" if name == "purchasable_offer" else "INVALID_ATTRIBUTE"
    above, below, most = node.get("exclusiveMinimum"), node.get("minimum"), node.get("maximum")
    low = (above is not None and value <= above) or (below is not None and value < below)
    if low or (most is not None and value > most):
        yield issue("90000900", f"The value of '{name}' is out of its range.", (name,), category)


def _invalid(name: str, code: str, what: str) -> Issue:
    return issue(code, f"The attribute '{name}' {what}.", (name,), "INVALID_ATTRIBUTE")


def _bad_barcodes(attributes: Mapping[str, Any]) -> Iterator[Issue]:
    for row in attributes.get(IDENTIFIER) or ():
        value = row.get("value") if isinstance(row, dict) else None
        if isinstance(value, str) and gtin_flaw(value):
            text = f"'{value[:40]}' is not a valid barcode."
            yield issue("4000001", text, (IDENTIFIER,), "INVALID_ATTRIBUTE")
            return
