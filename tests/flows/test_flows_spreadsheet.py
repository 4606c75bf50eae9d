"""Uploaded spreadsheets, whatever they are. Rows F31 and F32 of the bad-inputs catalogue are named in the tests."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories import make_channel, make_store
from ponte.domain.mapping_merge import SheetFlaw
from ponte.domain.mapping_rows import Sheet
from ponte.domain.mapping_tree import tree_of
from ponte.flows.mapping import spreadsheet, xlsx_reading
from ponte.flows.mapping.exporting import export_csv, export_xlsx
from ponte.flows.mapping.importing import import_mapping
from ponte.flows.mapping.spreadsheet import UnreadableError, read_spreadsheet

MAPPING = """version: 1
categories:
  "118": MLB1  # tênis
  "=1+1": MLB2
default_category: MLB9
attributes:
  COLOR:
    from: [specification:Cor, brand]
    values: {Areia: Bege, "-1": "@x", "+55": "'x"}
  AGE: {ignore: true}
brands: {Água: ÁGUA}
units: {H: {from: cm, to: mm, decimals: 1}}
price: {add: 3.90}
"""
HEAD = "Categoria VTEX;Categoria do marketplace\r\n"


def workbook(**sheets):
    """Return an XLSX made by another program; a sheet is rows of cells."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


def bytes_of(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_parts(content, more):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**parts, **more})


def codes(found):
    return [flaw.code for flaw in found.flaws]


def cells(found, sheet=Sheet.CATEGORIES):
    return [(row.number, dict(row.cells)) for row in found.sheets.get(sheet, [])]


CATEGORIES = [["Categoria VTEX", "Categoria do marketplace"], ["118", "MLB1"]]


@pytest.mark.django_db
def test_an_export_comes_back_as_no_change():
    channel = make_channel(make_store())
    channel.mapping_text = MAPPING
    for content in (export_xlsx(channel).content, *(export_csv(channel, sheet).content for sheet in Sheet)):
        done = import_mapping(MAPPING, content)
        assert (done.merged.flaws, done.merged.changes, done.merged.text) == ((), (), MAPPING)
    assert import_mapping(MAPPING, export_xlsx(channel).content, whole=True).merged.changes == ()


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
@pytest.mark.django_db
def test_the_export_is_a_workbook_that_another_program_reads():
    channel = make_channel(make_store())
    channel.mapping_text = MAPPING
    book = openpyxl.load_workbook(io.BytesIO(export_xlsx(channel).content))
    assert book.sheetnames == ["Categorias", "Atributos", "Valores", "Marcas", "Opções"]
    assert [cell.value for cell in book["Valores"][3]] == [None, "COLOR", "-1", "@x"]
    assert book["Categorias"]["A3"].data_type == "s", "a text, whatever it begins with"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_f31_a_csv_is_read_in_the_letters_and_with_the_separator_it_has(encoding, separator):
    text = "Marca na VTEX;Marca no marketplace\r\nÁgua & Cão;ÁGUA\r\n\r\n;\r\nNike;NIKE\r\n".replace(";", separator)
    found = read_spreadsheet(text.encode(encoding))
    assert codes(found) == []
    assert cells(found, Sheet.BRANDS) == [
        (2, {"found": "Água & Cão", "sent": "ÁGUA"}),
        (5, {"found": "Nike", "sent": "NIKE"}),
    ]


@pytest.mark.parametrize(
    "head",
    [
        "Categoria VTEX;Categoria do marketplace",
        "CATEGORIA VTEX (CODIGO);Nome na VTEX;categoria marketplace",
        "vtex_category;marketplace_category",
        "Minha planilha\n\n anotações ; Categoria  VTEX ; Categoria do Marketplace",
    ],
)
def test_f31_headings_are_known_in_several_forms_and_further_columns_are_left_aside(head):
    place = 1 if "anotações" in head else 0
    last = head.splitlines()[-1].count(";")
    row = ["x"] * (last + 1)
    row[place], row[last] = "118", "MLB1"
    found = read_spreadsheet(f"{head}\n{';'.join(row)}\n".encode())
    assert [row for _, row in cells(found)] == [{"category": "118", "target": "MLB1"}]


def test_f31_more_rows_than_can_be_are_refused_with_the_line():
    body = HEAD + "".join(f"{number};M\n" for number in range(200_001))
    found = read_spreadsheet(body.encode())
    assert [(flaw.code, flaw.row) for flaw in found.flaws] == [(SheetFlaw.TOO_MANY_ROWS, 200_002)]
    assert import_mapping(MAPPING, body.encode()).merged.text == MAPPING


def test_f31_one_wrong_row_and_nothing_is_taken():
    done = import_mapping(MAPPING, (HEAD + "1;MLB1\n;MLB2\n1;MLB3\n").encode())
    assert [(flaw.sheet, flaw.row, flaw.code) for flaw in done.merged.flaws] == [
        ("Categorias", 3, SheetFlaw.KEY_MISSING),
        ("Categorias", 4, SheetFlaw.REPEATED),
    ]
    assert done.merged.text == MAPPING


def test_a_formula_an_error_and_a_date_are_refused_with_the_cells_address():
    book = workbook(Categorias=[*CATEGORIES, ["=1+1", "MLB1"], ["5", "#N/A"], [date(2026, 1, 2), "MLB1"]])
    found = read_spreadsheet(bytes_of(book))
    assert [(flaw.cell, flaw.code) for flaw in found.flaws] == [
        ("A3", SheetFlaw.FORMULA),
        ("B4", SheetFlaw.CELL_ERROR),
        ("A5", SheetFlaw.IS_DATE),
    ]
    csv = read_spreadsheet((HEAD + "=1+1;MLB1\n").encode())
    assert [(flaw.cell, flaw.code) for flaw in csv.flaws] == [("A2", SheetFlaw.FORMULA)]


def test_a_formula_in_a_column_of_somebodys_own_is_nobodys_business():
    head = [*CATEGORIES[0], "minha conta"]
    assert codes(read_spreadsheet(bytes_of(workbook(Categorias=[head, ["118", "MLB1", "=1+1"]])))) == []


def test_numbers_are_read_as_people_see_them():
    book = workbook(Opções=[["Opção", "Valor"], ["price.add", 0.1 + 0.2], ["stock.cap", 118.0]])
    assert [row["value"] for _, row in cells(read_spreadsheet(bytes_of(book)), Sheet.OPTIONS)] == ["0.3", "118"]


def test_merged_cells_count_in_all_their_rows_and_empty_rows_in_none():
    book = workbook(
        Valores=[["Atributo", "Valor na VTEX", "Valor no marketplace"], ["COLOR", "a", "A"], [], [None, "b", "B"]]
    )
    book["Valores"].merge_cells("A2:A4")
    found = read_spreadsheet(bytes_of(book))
    rows = [(number, row.get("found")) for number, row in cells(found, Sheet.VALUES) if "found" in row]
    assert rows == [(2, "a"), (4, "b")]
    assert {row["attribute"] for _, row in cells(found, Sheet.VALUES)} == {"COLOR"}


def test_a_merged_column_over_an_empty_row_adds_no_flaw():
    book = workbook(Valores=[["Atributo", "Valor na VTEX", "Valor no marketplace"], ["COLOR", "a", "A"], []])
    book["Valores"].merge_cells("A2:A3")
    assert import_mapping(MAPPING, bytes_of(book)).merged.flaws == ()


def test_hidden_and_foreign_sheets_are_left_aside_and_told():
    book = workbook(Categorias=CATEGORIES, Rascunho=[["oi"]], Marcas=[["Marca na VTEX", "Marca no marketplace"]])
    book["Marcas"].sheet_state = "hidden"
    found = read_spreadsheet(bytes_of(book))
    assert (found.ignored, list(found.sheets)) == (["Rascunho"], [Sheet.CATEGORIES])


def test_one_of_our_sheets_without_its_columns_is_an_error():
    found = read_spreadsheet(bytes_of(workbook(Categorias=[["Categoria VTEX"], ["118"]])))
    assert codes(found) == [SheetFlaw.COLUMN_MISSING]


def test_f32_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    bomb = with_parts(bytes_of(workbook(Categorias=CATEGORIES)), {"xl/media/x.xml": b"0" * 120_000_000})
    assert len(bomb) < 1_000_000
    monkeypatch.setattr(xlsx_reading, "load_workbook", None)
    assert codes(read_spreadsheet(bomb)) == [SheetFlaw.TOO_LARGE]
    many = with_parts(bytes_of(workbook(Categorias=CATEGORIES)), {f"xl/{number}": b"" for number in range(1_001)})
    assert codes(read_spreadsheet(many)) == [SheetFlaw.TOO_LARGE]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("xl/worksheets/sheet1.xml", b"<row>" + b"<c/>" * 400_000 + b"</row>"),
        ("xl/worksheets/sheet1.xml", (b"<row>" + b"<c/>" * 60 + b"</row>") * 140_000),
        ("xl/worksheets/sheet1.xml", b"<\0c\0/\0>\0" * 400_000),
        ("xl/sharedStrings.xml", b"<si>" + b"<r/>" * 400_000 + b"</si>"),
        ("xl/styles.xml", b"<cellXfs>" + b"<xf/></row>" * 200_000 + b"</cellXfs>"),
    ],
    ids=["one row", "many blank cells", "in two bytes a letter", "one text", "styles"],
)
def test_f32_a_small_file_of_very_many_tags_is_refused_before_it_is_parsed(monkeypatch, name, content):
    """A row of eleven million blank cells packs to 44 kB, and took openpyxl half a minute and 3 GB."""
    bomb = with_parts(bytes_of(workbook(Categorias=CATEGORIES)), {name: content})
    assert len(bomb) < 200_000
    monkeypatch.setattr(xlsx_reading, "load_workbook", None)
    [flaw] = read_spreadsheet(bomb).flaws
    assert (flaw.code, flaw.params) == (SheetFlaw.UNREADABLE, {"detail": "xml"})


def test_a_large_mapping_is_not_taken_for_one():
    rows = [[f"{number}", f"MLB{number}", "x", "y"] for number in range(20_000)]
    found = read_spreadsheet(bytes_of(workbook(Categorias=[*CATEGORIES[:1], *rows])))
    assert len(found.sheets[Sheet.CATEGORIES]) == 20_000


def test_f32_an_archive_that_lies_about_its_size_is_unreadable():
    content = bytearray(bytes_of(workbook(Categorias=CATEGORIES)))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    at = content.rfind(size.to_bytes(4, "little"))
    content[at : at + 4] = (3).to_bytes(4, "little")
    assert codes(read_spreadsheet(bytes(content))) == [SheetFlaw.UNREADABLE]


@pytest.mark.parametrize(
    ("name", "code"),
    [("xl/vbaProject.bin", SheetFlaw.MACRO), ("xl/externalLinks/externalLink1.xml", SheetFlaw.EXTERNAL_LINK)],
)
def test_f32_macros_and_links_to_other_files_are_refused(name, code):
    assert codes(read_spreadsheet(with_parts(bytes_of(workbook(Categorias=CATEGORIES)), {name: b"<x/>"}))) == [code]


def test_f32_entities_are_refused_wherever_they_stand():
    xxe = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst><si><t>&e;</t></si></sst>'
    for name in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"):
        found = read_spreadsheet(with_parts(bytes_of(workbook(Categorias=CATEGORIES)), {name: xxe}))
        assert codes(found) == [SheetFlaw.DOCTYPE]
    wide = xxe.decode().replace("1.0", '1.0" encoding="utf-16').encode("utf-16")
    for name, content in (("xl/sharedStrings.xml", wide), ("xl/worksheets/sheet1.dat", xxe)):
        found = read_spreadsheet(with_parts(bytes_of(workbook(Categorias=CATEGORIES)), {name: content}))
        assert codes(found) == [SheetFlaw.DOCTYPE]
    late = b"<sst>" + b" " * (xlsx_reading.PIECE - 8) + b"<!DOCTYPE x></sst>"
    found = read_spreadsheet(with_parts(bytes_of(workbook(Categorias=CATEGORIES)), {"xl/sharedStrings.xml": late}))
    assert codes(found) == [SheetFlaw.DOCTYPE]


def test_f32_merged_cells_that_lie_over_each_other_are_refused_before_they_cost_anything():
    """Ten thousand ranges of a million rows each would be looked at for every row."""
    ranges = "".join(f'<mergeCell ref="A{top}:B1048576"/>' for top in range(2, 5_000))
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>x</t></is></c></row>' for row in range(1, 5_000)
    )
    part = f"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData>
        <mergeCells>{ranges}</mergeCells></worksheet>"""
    content = with_parts(bytes_of(workbook(Categorias=CATEGORIES)), {"xl/worksheets/sheet1.xml": part.encode()})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        merged = xlsx_reading._merged_in(archive, archive.getinfo("xl/worksheets/sheet1.xml"), xlsx_reading._Marks())
    assert len(merged) == 4_998
    with pytest.raises(UnreadableError):
        [*next(xlsx_reading.sheets_in(content)).rows]


def test_f32_old_locked_and_broken_files_are_refused_in_words():
    whole = bytes_of(workbook(Categorias=CATEGORIES))
    assert codes(read_spreadsheet(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) == [SheetFlaw.OLD_EXCEL]
    assert codes(read_spreadsheet(whole[:400])) == [SheetFlaw.UNREADABLE]
    assert codes(read_spreadsheet(zipped({"a.txt": b"x"}))) == [SheetFlaw.UNREADABLE]
    assert codes(read_spreadsheet(b"")) == [SheetFlaw.NO_SHEET]
    assert codes(read_spreadsheet(b"a;b\x81\n")) == [SheetFlaw.ENCODING]
    assert codes(read_spreadsheet(b"x" * (spreadsheet.MAX_FILE + 1))) == [SheetFlaw.TOO_LARGE]


def test_a_sheet_that_claims_a_far_cell_costs_nothing():
    book = workbook(Categorias=CATEGORIES)
    book["Categorias"]["XFD9"] = "x"
    book["Categorias"]["A1048576"] = "7"
    book["Categorias"]["B1048576"] = "MLB7"
    found = read_spreadsheet(bytes_of(book))
    assert [number for number, _ in cells(found)] == [2, 1_048_576]


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_bytes_break_the_reading(content):
    read_spreadsheet(content)
    read_spreadsheet(b"PK" + content)
    assert import_mapping(MAPPING, HEAD.encode() + content).merged is not None


def test_a_cell_of_a_csv_may_hold_separators_and_line_breaks():
    found = read_spreadsheet((HEAD + '"a;b\nc";"M ""1"""\nx;Y\n').encode())
    assert cells(found) == [(2, {"category": "a;b\nc", "target": 'M "1"'}), (4, {"category": "x", "target": "Y"})]


def test_the_whole_spreadsheet_takes_out_what_it_does_not_have_only_in_its_sheets():
    done = import_mapping(MAPPING, (HEAD + "118;MLB1\n").encode(), whole=True)
    tree = tree_of(done.merged.text)
    assert tree["categories"] == {"118": "MLB1"}
    assert "default_category" not in tree
    assert tree["brands"] == {"Água": "ÁGUA"}
