"""Turns VTEX's loose JSON values into plain ones: clean text, exact numbers, ids, flags.

One page of VTEX's reference says int where the next says string (a brand's id, for one), and letter case differs
from call to call; whoever reads an answer asks here. Nothing is guessed: "1.234,56" is no number.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from ponte.domain.message import JSON

DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?\Z")
ID = re.compile(r"[0-9]{1,18}\Z")
# C0 and C1 controls but tab and line ends; surrogates, which no UTF-8 can carry (a JSON escape can).
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
BLANKS = re.compile(r"[\t\r\n]+")


def lowered(value: JSON) -> Mapping[str, JSON]:
    """Return an object with its names in lower case; anything else is an empty object."""
    return {name.lower(): inner for name, inner in value.items()} if isinstance(value, dict) else {}


def objects(value: JSON) -> tuple[Mapping[str, JSON], ...]:
    """Return the objects of an array, their names in lower case; what is no object is left out."""
    return tuple(lowered(inner) for inner in value if isinstance(inner, dict)) if isinstance(value, list) else ()


def line(value: JSON) -> str:
    """Return a text of one line: NFC, no control characters, no outer blanks. Numbers become their digits."""
    if isinstance(value, str) and value.isascii() and value.isprintable():
        return value.strip()  # as nearly all are: nothing to take out
    return BLANKS.sub(" ", block(value)).strip()


def block(value: JSON) -> str:
    """Return a text of many lines, as `line` does but with its line ends."""
    if isinstance(value, str):
        text = value if value.isascii() else unicodedata.normalize("NFC", value)
        return text if text.isprintable() else CONTROL.sub("", text)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def has_control(value: JSON) -> bool:
    """True when `line` and `block` had to take characters out."""
    return isinstance(value, str) and not value.isprintable() and CONTROL.search(value) is not None


def identifier(value: JSON) -> str:
    """Return an id of 1 to 18 digits as text, "" for anything else; 15 and "15" are the same."""
    text = str(value) if type(value) is int else value
    return text if isinstance(text, str) and ID.match(text) else ""


def number(value: JSON) -> Decimal | None:
    """Return a finite number exactly as written, from a number or a text with a decimal point; else None."""
    match value:
        case bool() | None:
            return None
        case int():
            return Decimal(value)
        case float() if value.is_integer():  # never true of NaN and infinity
            return Decimal(int(value))
        case float():
            return Decimal(repr(value)) if math.isfinite(value) else None
        case str() if DECIMAL.match(value.strip()):
            return Decimal(value.strip())
    return None


def flag(value: JSON, *, untold: bool) -> bool:
    """Return a flag from true, "True", 1 and their like; `untold` for null and what says neither."""
    match value:
        case bool():
            return value
        case int() | float():
            return value != 0
        case str():
            return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower(), untold)
    return untold
