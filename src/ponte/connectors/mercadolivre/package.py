"""The packed item's measures: whole centimetres and grams, rounded up."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from ponte.connectors.mercadolivre.values import Flaw
from ponte.domain.offer import Provenance
from ponte.domain.sku import Sku

# Beyond these a number is a slip of units, not a parcel. They are ours: Mercado Livre states no figure, and its
# carriers refuse far smaller ones.
MAX_CM = Decimal(1_000)
MAX_G = Decimal(1_000_000)

SIDES = {
    "SELLER_PACKAGE_HEIGHT": ("height_cm", "cm", MAX_CM),
    "SELLER_PACKAGE_WIDTH": ("width_cm", "cm", MAX_CM),
    "SELLER_PACKAGE_LENGTH": ("length_cm", "cm", MAX_CM),
    "SELLER_PACKAGE_WEIGHT": ("weight_g", "g", MAX_G),
}


def measured(sku: Sku, attribute_id: str) -> Provenance | Flaw | None:
    """Return one measure; None when VTEX has none, a flaw when it cannot be a parcel's."""
    field, unit, limit = SIDES[attribute_id]
    found: Decimal | None = getattr(sku.dimensions, field)
    if found is None:
        return None
    if not found.is_finite() or found <= 0:
        return Flaw("dimensions.not_positive", {"value": str(found), "unit": unit})
    if found > limit:
        return Flaw("dimensions.too_large", {"value": str(found), "unit": unit, "limit": str(limit)})
    whole = int(found.to_integral_value(ROUND_CEILING))
    return Provenance(attribute_id, f"dimensions.{field}", "standard", str(found), f"{whole} {unit}")


def is_measured(sku: Sku) -> bool:
    """True when VTEX has any of the four measures."""
    return any(getattr(sku.dimensions, field) is not None for field, _, _ in SIDES.values())
