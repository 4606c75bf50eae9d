"""Reads the attribute rules of a mapping file."""

from __future__ import annotations

from ponte.domain.mapping import ValueRule
from ponte.domain.mapping_errors import MappingFlaw, Report
from ponte.domain.mapping_fields import SPECIFICATION, source, table, text
from ponte.domain.mapping_yaml import Field, Items, Node, Table, Text


def value_rules(field: Field | None, report: Report) -> dict[str, ValueRule]:
    """Return the rules of a table of attributes."""
    inner = table(field, report).fields if field else {}
    found = {name: _rule(attribute, report) for name, attribute in inner.items()}
    return {name: rule for name, rule in found.items() if rule is not None}


def _rule(field: Field, report: Report) -> ValueRule | None:
    if isinstance(field.value, Text):
        default = text(field, report)
        return None if default is None else ValueRule(default=default, line=field.spot.line)
    inner = table(field, report, ("from", "default", "values")).fields
    origin, default_field, values = inner.get("from"), inner.get("default"), inner.get("values")
    if origin is None and default_field is None and isinstance(field.value, Table):
        report.error(field.spot, MappingFlaw.EMPTY_RULE, key=field.name)
    if values and origin is None:
        report.warning(values.spot, MappingFlaw.VALUES_WITHOUT_FROM, key=field.name)
    return ValueRule(
        sources=_sources(origin, report) if origin else (),
        default=text(default_field, report) if default_field else None,
        values=_values(values, report) if values else {},
        line=field.spot.line,
    )


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


def _values(field: Field, report: Report) -> dict[str, str]:
    inner = table(field, report).fields
    found = {name: text(value, report) for name, value in inner.items()}
    return {name: value for name, value in found.items() if value is not None}
