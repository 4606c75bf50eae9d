"""A mapping file as the rows of a spreadsheet: five sheets, their columns, and what a row stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from ponte.domain.mapping import plain
from ponte.domain.mapping_edit import entry
from ponte.domain.mapping_tree import Path, Tree

DEFAULT: Final = "*"
"""Stands for every category of VTEX that has no line of its own."""
BETWEEN: Final = " | "
YES: Final = "sim"
_SPLIT: Final = re.compile(r"\s*\|\s*")
_LETTERS: Final = re.compile(r"[^0-9a-z]+")
OPTIONS: Final = (
    "title.template",
    "title.cut",
    "price.markup_percent",
    "price.add",
    "stock.reserve",
    "stock.cap",
)
OWN_TITLE: Final = re.compile(r"title\.categories\.(.+)\.(template|cut)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in a `Row`, its heading, and other headings it is known by."""

    name: str
    title: str
    others: tuple[str, ...] = ()
    key: bool = False
    told: bool = False
    """For people only: written into an export, never read."""


class Sheet(Enum):
    """One sheet: its title and its columns."""

    CATEGORIES = (
        "Categorias",
        Column("category", "Categoria VTEX", ("Categoria VTEX (código)", "vtex_category", "category_id"), key=True),
        Column("name", "Nome na VTEX", ("vtex_name",), told=True),
        Column("target", "Categoria do marketplace", ("Categoria marketplace", "marketplace_category", "target")),
        Column("target_name", "Nome no marketplace", ("marketplace_name",), told=True),
    )
    ATTRIBUTES = (
        "Atributos",
        Column("category", "Categoria do marketplace", ("Categoria marketplace", "marketplace_category"), key=True),
        Column("attribute", "Atributo", ("attribute", "atributo_id"), key=True),
        Column("name", "Nome do atributo", ("attribute_name",), told=True),
        Column("from", "Origem", ("from", "Campo VTEX", "source")),
        Column("template", "Modelo", ("template",)),
        Column("default", "Valor padrão", ("default", "Padrão", "Valor fixo")),
        Column("ignore", "Ignorar", ("ignore",)),
        Column("unit", "Unidade na VTEX", ("unit_from",)),
        Column("to", "Unidade no marketplace", ("unit_to",)),
        Column("factor", "Fator", ("factor",)),
        Column("decimals", "Casas decimais", ("decimals",)),
        Column("number_only", "Só o número", ("number_only",)),
    )
    VALUES = (
        "Valores",
        Column("category", "Categoria do marketplace", ("Categoria marketplace", "marketplace_category"), key=True),
        Column("attribute", "Atributo", ("attribute", "atributo_id"), key=True),
        Column("found", "Valor na VTEX", ("vtex_value",), key=True),
        Column("sent", "Valor no marketplace", ("marketplace_value",)),
    )
    BRANDS = (
        "Marcas",
        Column("found", "Marca na VTEX", ("vtex_brand", "Marca VTEX"), key=True),
        Column("sent", "Marca no marketplace", ("marketplace_brand", "Marca marketplace")),
    )
    OPTIONS = (
        "Opções",
        Column("option", "Opção", ("option", "name"), key=True),
        Column("value", "Valor", ("value",)),
    )

    def __init__(self, title: str, *columns: Column) -> None:
        self.title = title
        self.columns = columns

    @property
    def read(self) -> tuple[Column, ...]:
        """The columns that say something to the file."""
        return tuple(column for column in self.columns if not column.told)


Row = Mapping[str, str]
"""A row by its columns' names; an empty cell is not there."""

UNITS: Final = {"unit": "from", "to": "to", "factor": "factor", "decimals": "decimals", "number_only": "number_only"}
RULE: Final = ("from", "template", "default", "ignore")
NUMBERS: Final = frozenset({"factor", "decimals"})


def heading(text: str) -> str:
    """Return a heading for comparing: letters and digits alone."""
    return _LETTERS.sub("", plain(text))


HEADINGS: Final = {
    sheet: {heading(name): column for column in sheet.columns for name in (column.title, *column.others, column.name)}
    for sheet in Sheet
}


def key_of(sheet: Sheet, row: Row) -> tuple[str, ...]:
    """Return what tells a row from the others of its sheet."""
    return tuple(row.get(column.name, "") for column in sheet.columns if column.key)


def rows_of(tree: Mapping[str, Tree]) -> dict[Sheet, list[dict[str, str]]]:
    """Return the rows of a file, in its order."""
    return {
        Sheet.CATEGORIES: list(_categories(tree)),
        Sheet.ATTRIBUTES: list(_attributes(tree)),
        Sheet.VALUES: list(_values(tree)),
        Sheet.BRANDS: [{"found": name, "sent": sent} for name, sent in _texts(tree, ("brands",))],
        Sheet.OPTIONS: list(_options(tree)),
    }


def _categories(tree: Mapping[str, Tree]) -> Iterator[dict[str, str]]:
    for name, target in _texts(tree, ("categories",)):
        yield {"category": name, "target": target}
    usual = tree.get("default_category")
    if isinstance(usual, str) and usual:
        yield {"category": DEFAULT, "target": usual}


def rules_of(tree: Mapping[str, Tree]) -> Iterator[tuple[str, str, Tree]]:
    """Yield the rules of attributes: (category, attribute, rule); "" is the category of the general ones."""
    for attribute, rule in _table(tree, ("attributes",)).items():
        yield "", attribute, rule
    for category in _table(tree, ("category_attributes",)):
        for attribute, rule in _table(tree, ("category_attributes", category)).items():
            yield category, attribute, rule


def _attributes(tree: Mapping[str, Tree]) -> Iterator[dict[str, str]]:
    units = dict(_table(tree, ("units",)))
    for category, attribute, rule in rules_of(tree):
        unit = units.pop(attribute, None) if not category else None
        row = {**_rule_cells(rule), **_unit_cells(unit)}
        if row:
            yield _named(category, attribute) | row
    for attribute, unit in units.items():
        yield _named("", attribute) | _unit_cells(unit)


def _named(category: str, attribute: str) -> dict[str, str]:
    return ({"category": category} if category else {}) | {"attribute": attribute}


def _rule_cells(rule: Tree) -> dict[str, str]:
    if isinstance(rule, str):
        return {"default": rule} if rule else {}
    if not isinstance(rule, Mapping):
        return {}
    cells = {name: cell for name in RULE if (cell := _cell(rule.get(name)))}
    if "ignore" in cells and (flag := flag_of(cells.pop("ignore"))):
        cells["ignore"] = flag
    return cells


def _cell(found: Tree | None) -> str:
    """Return one source or several as a cell; "specification: Cor", with a blank, is a table of one."""
    match found:
        case None:
            return ""
        case str():
            prefix, colon, rest = found.partition(":")
            return f"{prefix.strip()}:{rest.strip()}" if prefix == "specification" and colon else found
        case Mapping():
            return BETWEEN.join(f"{name}:{inner}" for name, inner in found.items())
        case _:
            return BETWEEN.join(_cell(inner) for inner in found)


def _unit_cells(unit: Tree | None) -> dict[str, str]:
    if not isinstance(unit, Mapping):
        return {}
    cells = {name: str(unit[key]) for name, key in UNITS.items() if unit.get(key)}
    if "number_only" in cells and (flag := flag_of(cells.pop("number_only"))):
        cells["number_only"] = flag
    return cells


def flag_of(text: str) -> str | None:
    """Return "sim", "" for no, None for what is neither."""
    said = plain(text)
    if said in {"sim", "s", "x", "si", "yes", "y", "true", "verdadeiro", "1"}:
        return YES
    return "" if said in {"", "nao", "n", "no", "false", "falso", "0"} else None


def _values(tree: Mapping[str, Tree]) -> Iterator[dict[str, str]]:
    for category, attribute, rule in rules_of(tree):
        inner = rule.get("values") if isinstance(rule, Mapping) else None
        for found, sent in inner.items() if isinstance(inner, Mapping) else ():
            yield _named(category, attribute) | {"found": found, "sent": str(sent)}


def _options(tree: Mapping[str, Tree]) -> Iterator[dict[str, str]]:
    for name in OPTIONS:
        value = entry(tree, tuple(name.split(".")))
        if isinstance(value, str) and value:
            yield {"option": name, "value": value}
    for category, rule in _table(tree, ("title", "categories")).items():
        for name, value in ({"template": rule} if isinstance(rule, str) else rule).items():  # type: ignore[union-attr]
            yield {"option": f"title.categories.{category}.{name}", "value": str(value)}
    for name, value in _texts(tree, ("options",)):
        yield {"option": f"options.{name}", "value": value}


def option_path(name: str) -> Path | None:
    """Return where an option stands in the file, None for a name that is none."""
    if name in OPTIONS:
        return tuple(name.split("."))
    if found := OWN_TITLE.fullmatch(name):
        return ("title", "categories", found[1], found[2])
    section, _, rest = name.partition(".")
    return ("options", rest) if section == "options" and rest else None


def rule_path(row: Row) -> Path:
    category = row.get("category", "")
    return ("category_attributes", category, row["attribute"]) if category else ("attributes", row["attribute"])


def rule_tree(row: Row, before: Tree | None) -> Tree | None:
    """Return a rule as a row says, with the values that it has; None when nothing is left of it."""
    values = before.get("values") if isinstance(before, Mapping) else None
    rule: dict[str, Tree] = {name: row[name] for name in ("template", "default") if name in row}
    if "from" in row:
        sources = [part for part in _SPLIT.split(row["from"]) if part]
        rule = {"from": sources[0] if len(sources) == 1 else sources, **rule}
    if "ignore" in row:
        rule["ignore"] = "true"
    if values:
        rule["values"] = values
    return rule["default"] if [*rule] == ["default"] else rule or None


def unit_tree(row: Row) -> Tree | None:
    unit = {key: row[name] for name, key in UNITS.items() if name in row}
    return unit | ({"number_only": "true"} if "number_only" in unit else {}) if unit else None


def _table(tree: Mapping[str, Tree], path: Path) -> Mapping[str, Tree]:
    found = entry(tree, path)
    return found if isinstance(found, Mapping) else {}


def _texts(tree: Mapping[str, Tree], path: Path) -> Sequence[tuple[str, str]]:
    return [(name, value) for name, value in _table(tree, path).items() if isinstance(value, str) and value]
