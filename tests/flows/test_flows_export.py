"""Exports: the files themselves, read by real readers."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import make_attempt, make_channel, make_integration, make_store
from ponte.db.cause_filters import CauseFilters
from ponte.db.filters import Filters
from ponte.db.history import Asked
from ponte.db.models import Audit, Cause, Export, Integration
from ponte.db.scope import Scope
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.zones import zone_of
from ponte.flows.export.as_csv import Csv, safe, text_of
from ponte.flows.export.as_xlsx import Xlsx, letters, serial
from ponte.flows.export.cells import Column, Kind
from ponte.flows.export.sending import CausesAsked, FileType, Order, RecordsAsked, TooMany, begin, pieces
from spreadsheet import formulas_and_links, sheets_of

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    '=HYPERLINK("http://evil")',
    "=cmd|' /C calc'!A0",
    "\0=1",
    "http://evil.example/",
    "mailto:x@y",
    "+55 11 98765-4321",
]
COLUMNS = [Column("Nome", Kind.TEXT), Column("Tentativas", Kind.NUMBER), Column("Quando", Kind.MOMENT)]


@pytest.fixture
def channel(db):
    return make_channel(make_store())


def workbook(rows, **options) -> bytes:
    file = Xlsx(COLUMNS, "Ponte", **options)
    return file.head() + b"".join(file.rows([row]) for row in rows) + file.tail()


def order_of(channel, narrowing=None, file_type=FileType.XLSX, **more) -> Order:
    return Order(
        Scope(channel.store_id),
        narrowing or RecordsAsked(Filters()),
        file_type,
        "pt-BR",
        zone_of(more.pop("zone", "America/Sao_Paulo")),
        more.pop("query", {}),
        **more,
    )


def exported(order: Order) -> bytes:
    return b"".join(pieces(order, begin(order, actor_id=None).pk))


def rows_of_csv(data: bytes, separator=";") -> list[list[str]]:
    text = io.StringIO(data.decode("utf-8-sig"), newline="")
    return list(csv.reader(text, delimiter=separator, strict=True))


def test_f29_a_workbook_keeps_every_text_as_it_is_and_runs_none():
    """F29."""
    data = workbook([(text, -3, None) for text in FORMULAS])
    [[_, *rows]] = sheets_of(data)
    assert [row[0] for row in rows] == [text.replace("\0", "") for text in FORMULAS]
    assert {row[1] for row in rows} == {-3}
    assert formulas_and_links(data) == 0


@pytest.mark.parametrize("text", [text for text in FORMULAS if text[0] not in "hm"])
def test_f29_no_cell_of_a_csv_begins_as_a_formula(text):
    """F29."""
    assert safe(text).startswith("'")
    assert safe(text).lstrip("'\n\r\t").replace("'", "") == text.lstrip("\0\n\r\t").replace("'", "")


def test_f29_a_csv_opened_with_another_separator_has_no_formula_inside_either():
    """F29: pt-BR Excel cuts a comma file at its semicolons."""
    file = Csv(COLUMNS, ",")
    file.head()
    line = file.rows([('Camisa;=1+1;"=2+2', 1, None)]).decode()
    cells = [cell.strip('"') for cell in line.rstrip("\r\n").split(";")]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_f29_numbers_and_moments_of_a_csv_are_plain():
    assert [text_of(cell) for cell in (-3, 12.5, None, datetime(2026, 6, 11, 14, 9, 0, 7))] == [
        "-3",
        "12.5",
        "",
        "2026-06-11 14:09:00",
    ]


def test_decimals_are_as_the_excel_that_opens_the_file_writes_them():
    assert [Csv(COLUMNS, separator).rows([("Camisa", 12.5, None)]) for separator in ";,"] == [
        b"Camisa;12,5;\r\n",
        b"Camisa,12.5,\r\n",
    ]


@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_f30_a_csv_says_what_it_was_given(texts):
    """F30: RFC 4180 with a mark, whatever the text; an apostrophe may stand before what could be a formula."""
    file = Csv([Column(f"c{place}", Kind.TEXT) for place, _ in enumerate(texts)])
    data = file.head() + file.rows([texts]) + file.tail()
    assert data.startswith(b"\xef\xbb\xbf")
    _, row = rows_of_csv(data)
    assert row == [safe(text) for text in texts]


@given(st.text(max_size=200))
def test_a_workbook_gives_back_any_text(text):
    [[_, *rows]] = sheets_of(workbook([(text, 1, None)]))
    kept = "".join(char for char in text if char in "\t\n\r" or (ord(char) > 31 and char not in "\x7f\ufffe\uffff"))
    assert (rows[0][0] or "") == kept


def test_moments_are_the_spreadsheets_own():
    at = datetime(2026, 6, 11, 14, 9, 30)
    [[_, row]] = sheets_of(workbook([("a", 1, at)]))
    assert row[2] == at
    assert serial(datetime(2000, 1, 1)) == 36_526


def test_a_full_sheet_is_followed_by_another():
    sheets = sheets_of(workbook([(str(number), number, None) for number in range(5)], max_rows=3))
    assert [[row[0] for row in rows] for rows in sheets] == [["Nome", "0", "1"], ["Nome", "2", "3"], ["Nome", "4"]]


def test_columns_are_lettered_as_spreadsheets_do():
    assert [letters(place) for place in (0, 25, 26, 51, 702)] == ["A", "Z", "AA", "AZ", "AAA"]


def test_a_record_says_which_error_and_how_to_fix_it(channel):
    """What the old spreadsheet did not say: the class, the code, the field, the reason and the way out."""
    make_integration(channel, "0118204", brand="Corre", listing_id="MLB1")
    [[head, row]] = sheets_of(exported(order_of(channel)))
    told = dict(zip(head, row, strict=False))
    assert told["SKU"] == "0118204"
    assert told["EAN"] == "7909513284417"
    assert (told["Marca"], told["Canal"], told["Status"]) == ("Corre", "Mercado Livre", "Erro")
    assert (told["Classe do erro"], told["Código"]) == ("ATTRIBUTE_MISSING", "item.attributes.missing_required")
    assert told["Campo"] == "Marca"
    assert told["O que aconteceu"]
    assert told["Como corrigir"]
    assert told["Mensagem do marketplace"].startswith("The attributes [BRAND, MODEL]")
    assert (told["Tentativas"], told["Anúncio"]) == (1, "MLB1")


def test_moments_are_in_the_zone_of_the_store(channel):
    make_integration(channel)
    Integration.objects.update(requested_at=datetime(2026, 6, 11, 2, 30, tzinfo=UTC))
    [[head, row]] = sheets_of(exported(order_of(channel)))
    assert row[head.index("Solicitado em")] == datetime(2026, 6, 10, 23, 30)


def test_an_export_has_the_rows_of_its_filter_in_the_order_of_the_list(channel):
    other = make_channel(channel.store, "amz", "Amazon")
    foreign = make_channel(make_store("outraloja"))
    for place, where in enumerate((channel, channel, other, foreign)):
        make_integration(where, str(place))
    make_integration(channel, "9", "success")
    filters = Filters.from_query({"status": "error"})
    narrow = Order(
        Scope(channel.store_id, (channel.pk,)), RecordsAsked(filters), FileType.CSV, "en", zone_of("UTC"), {}
    )
    assert [row[0] for row in rows_of_csv(exported(narrow))] == ["SKU", "1", "0"]


def test_an_export_is_on_record_with_who_and_what_and_how_far(channel):
    from cast import person

    ana = person("ana", channel.store)
    for place in range(3):
        make_integration(channel, str(place))
    order = order_of(channel, query={"status": "error"})
    begun = begin(order, actor_id=ana.pk)
    assert Audit.objects.get(verb="export").detail["query"] == {"status": "error"}
    b"".join(pieces(order, begun.pk))
    export = Export.objects.get()
    assert (export.state, export.written, export.expected) == ("done", 3, 3)
    assert export.ended_at >= export.started_at


def test_f28_an_export_whose_reader_leaves_stops_and_says_so(channel, tmp_path, monkeypatch):
    """F28: nothing runs on, nothing stays on disk."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    for place in range(3):
        make_integration(channel, str(place))
    order = order_of(channel)
    begun = begin(order, actor_id=None)
    running = pieces(order, begun.pk)
    assert list(islice(running, 2))
    running.close()
    assert list(running) == []
    export = Export.objects.get()
    assert (export.state, export.ended_at is not None) == ("left", True)
    assert list(tmp_path.iterdir()) == []


def test_the_first_bytes_come_before_any_row_is_read(channel, django_assert_num_queries):
    make_integration(channel)
    order = order_of(channel, file_type=FileType.CSV)
    begun = begin(order, actor_id=None)
    running = pieces(order, begun.pk)
    with django_assert_num_queries(0):
        assert next(running).startswith(b"\xef\xbb\xbfSKU;")


def test_the_queries_do_not_grow_with_the_rows(channel, django_assert_num_queries):
    for place in range(3):
        make_integration(channel, str(place))
    order = order_of(channel)
    begun = begin(order, actor_id=None)
    with django_assert_num_queries(5):
        b"".join(pieces(order, begun.pk))


def test_a_person_has_two_exports_at_a_time(channel):
    from cast import person

    ana = person("ana", channel.store)
    order = order_of(channel)
    begun = [begin(order, actor_id=ana.pk) for _ in range(2)]
    with pytest.raises(TooMany):
        begin(order, actor_id=ana.pk)
    b"".join(pieces(order, begun[0].pk))
    begin(order, actor_id=ana.pk)


def test_the_history_is_exported_try_by_try(channel):
    found = make_integration(channel, "77")
    make_attempt(found, 1)
    make_attempt(found, 2, "accepted", status="success", problems=[])
    [[head, *rows]] = sheets_of(exported(order_of(channel, Asked())))
    told = [dict(zip(head, row, strict=False)) for row in rows]
    assert [(one["Tentativa"], one["Resultado"]) for one in told] == [(2, "Aceito"), (1, "Recusado")]
    assert {one["SKU"] for one in told} == {"77"}
    assert told[1]["Código"] == "item.attributes.missing_required"


def test_causes_are_exported_with_how_many_they_hit(channel):
    at = datetime(2026, 6, 11, 14, 9, tzinfo=UTC)
    problem = Problem(ProblemClass.ATTRIBUTE_MISSING, Stage.MARKETPLACE, subject="BRAND", code="x.y")
    Cause.objects.create(
        channel=channel,
        fingerprint="a" * 16,
        problem_class=problem.kind.name,
        stage=problem.stage,
        severity=problem.severity,
        subject=problem.subject,
        code=problem.code,
        count=3284,
        value=1_250_50,
        first_at=at,
        last_at=at,
        state_at=at,
    )
    [[head, row]] = sheets_of(exported(order_of(channel, CausesAsked(CauseFilters()))))
    told = dict(zip(head, row, strict=False))
    assert (told["Produtos afetados"], told["Valor em estoque"], told["Situação"]) == (3284, 1250.5, "Aberta")
    assert told["Primeira vez"] == datetime(2026, 6, 11, 11, 9)


def test_nothing_at_all_is_a_workbook_too(channel):
    data = exported(order_of(channel))
    [[head]] = sheets_of(data)
    assert head[0] == "SKU"
    assert zipfile.is_zipfile(io.BytesIO(data))
