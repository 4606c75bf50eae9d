"""What must be learnt from Mercado Livre before a SKU can be checked: the account and the category's sheet.

Facts are kept as small JSON: only what `check`, `map` and `send` read. Sources: Mercado Livre developers' pages
"categorize products" (settings), "attributes" (tags, value types, units) and "user products" (the account's tag),
captured 2026-06.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ponte.connectors import shape
from ponte.connectors.learnt import read_once
from ponte.domain.connector import Rules
from ponte.domain.mapping import plain
from ponte.domain.message import JSON
from ponte.domain.sku import Sku

ACCOUNT = "account"
CATEGORY_PREFIX = "category/"
CATEGORY_ID = re.compile(r"ML[A-Z][0-9]{1,12}")
CLOSED_TYPES = frozenset({"list", "boolean"})
UNSENT_TAGS = frozenset({"read_only", "fixed"})
USED_TAGS = frozenset(
    {"required", "new_required", "conditional_required", "inferred", "multivalued", "allow_variations"}
)


@dataclass(frozen=True, slots=True)
class Account:
    """The seller.

    `user_products`: listings are made by `family_name`, not by `title`. `warehouses`: stock is kept by warehouse, and
    no listing takes a quantity of its own (developers' page "multi-origin stock", captured 2026-06).
    """

    user_id: str = ""
    user_products: bool = False
    warehouses: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """One line of a category's sheet. `values` (id by plain name) is filled for closed lists only."""

    id: str
    name: str
    tags: frozenset[str] = frozenset()
    value_type: str = "string"
    values: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    max_length: int | None = None
    units: tuple[str, ...] = ()

    @property
    def closed(self) -> bool:
        return self.value_type in CLOSED_TYPES and bool(self.values)


@dataclass(frozen=True, slots=True)
class Category:
    """A category's sheet; a limit the sheet does not state is None and is not checked."""

    id: str
    name: str = ""
    leaf: bool = True
    listing_allowed: bool = True
    max_title: int | None = None
    max_description: int | None = None
    max_pictures: int | None = None
    minimum_price: float | None = None
    maximum_price: float | None = None
    conditions: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()

    def attribute(self, attribute_id: str) -> Attribute | None:
        return next((one for one in self.attributes if one.id == attribute_id), None)


def needs(sku: Sku, rules: Rules) -> tuple[str, ...]:
    """Return the facts' keys for this SKU: the account, and its category when it is mapped."""
    mapped = rules.mapping.category(sku)
    return (ACCOUNT, CATEGORY_PREFIX + mapped.sent) if mapped else (ACCOUNT,)


def is_unknown(category_id: str, rules: Rules) -> bool:
    """True when Mercado Livre was asked for the category and has none of that id."""
    key = CATEGORY_PREFIX + category_id
    return key in rules.facts and rules.facts[key] is None


def account_of(rules: Rules) -> Account:
    """Return the account as learnt; an empty one (classic model) when it was not learnt."""
    fact = shape.table(rules.facts.get(ACCOUNT))
    return Account(
        shape.word(fact.get("user_id")),
        user_products=fact.get("user_products") is True,
        warehouses=fact.get("warehouses") is True,
    )


def category_of(category_id: str, rules: Rules) -> Category | None:
    """Return the sheet, None when it was not learnt or does not exist."""
    fact = rules.facts.get(CATEGORY_PREFIX + category_id)
    return _category(category_id, fact) if isinstance(fact, dict) else None


def _read_category(category_id: str, fact: dict[str, JSON]) -> Category:
    return Category(
        category_id,
        shape.text(fact.get("name")),
        leaf=fact.get("leaf") is not False,
        listing_allowed=fact.get("listing_allowed") is not False,
        max_title=shape.whole(fact.get("max_title")),
        max_description=shape.whole(fact.get("max_description")),
        max_pictures=shape.whole(fact.get("max_pictures")),
        minimum_price=shape.number(fact.get("minimum_price")),
        maximum_price=shape.number(fact.get("maximum_price")),
        conditions=shape.texts(fact.get("conditions")),
        attributes=tuple(_read_attribute(row) for row in shape.tables(fact.get("attributes"))),
    )


_category = read_once(_read_category)


def _read_attribute(fact: dict[str, JSON]) -> Attribute:
    pairs = [(shape.word(row[0]), shape.text(row[1])) for row in shape.rows(fact.get("values")) if _is_pair(row)]
    return Attribute(
        shape.text(fact.get("id")),
        shape.text(fact.get("name")),
        frozenset(shape.texts(fact.get("tags"))),
        shape.text(fact.get("value_type")) or "string",
        {plain(name): value_id for value_id, name in reversed(pairs)},
        tuple(name for _, name in pairs),
        shape.whole(fact.get("max_length")),
        shape.texts(fact.get("units")),
    )


def _is_pair(row: JSON) -> bool:
    return isinstance(row, list) and len(row) == 2


def account_fact(body: JSON) -> JSON:
    """Return what is kept of GET /users/me: no name, no address, no e-mail."""
    user = shape.table(body)
    codes = shape.table(shape.table(user.get("status")).get("list")).get("codes")
    return {
        "user_id": shape.word(user.get("id")),
        "user_products": "user_product_seller" in shape.texts(user.get("tags")),
        "warehouses": "warehouse_management" in shape.texts(user.get("tags")),
        "status_codes": list(shape.texts(codes)),
    }


def category_fact(settings_body: JSON, attributes_body: JSON) -> JSON:
    """Return what is kept of GET /categories/{id} and /categories/{id}/attributes."""
    category = shape.table(settings_body)
    settings = shape.table(category.get("settings"))
    return {
        "name": shape.text(category.get("name")),
        "leaf": not shape.rows(category.get("children_categories")),
        "listing_allowed": settings.get("listing_allowed") is not False,
        "max_title": shape.whole(settings.get("max_title_length")),
        "max_description": shape.whole(settings.get("max_description_length")),
        "max_pictures": shape.whole(settings.get("max_pictures_per_item")),
        "minimum_price": shape.number(settings.get("minimum_price")),
        "maximum_price": shape.number(settings.get("maximum_price")),
        "conditions": list(shape.texts(settings.get("item_conditions"))),
        "attributes": [_attribute_fact(row) for row in shape.tables(attributes_body) if _is_sent(row)],
    }


def _is_sent(row: dict[str, JSON]) -> bool:
    return bool(shape.text(row.get("id"))) and not (_tags(row) & UNSENT_TAGS)


def _tags(row: dict[str, JSON]) -> frozenset[str]:
    """Return the tags that are on; they come as an object of booleans, in older answers as a list."""
    tags = row.get("tags")
    if isinstance(tags, dict):
        return frozenset(name for name, on in tags.items() if on)
    return frozenset(shape.texts(tags))


def _attribute_fact(row: dict[str, JSON]) -> JSON:
    value_type = shape.text(row.get("value_type")) or "string"
    values = shape.tables(row.get("values")) if value_type in CLOSED_TYPES else []
    return {
        "id": shape.text(row.get("id")),
        "name": shape.text(row.get("name")),
        "tags": sorted(_tags(row) & USED_TAGS),
        "value_type": value_type,
        "values": [[shape.word(value.get("id")), shape.text(value.get("name"))] for value in values],
        "max_length": shape.whole(row.get("value_max_length")),
        "units": [shape.text(unit.get("name")) for unit in shape.tables(row.get("allowed_units"))],
    }
