"""Each attribute of the category's sheet: where its value comes from, how it is sent, what is wrong with it.

A person's rule goes first, then the standard source of the well-known ones, then a specification of the store
that has the attribute's name.
"""

from __future__ import annotations

from collections.abc import Iterator

from ponte.connectors.mercadolivre import gtin
from ponte.connectors.mercadolivre.facts import Attribute, Category
from ponte.connectors.mercadolivre.filled import Filled, flawed, missing
from ponte.connectors.mercadolivre.package import SIDES, measured
from ponte.connectors.mercadolivre.source import Source, source_of
from ponte.connectors.mercadolivre.values import Flaw, encode
from ponte.domain.connector import Rules
from ponte.domain.offer import Provenance
from ponte.domain.sku import Sku

SELLER_SKU = "SELLER_SKU"
# What is sent even when the sheet does not list it: the SKU is how a listing is found again.
ALWAYS = (
    Attribute(SELLER_SKU, "SKU"),
    Attribute("SELLER_PACKAGE_HEIGHT", "Altura da embalagem"),
    Attribute("SELLER_PACKAGE_WIDTH", "Largura da embalagem"),
    Attribute("SELLER_PACKAGE_LENGTH", "Comprimento da embalagem"),
    Attribute("SELLER_PACKAGE_WEIGHT", "Peso da embalagem"),
)
# What is tried while the sheet is not known (the dry run of a SKU whose category is not mapped).
USUAL = (
    Attribute("BRAND", "Marca"),
    Attribute("MODEL", "Modelo"),
    Attribute(gtin.GTIN, "Código universal de produto"),
)
STANDARD = frozenset({"BRAND", "MODEL", SELLER_SKU})


def filled(sku: Sku, rules: Rules, category_id: str, category: Category | None) -> tuple[Filled, ...]:
    """Return every attribute that has a value or a problem, in the order of the sheet."""
    source = source_of(sku, rules, category_id)
    every = (_fill(attribute, source) for attribute in _wanted(source, category))
    return tuple(one for one in every if one.entry is not None or one.problem is not None)


def lacks(source: Source, category: Category, tag: str) -> bool:
    """True when an attribute of this tag has no value that can be sent."""
    tagged = (attribute for attribute in category.attributes if tag in attribute.tags)
    return any(_fill(attribute, source).entry is None for attribute in tagged)


def _wanted(source: Source, category: Category | None) -> Iterator[Attribute]:
    sheet = category.attributes if category else USUAL
    yield from sheet
    seen = {attribute.id for attribute in sheet}
    yield from (attribute for attribute in ALWAYS if attribute.id not in seen)
    seen.update(attribute.id for attribute in ALWAYS)
    # A rule written for this very category is obeyed even if the sheet does not know the attribute.
    mapping = source.rules.mapping
    own = mapping.category_attributes.get(source.category_id, {})
    general = () if category else mapping.attributes
    yield from (Attribute(name, name) for name in dict.fromkeys((*own, *general)) if name not in seen)


def _fill(attribute: Attribute, source: Source) -> Filled:
    if attribute.id != SELLER_SKU and source.ignores(attribute.id):
        return Filled(attribute, problem=missing(attribute, source))
    if attribute.id == gtin.GTIN:
        return gtin.gtin(attribute, source)
    if attribute.id == gtin.REASON:
        return gtin.reason(attribute, source)
    found = _found(attribute, source)
    return (
        Filled(attribute, problem=missing(attribute, source)) if found is None else _filled(attribute, found, source)
    )


def _filled(attribute: Attribute, found: Provenance | Flaw, source: Source) -> Filled:
    if isinstance(found, Flaw):
        return Filled(attribute, problem=flawed(attribute, found, asked_for=True))
    encoded = encode(attribute, found.sent)
    if isinstance(encoded, Flaw):
        asked_for = attribute.id in STANDARD or source.has_rule(attribute.id)
        return Filled(attribute, problem=flawed(attribute, encoded, asked_for=asked_for))
    return Filled(attribute, encoded, found)


def _found(attribute: Attribute, source: Source) -> Provenance | Flaw | None:
    found = source.ruled(attribute.id)
    if found:
        return found
    own = _own(attribute, source)
    return source.adjusted(own) if isinstance(own, Provenance) else own


def _own(attribute: Attribute, source: Source) -> Provenance | Flaw | None:
    """Return what is found where no rule of a person finds anything."""
    if attribute.id in SIDES:
        return measured(source.sku, attribute.id)
    if attribute.id in STANDARD:
        return _standard(attribute.id, source)
    return None if "inferred" in attribute.tags else source.specified(attribute.id, attribute.name)


def _standard(attribute_id: str, source: Source) -> Provenance | None:
    sku = source.sku
    match attribute_id:
        case "BRAND":
            return _plainly(attribute_id, "brand", sku.brand)
        case "MODEL":
            return source.specified("MODEL", "Modelo") or _plainly("MODEL", "reference", sku.reference)
        case _:
            return _plainly(attribute_id, "sku_id", sku.id)


def _plainly(attribute_id: str, field: str, value: str) -> Provenance | None:
    text = value.strip()
    return Provenance(attribute_id, field, "standard", value, text) if text else None
