"""An exported list as XLSX, written while it is sent.

A workbook of this kind is a ZIP of a few XML files. The libraries that write one keep it whole in memory or in a
temporary file until it is closed (openpyxl's write-only mode and XlsxWriter's constant_memory use temporary files),
which a million rows and a client that may leave do not allow. What a list needs is small: inline texts, numbers,
moments, one heading. ECMA-376 part 1, 18.3; a ZIP's parts may come in any order, so the list of sheets is last.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import IO, Final
from xml.sax.saxutils import escape

from ponte.flows.export.cells import MAX_TEXT, STARTS, Cell, Column, Row, clean

MAX_ROWS: Final = 1_048_576
"""Excel's rows of a sheet, the heading among them."""

MAX_BYTES: Final = 1_900_000_000
"""Of a sheet's XML: beyond 2 GiB a ZIP needs an extension that Excel offers to repair."""

LEVEL: Final = 1
DAY_SECONDS: Final = 86_400
EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 -- a spreadsheet's moments have no zone
PLAIN, QUOTED, MOMENT, HEADING = 0, 1, 2, 3
CARRIAGE_RETURN: Final = "_x000D_"

_ODD: Final = re.compile("[&<>\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]|_x")
"""What cannot stand as it is; most texts have nothing of it, and looking once is all they cost."""

_ESCAPED: Final = re.compile("_x(?=[0-9A-Fa-f]{4}_)")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" xfId="0"/>'
    '<xf numFmtId="49" xfId="0" applyNumberFormat="1" quotePrefix="1"/>'
    '<xf numFmtId="22" xfId="0" applyNumberFormat="1"/><xf fontId="1" xfId="0" applyFont="1"/></cellXfs></styleSheet>'
)
WORKBOOK = f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{{sheets}}</sheets></workbook>'
TYPES = (
    f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>'
)


class _Outbox:
    """Takes what the ZIP writes, to be sent: a stream that cannot go back."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def write(self, data: bytes) -> int:
        self._kept += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def taken(self) -> bytes:
        data = bytes(self._kept)
        self._kept.clear()
        return data


class Xlsx:
    """Writes rows as bytes; a full sheet is followed by another."""

    def __init__(self, columns: Sequence[Column], name: str, *, max_rows: int = MAX_ROWS) -> None:
        self._columns = columns
        self._name = name
        self._max_rows = max_rows
        self._outbox = _Outbox()
        self._zip = zipfile.ZipFile(self._outbox, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)  # type: ignore[call-overload]
        self._letters = [letters(place) for place in range(len(columns))]
        self._sheets = 0
        self._sheet: IO[bytes] | None = None
        self._row = self._bytes = 0

    def head(self) -> bytes:
        """Return the beginning of the first sheet."""
        self._open()
        return self._outbox.taken()

    def rows(self, rows: Iterable[Row]) -> bytes:
        """Return some rows; further sheets begin where one is full."""
        lines: list[str] = []
        for row in rows:
            if self._row >= self._max_rows or self._bytes >= MAX_BYTES:
                self._write("".join(lines))
                lines.clear()
                self._close()
                self._open()
            self._row += 1
            lines.append(self._line(row))
        self._write("".join(lines))
        return self._outbox.taken()

    def tail(self) -> bytes:
        """Return the end of the last sheet and what makes a workbook of them."""
        self._close()
        for path, text in self._parts():
            self._zip.writestr(path, text)
        self._zip.close()
        return self._outbox.taken()

    def _open(self) -> None:
        self._sheets += 1
        self._sheet = self._zip.open(f"xl/worksheets/sheet{self._sheets}.xml", "w")
        self._bytes, self._row = 0, 1
        widths = "".join(
            f'<col min="{place}" max="{place}" width="{column.kind.value}" customWidth="1"/>'
            for place, column in enumerate(self._columns, 1)
        )
        titles = "".join(
            f'<c r="{letter}1" s="{HEADING}" t="inlineStr"><is><t>{escape(column.title)}</t></is></c>'
            for letter, column in zip(self._letters, self._columns, strict=True)
        )
        self._write(
            f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
            'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f'<cols>{widths}</cols><sheetData><row r="1">{titles}</row>'
        )

    def _close(self) -> None:
        assert self._sheet is not None
        self._write(f'</sheetData><autoFilter ref="A1:{self._letters[-1]}{self._row}"/></worksheet>')
        self._sheet.close()

    def _write(self, text: str) -> None:
        assert self._sheet is not None
        data = text.encode()
        self._bytes += len(data)
        self._sheet.write(data)

    def _line(self, row: Row) -> str:
        number = self._row
        cells = [
            xml_of(cell, letter, number)
            for letter, cell in zip(self._letters, row, strict=True)
            if cell is not None and cell != ""
        ]
        return f'<row r="{number}">{"".join(cells)}</row>'

    def _parts(self) -> Iterable[tuple[str, str]]:
        numbers = range(1, self._sheets + 1)
        sheets = {f"worksheets/sheet{number}.xml": "worksheet" for number in numbers}
        named = "".join(f'<sheet name="{self._title(n)}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
        yield "xl/workbook.xml", WORKBOOK.replace("{sheets}", named)
        yield "xl/_rels/workbook.xml.rels", relations({**sheets, "styles.xml": "styles"})
        yield "xl/styles.xml", STYLES
        yield "_rels/.rels", relations({"xl/workbook.xml": "officeDocument"})
        parts = {"workbook.xml": "sheet.main", "styles.xml": "styles", **sheets}
        overrides = "".join(
            f'<Override PartName="/xl/{path}" ContentType="{content_type(kind)}"/>' for path, kind in parts.items()
        )
        yield "[Content_Types].xml", TYPES.replace("{overrides}", overrides)

    def _title(self, number: int) -> str:
        return escape(self._name if number == 1 else f"{self._name} {number}")


def xml_of(cell: Cell, letter: str, number: int) -> str:
    """Return a cell. A text is always one, whatever it begins with; one that could be a formula says it is quoted."""
    match cell:
        case str():
            text = xml_text(cell) if len(cell) > MAX_TEXT or _ODD.search(cell) else cell
            style = f' s="{QUOTED}"' if text[:1] in STARTS or text.startswith(CARRIAGE_RETURN) else ""
            space = ' xml:space="preserve"' if text != text.strip() else ""
            return f'<c r="{letter}{number}"{style} t="inlineStr"><is><t{space}>{text}</t></is></c>'
        case datetime():
            return f'<c r="{letter}{number}" s="{MOMENT}"><v>{serial(cell):.6f}</v></c>'
        case _:
            return f'<c r="{letter}{number}"><v>{cell}</v></c>'


def xml_text(text: str) -> str:
    """Return a text as XML, with what XML does not have written as ECMA-376 (22.9.2.19) does."""
    return escape(_ESCAPED.sub("_x005F_x", clean(text))).replace("\r", CARRIAGE_RETURN)


def serial(at: datetime) -> float:
    """Return a local moment as spreadsheets count: days since the end of 1899."""
    return (at - EPOCH).total_seconds() / DAY_SECONDS


def letters(place: int) -> str:
    """Return a column's letters: A, B, ... Z, AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def content_type(of: str) -> str:
    """Return the content type of a part ("worksheet")."""
    return f"application/vnd.openxmlformats-officedocument.spreadsheetml.{of}+xml"


def relations(targets: Mapping[str, str]) -> str:
    """Return a list of relations: what each target is."""
    inside = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{path}"/>'
        for number, (path, kind) in enumerate(targets.items(), 1)
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'
