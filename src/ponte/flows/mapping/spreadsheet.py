"""Reads an uploaded spreadsheet into rows of text: XLSX by openpyxl, CSV as Excel writes it anywhere.

Nothing of it is run or followed: formulas, macros and links are refused with their place, and what a file unpacks to
is counted before it is unpacked.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ponte.domain.mapping_merge import Filled, RowFlaw, SheetFlaw
from ponte.domain.mapping_rows import HEADINGS, Column, Sheet, heading

MAX_FILE: Final = 10_000_000
MAX_ROWS: Final = 200_000
"""Filled rows of one sheet."""
MAX_LINES: Final = 1_048_576
"""Excel's rows of a sheet: none is looked for beyond."""
HEAD_ROWS: Final = 20
"""The headings stand within so many rows."""
MAX_COLUMNS: Final = 60
MAX_FLAWS: Final = 100
ZIP, OLD = b"PK", b"\xd0\xcf\x11\xe0"
QUOTED: Final = "=+-@\t\r＝＋－＠"


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it stands in the file; a cell that cannot be taken is its flaw."""

    number: int
    cells: tuple[str | SheetFlaw, ...]


@dataclass(frozen=True, slots=True)
class RawSheet:
    title: str
    rows: Iterator[RawRow]


@dataclass(slots=True)
class Spreadsheet:
    """What was read: the rows of each known sheet, sheets that are not ours, and what is wrong."""

    sheets: dict[Sheet, list[Filled]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    flaws: list[RowFlaw] = field(default_factory=list)


class UnreadableError(Exception):
    """The file as such cannot be taken."""

    def __init__(self, code: SheetFlaw, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def read_spreadsheet(content: bytes) -> Spreadsheet:
    """Read a file that a person sent, whatever it is. Never raises."""
    found = Spreadsheet()
    try:
        for raw in _raw_sheets(content):
            _take(found, raw)
    except UnreadableError as error:
        found.flaws.append(RowFlaw("", 0, error.code, params=error.params))
    if not found.sheets and not found.flaws:
        known = "; ".join(f"{sheet.title}: {_least(sheet)}" for sheet in Sheet)
        found.flaws.append(RowFlaw("", 0, SheetFlaw.NO_SHEET, params={"known": known}))
    return found


def _least(sheet: Sheet) -> str:
    """Return the headings that a sheet cannot do without, and the first of the others."""
    keys = [column.title for column in sheet.read if column.key]
    return ", ".join([*keys, next(column.title for column in sheet.read if not column.key)])


def _raw_sheets(content: bytes) -> Iterator[RawSheet]:
    if len(content) > MAX_FILE:
        raise UnreadableError(SheetFlaw.TOO_LARGE, limit=str(MAX_FILE // 1_000_000))
    if content.startswith(OLD):
        raise UnreadableError(SheetFlaw.OLD_EXCEL)
    if content.startswith(ZIP):
        from ponte.flows.mapping.xlsx_reading import sheets_in  # noqa: PLC0415 -- openpyxl is loaded by those who need it

        yield from sheets_in(content)
    else:
        yield RawSheet("", _csv_rows(content))


def _csv_rows(content: bytes) -> Iterator[RawRow]:
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=False)
    before = 0
    try:
        for cells in reader:
            # A row is called by the line it begins on: a cell may hold line breaks.
            yield RawRow(before + 1, tuple(_csv_cell(cell) for cell in cells[:MAX_COLUMNS]))
            before = reader.line_num
    except csv.Error as error:
        raise UnreadableError(SheetFlaw.UNREADABLE, detail=f"{before + 1}: {error}") from error


def _csv_cell(cell: str) -> str | SheetFlaw:
    if "\0" in cell:
        return SheetFlaw.BAD_CHARACTER
    if cell.startswith("="):
        return SheetFlaw.FORMULA
    # An export puts an apostrophe before what a spreadsheet would take for a formula.
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in QUOTED else cell


def _decoded(content: bytes) -> str:
    """Return a text by its mark; without one as UTF-8, else as Excel in Brazil writes it (Windows-1252)."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _as(content, "utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _as(content, "cp1252")


def _as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(SheetFlaw.ENCODING) from error


def _separator(text: str) -> str:
    """Return what separates the cells of the headings; semicolon, as in Brazil, when nothing does."""
    for line in text[:65_536].splitlines():
        if line.strip(" ;,\t"):
            outside = "".join(line.split('"')[::2])
            return max(";,\t", key=outside.count)
    return ";"


def _take(found: Spreadsheet, raw: RawSheet) -> None:
    """Find the headings of a sheet and read what stands under them."""
    head = _headings(raw)
    if head is None:
        by_title = next((sheet for sheet in Sheet if heading(sheet.title) == heading(raw.title)), None)
        if by_title and raw.title:
            params = {"column": ", ".join(column.title for column in by_title.read)}
            found.flaws.append(RowFlaw(raw.title, 1, SheetFlaw.COLUMN_MISSING, params=params))
        elif raw.title:
            found.ignored.append(raw.title)
        return
    sheet, columns = head
    rows = found.sheets.setdefault(sheet, [])
    for row in raw.rows:
        if not any(row.cells):
            continue
        if len(rows) >= MAX_ROWS:
            found.flaws.append(
                RowFlaw(sheet.title, row.number, SheetFlaw.TOO_MANY_ROWS, params={"limit": f"{MAX_ROWS}"})
            )
            return
        filled = _filled(found, sheet, columns, row)
        if filled:
            rows.append(filled)


def _headings(raw: RawSheet) -> tuple[Sheet, dict[int, Column]] | None:
    """Return which sheet the first row with its headings makes of this one, and which column stands where."""
    for row in raw.rows:
        if row.number > HEAD_ROWS:
            return None
        for sheet in _by_likelihood(raw.title):
            columns = _columns(sheet, row)
            have = set(columns.values())
            needed = {column for column in sheet.read if column.key and column.name != "category"}
            if sheet is Sheet.CATEGORIES:
                needed = {sheet.columns[0], sheet.columns[2]}
            if needed <= have and any(not column.key for column in have):
                return sheet, columns
    return None


def _columns(sheet: Sheet, row: RawRow) -> dict[int, Column]:
    """Return which column of a sheet stands where in a row of headings; of two that are one the first counts."""
    known = HEADINGS[sheet]
    columns: dict[int, Column] = {}
    for place, cell in enumerate(row.cells):
        column = known.get(heading(cell)) if isinstance(cell, str) and cell.strip() else None
        if column and column not in columns.values():
            columns[place] = column
    return columns


def _by_likelihood(title: str) -> list[Sheet]:
    """Return the sheets to try, that of the title first; values before attributes, whose columns they have too."""
    order = [Sheet.CATEGORIES, Sheet.VALUES, Sheet.ATTRIBUTES, Sheet.BRANDS, Sheet.OPTIONS]
    return sorted(order, key=lambda sheet: heading(sheet.title) != heading(title))


def _filled(found: Spreadsheet, sheet: Sheet, columns: dict[int, Column], row: RawRow) -> Filled | None:
    """Return a row by its columns; None, and the flaws, when it has a cell that cannot be taken."""
    cells: dict[str, str] = {}
    flawed = False
    for place, cell in enumerate(row.cells):
        column = columns.get(place)
        if column is None or column.told:
            continue
        if isinstance(cell, SheetFlaw):
            flawed = True
            if len(found.flaws) < MAX_FLAWS:
                found.flaws.append(RowFlaw(sheet.title, row.number, cell, cell=address(place, row.number)))
        elif cell.strip():
            cells[column.name] = cell
    return None if flawed else Filled(row.number, cells)


def address(place: int, row: int) -> str:
    """Return a cell's name as spreadsheets call it: B3."""
    text, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return f"{text}{row}"
