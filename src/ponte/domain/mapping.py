"""A channel's rules for turning a SKU into an offer: category, attributes, texts, price, stock.

The rules come from one file a person edits (`ponte.domain.mapping_file`); here they are applied. Every result is
a `Provenance`, so that the screen can say which field of VTEX and which line of the file made it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from ponte.domain.mapping_units import UnitRule, converted
from ponte.domain.offer import Provenance
from ponte.domain.sku import Sku

CENT = Decimal("0.01")
MAX_PRICE = Decimal(10**12)
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class ValueRule:
    """Where a value comes from: the first of `sources` that is filled, or `template`; else `default`.

    A source is the name of a SKU field ("brand", "reference", "ean", "name", "product_name", "sku_name",
    "sku_id", "product_id") or "specification:NAME". `values` replaces what was found, compared without case,
    accents or outer blanks; `lines` says where each of them stands. `ignore` leaves the attribute out.
    """

    sources: tuple[str, ...] = ()
    default: str | None = None
    values: Table[str, str] = field(default_factory=dict)
    line: int = 0
    template: str = ""
    ignore: bool = False
    lines: Table[str, int] = field(default_factory=dict, compare=False)

    @property
    def finds(self) -> bool:
        """False for a rule that only changes what others find: translated values and nothing else."""
        return bool(self.sources or self.template or self.ignore) or self.default is not None

    def over(self, general: ValueRule | None) -> ValueRule:
        """Return this rule of a category above the general one: its values go first, what it leaves unsaid stays."""
        if general is None or self.finds:
            return self
        values, lines = {**general.values, **self.values}, {**general.lines, **self.lines}
        known = {plain(name) for name in self.values}
        values = {name: to for name, to in values.items() if name in self.values or plain(name) not in known}
        return replace(general, values=values, lines=lines, line=self.line)


@dataclass(frozen=True, slots=True)
class TitleRule:
    """`template` uses the names of `ValueRule.sources` in braces; `cut` shortens at a word's end.

    `categories` are the rules of single categories of the marketplace.
    """

    template: str = "{name}"
    cut: bool = False
    line: int = 0
    categories: Table[str, TitleRule] = field(default_factory=dict)


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
class BrandRule:
    """What a brand of VTEX is called at the marketplace."""

    target: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Mapping:
    """Everything one mapping file says. `options` are the connector's own (listing type, warranty ...).

    `brands` are kept by their comparable names (`plain`), `units` by attribute.
    """

    title: TitleRule = TitleRule()
    price: PriceRule = PriceRule()
    stock: StockRule = StockRule()
    categories: Table[str, CategoryRule] = field(default_factory=dict)
    default_category: CategoryRule | None = None
    attributes: Table[str, ValueRule] = field(default_factory=dict)
    category_attributes: Table[str, Table[str, ValueRule]] = field(default_factory=dict)
    options: Table[str, str] = field(default_factory=dict)
    brands: Table[str, BrandRule] = field(default_factory=dict)
    units: Table[str, UnitRule] = field(default_factory=dict)

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
        own, general = self.category_attributes.get(category, {}).get(attribute), self.attributes.get(attribute)
        return own.over(general) if own else general

    def ignores(self, attribute: str, category: str) -> bool:
        """Say whether an attribute is to be left out, whatever VTEX has."""
        rule = self.rule_for(attribute, category)
        return rule is not None and rule.ignore

    def attribute(self, sku: Sku, attribute: str, category: str) -> Provenance | None:
        """Return the value of an attribute as the rules give it, or None when no rule gives one."""
        rule = self.rule_for(attribute, category)
        found = apply_rule(sku, attribute, rule) if rule else None
        if found is None or found.rule == "default":
            return found
        return self._finished(found, attribute)

    def adjusted(self, found: Provenance, attribute: str, category: str) -> Provenance:
        """Return what a connector found by itself, with the values, brands and units of the rules applied to it."""
        rule = self.rule_for(attribute, category)
        return self._finished(translated(found, rule) if rule else found, attribute)

    def branded(self, sku: Sku, attribute: str = "brand") -> Provenance | None:
        """Return the marketplace's name of a SKU's brand; None when it has none."""
        brand = sku.brand.strip()
        return self._rebranded(Provenance(attribute, "brand", "as read", sku.brand, brand)) if brand else None

    def _finished(self, found: Provenance, attribute: str) -> Provenance:
        if found.source == "brand" and found.rule != "value map":
            found = self._rebranded(found)
        unit = self.units.get(attribute)
        sent = converted(found.sent, unit) if unit else found.sent
        return found if unit is None or sent == found.sent else replace(found, rule="unit", sent=sent, line=unit.line)

    def _rebranded(self, found: Provenance) -> Provenance:
        brand = self.brands.get(plain(found.sent)) if self.brands else None
        return replace(found, rule="brand map", sent=brand.target, line=brand.line) if brand else found

    def titled(self, sku: Sku, limit: int) -> Provenance:
        """Return the title; longer than `limit` characters only when the rule does not allow cutting."""
        rule = self._title_rule(sku)
        text = fill_template(rule.template, sku)
        if len(text) <= limit or not rule.cut:
            return Provenance("title", "name", "template", sku.name, text, rule.line)
        return Provenance("title", "name", "cut", sku.name, cut_at_word(text, limit), rule.line)

    def _title_rule(self, sku: Sku) -> TitleRule:
        category = self.category(sku) if self.title.categories else None
        return self.title.categories.get(category.sent, self.title) if category else self.title

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
    if rule.ignore:
        return None
    if rule.template and (text := _built(rule.template, sku)):
        return translated(Provenance(name, "", "template", "", text, rule.line), rule)
    for source in rule.sources:
        found = read_source(sku, source)
        if found:
            return translated(Provenance(name, source, "source", found, found, rule.line), rule)
    if rule.default is not None:
        return Provenance(name, "", "default", "", rule.default, rule.line)
    return None


def translated(found: Provenance, rule: ValueRule) -> Provenance:
    """Return a value as the rule's `values` translate it; one that is not among them stays."""
    wanted = plain(found.sent)
    for value, sent in rule.values.items():
        if plain(value) == wanted and sent != found.sent:
            return replace(found, rule="value map", sent=sent, line=rule.lines.get(value, rule.line))
    return found


def _built(template: str, sku: Sku) -> str:
    """Return a filled template, "" when none of its fields is filled."""
    filled = any(read_source(sku, name) for name in PLACEHOLDER.findall(template))
    return fill_template(template, sku) if filled else ""


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
