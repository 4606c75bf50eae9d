"""One attribute with what became of it, and the problems that a missing or unusable value makes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ponte.connectors.mercadolivre.deciding import CONDITIONAL, demanded
from ponte.connectors.mercadolivre.facts import Attribute
from ponte.connectors.mercadolivre.package import SIDES, is_measured
from ponte.connectors.mercadolivre.source import Source
from ponte.connectors.mercadolivre.values import Entry, Flaw
from ponte.domain.offer import Provenance
from ponte.domain.problem import Problem, ProblemClass, Stage

ASKED_FOR = frozenset({"required", "new_required", "conditional_required"})


@dataclass(frozen=True, slots=True)
class Filled:
    """One attribute: what is sent (None: nothing), where it is from, and what is wrong (None: nothing)."""

    attribute: Attribute
    entry: Entry | None = None
    provenance: Provenance | None = None
    problem: Problem | None = None


def is_required(attribute: Attribute, source: Source) -> bool:
    """True when the sheet asks for it without a condition, or for new products and this one is new."""
    if "required" in attribute.tags:
        return True
    return "new_required" in attribute.tags and source.rules.mapping.options.get("condition", "new") == "new"


def missing(attribute: Attribute, source: Source) -> Problem | None:
    """Return the problem of a value that is not there, None when nobody asks for it."""
    if attribute.id in SIDES:
        # A parcel without any measure may do; one with some of them is refused.
        if is_required(attribute, source) or is_measured(source.sku):
            return _problem(ProblemClass.DIMENSIONS_INVALID, attribute, "dimensions.missing")
        return None
    if is_required(attribute, source):
        return _problem(ProblemClass.ATTRIBUTE_MISSING, attribute, "attribute.missing")
    return _conditional(attribute, source) if CONDITIONAL in attribute.tags else None


def _conditional(attribute: Attribute, source: Source) -> Problem | None:
    match demanded(attribute.id, source):
        case True:
            return _problem(ProblemClass.ATTRIBUTE_MISSING, attribute, "attribute.missing")
        case False:
            return None
        case _:
            # Whether the condition holds depends on the other values, and only Mercado Livre knows: it is sent.
            return _problem(ProblemClass.ATTRIBUTE_MISSING, attribute, "attribute.conditional").as_warning()


def flawed(attribute: Attribute, flaw: Flaw, *, asked_for: bool) -> Problem:
    """Return the problem of a value; one that nobody asked for is left out of the offer with a warning."""
    listed = flaw.code == "attribute.not_listed"
    kind = ProblemClass.ATTRIBUTE_INVALID
    if attribute.id in SIDES:
        kind = ProblemClass.DIMENSIONS_INVALID
    elif listed:
        kind = ProblemClass.BRAND_MAPPING if attribute.id == "BRAND" else ProblemClass.ATTRIBUTE_MAPPING
    problem = _problem(kind, attribute, flaw.code, **flaw.params)
    problem = replace(problem, stage=Stage.MAPPING) if listed else problem
    return problem if asked_for or attribute.tags & ASKED_FOR else problem.as_warning()


def _problem(kind: ProblemClass, attribute: Attribute, code: str, **params: str) -> Problem:
    return Problem(kind, Stage.VALIDATION, attribute.id, code, params={"name": attribute.name, **params})
