"""The product's number (EAN): what people write where there is none."""

from __future__ import annotations

from ponte.domain.mapping import plain

NONE = frozenset({"", "-", "sem gtin", "sem ean", "sem codigo", "sem codigo de barras", "nao tem", "n/a", "isento"})
READ_CHARACTERS = 100


def says_none(text: str) -> bool:
    """Return True for a field that is empty, all zeros, or says in words that there is no number."""
    return not text.strip("0 ") or plain(text[:READ_CHARACTERS]) in NONE
