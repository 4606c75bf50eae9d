"""What every draft of an offer begins with: clean names, usable pictures and prices; and the draft made last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from ponte.connectors.texts import sendable
from ponte.domain.connector import Rules
from ponte.domain.offer import Provenance
from ponte.domain.sku import Sku

SHOWN_CHARACTERS = 300

D = TypeVar("D")


def latest(make: Callable[[Sku, Rules], D]) -> Callable[[Sku, Rules], D]:
    """Return `make` that keeps what it made last.

    `map` follows `check` for the same SKU, and need not work everything out again; only for the very same objects.
    """
    last: list[tuple[Sku, Rules, D]] = []

    def draft_of(sku: Sku, rules: Rules) -> D:
        for known_sku, known_rules, draft in last[:]:
            if known_sku is sku and known_rules is rules:
                return draft
        made = make(sku, rules)
        last[:] = [(sku, rules, made)]
        return made

    return draft_of


def clean_names(sku: Sku) -> Sku:
    """Return the SKU with names that can be sent; most are clean, and a copy costs more than a whole title."""
    if sku.name.isprintable() and sku.product_name.isprintable():
        return sku
    return replace(sku, name=sendable(sku.name), product_name=sendable(sku.product_name))


def price_line(sku: Sku, rules: Rules, largest: Decimal) -> Provenance | None:
    """Return the price line; None when VTEX has no price or one that no arithmetic can hold."""
    price = sku.price
    if price is None or not price.is_finite() or abs(price) > largest:
        return None
    return rules.mapping.priced(sku)


def pictures(sku: Sku) -> tuple[str, ...]:
    """Return the addresses of all usable pictures, each once, as https."""
    secured = (_secured(image.url) for image in sku.images)
    return tuple(dict.fromkeys(url for url in secured if url))


def _secured(url: str) -> str:
    address = sendable(url).strip()
    if address.startswith("//"):
        address = "https:" + address
    if address[:7].lower() == "http://":
        return "https://" + address[7:]
    return address if address[:8].lower() == "https://" else ""


def short(text: str) -> str:
    """Return the text as it is shown beside an offer's field."""
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
