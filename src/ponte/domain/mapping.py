"""A channel's rules for turning a SKU into an offer: category, attributes, texts, price, stock.

The rules come from one file a person edits (`ponte.domain.mapping_file`); here they are applied. Every result is
a `Provenance`, so that the screen can say which field of VTEX and which line of the file made it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from ponte.domain.offer import Provenance
from ponte.domain.sku import Sku

CENT = Decimal("0.01")
MAX_PRICE = Decimal(10**12)
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class ValueRule:
    """Where a value comes from: the first of `sources` that is filled, else `default`.

    A source is the name of a SKU field ("brand", "reference", "ean", "name", "product_name", "sku_name",
    "sku_id", "product_id") or "specification:NAME". `values` replaces what was found, compared without case,
    accents or outer blanks.
    """

    sources: tuple[str, ...] = ()
    default: str | None = None
    values: Table[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class TitleRule:
    """`template` uses the names of `ValueRule.sources` in braces; `cut` shortens at a word's end."""

    template: str = "{name}"
    cut: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class PriceRule:
    markup_percent: Decimal = Decimal(0)
    add: Decimal = Decimal(0)
    line: int = 0


@dataclass(frozen=True, slots=True)
class StockRule:
    """`reserve` units are kept back, and never more than `cap` are offered."""

    reserve: int = 0
    cap: int = 99_999
    line: int = 0


@dataclass(frozen=True, slots=True)
class CategoryRule:
    target: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Mapping:
    """Everything one mapping file says. `options` are the connector's own (listing type, warranty ...)."""

    title: TitleRule = TitleRule()
    price: PriceRule = PriceRule()
    stock: StockRule = StockRule()
    categories: Table[str, CategoryRule] = field(default_factory=dict)
    default_category: CategoryRule | None = None
    attributes: Table[str, ValueRule] = field(default_factory=dict)
    category_attributes: Table[str, Table[str, ValueRule]] = field(default_factory=dict)
    options: Table[str, str] = field(default_factory=dict)

    def category(self, sku: Sku) -> Provenance | None:
        """Return the marketplace's category: the nearest mapped one from the leaf up, else the default."""
        for category_id in reversed(sku.category_ids):
            rule = self.categories.get(category_id)
            if rule:
                return Provenance("category", "category", "category map", category_id, rule.target, rule.line)
        leaf = sku.category_ids[-1] if sku.category_ids else ""
        if self.default_category:
            rule = self.default_category
            return Provenance("category", "category", "default", leaf, rule.target, rule.line)
        return None

    def rule_for(self, attribute: str, category: str) -> ValueRule | None:
        """Return the rule of an attribute; one written for the category goes before the general one."""
        return self.category_attributes.get(category, {}).get(attribute) or self.attributes.get(attribute)

    def attribute(self, sku: Sku, attribute: str, category: str) -> Provenance | None:
        """Return the value of an attribute as the rules give it, or None when no rule gives one."""
        rule = self.rule_for(attribute, category)
        return apply_rule(sku, attribute, rule) if rule else None

    def titled(self, sku: Sku, limit: int) -> Provenance:
        """Return the title; longer than `limit` characters only when the rule does not allow cutting."""
        text = fill_template(self.title.template, sku)
        if len(text) <= limit or not self.title.cut:
            return Provenance("title", "name", "template", sku.name, text, self.title.line)
        return Provenance("title", "name", "cut", sku.name, cut_at_word(text, limit), self.title.line)

    def priced(self, sku: Sku) -> Provenance | None:
        """Return the price with the channel's markup, to the cent, half up; None when VTEX has no usable one."""
        if sku.price is None or not sku.price.is_finite() or abs(sku.price) >= MAX_PRICE:
            return None
        raised = sku.price * (1 + self.price.markup_percent / 100) + self.price.add
        sent = raised.quantize(CENT, ROUND_HALF_UP)
        rule = "markup" if sent != sku.price else "as read"
        return Provenance("price", "price", rule, str(sku.price), str(sent), self.price.line)

    def stocked(self, sku: Sku) -> Provenance:
        """Return how many units are offered; no or negative stock is 0."""
        found = sku.stock or 0
        offered = max(0, min(found - self.stock.reserve, self.stock.cap))
        rule = "reserve or cap" if offered != found else "as read"
        return Provenance("stock", "stock", rule, str(found), str(offered), self.stock.line)


SKU_FIELDS = (
    "brand",
    "reference",
    "ean",
    "name",
    "product_name",
    "sku_name",
    "product_id",
)


def apply_rule(sku: Sku, name: str, rule: ValueRule) -> Provenance | None:
    """Return what one rule makes of a SKU, or None when its sources are empty and it has no default."""
    for source in rule.sources:
        found = read_source(sku, source)
        if found:
            sent = _translated(found, rule.values)
            kind = "value map" if sent != found else "source"
            return Provenance(name, source, kind, found, sent, rule.line)
    if rule.default is not None:
        return Provenance(name, "", "default", "", rule.default, rule.line)
    return None


def read_source(sku: Sku, source: str) -> str:
    """Return the text of a source, "" when it is empty or unknown. Several values are joined by ", "."""
    if source == "sku_id":
        return sku.id
    if source in SKU_FIELDS:
        return str(getattr(sku, source)).strip()
    prefix, _, wanted = source.partition(":")
    if prefix == "specification":
        return specification(sku, wanted)
    return ""


def specification(sku: Sku, name: str) -> str:
    """Return a specification's values; the SKU's goes before the product's of the same name."""
    key = plain(name)
    matches = [spec for spec in sku.specifications if plain(spec.name) == key and any(spec.values)]
    matches.sort(key=lambda spec: not spec.of_sku)
    return ", ".join(value for value in matches[0].values if value) if matches else ""


def fill_template(template: str, sku: Sku) -> str:
    """Put SKU fields into a template and tidy the blanks."""
    # In one pass: a brand called "{name}" stays what it is.
    text = PLACEHOLDER.sub(lambda match: read_source(sku, match[1]) if _is_source(match[1]) else match[0], template)
    return " ".join(text.split())


def _is_source(name: str) -> bool:
    return name in SKU_FIELDS or name == "sku_id" or name.startswith("specification:")


def cut_at_word(text: str, limit: int) -> str:
    """Shorten to at most `limit` characters, at a word's end where there is one in the last third."""
    if len(text) <= limit:
        return text
    head = text[: limit + 1]
    space = head.rfind(" ")
    return head[:space].rstrip(" ,-–/") if space > limit * 2 // 3 else text[:limit].rstrip()


def plain(text: str) -> str:
    """Return a text for comparing: no accents, no case, single blanks."""
    return _known_plain(text) if len(text) <= SHORT else _plain(text)


def _plain(text: str) -> str:
    if text.isascii():  # nothing to take apart
        return " ".join(text.casefold().split())
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return " ".join(bare.casefold().split())


SHORT = 60
_known_plain = lru_cache(maxsize=8_192)(_plain)  # names of attributes and values come again with every product


def _translated(found: str, values: Table[str, str]) -> str:
    wanted = plain(found)
    return next((sent for key, sent in values.items() if plain(key) == wanted), found)
