"""Where the values of attributes are looked for: a channel's rules, the SKU's fields, the store's specifications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ponte.domain.connector import Rules
from ponte.domain.mapping import plain, specification
from ponte.domain.offer import Provenance
from ponte.domain.sku import Sku

MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class Source:
    """One SKU under one channel's rules, for one category. `specifications` holds values by comparable name."""

    sku: Sku
    rules: Rules
    category_id: str
    specifications: Mapping[str, str]

    def ruled(self, attribute_id: str) -> Provenance | None:
        """Return what a person's rule gives, None when there is none or it finds nothing but blanks."""
        found = self.rules.mapping.attribute(self.sku, attribute_id, self.category_id)
        return found if found and found.sent.strip() else None

    def has_rule(self, attribute_id: str) -> bool:
        return self.rules.mapping.rule_for(attribute_id, self.category_id) is not None

    def ignores(self, attribute_id: str) -> bool:
        return self.rules.mapping.ignores(attribute_id, self.category_id)

    def adjusted(self, found: Provenance) -> Provenance:
        """Return a value that no rule found, with the rules' values, brands and units applied to it."""
        return self.rules.mapping.adjusted(found, found.field, self.category_id)

    def specified(self, attribute_id: str, name: str) -> Provenance | None:
        """Return the value of the specification of a name."""
        value = self.specifications.get(comparable(name), "") if name else ""
        return Provenance(attribute_id, f"specification:{name}", "same name", value, value) if value else None


def source_of(sku: Sku, rules: Rules, category_id: str) -> Source:
    names = {comparable(spec.name): spec.name for spec in sku.specifications if spec.name.strip()}
    found = {key: specification(sku, name).strip() for key, name in names.items()}
    return Source(sku, rules, category_id, found)


def comparable(name: str) -> str:
    """Return a name for comparing; the few hundred names of a store are worked out once."""
    return _comparable(name) if len(name) <= MAX_NAME else plain(name)


@lru_cache(maxsize=4096)
def _comparable(name: str) -> str:
    return plain(name)
