"""What an operator asks for, as learnt: its category tree, each category's attributes, the lists of allowed values.

The platform answers these questions once an hour at most, so they are asked for all categories at once (H11, PM11,
VL11) and kept as facts of their own: "hierarchies", "values", and "catalogue", which puts them together and adds the
conditions of offers (OF61).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ponte.connectors import shape
from ponte.domain.connector import Rules
from ponte.domain.mapping import plain
from ponte.domain.message import JSON

HIERARCHIES, VALUES, CATALOGUE = "hierarchies", "values", "catalogue"
NEEDED = (HIERARCHIES, VALUES, CATALOGUE)
MAX_DEPTH = 20
LISTS = frozenset({"LIST", "LIST_MULTIPLE_VALUES"})
RULE = re.compile(r"([A-Z_]{3,40})\|([^,]{1,200})")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One column that an operator knows. `values` (code by plain code and label) is filled for lists only."""

    code: str
    label: str
    level: str = "OPTIONAL"
    kind: str = "TEXT"
    hierarchy: str = ""
    variant: bool = False
    hint: str = ""
    names: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    """Validations and parameters of the type by name ("MAX_LENGTH" -> "120")."""

    @property
    def required(self) -> bool:
        return self.level == "REQUIRED"

    @property
    def closed(self) -> bool:
        return self.kind in LISTS and bool(self.names)

    def limit(self, name: str) -> int | None:
        """Return a rule's whole number, None when it has none."""
        text = self.rules.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    label: str
    parent: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of it. `attributes` by the category they belong to; "" for those that all categories share."""

    categories: Mapping[str, Category] = field(default_factory=dict)
    attributes: Mapping[str, tuple[Attribute, ...]] = field(default_factory=dict)
    parents: frozenset[str] = frozenset()
    states: tuple[str, ...] = ()
    known: bool = False

    def line(self, code: str) -> tuple[Category, ...]:
        """Return a category and those above it, the root first; () when there is none of that code."""
        found: list[Category] = []
        category = self.categories.get(code)
        while category is not None and len(found) < MAX_DEPTH:
            found.append(category)
            category = self.categories.get(category.parent)
        return tuple(reversed(found))

    def is_leaf(self, code: str) -> bool:
        return code not in self.parents

    def columns(self, code: str) -> tuple[Attribute, ...]:
        """Return the attributes of a category: the shared ones, then those from the root down. Each code once."""
        places = ("", *(category.code for category in self.line(code)))
        found = {one.code: one for place in places for one in self.attributes.get(place, ())}
        return tuple(found.values())


# Thousands of SKUs share one catalogue: it is read once as long as the same object is handed in. The fact is kept
# beside the result, so that an address that is used again cannot be mistaken for it.
_read: list[tuple[JSON, Catalogue]] = []
_MAX_READ = 16


def catalogue_of(rules: Rules) -> Catalogue:
    """Return the catalogue as learnt; an empty one, `known` false, while it was not."""
    fact = rules.facts.get(CATALOGUE)
    return catalogue_in(fact) if isinstance(fact, dict) else Catalogue()


def catalogue_in(fact: JSON) -> Catalogue:
    known = next((made for kept, made in _read if kept is fact), None)
    if known is None:
        known = _made(shape.table(fact))
        _read[:] = [(fact, known), *_read[: _MAX_READ - 1]]
    return known


def _made(fact: dict[str, JSON]) -> Catalogue:
    categories = {code: Category(code, *pair) for code, pair in _pairs(fact.get("hierarchies"))}
    lists = shape.table(fact.get("values"))
    found: dict[str, list[Attribute]] = {}
    for row in shape.tables(fact.get("attributes")):
        attribute = _attribute(row, lists)
        if not attribute.code:
            continue
        found.setdefault(attribute.hierarchy, []).append(attribute)
    attributes = {place: tuple(rows) for place, rows in found.items()}
    return Catalogue(
        categories,
        attributes,
        frozenset(one.parent for one in categories.values()),
        shape.texts(fact.get("states")),
        known=True,
    )


def _pairs(value: JSON) -> Iterator[tuple[str, tuple[str, str]]]:
    for code, row in shape.table(value).items():
        pair = shape.texts(row)
        if len(pair) == 2:
            yield code, (pair[0], pair[1])


def _attribute(row: dict[str, JSON], lists: dict[str, JSON]) -> Attribute:
    names = tuple(
        (pair[0], pair[1])
        for one in shape.rows(lists.get(shape.text(row.get("list"))))
        if _pair(one, pair := shape.texts(one))
    )
    by_label = {plain(label): code for code, label in reversed(names)}
    return Attribute(
        shape.text(row.get("code")),
        shape.text(row.get("label")),
        shape.text(row.get("level")),
        shape.text(row.get("kind")),
        shape.text(row.get("hierarchy")),
        row.get("variant") is True,
        shape.text(row.get("hint")),
        names,
        by_label | {plain(code): code for code, _ in reversed(names)},
        {name: shape.text(value) for name, value in shape.table(row.get("rules")).items()},
    )


def _pair(row: JSON, pair: tuple[str, ...]) -> bool:
    return isinstance(row, list) and len(pair) == 2


def hierarchies_fact(body: JSON) -> JSON:
    """Return what is kept of H11: label and parent by code."""
    rows = shape.tables(shape.table(body).get("hierarchies"))
    return {
        code: [shape.text(row.get("label")) or code, shape.word(row.get("parent_code"))]
        for row in rows
        if (code := shape.word(row.get("code")))
    }


def values_fact(body: JSON) -> JSON:
    """Return what is kept of VL11: code and label of each value, by the list's code."""
    rows = shape.tables(shape.table(body).get("values_lists"))
    return {
        code: [
            [shape.word(value.get("code")), shape.text(value.get("label")) or shape.word(value.get("code"))]
            for value in shape.tables(row.get("values"))
            if shape.word(value.get("code"))
        ]
        for row in rows
        if (code := shape.word(row.get("code")))
    }


def states_fact(body: JSON) -> JSON:
    """Return what is kept of OF61: the codes of the conditions."""
    return [shape.word(row.get("code")) for row in shape.tables(shape.table(body).get("offer_states"))]


def catalogue_fact(body: JSON, hierarchies: JSON, values: JSON, states: JSON) -> JSON:
    """Return what is kept of PM11, with the tree, the lists of values that an attribute uses, and the conditions."""
    rows = [_attribute_fact(row) for row in shape.tables(shape.table(body).get("attributes"))]
    sent = [row for row in rows if row["code"] and row["level"] != "DISABLED"]
    lists = shape.table(values)
    used = {row["list"] for row in sent}
    return {
        "hierarchies": hierarchies,
        "attributes": sent,
        "states": states,
        "values": {code: rows for code, rows in lists.items() if code in used},
    }


def _attribute_fact(row: dict[str, JSON]) -> dict[str, JSON]:
    parameters = {
        shape.text(one.get("name")): shape.word(one.get("value")) for one in shape.tables(row.get("type_parameters"))
    }
    level = shape.text(row.get("requirement_level"))
    return {
        "code": shape.text(row.get("code")),
        "label": shape.text(row.get("label")),
        # `required` is the older field (seller API reference, read 2026-11).
        "level": level or ("REQUIRED" if row.get("required") is True else "OPTIONAL"),
        "kind": shape.text(row.get("type")).upper() or "TEXT",
        "hierarchy": shape.word(row.get("hierarchy_code")),
        "variant": row.get("variant") is True,
        "hint": (shape.text(row.get("description")) or shape.text(row.get("example")))[:500],
        "list": _list_of(row, parameters),
        "rules": parameters | dict(RULE.findall(shape.text(row.get("validations")))),
    }


def _list_of(row: dict[str, JSON], parameters: dict[str, str]) -> str:
    """Return the code of an attribute's list of values; it stands in one of three places."""
    told = (parameters.get("LIST_CODE", ""), row.get("values_list"), row.get("type_parameter"))
    return next((name for one in told if (name := shape.text(one))), "")
