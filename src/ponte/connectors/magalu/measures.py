"""The two entries of `dimensions`: the package as VTEX measures it, and the product by rules or the same."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ponte.connectors.magalu import names
from ponte.domain.connector import Rules
from ponte.domain.message import JSON
from ponte.domain.offer import Provenance
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sku import Sku

# Beyond these a number is a slip of units, not a parcel. They are ours: no figure is published.
MAX_CM = Decimal(1_000)
MAX_G = Decimal(1_000_000)
HUNDREDTH = Decimal("0.01")

SIDES = (
    (names.HEIGHT, "height_cm", names.CM, MAX_CM),
    (names.WIDTH, "width_cm", names.CM, MAX_CM),
    (names.LENGTH, "length_cm", names.CM, MAX_CM),
    (names.WEIGHT, "weight_g", names.GRAM, MAX_G),
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of one entry: what is sent (None: nothing), its origin, and what is wrong with it."""

    entry: str
    side: str
    unit: str
    value: Decimal | None = None
    provenance: Provenance | None = None
    problem: Problem | None = None


def measured(sku: Sku, rules: Rules, category_id: str) -> tuple[Measure, ...]:
    """Return all eight measures."""
    package = [_package(sku, *side) for side in SIDES]
    product = [_product(sku, rules, category_id, one) for one in package]
    return (*package, *product)


@dataclass(frozen=True, slots=True)
class _Side:
    """One measure of one entry, before it is known what is in it."""

    entry: str
    name: str
    unit: str
    limit: Decimal

    def line(self, origin: Provenance, value: Decimal | None, found: str) -> Provenance:
        field = f"{names.DIMENSIONS}.{self.entry}.{self.name}"
        return Provenance(field, origin.source, origin.rule, found, f"{value} {self.unit}", origin.line)


def _package(sku: Sku, side: str, field: str, unit: str, limit: Decimal) -> Measure:
    found: Decimal | None = getattr(sku.dimensions, field)
    origin = Provenance("", f"dimensions.{field}", "standard", "", "")
    return _judged(_Side(names.PACKAGE, side, unit, limit), found, origin)


def _product(sku: Sku, rules: Rules, category_id: str, package: Measure) -> Measure:
    """Return the product's own measure where a rule gives one; VTEX's catalogue knows only the package."""
    limit = next(limit for name, _, _, limit in SIDES if name == package.side)
    side = _Side(names.PRODUCT, package.side, package.unit, limit)
    ruled = rules.mapping.attribute(sku, f"{names.PRODUCT}_{package.side}", category_id)
    if ruled is not None and ruled.sent.strip():
        return _judged(side, _number(ruled.sent), ruled)
    origin = package.provenance
    same = side.line(origin, package.value, origin.found) if origin else None
    return Measure(side.entry, side.name, side.unit, package.value, same)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return Decimal("NaN")


def _judged(side: _Side, found: Decimal | None, origin: Provenance) -> Measure:
    flaw = _flaw(found, side.limit)
    if flaw or found is None:
        params = {"name": side.name, "value": str(found), "unit": side.unit, "limit": str(side.limit)}
        subject = f"{side.entry}.{side.name}"
        problem = Problem(ProblemClass.DIMENSIONS_INVALID, Stage.VALIDATION, subject, flaw, params=params)
        return Measure(side.entry, side.name, side.unit, problem=problem)
    value = max(found.quantize(HUNDREDTH), HUNDREDTH)
    return Measure(side.entry, side.name, side.unit, value, side.line(origin, value, str(found)))


def _flaw(found: Decimal | None, limit: Decimal) -> str:
    if found is None:
        return "dimensions.missing"
    if not found.is_finite() or found <= 0:
        return "dimensions.not_positive"
    return "dimensions.too_large" if found > limit else ""


def entries(measures: tuple[Measure, ...]) -> list[JSON]:
    """Return `dimensions` as the body has it: the entries that are complete."""
    found: list[JSON] = []
    for name in (names.PACKAGE, names.PRODUCT):
        sides = {
            one.side: {names.UNIT: one.unit, names.VALUE: _plain(one.value)}
            for one in measures
            if one.entry == name and one.value is not None
        }
        if len(sides) == len(SIDES):
            found.append({names.NAME: name, **sides})
    return found


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
