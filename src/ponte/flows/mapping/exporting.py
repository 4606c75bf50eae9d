"""A channel's mapping as a spreadsheet to fill in: what the file says, and the categories that wait for a target."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from ponte.db.gaps import unmapped_categories
from ponte.db.models import Channel
from ponte.domain.mapping_rows import Sheet, key_of, rows_of
from ponte.domain.mapping_tree import tree_of
from ponte.flows.export.as_csv import Csv
from ponte.flows.export.as_xlsx import (
    HEADING,
    LEVEL,
    MAIN,
    STYLES,
    TYPES,
    WORKBOOK,
    XML,
    content_type,
    letters,
    relations,
    xml_of,
)
from ponte.flows.export.cells import Column, Kind
from ponte.flows.facts.known_sheets import sheets_seen

Rows = Mapping[Sheet, Sequence[Mapping[str, str]]]
WIDE: Final = 32


@dataclass(frozen=True, slots=True)
class File:
    """A file to download."""

    name: str
    content_type: str
    content: bytes


def export_xlsx(channel: Channel) -> File:
    """Return the five sheets."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return File(f"{_stem(channel)}.xlsx", kind, _workbook(table_of(channel)))


def export_csv(channel: Channel, sheet: Sheet) -> File:
    """Return one sheet, with the separator of Brazil."""
    titles = [Column(column.title, Kind.TEXT) for column in sheet.columns]
    made = Csv(titles)
    rows = ([row.get(column.name, "") for column in sheet.columns] for row in table_of(channel)[sheet])
    content = made.head() + made.rows(rows)
    return File(f"{_stem(channel)}-{sheet.name.lower()}.csv", "text/csv; charset=utf-8", content)


def table_of(channel: Channel) -> Rows:
    """Return the rows of every sheet, with names for people."""
    rows = rows_of(tree_of(channel.mapping_text))
    sheets = sheets_seen(channel.pk)
    names = {category: sheet.name for category, sheet in sheets.items()}
    fields = {one.id: one.name for sheet in sheets.values() for one in sheet.fields}
    waiting = {one.category: one.name for one in unmapped_categories(channel.pk)}
    known = {key_of(Sheet.CATEGORIES, row)[0] for row in rows[Sheet.CATEGORIES]}
    rows[Sheet.CATEGORIES] += [{"category": name} for name in waiting if name not in known]
    for row in rows[Sheet.CATEGORIES]:
        row |= {"name": waiting.get(row["category"], ""), "target_name": names.get(row.get("target", ""), "")}
    for row in rows[Sheet.ATTRIBUTES]:
        row |= {"name": fields.get(row["attribute"], "")}
    return rows


def _stem(channel: Channel) -> str:
    return f"mapeamento-{channel.code}-v{channel.mapping_version}"


def _workbook(rows: Rows) -> bytes:
    out = io.BytesIO()
    paths = {f"worksheets/sheet{number}.xml": sheet for number, sheet in enumerate(Sheet, 1)}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for path, sheet in paths.items():
            archive.writestr(f"xl/{path}", _sheet(sheet, rows[sheet]))
        named = "".join(
            f'<sheet name="{escape(sheet.title)}" sheetId="{number}" r:id="rId{number}"/>'
            for number, sheet in enumerate(Sheet, 1)
        )
        archive.writestr("xl/workbook.xml", WORKBOOK.replace("{sheets}", named))
        kinds = dict.fromkeys(paths, "worksheet")
        archive.writestr("xl/_rels/workbook.xml.rels", relations({**kinds, "styles.xml": "styles"}))
        archive.writestr("xl/styles.xml", STYLES)
        archive.writestr("_rels/.rels", relations({"xl/workbook.xml": "officeDocument"}))
        parts = {"workbook.xml": "sheet.main", "styles.xml": "styles", **kinds}
        overrides = "".join(
            f'<Override PartName="/xl/{path}" ContentType="{content_type(kind)}"/>' for path, kind in parts.items()
        )
        archive.writestr("[Content_Types].xml", TYPES.replace("{overrides}", overrides))
    return out.getvalue()


def _sheet(sheet: Sheet, rows: Sequence[Mapping[str, str]]) -> str:
    places = [letters(place) for place in range(len(sheet.columns))]
    titles = "".join(
        f'<c r="{letter}1" s="{HEADING}" t="inlineStr"><is><t>{escape(column.title)}</t></is></c>'
        for letter, column in zip(places, sheet.columns, strict=True)
    )
    lines = "".join(_line(sheet, places, row, number) for number, row in enumerate(rows, 2))
    widths = f'<cols><col min="1" max="{len(places)}" width="{WIDE}" customWidth="1"/></cols>'
    return (
        f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
        f'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>{widths}'
        f'<sheetData><row r="1">{titles}</row>{lines}</sheetData>'
        f'<autoFilter ref="A1:{places[-1]}{len(rows) + 1}"/></worksheet>'
    )


def _line(sheet: Sheet, places: Sequence[str], row: Mapping[str, str], number: int) -> str:
    cells = "".join(
        xml_of(cell, letter, number)
        for letter, column in zip(places, sheet.columns, strict=True)
        if (cell := row.get(column.name, ""))
    )
    return f'<row r="{number}">{cells}</row>'
