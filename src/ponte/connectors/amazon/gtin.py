"""The product's number (EAN), or the seller's word that it has none."""

from __future__ import annotations

from dataclasses import dataclass

from ponte.connectors.gtin import says_none
from ponte.domain.identifiers import gtin_flaw
from ponte.domain.message import JSON
from ponte.domain.problem import Problem, ProblemClass, Stage

IDENTIFIER = "externally_assigned_product_identifier"
# With one of these the identifier is not asked for; both are a person's word, given in the mapping.
INSTEAD = ("merchant_suggested_asin", "supplier_declared_has_product_identifier_exemption")
KINDS = {8: "ean", 12: "upc", 13: "ean", 14: "gtin"}
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Identifier:
    """What stands in the SKU's EAN field, read."""

    text: str
    says_none: bool
    flaw: str = ""

    @property
    def usable(self) -> bool:
        return not self.says_none and not self.flaw

    def entry(self, marketplace_id: str) -> JSON:
        return [{"type": KINDS.get(len(self.text), "ean"), "value": self.text, "marketplace_id": marketplace_id}]


def identifier_of(text: str) -> Identifier:
    found = text.strip()
    none = says_none(found)
    flaw = None if none else gtin_flaw(found)
    return Identifier(found, none, flaw.value if flaw else "")


def problem_of(identifier: Identifier, name: str) -> Problem | None:
    """Return the problem of an unusable number; a missing one is the schema's matter."""
    if not identifier.flaw:
        return None
    params = {"name": name, "value": identifier.text[:SHOWN]}
    kind, code = ProblemClass.IDENTIFIER_INVALID, f"gtin.{identifier.flaw}"
    return Problem(kind, Stage.VALIDATION, IDENTIFIER, code, params=params)
