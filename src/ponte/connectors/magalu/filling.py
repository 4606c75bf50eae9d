"""A category's fields for one SKU: where each value comes from, and what is wrong with it.

A person's rule goes first, then the brand, then a specification of the store that has the field's name. A field that
is asked for twice, as attribute and in the sheet, has one value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ponte.connectors.magalu import names
from ponte.connectors.magalu.facts import Category, Field
from ponte.connectors.texts import sendable
from ponte.domain.connector import Rules
from ponte.domain.mapping import plain, specification
from ponte.domain.offer import Provenance
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sku import Sku

SHOWN_CHOICES = 12
BRAND_NAMES = frozenset({"marca", "brand"})
REGULATED = re.compile(r"anatel|anvisa|\bmapa\b|inmetro|registro sanitario|homologacao")


@dataclass(frozen=True, slots=True)
class Filled:
    """One field: what is sent ("": nothing), where it is from, and what is wrong (None: nothing)."""

    field: Field
    value: str = ""
    provenance: Provenance | None = None
    problem: Problem | None = None


def filled(sku: Sku, rules: Rules, category: Category) -> tuple[Filled, ...]:
    """Return every field that has a value or a problem, in the order of the category."""
    every = (_fill(field, sku, rules, category.id) for field in _each_once(category))
    return tuple(one for one in every if one.value or one.problem)


def _each_once(category: Category) -> Iterator[Field]:
    """Yield the fields; the second of one name in the same place would be refused."""
    seen: set[tuple[str, str]] = set()
    for field in category.fields:
        key = (field.place, plain(field.name))
        if key not in seen:
            seen.add(key)
            yield field


def _fill(field: Field, sku: Sku, rules: Rules, category_id: str) -> Filled:
    found = _found(field, sku, rules, category_id)
    if found is None:
        return Filled(field, problem=_missing(field) if field.required else None)
    value = " ".join(sendable(found.sent).split())
    if field.choices:
        return _chosen(field, value, found, asked_for=rules.mapping.rule_for(field.name, category_id) is not None)
    if field.in_sheet and names.REFUSED_IN_SHEET in value:
        asked_for = field.required or rules.mapping.rule_for(field.name, category_id) is not None
        return Filled(field, problem=_refused_character(field, value, asked_for=asked_for))
    return Filled(field, value, _sent(found, value))


def _found(field: Field, sku: Sku, rules: Rules, category_id: str) -> Provenance | None:
    mapping = rules.mapping
    if mapping.ignores(field.name, category_id):
        return None
    ruled = mapping.attribute(sku, field.name, category_id)
    if ruled and ruled.sent.strip():
        return ruled
    own = _own(field, sku)
    return mapping.adjusted(own, field.name, category_id) if own else None


def _own(field: Field, sku: Sku) -> Provenance | None:
    """Return what is found where no rule of a person finds anything."""
    if plain(field.name) in BRAND_NAMES and sku.brand.strip():
        return Provenance(field.name, "brand", "standard", sku.brand, sku.brand.strip())
    value = specification(sku, field.name).strip()
    return Provenance(field.name, f"specification:{field.name}", "same name", value, value) if value else None


def _sent(found: Provenance, value: str) -> Provenance:
    return Provenance(found.field, found.source, found.rule, found.found, value, found.line)


def _chosen(field: Field, value: str, found: Provenance, *, asked_for: bool) -> Filled:
    choice = field.choices.get(plain(value))
    if choice is not None:
        return Filled(field, choice, _sent(found, choice))
    shown = list(reversed(field.choices.values()))
    allowed = ", ".join(shown[:SHOWN_CHOICES]) + (", ..." if len(shown) > SHOWN_CHOICES else "")
    params = {"name": field.name, "value": value[:200], "allowed": allowed}
    problem = Problem(
        ProblemClass.ATTRIBUTE_MAPPING, Stage.MAPPING, field.name, "attribute.not_listed", params=params
    )
    return Filled(field, problem=problem if asked_for or field.required else problem.as_warning())


def _missing(field: Field) -> Problem:
    regulated = REGULATED.search(plain(field.name)) is not None
    kind = ProblemClass.COMPLIANCE if regulated else ProblemClass.ATTRIBUTE_MISSING
    return Problem(kind, Stage.VALIDATION, field.name, "attribute.missing", params={"name": field.name})


def _refused_character(field: Field, value: str, *, asked_for: bool) -> Problem:
    params = {"name": field.name, "value": value[:200], "character": names.REFUSED_IN_SHEET}
    problem = Problem(
        ProblemClass.ATTRIBUTE_INVALID, Stage.VALIDATION, field.name, "attribute.character", params=params
    )
    return problem if asked_for else problem.as_warning()
