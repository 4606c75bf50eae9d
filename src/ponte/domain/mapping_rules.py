"""Reads the rules of attributes, brands and units of a mapping file."""

from __future__ import annotations

from collections.abc import Mapping

from ponte.domain.mapping import BrandRule, ValueRule, plain
from ponte.domain.mapping_errors import MappingFlaw, Report
from ponte.domain.mapping_fields import SPECIFICATION, factor, flag, source, table, template, text, units
from ponte.domain.mapping_units import MAX_DECIMALS, UnitRule, known_factor
from ponte.domain.mapping_yaml import Field, Items, Node, Table, Text

RULE = ("from", "template", "default", "values", "ignore")
UNIT = ("from", "to", "factor", "decimals", "number_only")


def value_rules(field: Field | None, report: Report) -> dict[str, ValueRule]:
    """Return the rules of a table of attributes."""
    inner = table(field, report).fields if field else {}
    found = {name: _rule(attribute, report) for name, attribute in inner.items()}
    return {name: rule for name, rule in found.items() if rule is not None}


def _rule(field: Field, report: Report) -> ValueRule | None:
    if isinstance(field.value, Text):
        default = text(field, report)
        return None if default is None else ValueRule(default=default, line=field.spot.line)
    inner = table(field, report, RULE).fields
    if isinstance(field.value, Table):
        _fitting(field, inner, report)
    origin, values, usual = inner.get("from"), inner.get("values"), inner.get("default")
    kept, lines = _values(values, report) if values else ({}, {})
    return ValueRule(
        sources=_sources(origin, report) if origin else (),
        default=text(usual, report) if usual else None,
        values=kept,
        line=field.spot.line,
        template=template(inner.get("template"), report, "", constant=True),
        ignore=flag(inner.get("ignore"), report, usual=False),
        lines=lines,
    )


def _fitting(field: Field, inner: Mapping[str, Field], report: Report) -> None:
    """Report what does not go together."""
    if not inner.keys() & {"from", "default", "template", "values", "ignore"}:
        report.error(field.spot, MappingFlaw.EMPTY_RULE, key=field.name)
    if "from" in inner and "template" in inner:
        report.error(inner["template"].spot, MappingFlaw.TWO_ORIGINS, key=field.name)
    if "ignore" in inner and len(inner) > 1:
        report.error(inner["ignore"].spot, MappingFlaw.IGNORED_WITH_MORE, key=field.name)


def _sources(field: Field, report: Report) -> tuple[str, ...]:
    nodes = field.value.values if isinstance(field.value, Items) else (field.value,)
    found = tuple(name for node in nodes if (name := _source(node, field, report)))
    if not nodes:
        report.error(field.spot, MappingFlaw.EMPTY_VALUE, key=field.name)
    return found


def _source(node: Node, field: Field, report: Report) -> str:
    name = _written(node)
    if name is None:
        report.error(node.spot, MappingFlaw.NOT_A_SOURCE, key=field.name)
        return ""
    if not name:
        report.error(field.spot, MappingFlaw.EMPTY_VALUE, key=field.name)
        return ""
    source(name, node.spot, report)
    return name


def _written(node: Node) -> str | None:
    """Return a source as text; "specification: Cor", with a blank, is a table of one to YAML, yet meant so."""
    if isinstance(node, Text):
        prefix, colon, rest = node.value.partition(":")
        return f"{prefix.strip()}{colon}{rest.strip()}"
    if isinstance(node, Table) and len(node.fields) == 1:
        (inner,) = node.fields.values()
        if f"{inner.name}:" == SPECIFICATION and isinstance(inner.value, Text):
            return f"{SPECIFICATION}{inner.value.value}"
    return None


def _values(field: Field, report: Report) -> tuple[dict[str, str], dict[str, int]]:
    """Return the translated values, and the line of each."""
    inner = table(field, report).fields
    found = {name: text(value, report) for name, value in inner.items()}
    kept = {name: value for name, value in found.items() if value is not None}
    return kept, {name: inner[name].spot.line for name in kept}


def brand_rules(field: Field | None, report: Report) -> dict[str, BrandRule]:
    """Return the table of brands by their comparable names; two that are the same brand are an error."""
    found: dict[str, BrandRule] = {}
    for name, inner in (table(field, report).fields if field else {}).items():
        target, key = text(inner, report), plain(name)
        if key in found:
            report.error(inner.spot, MappingFlaw.SAME_BRAND, key=name, first_line=str(found[key].line))
        elif target is not None:
            found[key] = BrandRule(target, inner.spot.line)
    return found


def unit_rules(field: Field | None, report: Report) -> dict[str, UnitRule]:
    """Return the conversions by attribute."""
    inner = table(field, report).fields if field else {}
    found = {name: _unit(attribute, report) for name, attribute in inner.items()}
    return {name: rule for name, rule in found.items() if rule is not None}


def _unit(field: Field, report: Report) -> UnitRule | None:
    inner = table(field, report, UNIT).fields
    unit, to = (_needed(inner.get(name), name, field, report) for name in ("from", "to"))
    given = inner.get("factor")
    times = factor(given, report) if given else known_factor(unit, to) if unit and to else None
    if unit and to and times is None:
        report.error(field.spot, MappingFlaw.UNKNOWN_UNITS, key=field.name, value=unit, to=to)
    if not unit or not to or times is None:
        return None
    decimals = inner.get("decimals")
    return UnitRule(
        unit,
        to,
        times,
        decimals=units(decimals, report, MAX_DECIMALS, usual=0) if decimals else None,
        number_only=flag(inner.get("number_only"), report, usual=False),
        line=field.spot.line,
    )


def _needed(inner: Field | None, name: str, field: Field, report: Report) -> str:
    if inner is None:
        if isinstance(field.value, Table):
            report.error(field.spot, MappingFlaw.EMPTY_VALUE, key=name)
        return ""
    return text(inner, report) or ""
