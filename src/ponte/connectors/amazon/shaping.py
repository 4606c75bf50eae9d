"""From a text to the form that a product type's schema wants: lists, units, languages, closed lists by name.

What cannot be brought into the form is put in as it is, so that the schema's own check names the fault.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ponte.connectors import shape
from ponte.connectors.amazon.compact import Node
from ponte.connectors.amazon.definition import Definition
from ponte.connectors.amazon.seller import Seller
from ponte.connectors.texts import sendable
from ponte.domain.mapping import plain
from ponte.domain.message import JSON

QUANTITY = re.compile(r"([+-]?[0-9]{1,15}(?:[.,][0-9]{1,9})?)\s*(\S.{0,40})?")
YES = frozenset({"sim", "si", "yes", "true", "s", "1"})
NO = frozenset({"nao", "no", "false", "n", "0"})
SELECTORS = frozenset({"marketplace_id", "language_tag"})
MAX_DEPTH = 8
# What shops write for the units that Amazon spells out (in the schemas' enumerations).
UNITS = {
    "cm": "centimeters",
    "mm": "millimeters",
    "m": "meters",
    "pol": "inches",
    '"': "inches",
    "g": "grams",
    "kg": "kilograms",
    "mg": "milligrams",
    "l": "liters",
    "ml": "milliliters",
    "w": "watts",
    "kw": "kilowatts",
    "v": "volts",
    "gb": "gigabytes",
    "tb": "terabytes",
    "mb": "megabytes",
    "h": "hours",
    "min": "minutes",
    "anos": "years",
    "ano": "years",
    "meses": "months",
    "hz": "hertz",
    "ghz": "gigahertz",
}


@dataclass(frozen=True)
class Shaper:
    """Brings texts into form, for one seller and one product type (None: not known)."""

    seller: Seller
    definition: Definition | None

    @cached_property
    def marks(self) -> dict[str, JSON]:
        return {"language_tag": self.seller.place.language, "marketplace_id": self.seller.marketplace_id}

    def attribute(self, name: str, values: Sequence[str]) -> JSON:
        """Return an attribute's value; several values only where the schema takes several."""
        node = self._node(name)
        if node is None:
            return [{"value": value, **self.marks} for value in values]
        told = list(values) if len(values) > 1 and takes_several(node) else [", ".join(values)]
        return self._several(node, told) if "items" in node else self.single(node, told[0])

    def inner(self, name: str, path: Sequence[str], value: str, before: JSON) -> JSON:
        """Return an attribute with one value put in at a path within it ("item_dimensions", ("length",))."""
        node = self._node(name) or {}
        row = dict(shape.tables(before)[0]) if shape.tables(before) else {}
        items = self._at(node.get("items"))
        return [self._put(items, row, path, value)]

    def _put(self, node: Node, row: dict[str, JSON], path: Sequence[str], value: str) -> dict[str, JSON]:
        inside = self._at(shape.table(node.get("properties")).get(path[0]))
        rest = path[1:]
        if rest:
            found = row.get(path[0])
            known = dict(shape.tables(found)[0]) if shape.tables(found) else shape.table(found)
            items = self._at(inside.get("items")) if "items" in inside else inside
            put = self._put(items, dict(known), rest, value)
            row[path[0]] = [put] if "items" in inside else put
        else:
            row[path[0]] = self.single(inside, value)
        return {**row, **self._marked(node)}

    def _several(self, node: Node, values: Sequence[str]) -> JSON:
        items = self._at(node.get("items"))
        return [self.single(items, value) for value in values]

    def single(self, node: Node, text: str, depth: int = 0) -> JSON:
        """Return one value in the form of its schema."""
        node, text = self._at(node), " ".join(sendable(text).split()) if "\n" not in text else text
        kind = node.get("type")
        if depth > MAX_DEPTH:
            return text
        if kind == "array" or "items" in node:
            return [self.single(self._at(node.get("items")), text, depth + 1)]
        if kind == "object" or "properties" in node:
            return self._object(node, text, depth)
        return _scalar(node, text)

    def _object(self, node: Node, text: str, depth: int) -> JSON:
        inner = shape.table(node.get("properties"))
        main = _main(node, inner)
        if main is None:
            return text
        found: dict[str, JSON] = {}
        if "unit" in inner and main == "value":
            amount, unit = _quantity(text)
            found |= {"unit": _unit(self._at(inner["unit"]), unit)} if unit else {}
            text = amount
        found[main] = self.single(self._at(inner[main]), text, depth + 1)
        # Colours and sizes have their standardized value beside the seller's own word.
        if main == "value" and "standardized_values" in shape.texts(node.get("required")):
            found["standardized_values"] = self.single(self._at(inner.get("standardized_values")), text, depth + 1)
        return {**found, **self._marked(node)}

    def _marked(self, node: Node) -> dict[str, JSON]:
        inner = shape.table(node.get("properties"))
        return {name: value for name, value in self.marks.items() if name in inner}

    def _at(self, node: JSON) -> Node:
        return self.definition.resolved(node) if self.definition else shape.table(node)

    def _node(self, name: str) -> Node | None:
        return self.definition.attributes.get(name) if self.definition else None


def takes_several(node: Node) -> bool:
    """True when an attribute may have more than one value for one language and marketplace."""
    most = shape.whole(node.get("maxUniqueItems")) or shape.whole(node.get("maxItems"))
    return most is None or most > 1


def choices(node: Node) -> tuple[list[tuple[str, str]], bool]:
    """Return the values (id, name) of a list, and whether the list is closed."""
    if "enum" in node:
        return _pairs(node), True
    for one in (*shape.tables(node.get("anyOf")), *shape.tables(node.get("oneOf"))):
        if "enum" in one:
            others = [other for other in shape.tables(node.get("anyOf")) if "enum" not in other]
            return _pairs(one), not others
    return [], False


def _pairs(node: Node) -> list[tuple[str, str]]:
    values = [value for value in shape.rows(node.get("enum")) if isinstance(value, str)]
    names = shape.texts(node.get("enumNames"))
    return list(zip(values, names if len(names) == len(values) else values, strict=True))


def _main(node: Node, inner: dict[str, JSON]) -> str | None:
    for name in ("value", "media_location", "name"):
        if name in inner:
            return name
    wanted = [name for name in shape.texts(node.get("required")) if name not in SELECTORS and name in inner]
    return wanted[0] if len(wanted) == 1 else None


def _scalar(node: Node, text: str) -> JSON:
    kinds = {node.get("type")} if isinstance(node.get("type"), str) else set(shape.texts(node.get("type")))
    kinds |= {one.get("type") for one in shape.tables(node.get("anyOf")) if isinstance(one.get("type"), str)}
    if "boolean" in kinds and plain(text) in YES | NO:
        return plain(text) in YES
    if kinds & {"number", "integer"}:
        return _number(text)
    return _listed(node, text)


def _listed(node: Node, text: str) -> str:
    """Return the id of the value that a text names; a text that names none stays as it is."""
    listed, _ = choices(node)
    ids = {value for value, _ in listed}
    if text in ids or not listed:
        return text
    wanted = plain(text)
    named = {plain(name): value for value, name in reversed(listed)}
    return named.get(wanted) or next((value for value in ids if plain(value.replace("_", " ")) == wanted), text)


def _number(text: str) -> JSON:
    amount, unit = _quantity(text)
    if unit or not amount:
        return text
    try:
        found = float(amount)
    except ValueError:
        return text
    return int(found) if found == int(found) else found


def _quantity(text: str) -> tuple[str, str]:
    """Return number and unit of a text like "20 W"; one that begins with no number is returned whole."""
    found = QUANTITY.fullmatch(text.strip())
    return (found[1].replace(",", "."), (found[2] or "").strip()) if found else (text, "")


def _unit(node: Node, written: str) -> str:
    listed, _ = choices(node)
    ids = [value for value, _ in listed]
    spelt = UNITS.get(written.casefold(), written)
    for wanted in (written, spelt):
        found = next((value for value, name in listed if plain(wanted) in {plain(value), plain(name)}), "")
        if found:
            return found
    return spelt if not ids else written
