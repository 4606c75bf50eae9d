"""Where the values of attributes are looked for: a channel's rules, the SKU's fields, the store's specifications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ponte.domain.connector import Rules
from ponte.domain.mapping import Mapping as ChannelMapping
from ponte.domain.mapping import ValueRule, plain
from ponte.domain.offer import Provenance
from ponte.domain.sku import Sku

MAX_NAME = 100
MOST_CATEGORIES = 256


@dataclass(frozen=True, slots=True)
class Source:
    """One SKU under one channel's rules, for one category.

    `specifications` holds values by comparable name; `found_rules` the rules looked up so far, for all SKUs.
    """

    sku: Sku
    rules: Rules
    category_id: str
    specifications: Mapping[str, str]
    found_rules: dict[str, ValueRule | None]

    def rule(self, attribute_id: str) -> ValueRule | None:
        if attribute_id not in self.found_rules:
            self.found_rules[attribute_id] = self.rules.mapping.rule_for(attribute_id, self.category_id)
        return self.found_rules[attribute_id]

    def ruled(self, attribute_id: str) -> Provenance | None:
        """Return what a person's rule gives, None when there is none or it finds nothing but blanks."""
        if self.rule(attribute_id) is None:
            return None
        found = self.rules.mapping.attribute(self.sku, attribute_id, self.category_id)
        return found if found and found.sent.strip() else None

    def has_rule(self, attribute_id: str) -> bool:
        return self.rule(attribute_id) is not None

    def ignores(self, attribute_id: str) -> bool:
        rule = self.rule(attribute_id)
        return rule is not None and rule.ignore

    def adjusted(self, found: Provenance) -> Provenance:
        """Return a value that no rule found, with the rules' values, brands and units applied to it."""
        mapping = self.rules.mapping
        told = self.rule(found.field) or found.field in mapping.units or mapping.brands
        return mapping.adjusted(found, found.field, self.category_id) if told else found

    def specified(self, attribute_id: str, name: str) -> Provenance | None:
        """Return the value of the specification of a name."""
        value = self.specifications.get(comparable(name), "") if name else ""
        return Provenance(attribute_id, f"specification:{name}", "same name", value, value) if value else None


def source_of(sku: Sku, rules: Rules, category_id: str) -> Source:
    return Source(sku, rules, category_id, _specifications(sku), _rules_of(rules.mapping, category_id))


def _specifications(sku: Sku) -> Mapping[str, str]:
    """Return the values by comparable name; the SKU's go before the product's of the same name.

    Those of the SKU read last are kept: what it needs, its check and its offer all ask.
    """
    for known, found in _last[:]:
        if known is sku:
            return found
    found = {}
    for spec in sorted(sku.specifications, key=lambda spec: not spec.of_sku):
        key = comparable(spec.name)
        if key and not found.get(key):
            found[key] = ", ".join(value for value in spec.values if value).strip()
    _last[:] = [(sku, found)]
    return found


_last: list[tuple[Sku, Mapping[str, str]]] = []


def _rules_of(mapping: ChannelMapping, category_id: str) -> dict[str, ValueRule | None]:
    """Return where a category's rules are kept once they were looked up, as long as the mapping is the same."""
    kept = _known.get(category_id)
    if kept and kept[0] is mapping:
        return kept[1]
    if len(_known) >= MOST_CATEGORIES:
        _known.clear()
    rules: dict[str, ValueRule | None] = {}
    _known[category_id] = (mapping, rules)
    return rules


_known: dict[str, tuple[ChannelMapping, dict[str, ValueRule | None]]] = {}


def comparable(name: str) -> str:
    """Return a name for comparing; the few hundred names of a store are worked out once."""
    return _comparable(name) if len(name) <= MAX_NAME else plain(name)


@lru_cache(maxsize=4096)
def _comparable(name: str) -> str:
    return plain(name)
