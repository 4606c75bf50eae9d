"""A field's value as people read it: prices, stock, weights and measures with the separators and units they know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _

_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,4})?", re.ASCII)
_MEASURE = re.compile(r"(?P<amount>[0-9.]{1,17})(?: (?P<unit>[A-Za-z]{1,12}))?", re.ASCII)
_OF_SOURCE = re.compile(r"dimensions\..*_(?P<unit>cm|g)", re.ASCII)
UNITS: Mapping[str, str] = {
    "centimeters": "cm",
    "millimeters": "mm",
    "meters": "m",
    "grams": "g",
    "kilograms": "kg",
    "inches": "in",
    "ounces": "oz",
    "pounds": "lb",
}
"""What Amazon writes out (definitions of product types, 2020-09-01) as the sign that any language has."""


def read_value(text: str, source: str) -> str:
    """Return a value of the offer in the page's language; as it stands where it is no plain amount.

    `source` is the field of VTEX it came from ("price", "dimensions.weight_g"); what people typed stays so.
    """
    match source.partition(".")[0]:
        case "price":
            return _price(text)
        case "stock" if _AMOUNT.fullmatch(text):
            return _number(text)
        case "dimensions":
            return ", ".join(_measure(part, source) for part in text.split(", "))
    return text


def _price(text: str) -> str:
    if not _AMOUNT.fullmatch(text):
        return text
    amount = formats.number_format(Decimal(text), 2, force_grouping=True)
    return _("R$ %(amount)s") % {"amount": amount}


def _measure(text: str, source: str) -> str:
    found = _MEASURE.fullmatch(text)
    if found is None or not _AMOUNT.fullmatch(found["amount"]):
        return text
    of_source = _OF_SOURCE.fullmatch(source)
    unit = found["unit"] or (of_source["unit"] if of_source else "")
    return f"{_number(found['amount'])} {UNITS.get(unit.casefold(), unit)}".rstrip()


def _number(text: str) -> str:
    amount = Decimal(text).normalize()
    return str(formats.number_format(f"{amount:f}", force_grouping=True))
