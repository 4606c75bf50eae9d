from __future__ import annotations

import json
from zoneinfo import ZoneInfo

import pytest

from factories import make_attempt, make_channel, make_integration, make_store
from ponte.db.models import BulkAction, Integration
from ponte.domain.problem import Problem, ProblemClass, Stage

pytestmark = pytest.mark.django_db

HOSTILE = "Tênis\x1b[31m\n\r\x07\u202e<script>\x9b2J"


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


def test_tries_are_told_in_the_store_s_time_and_as_json_with_what_passed(cli, channel):
    channel.store.time_zone = "America/Manaus"
    channel.store.save()
    row = make_integration(channel, "118204")
    made = make_attempt(row)
    began = made.started_at.astimezone(ZoneInfo("America/Manaus"))
    assert f"  1  {began:%Y-%m-%d %H:%M:%S} -0400  notification" in cli("show", row.pk).stdout
    [one] = json.loads(cli("show", row.pk, "--json").stdout)["tries"]
    assert (one["number"], one["exchanges"]) == (1, [])


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
