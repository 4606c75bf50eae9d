"""Valid barcodes of made-up products."""

from __future__ import annotations

from ponte.domain.identifiers import check_digit

# A prime larger than any catalogue: neighbours get barcodes far apart, and none occurs twice below 10^9.
STRIDE = 618_033_989


def gtin13(number: int) -> str:
    """Return the valid GTIN-13 of a SKU's number, with the prefix of GS1 Brasil."""
    digits = f"789{number * STRIDE % 10**9:09d}"
    return digits + check_digit(digits)


def broken(gtin: str) -> str:
    """Return a GTIN with a wrong check digit."""
    return gtin[:-1] + str((int(gtin[-1]) + 3) % 10)
