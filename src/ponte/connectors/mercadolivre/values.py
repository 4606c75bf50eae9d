"""One attribute's value in the form the marketplace takes, or what is wrong with it. Nothing is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ponte.connectors.mercadolivre.facts import Attribute
from ponte.connectors.texts import sendable
from ponte.domain.mapping import plain
from ponte.domain.message import JSON

NOT_APPLICABLE = "-1"
"""The value id that says "this attribute does not apply" (developers' page "attributes", captured 2026-06)."""

NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,9})?")
NUMBER_UNIT = re.compile(r"([+-]?[0-9]{1,15}(?:[.,][0-9]{1,9})?)\s*(\S.{0,30})?")
YES = frozenset({"sim", "si", "yes", "true", "s", "1"})
NO = frozenset({"nao", "no", "false", "n", "0"})
SHOWN_VALUES = 12


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a value cannot be sent: a code of ours and what to show with it."""

    code: str
    params: dict[str, str] = field(default_factory=dict)


Entry = dict[str, JSON]


def encode(attribute: Attribute, value: str) -> Entry | Flaw:
    """Return the attribute as the item's body has it, or the flaw of the value."""
    text = " ".join(sendable(value).split())
    if text == NOT_APPLICABLE:
        return {"id": attribute.id, "value_id": NOT_APPLICABLE, "value_name": None}
    if attribute.closed:
        return _from_list(attribute, text)
    match attribute.value_type:
        case "number":
            return _number(attribute, text)
        case "number_unit":
            return _number_unit(attribute, text)
        case _:
            return _string(attribute, text)


def _from_list(attribute: Attribute, text: str) -> Entry | Flaw:
    one = _value_id(attribute, text)
    if one:
        return {"id": attribute.id, "value_id": one}
    several = [_value_id(attribute, part) for part in text.split(", ")]
    if "multivalued" in attribute.tags and all(several):
        return {"id": attribute.id, "values": [{"id": value_id} for value_id in several]}
    shown = ", ".join(attribute.names[:SHOWN_VALUES])
    more = ", ..." if len(attribute.names) > SHOWN_VALUES else ""
    return Flaw("attribute.not_listed", {"value": text, "allowed": shown + more})


def _value_id(attribute: Attribute, text: str) -> str:
    wanted = plain(text)
    if wanted in attribute.values:
        return attribute.values[wanted]
    if text in attribute.values.values():
        return text
    if attribute.value_type == "boolean":
        same = YES if wanted in YES else NO if wanted in NO else frozenset()
        return next((value_id for name, value_id in attribute.values.items() if name in same), "")
    return ""


def _number(attribute: Attribute, text: str) -> Entry | Flaw:
    if not NUMBER.fullmatch(text):
        return Flaw("attribute.not_a_number", {"value": text})
    return {"id": attribute.id, "value_name": text.replace(",", ".")}


def _number_unit(attribute: Attribute, text: str) -> Entry | Flaw:
    found = NUMBER_UNIT.fullmatch(text)
    if not found:
        return _unmeasured("attribute.not_a_number", attribute, text)
    amount, written = found[1].replace(",", "."), found[2] or ""
    if not written:
        return _unmeasured("attribute.unit_missing", attribute, text)
    unit = _unit(attribute, written)
    if not unit:
        return _unmeasured("attribute.unit", attribute, text)
    return {"id": attribute.id, "value_name": f"{amount} {unit}"}


def _unmeasured(code: str, attribute: Attribute, text: str) -> Flaw:
    return Flaw(code, {"value": text, "allowed": ", ".join(attribute.units)})


def _unit(attribute: Attribute, written: str) -> str:
    """Return the unit as the sheet writes it: the same letters first, then the same but for case."""
    if not attribute.units or written in attribute.units:
        return written
    return next((unit for unit in attribute.units if unit.casefold() == written.casefold()), "")


def _string(attribute: Attribute, text: str) -> Entry | Flaw:
    if attribute.max_length is not None and len(text) > attribute.max_length:
        limit, length = str(attribute.max_length), str(len(text))
        return Flaw("attribute.too_long", {"value": text[:200], "limit": limit, "length": length})
    return {"id": attribute.id, "value_name": text}
