"""Units of quantities: what a rule of a mapping file makes of "12,5 cm".

Only what is wholly a number, with or without a unit, is touched; anything else goes on as it is, and what is wrong
with it the marketplace's sheet says. Nothing is guessed: "1.234,5" is no number here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

MAX_DECIMALS: Final = 6
_QUANTITY: Final = re.compile(r"([+-]?[0-9]{1,12}(?:[.,][0-9]{1,9})?)\s*([^\s0-9.,][^0-9]{0,29})?")

# Each family by its smallest usual unit, exactly.
_FAMILIES: Final[tuple[dict[str, Decimal], ...]] = (
    {
        "mm": Decimal(1),
        "cm": Decimal(10),
        "m": Decimal(1000),
        "km": Decimal(1_000_000),
        "in": Decimal("25.4"),
        "pol": Decimal("25.4"),
        '"': Decimal("25.4"),
        "ft": Decimal("304.8"),
    },
    {
        "mg": Decimal(1),
        "g": Decimal(1000),
        "kg": Decimal(1_000_000),
        "t": Decimal(1_000_000_000),
        "oz": Decimal("28349.523125"),
        "lb": Decimal("453592.37"),
    },
    {"ml": Decimal(1), "cl": Decimal(10), "l": Decimal(1000), "m3": Decimal(1_000_000)},
    {"w": Decimal(1), "kw": Decimal(1000)},
    {"mah": Decimal(1), "ah": Decimal(1000)},
    {"kb": Decimal(1), "mb": Decimal(1000), "gb": Decimal(1_000_000), "tb": Decimal(1_000_000_000)},
    {"s": Decimal(1), "min": Decimal(60), "h": Decimal(3600)},
)


@dataclass(frozen=True, slots=True)
class UnitRule:
    """A bare number is in `unit`; what is sent is in `to`, with at most `decimals`, half up.

    `factor` is how many `to` one `unit` has; `number_only` leaves the unit out of what is sent.
    """

    unit: str
    to: str
    factor: Decimal
    decimals: int | None = None
    number_only: bool = False
    line: int = 0


def known_factor(unit: str, to: str) -> Decimal | None:
    """Return how many `to` one `unit` has; None when the two are not known to measure the same."""
    first, second = unit.casefold(), to.casefold()
    if first == second:
        return Decimal(1)
    for family in _FAMILIES:
        if first in family and second in family:
            return family[first] / family[second]
    return None


def converted(text: str, rule: UnitRule) -> str:
    """Return a quantity in the unit that is sent; any other text as it is."""
    found = _QUANTITY.fullmatch(text.strip())
    if not found:
        return text
    factor = _factor(found[2] or rule.unit, rule)
    if factor is None:
        return text
    amount = _written(Decimal(found[1].replace(",", ".")) * factor, rule.decimals)
    return amount if rule.number_only or not rule.to else f"{amount} {rule.to}"


def _factor(written: str, rule: UnitRule) -> Decimal | None:
    unit = written.strip().casefold()
    if unit == rule.unit.casefold():
        return rule.factor
    return Decimal(1) if unit == rule.to.casefold() else known_factor(unit, rule.to)


def _written(amount: Decimal, decimals: int | None) -> str:
    step = Decimal(1).scaleb(-(MAX_DECIMALS if decimals is None else decimals))
    plain = f"{amount.quantize(step, ROUND_HALF_UP):f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
