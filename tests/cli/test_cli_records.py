from __future__ import annotations

import csv
import io
import json

import pytest

from factories import make_attempt, make_channel, make_integration, make_store
from ponte.cli.export import COLUMNS, safe_cell
from ponte.db.models import BulkAction, Integration
from ponte.domain.problem import Problem, ProblemClass, Stage

pytestmark = pytest.mark.django_db

HOSTILE = "Tênis\x1b[31m\n\r\x07\u202e<script>\x9b2J"
# What spreadsheets take for a formula, and what they must not.
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
    "＠SUM",
    '=HYPERLINK("http://x.example","y")',
    "=cmd|'/C calc'!A0",
    "+55 11 99999-0000",
]


@pytest.fixture
def channel():
    return make_channel(make_store())


def controls(text: str) -> list[str]:
    return [char for char in text if not char.isprintable() and char != "\n"]


def test_records_are_listed_last_changed_first(cli, channel):
    make_integration(channel, "1")
    make_integration(channel, "2", "success")
    told = cli("list").stdout.splitlines()
    assert told[0].split() == ["id", "sku", "channel", "status", "why", "name"]
    assert len(told) == 3


def test_records_are_listed_as_json_lines(cli, channel):
    made = make_integration(channel, "1")
    [line] = cli("list", "--json", "--status", "error").stdout.splitlines()
    told = json.loads(line)
    assert (told["id"], told["sku"], told["status"], told["actions"]) == (
        made.pk,
        "1",
        "error",
        ["reprocess", "remove"],
    )


def test_a_limit_and_a_filter_narrow_the_list(cli, channel):
    for number in range(5):
        make_integration(channel, str(number))
    make_integration(channel, "9", "success", removed=True)
    assert len(cli("list", "--limit", 3, "--json").stdout.splitlines()) == 3
    assert cli("list", "--status", "success", "--json").stdout == ""
    assert len(cli("list", "--removed", "--json").stdout.splitlines()) == 1
    assert len(cli("list", "--limit", 0, "--json").stdout.splitlines()) == 0
    assert len(cli("list", "--channel", "mlb", "--search", "REF-3", "--json").stdout.splitlines()) == 1


def test_c39_hostile_text_never_reaches_the_terminal_raw(cli, channel):
    problem = Problem(ProblemClass.TITLE_INVALID, Stage.MARKETPLACE, HOSTILE, HOSTILE, HOSTILE)
    row = make_integration(channel, "1", name=HOSTILE, problems=(problem,))
    make_attempt(row)
    for words in (["list"], ["show", row.pk]):
        told = cli(*words).stdout
        assert "<script>" in told
        assert controls(told) == []


def test_a_record_is_shown_with_its_reason_its_cure_and_its_tries(cli, channel):
    row = make_integration(channel, "118204")
    make_attempt(row)
    told = cli("show", row.pk).stdout
    assert "118204" in told
    assert "item.attributes.missing_required" in told
    assert "notification  rejected" in told
    assert json.loads(cli("show", row.pk, "--json").stdout)["id"] == row.pk


def test_a_record_that_is_not_there_is_one_sentence(refused, channel):
    assert refused("show", 999) == "Error: There is no record 999."


def test_a_store_must_be_named_where_there_are_several(refused, cli, channel):
    make_store("outra")
    assert "--store" in refused("list")
    assert "no store nada" in refused("list", "--store", "nada")
    assert cli("list", "--store", "outra").stdout


def test_a_wrong_date_is_one_sentence(refused, channel):
    assert "from" in refused("list", "--from", "ontem")


def test_records_are_reprocessed_and_a_success_is_refused(cli, refused, channel):
    error, success = make_integration(channel, "1"), make_integration(channel, "2", "success")
    assert cli("reprocess", error.pk).stdout.strip() == "queued 1, already queued 0, refused 0"
    assert cli("reprocess", error.pk).stdout.strip() == "queued 0, already queued 1, refused 0"
    assert str(success.pk) in refused("reprocess", success.pk)


def test_all_of_a_filter_are_reprocessed_by_an_action(cli, refused, channel):
    make_integration(channel, "1")
    assert "started" in cli("reprocess", "--status", "error", "--per-second", 5).stdout
    action = BulkAction.objects.get()
    assert (action.verb, action.selection, action.per_second) == ("reprocess", {"filter": {"status": "error"}}, 5)
    assert "filter" in refused("reprocess")
    cli("reprocess", "--status", "error", "--per-second", 0, code=2)


def test_records_are_removed_and_restored(cli, channel):
    row = make_integration(channel, "1")
    assert cli("remove", row.pk).stdout.strip() == "removed 1"
    assert Integration.objects.get().removed_at is not None
    assert cli("restore", row.pk).stdout.strip() == "restored 1"
    assert Integration.objects.get().removed_at is None
    assert "started" in cli("remove", "--status", "error").stdout
    cli("restore", code=2)


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_f30_the_export_is_csv_that_excel_opens(cli, channel, tmp_path):
    make_integration(channel, "1", name='aspas "duplas"; ponto, vírgula\nlinha 😀')
    target = tmp_path / "out.csv"
    cli("export", "--output", target)
    raw = target.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") >= 2
    head, row = rows_of(raw.decode("utf-8-sig"))
    assert tuple(head) == COLUMNS
    assert row[COLUMNS.index("name")] == 'aspas "duplas"; ponto, vírgula\nlinha 😀'


def test_the_export_to_the_screen_is_the_same(cli, channel):
    make_integration(channel, "1")
    text = cli("export").stdout
    assert [row[1] for row in rows_of(text.lstrip("\ufeff"))] == ["sku", "1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_f29_no_cell_of_the_export_is_a_formula(cli, channel, tmp_path, formula):
    make_integration(channel, "1", name=formula)
    target = tmp_path / "out.csv"
    cli("export", "--output", target)
    _, row = rows_of(target.read_bytes().decode("utf-8-sig"))
    assert row[COLUMNS.index("name")] == f"'{formula}"


@pytest.mark.parametrize("cell", ["7909513284417", "Tênis", "", None, 12])
def test_f29_ordinary_cells_are_left_alone(cell):
    assert safe_cell(cell) == ("" if cell is None else str(cell))


def test_the_export_of_a_filter_has_only_that_and_more_than_a_page(cli, channel, tmp_path):
    for number in range(205):
        make_integration(channel, str(number))
    make_integration(channel, "s", "success")
    target = tmp_path / "out.csv"
    cli("export", "--status", "error", "--output", target)
    assert len(rows_of(target.read_bytes().decode("utf-8-sig"))) == 206
