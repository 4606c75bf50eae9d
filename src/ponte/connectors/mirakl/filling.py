"""Each column of the operator's product file: where its value comes from, how it is sent, what is wrong with it.

A person's rule goes first, then the column's role (title, EAN, picture ...), then a specification of the store that
has the column's label or code for a name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ponte.connectors.gtin import says_none
from ponte.connectors.mirakl.catalogue import Attribute
from ponte.connectors.mirakl.profile import Profile
from ponte.connectors.mirakl.values import Flaw, encode, too_small
from ponte.domain.connector import Rules
from ponte.domain.identifiers import gtin_flaw
from ponte.domain.mapping import plain, specification
from ponte.domain.offer import Provenance
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sku import Sku

SHOWN = 200
PLAIN = {"sku": "sku_id", "ean": "ean", "brand": "brand", "group": "product_id"}


@dataclass(frozen=True, slots=True)
class Source:
    """One SKU under one channel's rules, and what was worked out for it already."""

    sku: Sku
    rules: Rules
    profile: Profile
    category: Provenance | None
    title: Provenance
    pictures: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Filled:
    """One column: what is sent (None: nothing), where it is from, and what is wrong (None: nothing)."""

    attribute: Attribute
    cell: str | None = None
    provenance: Provenance | None = None
    problem: Problem | None = None

    @property
    def told(self) -> bool:
        return bool(self.cell) or self.problem is not None


NEEDED = frozenset({"sku", "category"})
"""Without these columns nobody knows what a line is about: no rule leaves them out."""


def fill(attribute: Attribute, source: Source) -> Filled:
    """Return one column with its value, or with what is wrong with it."""
    role = source.profile.role_of(attribute.code)
    found = _found(attribute, role, source)
    if found is None or not found.sent.strip():
        return Filled(attribute, problem=_missing(attribute, role))
    if role == "ean":
        return _number(attribute, found)
    flaw = too_small(attribute, found.sent) if role == "image" else None
    cell = flaw or encode(attribute, found.sent)
    if not isinstance(cell, Flaw):
        return Filled(attribute, cell, replace(found, field=attribute.code, sent=cell))
    asked_for = (
        bool(role) or attribute.required or source.rules.mapping.rule_for(attribute.code, _id(source)) is not None
    )
    return Filled(attribute, problem=_flawed(attribute, role, cell, asked_for=asked_for))


def _id(source: Source) -> str:
    return source.category.sent if source.category else ""


def _found(attribute: Attribute, role: str, source: Source) -> Provenance | None:
    mapping = source.rules.mapping
    if role not in NEEDED and mapping.ignores(attribute.code, _id(source)):
        return None
    ruled = mapping.attribute(source.sku, attribute.code, _id(source))
    if ruled is not None and ruled.sent.strip():
        return ruled
    own = _by_role(attribute, role, source) if role else _specified(attribute, source)
    return own if own is None or role in NEEDED else mapping.adjusted(own, attribute.code, _id(source))


def _by_role(attribute: Attribute, role: str, source: Source) -> Provenance | None:
    sku = source.sku
    match role:
        case "category" | "title":
            return source.category if role == "category" else source.title
        case "sku" | "ean" | "brand" | "group":
            name = PLAIN[role]
            return _plainly(attribute, name, sku.id if role == "sku" else str(getattr(sku, name)))
        case "description":
            return Provenance(attribute.code, "description", "plain text", sku.description, source.text)
        case _:
            place = source.profile.images.index(attribute.code)
            address = source.pictures[place] if place < len(source.pictures) else ""
            return Provenance(attribute.code, "images", "https", address, address)


def _plainly(attribute: Attribute, field: str, value: str) -> Provenance:
    return Provenance(attribute.code, field, "standard", value, value.strip())


def _specified(attribute: Attribute, source: Source) -> Provenance | None:
    names = {plain(spec.name): spec.name for spec in source.sku.specifications if spec.name.strip()}
    for wanted in (attribute.label, attribute.code):
        name = names.get(plain(wanted)) if wanted else None
        value = specification(source.sku, name).strip() if name else ""
        if value:
            return Provenance(attribute.code, f"specification:{name}", "same name", value, value)
    return None


def _number(attribute: Attribute, found: Provenance) -> Filled:
    """Return the product's number; a wrong one is a problem even where none is asked for: it would be refused."""
    text = found.sent.strip()
    if says_none(text):
        return Filled(attribute, problem=_missing(attribute, "ean", text[:SHOWN]))
    flaw = gtin_flaw(text)
    if flaw is not None:
        params = {"name": attribute.label or attribute.code, "value": text[:SHOWN]}
        kind, code = ProblemClass.IDENTIFIER_INVALID, f"gtin.{flaw.value}"
        return Filled(attribute, problem=Problem(kind, Stage.VALIDATION, attribute.code, code, params=params))
    return Filled(attribute, text, replace(found, field=attribute.code, sent=text))


def _missing(attribute: Attribute, role: str, value: str = "") -> Problem | None:
    """Return the problem of a value that is not there, None when nobody asks for it.

    An offer names its product by the EAN, so that one is asked for whatever the operator's columns say. Category,
    title and main picture have checks of their own where the columns are not known.
    """
    if not attribute.required and role != "ean":
        return None
    params = {"name": attribute.label or attribute.code, **({"value": value} if value else {})}
    match role:
        case "ean":
            kind, code = ProblemClass.IDENTIFIER_MISSING, "gtin.missing"
        case "title":
            kind, code = ProblemClass.TITLE_INVALID, "title.empty"
        case "description":
            kind, code = ProblemClass.DESCRIPTION_INVALID, "description.empty"
        case "image":
            kind, code = ProblemClass.IMAGE_MISSING, "pictures.missing"
        case "category":
            return None
        case _:
            kind, code = ProblemClass.ATTRIBUTE_MISSING, "attribute.missing"
    return Problem(kind, Stage.VALIDATION, attribute.code, code, params=params)


def _flawed(attribute: Attribute, role: str, flaw: Flaw, *, asked_for: bool) -> Problem:
    """Return the problem of a value; one that nobody asked for is left out of the row with a warning."""
    listed = flaw.code == "attribute.not_listed"
    ending = flaw.code.rpartition(".")[2]
    match role:
        case "title":
            kind, code = ProblemClass.TITLE_INVALID, f"title.{ending}"
        case "description":
            kind, code = ProblemClass.DESCRIPTION_INVALID, f"description.{ending}"
        case "image":
            kind, code = ProblemClass.IMAGE_INVALID, flaw.code
        case "brand" if listed:
            kind, code = ProblemClass.BRAND_MAPPING, flaw.code
        case _:
            kind, code = ProblemClass.ATTRIBUTE_MAPPING if listed else ProblemClass.ATTRIBUTE_INVALID, flaw.code
    params = {"name": attribute.label or attribute.code, **flaw.params}
    problem = Problem(kind, Stage.MAPPING if listed else Stage.VALIDATION, attribute.code, code, params=params)
    return problem if asked_for else problem.as_warning()
