"""Reads a channel's mapping file (docs/mapping.md) into a `Mapping`, or says line by line what is wrong."""

from __future__ import annotations

from collections.abc import Mapping as Inner
from dataclasses import dataclass, replace

from ponte.domain.mapping import CategoryRule, Mapping, PriceRule, StockRule, TitleRule, ValueRule
from ponte.domain.mapping_errors import MappingError, MappingFlaw, Report, Spot, in_order
from ponte.domain.mapping_fields import flag, money, table, template, text, units
from ponte.domain.mapping_rules import brand_rules, unit_rules, value_rules
from ponte.domain.mapping_yaml import Field, Table, Text, compose

__all__ = ["MappingError", "MappingFile", "MappingFlaw", "minimal_example", "parse_mapping"]

VERSION = "1"
SECTIONS = (
    "version",
    "title",
    "price",
    "stock",
    "categories",
    "default_category",
    "attributes",
    "category_attributes",
    "brands",
    "units",
    "options",
)
MAX_PERCENT = 1_000
MAX_ADD = 1_000_000
MAX_UNITS = 9_999_999


@dataclass(frozen=True, slots=True)
class MappingFile:
    """`mapping` is None when there are errors; warnings do not keep it from being used."""

    mapping: Mapping | None
    errors: tuple[MappingError, ...] = ()
    warnings: tuple[MappingError, ...] = ()


def parse_mapping(source: str) -> MappingFile:
    """Read the text of a mapping file. Never raises; all errors come at once, in the order of the file."""
    report = Report()
    root = compose(source, report)
    if root is None and report.errors:
        return MappingFile(None, in_order(report.errors))
    whole = Field("mapping", Spot(), root or Text(Spot(), "", missing=True))
    mapping = _mapping(table(whole, report, SECTIONS), report)
    return MappingFile(None if report.errors else mapping, in_order(report.errors), in_order(report.warnings))


def minimal_example() -> str:
    """Return the shortest file that can publish: the start for a new channel."""
    return (
        "version: 1\n"
        "\n"
        "title:\n"
        '  template: "{name}"\n'
        "  cut: true\n"
        "\n"
        "categories:\n"
        '  "1": MLB1055  # VTEX category: marketplace category\n'
        "\n"
        "attributes:\n"
        "  BRAND: {from: brand}\n"
        "  MODEL: {from: [specification:Modelo, reference]}\n"
    )


def _mapping(sections: Table, report: Report) -> Mapping:
    fields = sections.fields
    _version(fields.get("version"), report)
    mapping = Mapping(
        title=_title(fields.get("title"), report),
        price=_price(fields.get("price"), report),
        stock=_stock(fields.get("stock"), report),
        categories=_categories(fields.get("categories"), report),
        default_category=_category(fields.get("default_category"), report),
        attributes=value_rules(fields.get("attributes"), report),
        category_attributes=_category_attributes(fields.get("category_attributes"), report),
        options=_options(fields.get("options"), report),
        brands=brand_rules(fields.get("brands"), report),
        units=unit_rules(fields.get("units"), report),
    )
    _doubts(mapping, fields.get("category_attributes"), report)
    return mapping


def _version(field: Field | None, report: Report) -> None:
    if field is None:
        report.warning(Spot(), MappingFlaw.VERSION_MISSING)
        return
    found = text(field, report)
    if found not in {None, VERSION}:
        report.error(field.spot, MappingFlaw.BAD_VERSION, value=str(found))


def _title(field: Field | None, report: Report) -> TitleRule:
    if field is None:
        return TitleRule()
    inner = table(field, report, ("template", "cut", "categories")).fields
    rule = _title_rule(inner, field, report, TitleRule())
    by_category = table(inner["categories"], report).fields if "categories" in inner else {}
    return replace(rule, categories={name: _own_title(one, report, rule) for name, one in by_category.items()})


def _own_title(field: Field, report: Report, general: TitleRule) -> TitleRule:
    """Return the rule of one category: a template alone, or with its own `cut`."""
    if isinstance(field.value, Text):
        own = template(field, report, general.template)
        return TitleRule(own, general.cut, field.spot.line)
    return _title_rule(table(field, report, ("template", "cut")).fields, field, report, general)


def _title_rule(inner: Inner[str, Field], field: Field, report: Report, usual: TitleRule) -> TitleRule:
    return TitleRule(
        template=template(inner.get("template"), report, usual.template),
        cut=flag(inner.get("cut"), report, usual=usual.cut),
        line=field.spot.line,
    )


def _price(field: Field | None, report: Report) -> PriceRule:
    if field is None:
        return PriceRule()
    inner = table(field, report, ("markup_percent", "add")).fields
    return PriceRule(
        markup_percent=money(inner.get("markup_percent"), report, MAX_PERCENT),
        add=money(inner.get("add"), report, MAX_ADD),
        line=field.spot.line,
    )


def _stock(field: Field | None, report: Report) -> StockRule:
    if field is None:
        return StockRule()
    inner = table(field, report, ("reserve", "cap")).fields
    usual = StockRule()
    return StockRule(
        reserve=units(inner.get("reserve"), report, MAX_UNITS, usual=usual.reserve),
        cap=units(inner.get("cap"), report, MAX_UNITS, usual=usual.cap),
        line=field.spot.line,
    )


def _categories(field: Field | None, report: Report) -> dict[str, CategoryRule]:
    found: dict[str, CategoryRule] = {}
    for name, inner in (table(field, report).fields if field else {}).items():
        rule = _category(inner, report)
        if not (name.isascii() and name.isdigit()):
            report.warning(inner.spot, MappingFlaw.ODD_CATEGORY, key=name)
        if rule:
            found[name] = rule
    return found


def _category(field: Field | None, report: Report) -> CategoryRule | None:
    target = text(field, report) if field else None
    return CategoryRule(target, field.spot.line) if field and target is not None else None


def _category_attributes(field: Field | None, report: Report) -> dict[str, dict[str, ValueRule]]:
    inner = table(field, report).fields if field else {}
    return {target: value_rules(rules, report) for target, rules in inner.items()}


def _options(field: Field | None, report: Report) -> dict[str, str]:
    inner = table(field, report).fields if field else {}
    found = {name: text(option, report) for name, option in inner.items()}
    return {name: value for name, value in found.items() if value is not None}


def _doubts(mapping: Mapping, by_category: Field | None, report: Report) -> None:
    """Warn of what is allowed and does nothing."""
    targets = {rule.target for rule in mapping.categories.values()}
    if mapping.default_category:
        targets.add(mapping.default_category.target)
    if not targets:
        report.warning(Spot(), MappingFlaw.NOTHING_MAPPED)
    unused = _unused(by_category, targets)
    for field in unused:
        report.warning(field.spot, MappingFlaw.UNUSED_CATEGORY, value=field.name)
    for target, rule in mapping.title.categories.items():
        if target not in targets:
            report.warning(Spot(rule.line), MappingFlaw.UNUSED_TITLE, value=target)


def _unused(by_category: Field | None, targets: set[str]) -> list[Field]:
    if by_category is None or not isinstance(by_category.value, Table):
        return []
    return [field for target, field in by_category.value.fields.items() if target not in targets]
