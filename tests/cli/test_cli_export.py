from __future__ import annotations

import csv
import io

import pytest

from factories import make_channel, make_integration, make_store
from ponte.db.models import Audit, Export
from spreadsheet import sheets_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel():
    return make_channel(make_store())


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def test_f30_the_export_is_csv_that_excel_opens(cli, channel, tmp_path):
    make_integration(channel, "1", name='aspas "duplas"; ponto, vírgula\nlinha 😀')
    target = tmp_path / "out.csv"
    cli("export", "--output", target)
    raw = target.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    head, row = rows_of(raw)
    assert row[head.index("Name")] == 'aspas "duplas"; ponto, vírgula\nlinha 😀'


def test_the_export_to_the_screen_is_the_same(cli, channel):
    make_integration(channel, "1")
    assert [row[0] for row in rows_of(cli("export").stdout_bytes)] == ["SKU", "1"]


def test_the_export_of_a_filter_has_only_that(cli, channel, tmp_path):
    make_integration(channel, "1")
    make_integration(channel, "2", "success")
    target = tmp_path / "out.csv"
    cli("export", "--status", "error", "--separator", ";", "--output", target)
    assert [line.split(";")[0] for line in target.read_text("utf-8-sig").splitlines()] == ["SKU", "1"]


def test_the_export_as_a_workbook_has_the_same_rows_and_is_on_record(cli, channel, tmp_path):
    make_integration(channel, "0012")
    target = tmp_path / "out.xlsx"
    cli("export", "--format", "xlsx", "--output", target)
    [rows] = sheets_of(target.read_bytes())
    assert [row[0] for row in rows] == ["SKU", "0012"]
    export = Export.objects.get()
    assert (export.state, export.written, export.file_type) == ("done", 1, "xlsx")
    assert Audit.objects.get(verb="export").target == f"export:{export.pk}"
