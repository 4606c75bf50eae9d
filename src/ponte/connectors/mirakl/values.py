"""One column's value in the form that the operator takes, or what is wrong with it. Nothing is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from ponte.connectors.mirakl.catalogue import Attribute
from ponte.connectors.texts import sendable
from ponte.domain.mapping import plain

NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,9})?")
DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T.{1,30})?")
# VTEX puts a picture's size into its address: /arquivos/ids/155001-500-500/name.jpg
SIZE_IN_ADDRESS = re.compile(r"/ids/[0-9]{1,12}-([0-9]{1,5})-([0-9]{1,5})(?:/|$)")
YES = frozenset({"sim", "si", "yes", "true", "s", "1"})
NO = frozenset({"nao", "no", "false", "n", "0"})
NUMBERS = frozenset({"INTEGER", "DECIMAL", "NUMERIC", "MEASUREMENT"})
SHOWN_VALUES = 12
BETWEEN_VALUES = "|"
LEAST_SIZE = ("MIN_WIDTH", "MIN_HEIGHT", "MIN_SIZE", "MIN_RESOLUTION")


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a value cannot be sent: a code of ours and what to show with it."""

    code: str
    params: dict[str, str] = field(default_factory=dict)


def encode(attribute: Attribute, value: str) -> str | Flaw:
    """Return the cell, or the flaw of the value. An unknown type is text: the operator judges it."""
    text = _tidy(attribute, value)
    if attribute.closed:
        return _listed(attribute, text)
    if attribute.kind in NUMBERS:
        return _number(attribute, text)
    if attribute.kind == "DATE":
        return _day(text)
    if attribute.kind == "BOOLEAN":
        return _boolean(text)
    return _text(attribute, text)


def _tidy(attribute: Attribute, value: str) -> str:
    """Return a value without what cannot be sent; only long texts keep their lines."""
    if attribute.kind == "LONG_TEXT":
        return "\n".join(sendable(line).rstrip() for line in value.splitlines()).strip()
    return " ".join(sendable(value.replace("\n", " ")).split())


def _listed(attribute: Attribute, text: str) -> str | Flaw:
    known = attribute.values.get(plain(text))
    if known:
        return known
    parts = [attribute.values.get(plain(part), "") for part in text.split(", ")]
    if attribute.kind == "LIST_MULTIPLE_VALUES" and all(parts):
        return BETWEEN_VALUES.join(dict.fromkeys(parts))
    same = YES if plain(text) in YES else NO if plain(text) in NO else frozenset()
    meant = next((code for name, code in attribute.values.items() if name in same), "")
    if meant:
        return meant
    shown = ", ".join(label for _, label in attribute.names[:SHOWN_VALUES])
    more = ", ..." if len(attribute.names) > SHOWN_VALUES else ""
    return Flaw("attribute.not_listed", {"value": text[:200], "allowed": shown + more})


def _number(attribute: Attribute, text: str) -> str | Flaw:
    if not NUMBER.fullmatch(text):
        return Flaw("attribute.not_a_number", {"value": text[:200]})
    number = text.replace(",", ".")
    if attribute.kind == "INTEGER" and "." in number:
        return Flaw("attribute.not_a_number", {"value": text[:200]})
    return number


def _day(text: str) -> str | Flaw:
    found = DAY.fullmatch(text)
    try:
        day = date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        day = None
    return day.isoformat() if day else Flaw("attribute.not_a_date", {"value": text[:200]})


def _boolean(text: str) -> str | Flaw:
    wanted = plain(text)
    if wanted in YES | NO:
        return "true" if wanted in YES else "false"
    return Flaw("attribute.not_listed", {"value": text[:200], "allowed": "true, false"})


def _text(attribute: Attribute, text: str) -> str | Flaw:
    most, least = attribute.limit("MAX_LENGTH"), attribute.limit("MIN_LENGTH")
    params = {"value": text[:200], "length": str(len(text))}
    if most is not None and len(text) > most:
        return Flaw("attribute.too_long", {**params, "limit": str(most)})
    if least is not None and len(text) < least:
        return Flaw("attribute.too_short", {**params, "limit": str(least)})
    return text


def too_small(attribute: Attribute, address: str) -> Flaw | None:
    """Return the flaw of a picture whose address tells that it is smaller than the operator takes."""
    found = SIZE_IN_ADDRESS.search(address[:2_000])
    least = max((limit for name in LEAST_SIZE if (limit := attribute.limit(name)) is not None), default=None)
    if not found or least is None:
        return None
    told = [int(size) for size in found.groups() if int(size)]
    if not told or min(told) >= least:
        return None
    return Flaw("picture.too_small", {"value": f"{found[1]} x {found[2]}", "limit": str(least)})
