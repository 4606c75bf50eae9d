from __future__ import annotations

import pytest
from django.utils import timezone
from queue_stage import LISTING, OFFER, make_lane, tell

from ponte.db.audit import note, note_one
from ponte.db.counts import Moves, bucket
from ponte.db.integrations import lanes_of, places_by_id, places_by_key
from ponte.db.models import Audit, Counter, Integration, Problem
from ponte.db.records import (
    listing_from_json,
    listing_to_json,
    problem_from_json,
    problem_to_json,
    provenance_to_json,
)
from ponte.db.results import MAX_PROBLEMS, Change, Ended, change_integrations, end_attempts, write_problems
from ponte.db.sql import fetch, marks, rows_of_marks, run_many
from ponte.domain import problem as domain
from ponte.domain.lifecycle import AttemptResult, Phase, Status, Verdict
from ponte.domain.offer import Provenance
from ponte.domain.problem import ProblemClass, Severity, Stage

FULL = domain.Problem(
    ProblemClass.TITLE_INVALID, Stage.SEND, "title", "c", "palavras", Severity.WARNING, {"limit": "60"}, 400
)


def test_a_problem_is_kept_whole():
    assert problem_from_json(problem_to_json(FULL)) == FULL
    assert problem_to_json(FULL)["class"] == "TITLE_INVALID"


def test_a_problem_of_a_newer_version_is_unknown_and_reads_all_the_same():
    found = problem_from_json({"class": "FROM_THE_FUTURE", "message": "x"})
    assert (found.kind, found.stage, found.severity, found.message) == (
        ProblemClass.UNKNOWN,
        Stage.MARKETPLACE,
        Severity.ERROR,
        "x",
    )


def test_a_message_is_cut_at_64_kb():
    long = domain.Problem(ProblemClass.UNKNOWN, Stage.SEND, message="x" * 100_000)
    assert len(problem_to_json(long)["message"]) == 64 * 1024


def test_a_listing_is_kept_whole():
    assert listing_from_json(listing_to_json(LISTING)) == LISTING
    assert listing_to_json(None) is None
    assert listing_from_json(None) is None
    assert listing_from_json({"id": "1"}).memory == {}


def test_provenance_is_kept_whole():
    told = provenance_to_json(Provenance("title", "name", "cut", "abc", "ab", 7))
    assert told == {"field": "title", "source": "name", "rule": "cut", "found": "abc", "sent": "ab", "line": 7}


@pytest.mark.parametrize(
    ("status", "phase", "removed", "where"),
    [
        ("pending", "queued", False, "queued"),
        ("pending", "waiting", False, "waiting"),
        ("error", "idle", False, "error"),
        ("error", "idle", True, "removed"),
    ],
)
def test_a_record_is_counted_in_one_bucket(status, phase, removed, where):
    assert bucket(status, phase, removed=removed) == where


@pytest.mark.django_db
def test_moves_that_cancel_each_other_write_nothing():
    lane = make_lane()
    moves = Moves()
    moves.move(lane.channel_id, "product", "a", "a")
    moves.move(lane.channel_id, "product", "a", "b")
    moves.move(lane.channel_id, "product", "b", "a")
    moves.write(timezone.now())
    assert Counter.objects.count() == 0
    moves.add(lane.channel_id, "product", "a", 2)
    moves.write(timezone.now())
    moves.write(timezone.now())
    assert list(Counter.objects.values_list("bucket", "count")) == [("a", 2)]


@pytest.mark.django_db
def test_questions_about_nothing_are_answered_without_asking(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert lanes_of([]) == {}
        assert places_by_id([]) == {}
        assert places_by_key([]) == {}
        run_many("never sent", [])
        end_attempts([], None)
        write_problems([], 1)
        change_integrations([], None)


@pytest.mark.django_db
def test_of_a_thousand_problems_fifty_are_kept():
    lane = make_lane()
    tell(lane, "1")
    row = Integration.objects.get()
    many = tuple(domain.Problem(ProblemClass.UNKNOWN, Stage.SEND, code=str(n)) for n in range(1_000))
    verdict = Verdict(Status.ERROR, Phase.IDLE, AttemptResult.REJECTED, problems=many)
    write_problems([Change(row.pk, verdict=verdict)] * 1, lane.channel_id)
    assert Problem.objects.count() == MAX_PROBLEMS


def test_the_status_of_a_try_is_the_last_answer():
    assert Ended(1, AttemptResult.ACCEPTED, "success", (), (), OFFER).http_status is None


def test_marks_are_for_values():
    assert (marks(3), rows_of_marks(2, 2)) == ("%s, %s, %s", "(%s, %s), (%s, %s)")


@pytest.mark.django_db
def test_who_did_what_is_written_down():
    store_id = make_lane().channel.store_id
    note("remove", [1, 2], store_id=store_id, actor_id=None)
    note_one("channel paused", "channel:mlb", store_id=store_id, actor_id=None, detail={"a": 1})
    rows = list(Audit.objects.order_by("id").values_list("verb", "target", "detail"))
    assert rows == [
        ("remove", "integration:1", {}),
        ("remove", "integration:2", {}),
        ("channel paused", "channel:mlb", {"a": 1}),
    ]


@pytest.mark.django_db
def test_marks_and_percent_signs_are_read_alike_the_first_time_and_later():
    for value in ("a", "b"):
        assert fetch("SELECT '100%%', CAST(%s AS text)", [value]) == [("100%", value)]
