"""What is known of one product type: its fact, and its schema read for mapping and checks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ponte.connectors import shape
from ponte.connectors.amazon.compact import DEFS, MAX_DEPTH, Node, compact
from ponte.connectors.amazon.vocabulary import AmazonValidator
from ponte.connectors.learnt import read_once
from ponte.domain.connector import Rules
from ponte.domain.mapping import plain
from ponte.domain.message import JSON
from ponte.domain.sku import Sku

PREFIX = "product_type/"
NAME = re.compile(r"[A-Z][A-Z0-9_]{0,99}")
WHOLE_LISTING = "LISTING"
REQUIREMENTS = frozenset({WHOLE_LISTING, "LISTING_PRODUCT_ONLY", "LISTING_OFFER_ONLY"})


@dataclass(frozen=True)
class Definition:
    """One product type; `schema` is the compact one."""

    id: str
    name: str
    version: str
    schema: Node

    @cached_property
    def attributes(self) -> Mapping[str, Node]:
        """Return the schema of each attribute, references followed."""
        found = shape.table(self.schema.get("properties"))
        return {name: self.resolved(node) for name, node in found.items() if isinstance(node, dict)}

    @cached_property
    def by_title(self) -> Mapping[str, str]:
        """Return the attribute of each title, for specifications of the same name."""
        titled = ((plain(shape.text(node.get("title"))), name) for name, node in self.attributes.items())
        return {title: name for title, name in reversed(list(titled)) if title}

    @cached_property
    def required(self) -> frozenset[str]:
        return frozenset(shape.texts(self.schema.get("required")))

    @cached_property
    def validator(self) -> Any:
        """Return the judge of attributes; references are put in place once, for speed."""
        known = {name: _without_references(node, {}) for name, node in shape.table(self.schema.get("$defs")).items()}
        return AmazonValidator(_without_references(self.schema, known))

    def title(self, attribute: str) -> str:
        """Return the name of an attribute as people know it."""
        return shape.text(self.attributes.get(attribute, {}).get("title")) or attribute

    def resolved(self, node: JSON) -> Node:
        """Follow references; what stands beside a reference goes before what it leads to."""
        found = shape.table(node)
        for _ in range(5):
            name = shape.text(found.get("$ref")).removeprefix(DEFS)
            if not name:
                break
            beside = {key: value for key, value in found.items() if key != "$ref"}
            found = {**shape.table(shape.table(self.schema.get("$defs")).get(name)), **beside}
        return found


def _without_references(node: JSON, definitions: Node, depth: int = 0) -> JSON:
    if isinstance(node, list):
        return [_without_references(one, definitions, depth) for one in node]
    if not isinstance(node, dict) or depth > MAX_DEPTH:
        return node
    found = {key: _without_references(one, definitions, depth + 1) for key, one in node.items() if key != "$defs"}
    target = shape.text(found.pop("$ref", "")).removeprefix(DEFS)
    return {**shape.table(definitions.get(target)), **found} if target else found


def key_of(product_type: str, requirements: str = WHOLE_LISTING) -> str:
    """Return the key of the fact: "product_type/LUGGAGE", with the requirements where they are not the usual."""
    name = PREFIX + product_type
    return name if requirements == WHOLE_LISTING else f"{name}/{requirements}"


def split_key(key: str) -> tuple[str, str] | None:
    """Return product type and requirements of a key, None for a key that is no product type's."""
    product_type, _, requirements = key.removeprefix(PREFIX).partition("/")
    known = key.startswith(PREFIX) and NAME.fullmatch(product_type) and requirements in {"", *REQUIREMENTS}
    return (product_type, requirements or WHOLE_LISTING) if known else None


def requirements_of(rules: Rules) -> str:
    asked = rules.mapping.options.get("requirements", "").strip().upper()
    return asked if asked in REQUIREMENTS else WHOLE_LISTING


def needs(sku: Sku, rules: Rules) -> tuple[str, ...]:
    """Return the key of the product type that the SKU is mapped to."""
    mapped = rules.mapping.category(sku)
    return (key_of(mapped.sent, requirements_of(rules)),) if mapped else ()


def fact_of(told: JSON, schema: JSON, checksum: str) -> JSON:
    """Return what is kept of a product type's definition and of the schema it leads to."""
    top = shape.table(told)
    return {
        "name": shape.text(top.get("displayName"))[:200],
        "version": shape.text(shape.table(top.get("productTypeVersion")).get("version"))[:200],
        "checksum": checksum,
        "schema": compact(schema),
    }


def is_unknown(product_type: str, rules: Rules) -> bool:
    """True when Amazon was asked for the product type and has none of that name."""
    key = key_of(product_type, requirements_of(rules))
    return key in rules.facts and rules.facts[key] is None


def definition_of(product_type: str, rules: Rules) -> Definition | None:
    """Return the product type, None when it was not learnt, is not there or has no usable schema."""
    key = key_of(product_type, requirements_of(rules))
    fact = rules.facts.get(key)
    if not isinstance(fact, dict) or not shape.table(shape.table(fact.get("schema")).get("properties")):
        return None
    return _definition(key, fact)


def read_definition(product_type: str, fact: Mapping[str, JSON]) -> Definition:
    name, version = shape.text(fact.get("name")), shape.text(fact.get("version"))
    # Made compact when it was learnt, and again here: an older version of this connector may have kept it otherwise.
    return Definition(product_type, name or product_type, version, compact(fact.get("schema")))


def _of_key(key: str, fact: dict[str, JSON]) -> Definition:
    asked = split_key(key)
    return read_definition(asked[0] if asked else key, fact)


_definition = read_once(_of_key)


def leaves(node: Node, definition: Definition, depth: int = 0) -> Iterator[Node]:
    """Yield the schemas of single values within an attribute's schema, the value itself first."""
    node = definition.resolved(node)
    if depth > 8:
        return
    if "items" in node:
        yield from leaves(shape.table(node["items"]), definition, depth + 1)
    elif "properties" in node:
        inner = shape.table(node["properties"])
        for name in sorted(inner, key=lambda one: one != "value"):
            yield from leaves(shape.table(inner[name]), definition, depth + 1)
    else:
        yield node
