"""Checks of a listing's attributes against its category: required ones, closed lists, units, identifiers, package.

Cause numbers, codes and messages after Mercado Livre developers' page "Validaciones", read 2026-06.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ponte.domain.identifiers import gtin_flaw
from ponte.sandbox.mercadolivre.answers import Cause, cause, warning
from ponte.sandbox.mercadolivre.categories import CLOSED_TYPES, NOT_APPLICABLE, AttributeRule, Catalog, Category, fold

Attribute = Mapping[str, Any]
PACKAGE = tuple(f"SELLER_PACKAGE_{side}" for side in ("HEIGHT", "LENGTH", "WIDTH", "WEIGHT"))
WITHOUT_COMPANY = frozenset({"artesanal", "generica", "generico", "sem marca"})
_REFERENCE = "item.attributes"
_WHERE = (
    "Check the attribute is present in the attributes list "
    "or in all variation's attributes_combination or attributes."
)
_AMOUNT = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(\S+)$")
_NUMBER = re.compile(r"^-?\d+(?:[.,]\d+)?$")
_SANITARY = re.compile(r"^\d{9,13}$")
_PACKAGE_LIMITS = {"cm": 400, "g": 100_000}
_PACKAGE_CODE = "item.attribute.invalid.seller.package.dimensions"


def text_of(attribute: Attribute) -> str:
    """The value's text; numbers that were sent as such count too."""
    value = attribute.get("value_name")
    return "" if value is None else str(value).strip()


def is_filled(attribute: Attribute) -> bool:
    return attribute.get("value_id") is not None or bool(text_of(attribute)) or bool(attribute.get("values"))


def missing_attributes(category: Category, present: Iterable[Attribute], *, for_catalog: bool) -> Iterator[Cause]:
    """147 for required ones, 3704 for a catalogue's, 7810 for conditional ones; one cause each, all names in it.

    A catalogue's attributes are a warning for a listing that isn't of the catalogue.
    """
    present = list(present)
    filled = {str(attribute.get("id")) for attribute in present if is_filled(attribute)}
    if missing := [name for name in category.required if name not in filled]:
        message = (
            f"The attributes [{', '.join(missing)}] are required for category {category.id} and channel marketplace."
        )
        yield cause(147, "item.attributes.missing_required", f"{message} {_WHERE}", _REFERENCE)
    if missing := [name for name in category.catalog if name not in filled]:
        message = (
            f"The attributes [{', '.join(missing)}] are required to list in the catalog of {category.domain_id}."
        )
        code, kind = "item.attribute.missing_catalog_required", "error" if for_catalog else "warning"
        yield cause(3704, code, message, _REFERENCE, department="structured-data", kind=kind)
    if missing := missing_conditional(category, filled, brand=brand_of(present)):
        message = f"The attributes [{', '.join(missing)}] are required for category [{category.id}]. {_WHERE}"
        yield cause(7810, "item.attribute.missing_conditional_required", message, _REFERENCE, department="supply")


def brand_of(present: Iterable[Attribute]) -> str:
    return next((text_of(one) for one in present if one.get("id") == "BRAND"), "")


def missing_conditional(category: Category, filled: Iterable[str], *, brand: str) -> list[str]:
    """Conditional attributes that this listing needs.

    A reason for having no GTIN does for the GTIN; and what no company makes has none.
    """
    given = set(filled)
    if "EMPTY_GTIN_REASON" in given or fold(brand) in WITHOUT_COMPANY:
        given.add("GTIN")
    return [name for name in category.conditional if name not in given]


def flawed_values(category: Category, attributes: Sequence[Attribute]) -> Iterator[Cause]:
    """Values that break their attribute's rule, and a warning for attributes that the category doesn't have."""
    for attribute in attributes:
        rule = category.rules.get(str(attribute.get("id")))
        if rule is None:
            message = f"Attribute [{attribute.get('id')}] was omitted: category {category.id} does not have it."
            yield warning(1212, "normalize.item.attribute.values", message, _REFERENCE, department="structured-data")
        elif is_filled(attribute) and attribute.get("value_id") != NOT_APPLICABLE:
            yield from _flawed_value(rule, attribute)


def _flawed_value(rule: AttributeRule, attribute: Attribute) -> Iterator[Cause]:
    value_id, text = attribute.get("value_id"), text_of(attribute)
    if rule.value_type in CLOSED_TYPES:
        yield from _outside_list(rule, value_id, text)
    elif len(text) > rule.max_length:
        message = f"Attribute [{rule.id}] has {len(text)} characters and at most {rule.max_length} are allowed."
        yield cause(154, "item.attributes.invalid_length", message, _REFERENCE)
    elif rule.value_type == "number" and not _NUMBER.match(text):
        yield _bad_number(rule, text, "a number")
    elif rule.value_type == "number_unit" and rule.id not in PACKAGE and not _is_amount(rule, text):
        yield _bad_number(rule, text, f"a number and one of the units [{', '.join(sorted(rule.units))}]")


def _outside_list(rule: AttributeRule, value_id: object, text: str) -> Iterator[Cause]:
    if value_id is not None and str(value_id) not in rule.values:
        message = f"Attribute [{rule.id}] is not valid, item values [({value_id}:{text or None})]"
        yield cause(3510, "item.attribute.values.invalid", message, _REFERENCE, department="structured-data")
    elif value_id is None and fold(text) not in rule.ids:
        message = f"The value name [{text[:255]}] is not in the list of values of attribute [{rule.id}]."
        yield cause(394, "item.attribute.values.name.invalid", message, _REFERENCE)


def _is_amount(rule: AttributeRule, text: str) -> bool:
    found = _AMOUNT.match(text)
    return bool(found) and found is not None and found[2] in rule.units


def _bad_number(rule: AttributeRule, text: str, wanted: str) -> Cause:
    message = f"The value [{text[:255]}] of attribute [{rule.id}] has an invalid format, {wanted} is expected."
    return cause(3708, "item.attribute.invalid_number_format", message, _REFERENCE, department="structured-data")


def flawed_package(by_id: Mapping[str, Attribute]) -> Iterator[Cause]:
    """5400 when a side is missing, 5402 when it isn't a whole number and its unit, 5401 when out of bounds."""
    given = [name for name in PACKAGE if name in by_id and is_filled(by_id[name])]
    if not given:
        return
    sides = [_AMOUNT.match(text_of(by_id[name])) for name in given]
    names = ", ".join(name.lower() for name in PACKAGE)
    units = ["g" if name.endswith("WEIGHT") else "cm" for name in given]
    if len(given) < len(PACKAGE):
        message = f"One or more attributes for {names} are missing"
        yield cause(5400, "item.attribute.missing.seller.package.dimensions", message, _REFERENCE, department="pymes")
    if any(side is None or not side[1].isdigit() or side[2] != unit for side, unit in zip(sides, units, strict=True)):
        message = f"One or more attributes for {names} have an invalid format"
        yield cause(5402, "item.attribute.format.seller.package.dimensions", message, _REFERENCE, department="pymes")
    elif any(side and not 0 < int(side[1]) <= _PACKAGE_LIMITS[side[2]] for side in sides):
        message = f"One or more attributes for {names} have invalid values"
        yield cause(5401, _PACKAGE_CODE, message, _REFERENCE, department="pymes")


def flawed_identifiers(gtins: Iterable[str], brand: str, category: Category, catalog: Catalog) -> Iterator[Cause]:
    """7714 for what is no GTIN, 3711 and 3712 for a code known to belong to another domain or brand."""
    for gtin in gtins:
        if gtin_flaw(gtin):
            yield _identifier(
                7714,
                "item.attribute.product_identifier.invalid_format",
                f"The {{{gtin[:255]}}} universal code has an incorrect format.",
            )
            continue
        known = catalog.identifiers.get(gtin)
        if known and known["domain_id"] != category.domain_id:
            message = f"The {{{gtin}}} universal code corresponds to the {{{known['domain_id']}}} category."
            yield _identifier(3711, "item.attribute.gtin_invalid_domain", message)
        elif known and fold(known["brand"]) != fold(brand):
            message = f"The {gtin} universal code corresponds to the {known['brand']} brand."
            yield _identifier(3712, "item.attribute.gtin_invalid_brand", message)


def _identifier(number: int, code: str, message: str) -> Cause:
    return cause(number, code, message, _REFERENCE, department="structured-data")


def identifier_in_use() -> Cause:
    message = "Enter a universal code that you have not used in another brand listing/category listing."
    return _identifier(3701, "item.attribute.invalid_product_identifier", message)


def flawed_combinations(by_id: Mapping[str, Attribute], catalog: Catalog, brand: str) -> Iterator[Cause]:
    """Rules between attributes: sale format and units, sanitary registry, brands that need an accreditation."""
    units, sale = text_of(by_id.get("UNITS_PER_PACK", {})), by_id.get("SALE_FORMAT", {})
    is_single = sale.get("value_id") == "1359391" or fold(text_of(sale)) == "unidade"
    if is_single and units not in {"", "1"}:
        message = (
            f"You added {{Unidade}} in the {{SALE_FORMAT}} field, and {{{units}}} in the {{UNITS_PER_PACK}} field."
        )
        yield cause(3709, "item.attribute.invalid_sale_units", message, _REFERENCE, department="structured-data")
    registry = text_of(by_id.get("SANITARY_REGISTRY", {}))
    if registry and not _SANITARY.match(registry):
        message = "The value you entered in {SANITARY_REGISTRY} is incorrect. An example is: {6123400010011}."
        code = "item.attribute.invalid_sanitary_registry_value"
        yield cause(3702, code, message, _REFERENCE, department="structured-data")
    if fold(brand) in catalog.brands_needing_authorization:
        message = "Seller is not authorized for this brand and category"
        where = ("item.seller_id", "item.category_id", "item.attributes[0]")
        yield cause(3250, "moderations.seller.not_authorized", message, *where, department="moderations")
