"""GTINs: lengths and check digit (GS1 General Specifications, section 7.9)."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

GTIN_LENGTHS = (8, 12, 13, 14)


class GtinFlaw(StrEnum):
    NOT_DIGITS = "not_digits"
    LENGTH = "length"
    CHECK_DIGIT = "check_digit"


@lru_cache(maxsize=1_024)  # what a product needs, its check and its offer all ask
def gtin_flaw(text: str) -> GtinFlaw | None:
    """Return what is wrong with a GTIN (EAN), None when it is well formed. Only ASCII digits count."""
    if not (text.isascii() and text.isdigit()):
        return GtinFlaw.NOT_DIGITS
    if len(text) not in GTIN_LENGTHS:
        return GtinFlaw.LENGTH
    return None if text[-1] == check_digit(text[:-1]) else GtinFlaw.CHECK_DIGIT


def check_digit(digits: str) -> str:
    """Return the GTIN check digit of the digits before it."""
    total = 3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)
