"""Every attribute with the origin of its value: a person's rule, the standard source, a specification of its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ponte.connectors.amazon import family, gtin, standard
from ponte.connectors.amazon.basis import TITLE, Basis
from ponte.connectors.amazon.shaping import takes_several
from ponte.connectors.drafts import short
from ponte.connectors.texts import plain_text
from ponte.domain.mapping import plain, specification
from ponte.domain.message import JSON
from ponte.domain.offer import Provenance

DESCRIPTION = "product_description"
BULLETS = "bullet_point"
CONDITION = "condition_type"
OFFER_ONLY = frozenset({CONDITION, standard.OFFER, standard.STOCK, "merchant_suggested_asin", gtin.IDENTIFIER})


@dataclass(frozen=True, slots=True)
class Filled:
    """One attribute: what is sent and where it is from. `guessed`: nobody asked for it, only the names agree."""

    name: str
    value: JSON
    origin: Provenance
    guessed: bool = False


NEEDED = frozenset({CONDITION, standard.OFFER, standard.STOCK})
"""Without these nothing is for sale: no rule leaves them out."""


def filled(basis: Basis) -> dict[str, Filled]:
    """Return every attribute that has a value, as far as the product type has it; the first source wins."""
    found: dict[str, Filled] = {}
    for one in (*_ruled(basis), *_member(basis), *_standard(basis), *_named_alike(basis)):
        if one.name not in found and _takes(basis, one.name):
            found[one.name] = one
    return found | {one.name: one for one in _within(basis, found)}


def _takes(basis: Basis, name: str) -> bool:
    if basis.requirements == "LISTING_OFFER_ONLY" and name not in OFFER_ONLY:
        return False
    if name not in NEEDED and basis.rules.mapping.ignores(name, basis.product_type):
        return False
    known = basis.definition is None or name in basis.definition.attributes
    # A rule written for this very product type is obeyed even if its schema does not know the attribute.
    return known or name in basis.rules.mapping.category_attributes.get(basis.product_type, {})


def _rule_names(basis: Basis) -> Iterator[str]:
    mapping = basis.rules.mapping
    own = mapping.category_attributes.get(basis.product_type, {})
    yield from dict.fromkeys((*own, *mapping.attributes))


def _ruled(basis: Basis) -> Iterator[Filled]:
    for name in _rule_names(basis):
        line = basis.ruled(name) if "." not in name and name != gtin.IDENTIFIER else None
        if line:
            yield _shaped(basis, name, _values(basis, line), line)


def _member(basis: Basis) -> Iterator[Filled]:
    """Make the SKU a child of its product's family, where there is one."""
    yield from (Filled(name, value, origin) for name, value, origin in family.membership(basis))


def _within(basis: Basis, found: dict[str, Filled]) -> Iterator[Filled]:
    """Put values at paths ("item_dimensions.length") into their attributes."""
    before = dict(found)
    for path in _rule_names(basis):
        name, *inner = path.split(".")
        line = basis.ruled(path) if inner and all(inner) else None
        if line is None or basis.definition is None or name not in basis.definition.attributes:
            continue
        known = before[name].value if name in before else None
        before[name] = Filled(name, basis.shaper.inner(name, inner, line.sent, known), line)
        yield before[name]


def _standard(basis: Basis) -> Iterator[Filled]:
    yield from _texts(basis)
    yield from _identifier(basis)
    condition = Provenance(CONDITION, "", "option", "", basis.option("condition"))
    yield _shaped(basis, CONDITION, [condition.sent], condition)
    yield from _pictures(basis)
    yield from _parcel(basis)
    if basis.price is not None:
        place = basis.seller.place
        value = standard.offer(basis.price.sent, place.currency, basis.seller.marketplace_id)
        yield Filled(standard.OFFER, value, basis.price)
    channel = basis.option("fulfillment_channel")
    yield Filled(standard.STOCK, standard.availability(int(basis.stock.sent), channel), basis.stock)


def _texts(basis: Basis) -> Iterator[Filled]:
    if basis.title.sent:
        yield _shaped(basis, TITLE, [basis.title.sent], basis.title)
    for own in standard.simple_texts(basis.sku):
        line = basis.rules.mapping.adjusted(own, own.field, basis.product_type)
        yield _shaped(basis, line.field, [line.sent], line)
    text = plain_text(basis.sku.description)
    if text:
        found, sent = short(basis.sku.description), short(text)
        yield _shaped(basis, DESCRIPTION, [text], Provenance(DESCRIPTION, "description", "plain text", found, sent))
    points = standard.bullets(basis.sku)
    if points:
        shown = short("\n".join(points))
        yield _shaped(basis, BULLETS, points, Provenance(BULLETS, "description", "list", shown, shown))


def _identifier(basis: Basis) -> Iterator[Filled]:
    if not basis.identifier.usable or any(basis.ruled(name) for name in gtin.INSTEAD):
        return
    line = basis.ruled(gtin.IDENTIFIER) or Provenance(gtin.IDENTIFIER, "ean", "standard", basis.sku.ean, "")
    entry = basis.identifier.entry(basis.seller.marketplace_id)
    yield Filled(gtin.IDENTIFIER, entry, replace(line, sent=basis.identifier.text))


def _pictures(basis: Basis) -> Iterator[Filled]:
    for place, url in enumerate(basis.pictures[: 1 + standard.MAX_OTHER_PICTURES]):
        name = f"{standard.OTHER_PICTURE}{place}" if place else standard.MAIN_PICTURE
        value = [{"media_location": url, "marketplace_id": basis.seller.marketplace_id}]
        shown = short(url)
        yield Filled(name, value, Provenance(name, "images", "standard", shown, shown))


def _parcel(basis: Basis) -> Iterator[Filled]:
    sku, marketplace = basis.sku, basis.seller.marketplace_id
    for name, value in (
        (standard.PACKAGE, standard.package(sku, marketplace)),
        (standard.WEIGHT, standard.weight(sku, marketplace)),
    ):
        if value is not None:
            shown = ", ".join(_measures(value[0]))
            yield Filled(name, value, Provenance(name, "dimensions", "standard", shown, shown))


def _measures(row: dict[str, JSON]) -> Iterator[str]:
    rows = [row] if "unit" in row else [value for value in row.values() if isinstance(value, dict)]
    yield from (f"{one.get('value')} {one.get('unit')}" for one in rows)


def _named_alike(basis: Basis) -> Iterator[Filled]:
    """Fill what is still open from the store's specifications whose name is the attribute's."""
    titles = basis.definition.by_title if basis.definition else {}
    for spec in basis.sku.specifications:
        name = titles.get(plain(spec.name[:100]))
        value = specification(basis.sku, spec.name).strip() if name else ""
        rule = basis.rules.mapping.rule_for(name, basis.product_type) if name else None
        if name and value and not (rule and rule.finds):
            own = Provenance(name, f"specification:{spec.name}", "same name", value, value)
            line = basis.rules.mapping.adjusted(own, name, basis.product_type)
            yield replace(_shaped(basis, name, _values(basis, line), line), guessed=True)


def _values(basis: Basis, line: Provenance) -> list[str]:
    """Return one value, or those of a specification with several where the schema takes several."""
    spec = line.source.partition(":")[2]
    node = basis.definition.attributes.get(line.field) if basis.definition else None
    parts = line.sent.split(", ")
    alike = [one for one in basis.sku.specifications if spec and plain(one.name) == plain(spec)]
    if node and takes_several(node) and any(len(one.values) == len(parts) for one in alike):
        return [part for part in parts if part]
    return [line.sent]


def _shaped(basis: Basis, name: str, values: list[str], origin: Provenance) -> Filled:
    return Filled(name, basis.shaper.attribute(name, values), origin)
