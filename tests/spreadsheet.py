"""Reads a workbook as a spreadsheet would: by the list of its sheets, with nothing taken for granted."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
MOMENT = "22"


def sheets_of(data: bytes) -> list[list[list[object]]]:
    """Return the rows of every sheet in the workbook's order; an empty cell is None, a moment a datetime."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        book = _xml(archive, "xl/workbook.xml")
        targets = {one.get("Id"): one.get("Target") for one in _xml(archive, "xl/_rels/workbook.xml.rels")}
        formats = [one.get("numFmtId") for one in _xml(archive, "xl/styles.xml").find(f"{MAIN}cellXfs")]
        names = [targets[one.get(RELATION)] for one in book.iter(f"{MAIN}sheet")]
        return [_rows(_xml(archive, f"xl/{name}"), formats) for name in names]


def formulas_and_links(data: bytes) -> int:
    """Count what a spreadsheet would run or follow."""
    found = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            tags = {element.tag.rpartition("}")[2] for element in ET.fromstring(archive.read(name)).iter()}
            found += len(tags & {"f", "hyperlink", "hyperlinks", "externalReference", "ddeLink"})
    return found


def _rows(sheet, formats) -> list[list[object]]:
    rows = []
    for number, row in enumerate(sheet.iter(f"{MAIN}row"), 1):
        assert row.get("r") == str(number)
        cells: list[object] = []
        for cell in row:
            place = _place(cell.get("r"), number)
            cells += [None] * (place - len(cells))
            cells.append(_value(cell, formats))
        rows.append(cells)
    return rows


def _value(cell, formats) -> object:
    if cell.get("t") == "inlineStr":
        text = "".join(part.text or "" for part in cell.iter(f"{MAIN}t"))
        return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)
    value = float(cell.find(f"{MAIN}v").text)
    if formats[int(cell.get("s", 0))] == MOMENT:
        return datetime(1899, 12, 30) + timedelta(seconds=round(value * 86_400))
    return int(value) if value == int(value) else value


def _place(reference: str, row: int) -> int:
    letters = reference.removesuffix(str(row))
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _xml(archive, name):
    return ET.fromstring(archive.read(name))
