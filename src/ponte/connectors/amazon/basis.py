"""One SKU under one channel's rules: what its attributes are made from. Pure, and never raises."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from ponte.connectors import shape
from ponte.connectors.amazon import gtin, standard
from ponte.connectors.amazon.definition import Definition, definition_of, requirements_of
from ponte.connectors.amazon.seller import Seller, seller_of
from ponte.connectors.amazon.shaping import Shaper
from ponte.connectors.amazon.vocabulary import utf8_length
from ponte.connectors.drafts import clean_names, pictures
from ponte.domain.connector import Rules
from ponte.domain.message import JSON
from ponte.domain.offer import Provenance
from ponte.domain.sku import Sku

NO_LIMIT = 1_000_000
TITLE = "item_name"
OPTIONS = {"condition": "new_new", "fulfillment_channel": "DEFAULT"}


@dataclass(frozen=True)
class Basis:
    """A SKU, the rules, and what follows from both at once."""

    sku: Sku
    rules: Rules

    @cached_property
    def seller(self) -> Seller:
        return seller_of(self.rules)

    @cached_property
    def category_line(self) -> Provenance | None:
        return self.rules.mapping.category(self.sku)

    @property
    def product_type(self) -> str:
        return self.category_line.sent if self.category_line else ""

    @cached_property
    def definition(self) -> Definition | None:
        return definition_of(self.product_type, self.rules)

    @property
    def requirements(self) -> str:
        return requirements_of(self.rules)

    @cached_property
    def title(self) -> Provenance:
        sku = clean_names(self.sku)
        whole = self.rules.mapping.titled(sku, NO_LIMIT)
        return replace(self.rules.mapping.titled(sku, self._fitting(whole.sent)), field=TITLE)

    def _fitting(self, title: str) -> int:
        """Return how many characters of the title fit into the schema's limit, which may be in bytes."""
        leaf = self._leaf(TITLE)
        chars, most = shape.whole(leaf.get("maxLength")), shape.whole(leaf.get("maxUtf8ByteLength"))
        limit = NO_LIMIT if chars is None else chars
        if most is None or utf8_length(title[:limit]) <= most:
            return limit
        return len(title.encode("utf-8", errors="replace")[:most].decode("utf-8", errors="ignore"))

    def _leaf(self, name: str) -> dict[str, JSON]:
        """Return the schema of an attribute's "value", {} where it is not known."""
        if self.definition is None:
            return {}
        items = self.definition.resolved(self.definition.attributes.get(name, {}).get("items"))
        return self.definition.resolved(shape.table(items.get("properties")).get("value"))

    @cached_property
    def price(self) -> Provenance | None:
        return self.rules.mapping.priced(self.sku)

    @cached_property
    def stock(self) -> Provenance:
        return replace(self.rules.mapping.stocked(self.sku), field=standard.STOCK)

    @cached_property
    def identifier(self) -> gtin.Identifier:
        ruled = self.ruled(gtin.IDENTIFIER)
        return gtin.identifier_of(ruled.sent if ruled else self.sku.ean)

    @cached_property
    def pictures(self) -> tuple[str, ...]:
        return pictures(self.sku)

    @cached_property
    def shaper(self) -> Shaper:
        return Shaper(self.seller, self.definition)

    def option(self, name: str) -> str:
        return self.rules.mapping.options.get(name, OPTIONS[name]).strip()

    def ruled(self, attribute: str) -> Provenance | None:
        """Return what a person's rule gives, None when there is none or it finds nothing but blanks."""
        found = self.rules.mapping.attribute(self.sku, attribute, self.product_type)
        return found if found and found.sent.strip() else None
