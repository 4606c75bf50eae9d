"""Numbers as people type them in their language, and back: 1.000,5 in Portuguese is 1,000.5 in English."""

from __future__ import annotations

import re

from django.utils import formats
from django.utils.translation import get_language

SPACED = frozenset({"es"})
"""Languages that put a space before the sign of per cent; Portuguese and English put none (CLDR 48)."""


def typed_number(text: str) -> float:
    """Read a number with the separators of the language. Raises `ValueError` for what could mean another one."""
    decimal = re.escape(str(formats.get_format("DECIMAL_SEPARATOR")))
    thousand = re.escape(str(formats.get_format("THOUSAND_SEPARATOR")))
    form = rf"(?P<whole>[0-9]{{1,9}}|[0-9]{{1,3}}(?:{thousand}[0-9]{{3}}){{1,2}})(?:{decimal}(?P<part>[0-9]{{1,6}}))?"
    found = re.fullmatch(form, text.strip())
    if found is None:
        raise ValueError(text)
    whole = re.sub(r"[^0-9]", "", found["whole"])
    return float(f"{whole}.{found['part'] or 0}")


def typed_whole(text: str) -> int:
    """Read a whole number. Raises `ValueError`."""
    value = typed_number(text)
    if not value.is_integer():
        raise ValueError(text)
    return int(value)


def shown_number(value: float | None) -> str:
    """Return a number as it would be typed; "" for none."""
    if value is None:
        return ""
    decimals = 0 if float(value).is_integer() else len(f"{value:.3f}".rstrip("0").partition(".")[2])
    return str(formats.number_format(value, decimals, use_l10n=True, force_grouping=True))


def percent(share: float) -> str:
    """Return a share of 1 as "93,9%"; what is not all is never called 100%."""
    shown = round(share * 100, 1)
    if shown == 100 and share < 1:
        shown = 99.9
    decimals = 0 if shown == int(shown) else 1
    sign = "\N{NO-BREAK SPACE}%" if (get_language() or "")[:2] in SPACED else "%"
    return f"{formats.number_format(shown, decimals)}{sign}"
