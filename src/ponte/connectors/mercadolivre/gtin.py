"""The product's number (EAN), and the seller's reason where there is none."""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors.gtin import says_none
from ponte.connectors.mercadolivre.deciding import CONDITIONAL, demanded
from ponte.connectors.mercadolivre.facts import Attribute
from ponte.connectors.mercadolivre.filled import Filled, flawed, is_required
from ponte.connectors.mercadolivre.source import Source
from ponte.connectors.mercadolivre.values import Flaw, encode
from ponte.domain.identifiers import gtin_flaw
from ponte.domain.offer import Provenance
from ponte.domain.problem import Problem, ProblemClass, Stage

GTIN = "GTIN"
REASON = "EMPTY_GTIN_REASON"
SHOWN = 100


def gtin(attribute: Attribute, source: Source) -> Filled:
    """Return the GTIN; a wrong one would be refused: where none is asked for it is left out, with a warning."""
    found = _found(source)
    text = found.sent.strip()
    if says_none(text):
        return Filled(attribute, problem=_missing(attribute, text, source))
    flaw = gtin_flaw(text)
    if flaw:
        params = {"name": attribute.name, "value": text[:SHOWN]}
        problem = Problem(
            ProblemClass.IDENTIFIER_INVALID, Stage.VALIDATION, GTIN, f"gtin.{flaw.value}", params=params
        )
        asked_for = is_required(attribute, source) or _is_conditional(attribute, source)
        return Filled(attribute, problem=problem if asked_for else problem.as_warning())
    return Filled(attribute, {"id": GTIN, "value_name": text}, replace(found, sent=text))


def reason(attribute: Attribute, source: Source) -> Filled:
    """Return the reason for having no GTIN, where the category offers it and a person gave it."""
    given = _given_reason(source)
    if not given or not says_none(_found(source).sent):
        return Filled(attribute)
    encoded = encode(attribute, given)
    if isinstance(encoded, Flaw):
        return Filled(attribute, problem=flawed(attribute, encoded, asked_for=True))
    return Filled(attribute, encoded, Provenance(REASON, "", "option", "", given))


def _found(source: Source) -> Provenance:
    ean = source.sku.ean
    return source.ruled(GTIN) or Provenance(GTIN, "ean", "standard", ean, ean.strip())


def _missing(attribute: Attribute, text: str, source: Source) -> Problem | None:
    if _given_reason(source) or not (is_required(attribute, source) or _is_conditional(attribute, source)):
        return None
    params = {"name": attribute.name, "value": text[:SHOWN]}
    return Problem(ProblemClass.IDENTIFIER_MISSING, Stage.VALIDATION, GTIN, "gtin.missing", params=params)


def _is_conditional(attribute: Attribute, source: Source) -> bool:
    """True when it is asked for under a condition, unless Mercado Livre has said that it does not hold."""
    return CONDITIONAL in attribute.tags and demanded(GTIN, source) is not False


def _given_reason(source: Source) -> str:
    """Return the reason that a person gave; it is the seller's word and is never made up."""
    mapping = source.rules.mapping
    rule = mapping.rule_for(REASON, source.category_id)
    return (rule.default if rule else None) or mapping.options.get("empty_gtin_reason", "")
