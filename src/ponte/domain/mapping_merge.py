"""Puts the rows of a filled spreadsheet into a mapping file: what is added, changed and taken out, and what is wrong.

A row whose cells are empty beyond its key takes the entry out; a row that is not there changes nothing, unless the
spreadsheet is said to be the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import yaml

from ponte.domain.mapping_edit import entry, put, rewrite
from ponte.domain.mapping_errors import MappingError, Report
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.mapping_rows import (
    DEFAULT,
    NUMBERS,
    UNITS,
    Row,
    Sheet,
    flag_of,
    key_of,
    option_path,
    rows_of,
    rule_path,
    rule_tree,
    unit_tree,
)
from ponte.domain.mapping_tree import Path, Tree, tree_of
from ponte.domain.mapping_yaml import compose_nodes

MAX_FLAWS: Final = 100
_COMMA: Final = re.compile(r"[0-9]{1,15},[0-9]{1,12}")


class SheetFlaw(StrEnum):
    """What can be wrong with a row of its own; the words are in `ponte.explain`."""

    KEY_MISSING = "key_missing"
    REPEATED = "repeated"
    UNKNOWN_OPTION = "unknown_option"
    NOT_YES_OR_NO = "not_yes_or_no"
    UNITS_OF_CATEGORY = "units_of_category"
    # the file
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    OLD_EXCEL = "old_excel"
    MACRO = "macro"
    EXTERNAL_LINK = "external_link"
    DOCTYPE = "doctype"
    ENCODING = "encoding"
    NO_SHEET = "no_sheet"
    TOO_MANY_ROWS = "too_many_rows"
    COLUMN_MISSING = "column_missing"
    # a cell
    FORMULA = "formula"
    CELL_ERROR = "cell_error"
    IS_DATE = "is_date"
    BAD_CHARACTER = "bad_character"


@dataclass(frozen=True, slots=True)
class RowFlaw:
    """One thing wrong: in which sheet, row (0: the whole) and cell; ours, or one of the file's own errors."""

    sheet: str
    row: int
    code: SheetFlaw | None
    cell: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    error: MappingError | None = None


class Kind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is not as the file has it; `row` is 0 for one that the spreadsheet does not have."""

    kind: Kind
    sheet: Sheet
    key: tuple[str, ...]
    before: Mapping[str, str]
    after: Mapping[str, str]
    row: int = 0


@dataclass(frozen=True, slots=True)
class Filled:
    """A row as it was read: its number in the spreadsheet, its cells by the columns' names."""

    number: int
    cells: Row


@dataclass(frozen=True, slots=True)
class Merged:
    """`text` is the file with the changes; it is the old one while there are flaws."""

    text: str
    changes: tuple[Change, ...] = ()
    flaws: tuple[RowFlaw, ...] = ()


@dataclass(slots=True)
class _Merge:
    tree: dict[str, Tree]
    changes: list[Change] = field(default_factory=list)
    flaws: list[RowFlaw] = field(default_factory=list)
    touched: dict[Path, tuple[str, int]] = field(default_factory=dict)

    def flaw(self, sheet: Sheet, row: int, code: SheetFlaw, **params: str) -> None:
        self.flaws.append(RowFlaw(sheet.title, row, code, params=params))


def merge(text: str, filled: Mapping[Sheet, Iterable[Filled]], *, whole: bool = False) -> Merged:
    """Put rows into a file. `whole`: what a sheet does not have is taken out of the file."""
    before = tree_of(text)
    work = _Merge(before or {"version": "1"})
    known = rows_of(before)
    for sheet in Sheet:  # rules stand before their values
        if sheet in filled:
            _sheet(work, sheet, {key_of(sheet, row): row for row in known[sheet]}, filled[sheet], whole=whole)
    if not work.flaws:
        after = rewrite(text, work.tree) if work.changes else text
        work.flaws += _errors(after, work.touched)
    if work.flaws:
        return Merged(text, tuple(work.changes), tuple(work.flaws[:MAX_FLAWS]))
    return Merged(after, tuple(work.changes))


def _sheet(
    work: _Merge, sheet: Sheet, known: Mapping[tuple[str, ...], Row], filled: Iterable[Filled], *, whole: bool
) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for one in filled:
        row: Row = _cleaned(work, sheet, one)
        key = key_of(sheet, row)
        flaw = _flaw(sheet, key, row, seen) if row else None
        if flaw and flaw[0]:
            work.flaw(sheet, one.number, flaw[0], **flaw[1])
        if flaw or not row:
            continue
        seen[key] = one.number
        _row(work, sheet, known.get(key, {}), row, one.number)
    if whole:
        for key, row in known.items():
            if key not in seen:
                _row(work, sheet, row, {name: row[name] for name in _keys(sheet) if name in row}, 0)


def _flaw(
    sheet: Sheet, key: tuple[str, ...], row: Row, seen: Mapping[tuple[str, ...], int]
) -> tuple[SheetFlaw | None, dict[str, str]] | None:
    """Return why a row cannot be taken, None when it can; no flaw for one that says nothing, under a merged cell."""
    general = sheet in {Sheet.ATTRIBUTES, Sheet.VALUES}  # without a category a rule is for all
    for column in sheet.columns:
        if column.key and column.name not in row and not (general and column.name == "category"):
            said = any(not other.key and other.name in row for other in sheet.columns)
            return (SheetFlaw.KEY_MISSING if said else None), {"column": column.title}
    if key in seen:
        return SheetFlaw.REPEATED, {"first_row": str(seen[key])}
    if sheet is Sheet.OPTIONS and option_path(row["option"]) is None:
        return SheetFlaw.UNKNOWN_OPTION, {"value": row["option"]}
    if sheet is Sheet.ATTRIBUTES and row.get("category") and row.keys() & UNITS.keys():
        return SheetFlaw.UNITS_OF_CATEGORY, {}
    return None


def _cleaned(work: _Merge, sheet: Sheet, one: Filled) -> dict[str, str]:
    """Return a row's own cells: flags as one word, numbers with a point, nothing that is only for people."""
    names = {column.name for column in sheet.read}
    row = {name: cell.strip() for name, cell in one.cells.items() if name in names and cell.strip()}
    for name in row.keys() & {"ignore", "number_only"}:
        said = flag_of(row[name])
        if said is None:
            work.flaw(sheet, one.number, SheetFlaw.NOT_YES_OR_NO, value=row[name])
        row[name] = said or ""
    for name in row.keys() & NUMBERS:
        row[name] = _point(row[name])
    if sheet is Sheet.OPTIONS and row.get("option", "").startswith(("price.", "stock.")) and "value" in row:
        row["value"] = _point(row["value"])
    return {name: cell for name, cell in row.items() if cell}


def _point(text: str) -> str:
    return text.replace(",", ".") if _COMMA.fullmatch(text) else text


def _keys(sheet: Sheet) -> list[str]:
    return [column.name for column in sheet.columns if column.key]


def _row(work: _Merge, sheet: Sheet, before: Row, after: Row, number: int) -> None:
    """Bring one row about, if it says something else than the file."""
    keys = _keys(sheet)
    said = {name: cell for name, cell in after.items() if name not in keys}
    had = {name: cell for name, cell in before.items() if name not in keys}
    if said == had:
        return
    kind = Kind.CHANGED if said and had else Kind.ADDED if said else Kind.REMOVED
    work.changes.append(Change(kind, sheet, key_of(sheet, after), had, said, number))
    for path, value in _entries(work.tree, sheet, after, said, had):
        put(work.tree, path, value)
        work.touched[path] = (sheet.title, number)


def _entries(
    tree: dict[str, Tree], sheet: Sheet, row: Row, said: Row, had: Row
) -> Iterable[tuple[Path, Tree | None]]:
    match sheet:
        case Sheet.CATEGORIES:
            usual = row["category"] == DEFAULT
            yield ("default_category",) if usual else ("categories", row["category"]), said.get("target")
        case Sheet.ATTRIBUTES:
            path = rule_path(row)
            if _without(said, UNITS) != _without(had, UNITS):
                yield path, rule_tree(said, entry(tree, path))
            if not row.get("category") and {*said, *had} & UNITS.keys():
                yield ("units", row["attribute"]), unit_tree(said)
        case Sheet.VALUES:
            path = rule_path(row)
            rule = entry(tree, path)
            if isinstance(rule, str) and rule:
                yield path, {"default": rule}
            yield (*path, "values", row["found"]), said.get("sent")
        case Sheet.BRANDS:
            yield ("brands", row["found"]), said.get("sent")
        case Sheet.OPTIONS:
            yield from _option(tree, row, said)


def _option(tree: dict[str, Tree], row: Row, said: Row) -> Iterable[tuple[Path, Tree | None]]:
    found = option_path(row["option"])
    assert found is not None
    above = entry(tree, found[:-1])
    if found[:2] == ("title", "categories") and isinstance(above, str):
        if found[-1] == "template":
            yield found[:-1], said.get("value")
            return
        yield found[:-1], {"template": above}
    yield found, said.get("value")


def _without(row: Row, names: Iterable[str]) -> dict[str, str]:
    return {name: cell for name, cell in row.items() if name not in names}


def _errors(text: str, touched: Mapping[Path, tuple[str, int]]) -> list[RowFlaw]:
    """Return the errors of the new file, each with the row that brought it, or the line of the file."""
    errors = parse_mapping(text).errors
    if not errors:
        return []
    paths = paths_by_line(text)
    return [_placed(error, paths.get(error.line, ()), touched) for error in errors]


def _placed(error: MappingError, path: Path, touched: Mapping[Path, tuple[str, int]]) -> RowFlaw:
    for length in range(len(path), 0, -1):
        below = (place for done, place in touched.items() if done[:length] == path[:length])
        place = touched.get(path[:length]) or next(below, None)
        if place:
            return RowFlaw(place[0], place[1], None, error=error)
    return RowFlaw("", 0, None, error=error)


def paths_by_line(text: str) -> dict[int, Path]:
    """Return the deepest entry that begins on each line of a file."""
    found: dict[int, Path] = {}
    root = compose_nodes(text, Report())

    def walk(node: yaml.Node | None, path: Path) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                inner = (*path, str(key.value).strip())
                found[key.start_mark.line + 1] = inner
                walk(value, inner)

    walk(root, ())
    return found
