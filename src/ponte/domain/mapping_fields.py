"""Reads single fields of a mapping file: tables, texts, numbers, yes or no, the title's template."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from ponte.domain.mapping import SKU_FIELDS, plain
from ponte.domain.mapping_errors import MappingFlaw, Report, Spot
from ponte.domain.mapping_yaml import Field, Table, Text

SPECIFICATION = "specification:"
SOURCES = (*SKU_FIELDS, "sku_id")
TRUE = frozenset({"true", "yes", "sim", "si"})
FALSE = frozenset({"false", "no", "nao"})
MAX_COMPARED = 60

# What people write for a field before they have read the manual.
_MEANT = {
    "marca": "brand",
    "referencia": "reference",
    "refid": "reference",
    "gtin": "ean",
    "nome": "name",
    "nombre": "name",
    "product": "product_name",
    "produto": "product_name",
    "producto": "product_name",
    "sku": "sku_name",
}
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,6})?")
_FACTOR = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def table(field: Field, report: Report, known: Sequence[str] | None = None) -> Table:
    """Return a field's table, empty when nothing stands there. With `known`, other names are errors."""
    value = field.value
    if isinstance(value, Text) and value.missing:
        return Table(field.spot, {})
    if not isinstance(value, Table):
        report.error(field.spot, MappingFlaw.NOT_A_TABLE, key=field.name)
        return Table(field.spot, {})
    if known is not None:
        _refuse_unknown(value, report, known)
    return value


def _refuse_unknown(found: Table, report: Report, known: Sequence[str]) -> None:
    for name, field in found.fields.items():
        if name in known:
            continue
        if report.overflowed:  # looking for near names is the slow part
            return
        near = suggestion(name, known)
        report.error(field.spot, MappingFlaw.UNKNOWN_KEY, key=name, known=", ".join(known), **near)


def text(field: Field, report: Report) -> str | None:
    """Return a field's text; None, and an error, when it is empty or no text."""
    if not isinstance(field.value, Text):
        report.error(field.spot, MappingFlaw.NOT_A_TEXT, key=field.name)
        return None
    if not field.value.value:
        report.error(field.spot, MappingFlaw.EMPTY_VALUE, key=field.name)
        return None
    return field.value.value


def flag(field: Field | None, report: Report, *, usual: bool) -> bool:
    found = text(field, report) if field else None
    if field is None or found is None:
        return usual
    said = plain(found)
    if said not in TRUE | FALSE:
        report.error(field.spot, MappingFlaw.NOT_A_FLAG, key=field.name, value=found)
    return said in TRUE


def money(field: Field | None, report: Report, limit: int) -> Decimal:
    """Return a number of at most `limit`, 0 when there is none. A comma is refused, not guessed at."""
    found = text(field, report) if field else None
    if field is None or found is None:
        return Decimal(0)
    if not _NUMBER.fullmatch(found):
        report.error(field.spot, MappingFlaw.NOT_A_NUMBER, key=field.name, value=found)
        return Decimal(0)
    number = Decimal(found)
    _in_range(field, number, limit, report)
    return number


def units(field: Field | None, report: Report, limit: int, *, usual: int) -> int:
    """Return a whole number of at most `limit`, `usual` when there is none."""
    found = text(field, report) if field else None
    if field is None or found is None:
        return usual
    if not _NUMBER.fullmatch(found) or "." in found:
        report.error(field.spot, MappingFlaw.NOT_WHOLE, key=field.name, value=found)
        return usual
    _in_range(field, Decimal(found), limit, report)
    return int(found)


def template(field: Field | None, report: Report, usual: str, *, constant: bool = False) -> str:
    """Return a template; its names must be fields of the SKU or specifications. `constant`: it may have none."""
    found = text(field, report) if field else None
    if field is None or found is None:
        return usual
    names = _PLACEHOLDER.findall(found)
    rest = _PLACEHOLDER.sub("", found)
    if "{" in rest or "}" in rest:
        report.error(field.spot, MappingFlaw.BAD_BRACES)
    elif not names and not constant:
        report.error(field.spot, MappingFlaw.CONSTANT_TITLE)
    for name in names:
        source(name, field.spot, report, MappingFlaw.UNKNOWN_PLACEHOLDER)
    return found


def factor(field: Field, report: Report) -> Decimal:
    """Return a number above 0 by which quantities are multiplied."""
    found = text(field, report)
    if found is None:
        return Decimal(1)
    if not _FACTOR.fullmatch(found) or not Decimal(found):
        report.error(field.spot, MappingFlaw.NOT_A_NUMBER, key=field.name, value=found)
        return Decimal(1)
    return Decimal(found)


def source(name: str, spot: Spot, report: Report, flaw: MappingFlaw = MappingFlaw.UNKNOWN_SOURCE) -> None:
    """Report a source that is neither a field of the SKU nor a specification with a name."""
    if name.startswith(SPECIFICATION):
        if not name.removeprefix(SPECIFICATION).strip():
            report.error(spot, MappingFlaw.EMPTY_SPECIFICATION)
    elif name not in SOURCES:
        known = ", ".join((*SOURCES, f"{SPECIFICATION}..."))
        report.error(spot, flaw, value=name, known=known, **suggestion(name, SOURCES))


def suggestion(name: str, known: Iterable[str]) -> dict[str, str]:
    """Return {"suggestion": the known name that was probably meant}, empty when none is near."""
    written = plain(name[:MAX_COMPARED])
    meant = _MEANT.get(written)
    names = tuple(known)
    if meant in names:
        return {"suggestion": str(meant)}
    prefix, colon, rest = name.partition(":")
    if colon and difflib.get_close_matches(plain(prefix[:MAX_COMPARED]), ("specification", "especificacao")):
        return {"suggestion": f"{SPECIFICATION}{rest.strip()}"}
    return {"suggestion": near[0]} if (near := difflib.get_close_matches(written, names, 1)) else {}


def _in_range(field: Field, number: Decimal, limit: int, report: Report) -> None:
    params = {"key": field.name, "value": str(number)}
    if number < 0:
        report.error(field.spot, MappingFlaw.NEGATIVE, **params)
    elif number > limit:
        report.error(field.spot, MappingFlaw.NUMBER_TOO_LARGE, **params, limit=str(limit))
