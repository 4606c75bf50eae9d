"""Each attribute of the category's sheet: where its value comes from, how it is sent, what is wrong with it.

A person's rule goes first, then the standard source of the well-known ones, then a specification of the store
that has the attribute's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ponte.connectors.mercadolivre.facts import Attribute, Category
from ponte.connectors.mercadolivre.package import SIDES, measured
from ponte.connectors.mercadolivre.values import Entry, Flaw, encode
from ponte.domain.connector import Rules
from ponte.domain.identifiers import gtin_flaw
from ponte.domain.mapping import plain, specification
from ponte.domain.offer import Provenance
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sku import Sku

GTIN = "GTIN"
REASON = "EMPTY_GTIN_REASON"
SELLER_SKU = "SELLER_SKU"
NO_GTIN = frozenset(
    {"", "-", "sem gtin", "sem ean", "sem codigo", "sem codigo de barras", "nao tem", "n/a", "isento"}
)

# What is sent even when the sheet does not list it: the SKU is how a listing is found again.
ALWAYS = (
    Attribute(SELLER_SKU, "SKU"),
    Attribute("SELLER_PACKAGE_HEIGHT", "Altura da embalagem", value_type="string"),
    Attribute("SELLER_PACKAGE_WIDTH", "Largura da embalagem", value_type="string"),
    Attribute("SELLER_PACKAGE_LENGTH", "Comprimento da embalagem", value_type="string"),
    Attribute("SELLER_PACKAGE_WEIGHT", "Peso da embalagem", value_type="string"),
)
# What is tried while the sheet is not known (the dry run of a SKU whose category is not mapped).
USUAL = (Attribute("BRAND", "Marca"), Attribute("MODEL", "Modelo"), Attribute(GTIN, "Código universal de produto"))


@dataclass(frozen=True, slots=True)
class Filled:
    """One attribute: what is sent (None: nothing), where it is from, and what is wrong (None: nothing)."""

    attribute: Attribute
    entry: Entry | None = None
    provenance: Provenance | None = None
    problem: Problem | None = None


def filled(sku: Sku, rules: Rules, category_id: str, category: Category | None) -> tuple[Filled, ...]:
    """Return every attribute that has a value or a problem, in the order of the sheet."""
    every = (_fill(attribute, sku, rules, category_id) for attribute in _wanted(rules, category_id, category))
    return tuple(one for one in every if one.entry is not None or one.problem is not None)


def _wanted(rules: Rules, category_id: str, category: Category | None) -> Iterator[Attribute]:
    sheet = category.attributes if category else USUAL
    yield from sheet
    seen = {attribute.id for attribute in sheet}
    yield from (attribute for attribute in ALWAYS if attribute.id not in seen)
    seen.update(attribute.id for attribute in ALWAYS)
    # A rule written for this very category is obeyed even if the sheet does not know the attribute.
    own = rules.mapping.category_attributes.get(category_id, {})
    general = () if category else rules.mapping.attributes
    for name in dict.fromkeys((*own, *general)):
        if name not in seen:
            yield Attribute(name, name)


def _fill(attribute: Attribute, sku: Sku, rules: Rules, category_id: str) -> Filled:
    if attribute.id == GTIN:
        return _gtin(attribute, sku, rules, category_id)
    if attribute.id == REASON:
        return _reason(attribute, sku, rules, category_id)
    found = _found(attribute, sku, rules, category_id)
    if found is None:
        return Filled(attribute, problem=_missing(attribute, rules))
    if isinstance(found, Flaw):
        return Filled(attribute, problem=_flawed(attribute, found, ruled=True))
    encoded = encode(attribute, found.sent)
    if isinstance(encoded, Flaw):
        return Filled(attribute, problem=_flawed(attribute, encoded, ruled=_is_ruled(attribute, rules, category_id)))
    return Filled(attribute, encoded, found)


def _found(attribute: Attribute, sku: Sku, rules: Rules, category_id: str) -> Provenance | Flaw | None:
    ruled = rules.mapping.attribute(sku, attribute.id, category_id)
    if ruled and ruled.sent.strip():
        return ruled
    if attribute.id in SIDES:
        return measured(sku, attribute.id)
    standard = _standard(attribute, sku)
    if standard or "inferred" in attribute.tags:
        return standard
    return _by_name(attribute.id, attribute.name, sku)


def _standard(attribute: Attribute, sku: Sku) -> Provenance | None:
    match attribute.id:
        case "BRAND":
            return _plainly(attribute.id, "brand", sku.brand)
        case "MODEL":
            return _by_name("MODEL", "Modelo", sku) or _plainly("MODEL", "reference", sku.reference)
        case "SELLER_SKU":
            return _plainly(attribute.id, "sku_id", sku.id)
        case _:
            return None


def _plainly(attribute_id: str, source: str, value: str) -> Provenance | None:
    text = value.strip()
    return Provenance(attribute_id, source, "standard", value, text) if text else None


def _by_name(attribute_id: str, name: str, sku: Sku) -> Provenance | None:
    value = specification(sku, name).strip() if name.strip() else ""
    return Provenance(attribute_id, f"specification:{name}", "same name", value, value) if value else None


def _is_ruled(attribute: Attribute, rules: Rules, category_id: str) -> bool:
    return attribute.id in {"BRAND", "MODEL"} or rules.mapping.rule_for(attribute.id, category_id) is not None


def is_required(attribute: Attribute, rules: Rules) -> bool:
    """True when the sheet asks for it without a condition, or for new products and this one is new."""
    new = rules.mapping.options.get("condition", "new") == "new"
    return "required" in attribute.tags or (new and "new_required" in attribute.tags)


def _missing(attribute: Attribute, rules: Rules) -> Problem | None:
    params = {"name": attribute.name}
    if attribute.id in SIDES:
        kind, code = ProblemClass.DIMENSIONS_INVALID, "dimensions.missing"
    else:
        kind, code = ProblemClass.ATTRIBUTE_MISSING, "attribute.missing"
    problem = Problem(kind, Stage.VALIDATION, attribute.id, code, params=params)
    if is_required(attribute, rules):
        return problem
    # Whether a condition holds depends on the other values and only Mercado Livre knows: it is told, and sent.
    conditional = "conditional_required" in attribute.tags
    return replace(problem, code="attribute.conditional").as_warning() if conditional else None


def _flawed(attribute: Attribute, flaw: Flaw, *, ruled: bool) -> Problem:
    """Return the problem of a value; one that nobody asked for is left out of the offer with a warning."""
    params = {"name": attribute.name, **flaw.params}
    listed = flaw.code == "attribute.not_listed"
    kind = ProblemClass.ATTRIBUTE_INVALID
    if attribute.id in SIDES:
        kind = ProblemClass.DIMENSIONS_INVALID
    elif listed:
        kind = ProblemClass.BRAND_MAPPING if attribute.id == "BRAND" else ProblemClass.ATTRIBUTE_MAPPING
    stage = Stage.MAPPING if listed else Stage.VALIDATION
    problem = Problem(kind, stage, attribute.id, flaw.code, params=params)
    needed = attribute.tags & {"required", "new_required", "conditional_required"}
    return problem if ruled or needed else problem.as_warning()


def _gtin_source(sku: Sku, rules: Rules, category_id: str) -> Provenance:
    ruled = rules.mapping.attribute(sku, GTIN, category_id)
    return ruled if ruled and ruled.sent.strip() else Provenance(GTIN, "ean", "standard", sku.ean, sku.ean.strip())


def _says_none(text: str) -> bool:
    return plain(text) in NO_GTIN or not text.strip("0 ")


def _gtin(attribute: Attribute, sku: Sku, rules: Rules, category_id: str) -> Filled:
    source = _gtin_source(sku, rules, category_id)
    text = source.sent.strip()
    if _says_none(text):
        return Filled(attribute, problem=_no_gtin(attribute, text, rules, category_id))
    flaw = gtin_flaw(text)
    if flaw:
        params = {"name": attribute.name, "value": text[:100]}
        problem = Problem(
            ProblemClass.IDENTIFIER_INVALID, Stage.VALIDATION, GTIN, f"gtin.{flaw.value}", params=params
        )
        return Filled(attribute, problem=problem)
    return Filled(attribute, {"id": GTIN, "value_name": text}, replace(source, sent=text))


def _no_gtin(attribute: Attribute, text: str, rules: Rules, category_id: str) -> Problem | None:
    needed = is_required(attribute, rules) or "conditional_required" in attribute.tags
    if not needed or _reason_rule(rules, category_id):
        return None
    params = {"name": attribute.name, "value": text[:100]}
    return Problem(ProblemClass.IDENTIFIER_MISSING, Stage.VALIDATION, GTIN, "gtin.missing", params=params)


def _reason_rule(rules: Rules, category_id: str) -> str:
    """Return the reason for having no GTIN that a person gave; it is the seller's word and is never made up."""
    rule = rules.mapping.rule_for(REASON, category_id)
    return (rule.default if rule else None) or rules.mapping.options.get("empty_gtin_reason", "")


def _reason(attribute: Attribute, sku: Sku, rules: Rules, category_id: str) -> Filled:
    if not _says_none(_gtin_source(sku, rules, category_id).sent):
        return Filled(attribute)
    given = _reason_rule(rules, category_id)
    if not given:
        return Filled(attribute)
    encoded = encode(attribute, given)
    if isinstance(encoded, Flaw):
        return Filled(attribute, problem=_flawed(attribute, encoded, ruled=True))
    return Filled(attribute, encoded, Provenance(REASON, "", "option", "", given))
