"""The sheets of an XLSX file, read row by row by openpyxl, after a look at what the archive holds.

Merged cells count as people see them: each has what the merged one shows.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from ponte.domain.mapping_merge import SheetFlaw
from ponte.flows.mapping.spreadsheet import MAX_COLUMNS, MAX_LINES, RawRow, RawSheet, UnreadableError

MAX_PARTS: Final = 1_000
MAX_UNPACKED: Final = 100_000_000
MAX_MERGED: Final = 10_000
"""Merged ranges that are looked at."""
MAX_MARKS: Final = 8_000_000
"""Tags of all parts together: two million filled cells. A blank cell takes five bytes, packed next to nothing."""
MAX_TOGETHER: Final = 300_000
"""Tags of what openpyxl keeps in memory at once: one row, one text, or a whole part of another kind."""
PIECEWISE: Final = ("xl/worksheets/", "xl/sharedstrings")
PICTURES: Final = "xl/media/"
"""Nothing there is read; all else may be, whatever its name ends in."""
PIECE: Final = 1_000_000
OVERLAP: Final = 200
_DOCTYPE: Final = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_END: Final = re.compile(rb"</(?:\w+:)?(?:row|si)\s*>")
_MERGED: Final = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]{0,40}\bref=\"([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})\"")

Range = tuple[int, int, int, int]
Merged = tuple[Range, ...]


def sheets_in(content: bytes) -> Iterator[RawSheet]:
    """Yield the visible sheets. Raises `UnreadableError`."""
    merged = _inspect(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that it leaves out
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # broken files break it in any way
        raise UnreadableError(SheetFlaw.UNREADABLE, detail=type(error).__name__) from error
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                yield RawSheet(str(sheet.title), _rows(sheet, merged.get(_part(sheet), ())))
    finally:
        book.close()


def _part(sheet: Any) -> str:
    return str(getattr(sheet, "_worksheet_path", "")).lstrip("/")


def _rows(sheet: Any, merged: Merged) -> Iterator[RawRow]:
    sheet.reset_dimensions()  # what a file says of its size is not to be trusted
    shown: dict[tuple[int, int], str | SheetFlaw] = {}
    reaching = _Reaching(merged)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows = sheet.iter_rows(max_row=MAX_LINES, max_col=MAX_COLUMNS)
            for number, cells in enumerate(rows, 1):
                found = tuple(_cell(cell) for cell in cells)
                active = reaching.row(number)
                yield RawRow(number, _as_shown(number, found, active, shown) if active else found)
    except UnreadableError:
        raise
    except Exception as error:  # as above
        raise UnreadableError(SheetFlaw.UNREADABLE, detail=type(error).__name__) from error


class _Reaching:
    """Which merged ranges reach each row, asked for row by row from the top: none is looked at for all rows."""

    def __init__(self, merged: Merged) -> None:
        self._tops: dict[int, list[Range]] = defaultdict(list)
        for one in merged:
            if one[0] <= MAX_COLUMNS:
                self._tops[one[1]].append(one)
        self._active: list[Range] = []

    def row(self, number: int) -> list[Range]:
        """Return the ranges of the next row. Raises `UnreadableError` when they lie over each other."""
        self._active = [one for one in self._active if one[3] >= number] + self._tops.pop(number, [])
        if len(self._active) > MAX_COLUMNS:  # no program writes that
            raise UnreadableError(SheetFlaw.UNREADABLE, detail="mergeCell")
        return self._active


def _as_shown(
    number: int,
    cells: tuple[str | SheetFlaw, ...],
    active: Sequence[Range],
    shown: dict[tuple[int, int], str | SheetFlaw],
) -> tuple[str | SheetFlaw, ...]:
    """Give each cell of a merged range that reaches this row what its first one has."""
    out = list(cells)
    for left, top, right, _bottom in active:
        if number == top:
            shown[left, top] = out[left - 1] if left <= len(out) else ""
        out += [""] * (min(right, MAX_COLUMNS) - len(out))
        for place in range(left - 1, min(right, MAX_COLUMNS)):
            out[place] = shown.get((left, top), "")
    return tuple(out)


FLAWED: Final = {"f": SheetFlaw.FORMULA, "e": SheetFlaw.CELL_ERROR}


def _cell(cell: Any) -> str | SheetFlaw:
    if cell.data_type in FLAWED:
        return FLAWED[cell.data_type]
    match cell.value:
        case None:
            return ""
        case bool() as flag:
            return "true" if flag else "false"
        case float() as number:
            return _number(number)
        case date() | datetime() | time() | timedelta():
            return SheetFlaw.IS_DATE
        case other:
            return str(other)


def _number(value: float) -> str:
    """Return a number as people see it: spreadsheets keep fifteen digits."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"


def _inspect(content: bytes) -> dict[str, Merged]:
    """Refuse an archive that holds what it must not, or unpacks to too much; return its sheets' merged cells."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse(archive)
            marks = _Marks()
            return {
                info.filename: _merged_in(archive, info, marks)
                for info in archive.infolist()
                if not info.is_dir() and not info.filename.lower().startswith(PICTURES)
            }
    except UnreadableError:
        raise
    except Exception as error:  # what a broken archive raises has no common class
        raise UnreadableError(SheetFlaw.UNREADABLE, detail=type(error).__name__) from error


def _refuse(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    # A part is never unpacked beyond the size that the list of the archive gives.
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise UnreadableError(SheetFlaw.TOO_LARGE, limit=str(MAX_UNPACKED // 1_000_000))
    names = [part.filename.lower() for part in parts]
    if any("vbaproject" in name or name.startswith("xl/macrosheets/") for name in names):
        raise UnreadableError(SheetFlaw.MACRO)
    if any(name.startswith("xl/externallinks/") for name in names):
        raise UnreadableError(SheetFlaw.EXTERNAL_LINK)
    if "xl/workbook.xml" not in names:
        raise UnreadableError(SheetFlaw.UNREADABLE, detail="xl/workbook.xml")


class _Marks:
    """Counts tags, so that a small file of very many empty cells costs neither minutes nor gigabytes."""

    def __init__(self) -> None:
        self._all = 0
        self._together = 0

    def begin(self) -> None:
        """Begin a part."""
        self._together = 0

    def count(self, piece: bytes, *, piecewise: bool) -> None:
        """Count those of the part's next piece. Raises `UnreadableError` when they are too many."""
        self._all += piece.count(b"<")
        for at, some in enumerate(_END.split(piece) if piecewise else (piece,)):
            self._together = some.count(b"<") + (0 if at else self._together)
            if self._together > MAX_TOGETHER:
                raise UnreadableError(SheetFlaw.UNREADABLE, detail="xml")
        if self._all > MAX_MARKS:
            raise UnreadableError(SheetFlaw.UNREADABLE, detail="xml")


def _merged_in(archive: zipfile.ZipFile, info: zipfile.ZipInfo, marks: _Marks) -> Merged:
    """Return the merged ranges of one part, read in pieces; a part that declares entities is refused."""
    found: list[Range] = []
    tail = b""
    piecewise = info.filename.lower().startswith(PIECEWISE)
    marks.begin()
    with archive.open(info) as part:
        while piece := part.read(PIECE):
            marks.count(piece.replace(b"\0", b""), piecewise=piecewise)
            window = tail + piece
            if _DOCTYPE.search(window.replace(b"\0", b"")):  # UTF-16 too
                raise UnreadableError(SheetFlaw.DOCTYPE)
            found += [range_boundaries(match[1].decode()) for match in _MERGED.finditer(window)]
            tail = window[-OVERLAP:]
            if len(found) > MAX_MERGED:
                raise UnreadableError(SheetFlaw.TOO_LARGE, limit=str(MAX_MERGED))
    return tuple(dict.fromkeys(found))
