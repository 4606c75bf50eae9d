from __future__ import annotations

import pytest
from queue_stage import (
    ANALYSED,
    LISTING,
    check_invariants,
    claimed,
    due_now,
    expire,
    hold,
    last_try,
    make_lane,
    ran,
    record,
    settle,
    shown,
    tell,
    waiting,
)

from ponte.db.clock import moment, now_ms
from ponte.db.models import Attempt, Integration, Lane, Work
from ponte.db.scope import Scope
from ponte.domain.lifecycle import Priority, Trigger
from ponte.domain.outcome import Accepted, Pending, Postponed
from ponte.domain.retry import DEAD_LETTER_SECONDS
from ponte.flows.pipeline.begin import begin
from ponte.flows.pipeline.burial import bury
from ponte.flows.pipeline.job import SUPERSEDED
from ponte.flows.remove import remove
from ponte.flows.reprocess import reprocess
from ponte.queue.work import doomed

pytestmark = pytest.mark.django_db


@pytest.fixture
def lane():
    made = make_lane()
    tell(made, "15")
    return made


# -- runners that die


def die(lane: Lane, times: int) -> None:
    """Let so many runners die over whatever is due."""
    for number in range(times):
        held = hold(lane, f"dead{number}")
        assert claimed(held, suspects=held.suspects > 0)
        expire(lane)


def test_work_left_running_is_found_by_the_next_holder_and_is_a_suspect(lane):
    die(lane, 1)
    held = hold(lane, "r2")
    assert (held.suspects, waiting(lane, "15").deaths, last_try(lane, "15").result) == (1, 1, "interrupted")
    [job] = claimed(held, suspects=True)
    assert job.claimed.deaths == 1
    settle(held, job, Accepted(LISTING))
    check_invariants()


def test_what_took_three_runners_down_is_buried_as_an_error(lane):
    die(lane, 3)
    held = hold(lane, "r4")
    dead = doomed(lane.pk)
    assert dead == [record(lane, "15").pk]
    bury(held, dead)
    row = record(lane, "15")
    assert (shown(row), row.headline_class) == (("error", "idle"), "WORKER_LOST")
    assert row.creating_since is not None
    check_invariants()


def test_what_was_buried_is_tried_again_hours_later_and_alone(lane):
    die(lane, 3)
    held = hold(lane, "r4")
    bury(held, doomed(lane.pk))
    left = waiting(lane, "15").due_at_ms - now_ms()
    assert 0.4 * DEAD_LETTER_SECONDS * 1000 < left < 1.6 * DEAD_LETTER_SECONDS * 1000
    assert abs((record(lane, "15").next_attempt_at - moment(waiting(lane, "15").due_at_ms)).total_seconds()) < 1
    expire(lane)
    assert hold(lane, "r5").suspects == 0
    due_now()
    expire(lane)
    held = hold(lane, "r6")
    assert (
        held.suspects,
        doomed(lane.pk),
        claimed(held),
        begin(held, limit=50, runner="r", suspects=True, alone=False),
    ) == (1, [], [], [])
    [job] = claimed(held, suspects=True)
    assert job.claimed.deaths == 2
    expire(lane)
    assert doomed(hold(lane, "r7").lane_id) == [job.id]
    check_invariants()


def test_a_removed_record_that_is_buried_is_shown_and_counted(lane):
    die(lane, 3)
    row = record(lane, "15")
    remove([row.pk], scope=Scope(row.store_id), actor_id=None)
    bury(hold(lane, "r4"), [row.pk])
    row.refresh_from_db()
    assert row.removed_at is None
    check_invariants()


def test_a_persons_wish_between_the_look_and_the_burial_wins(lane):
    die(lane, 3)
    held = hold(lane, "r4")
    row = record(lane, "15")
    reprocess([row.pk], scope=Scope(row.store_id), actor_id=None)
    bury(held, [row.pk])
    assert shown(record(lane, "15"))[0] == "pending"
    assert waiting(lane, "15").deaths == 0
    check_invariants()


def test_nobody_buries_in_a_lane_that_was_lost(lane):
    die(lane, 3)
    held = hold(lane, "r4")
    expire(lane)
    hold(lane, "r5")
    bury(held, [record(lane, "15").pk])
    assert shown(record(lane, "15"))[0] == "pending"


def test_results_of_a_record_that_is_gone_are_dropped(lane):
    held = hold(lane)
    [job] = claimed(held)
    Integration.objects.all().delete()
    settle(held, job, Accepted(LISTING))
    assert Integration.objects.count() == Work.objects.count() == Attempt.objects.count() == 0


def test_nothing_is_claimed_in_a_lane_that_was_lost(lane):
    held = hold(lane)
    expire(lane)
    hold(lane, "r2")
    assert claimed(held) == []


def test_nothing_due_claims_nothing(lane):
    Work.objects.update(due_at_ms=now_ms() + 60_000)
    assert claimed(hold(lane)) == []
    assert shown(record(lane, "15")) == ("pending", "queued")


def test_the_most_urgent_is_claimed_first():
    lane = make_lane()
    tell(lane, "sync", trigger=Trigger.SYNC, priority=Priority.SYNC)
    tell(lane, "live")
    tell(lane, "person", trigger=Trigger.PERSON, priority=Priority.PERSON)
    tell(lane, "retry", trigger=Trigger.RETRY, priority=Priority.RETRY)
    held = hold(lane)
    assert [job.sku for job in claimed(held, 3)] == ["person", "live", "retry"]
    assert [job.sku for job in claimed(held, 3)] == ["sync"]


# -- claimed, and the lane was stopped before its turn


def hand_back(held, job) -> None:
    settle(held, job, Postponed(SUPERSEDED), sent=False, spared=True, begun=False)


def test_what_was_claimed_and_never_begun_waits_in_its_old_place_without_a_try(lane):
    before = waiting(lane, "15")
    held = hold(lane)
    [job] = claimed(held)
    hand_back(held, job)
    row, now = record(lane, "15"), waiting(lane, "15")
    assert (shown(row), row.attempts, row.creating_since) == (("pending", "queued"), 0, None)
    assert (now.due_at_ms, now.priority, now.lease_epoch) == (before.due_at_ms, before.priority, 0)
    assert Attempt.objects.count() == 0
    check_invariants()
    [job] = claimed(held)
    settle(held, job, Accepted(LISTING))
    assert (record(lane, "15").attempts, last_try(lane, "15").number) == (1, 1)


def test_a_look_that_never_began_goes_on_waiting_for_the_marketplace(lane):
    ran(lane, "15", Pending(LISTING, ANALYSED, 60.0))
    due_now()
    held = hold(lane)
    [job] = claimed(held)
    hand_back(held, job)
    assert (shown(record(lane, "15")), waiting(lane, "15").task) == (("pending", "waiting"), "follow")
    check_invariants()


def test_a_doubt_and_a_suspicion_outlive_a_claim_that_never_began(lane):
    die(lane, 1)
    held = hold(lane, "r2")
    [job] = claimed(held, suspects=True)
    hand_back(held, job)
    assert record(lane, "15").creating_since is not None
    assert waiting(lane, "15").deaths == 1
    check_invariants()


def test_a_removed_record_that_never_began_stays_hidden(lane):
    held = hold(lane)
    [job] = claimed(held)
    row = record(lane, "15")
    remove([row.pk], scope=Scope(row.store_id), actor_id=None)
    hand_back(held, job)
    row.refresh_from_db()
    assert (shown(row), row.removed_at is not None) == (("pending", "queued"), True)
    check_invariants()


def test_a_success_whose_look_never_began_stays_a_success(lane):
    ran(lane, "15", Accepted(LISTING, follow_in=120.0))
    due_now()
    held = hold(lane)
    [job] = claimed(held)
    hand_back(held, job)
    assert shown(record(lane, "15")) == ("success", "idle")
    check_invariants()


def test_what_never_began_in_a_lane_that_was_lost_is_the_next_holders(lane):
    old = hold(lane)
    [job] = claimed(old)
    expire(lane)
    new = hold(lane, "r2")
    hand_back(old, job)
    [again] = claimed(new, suspects=True)
    settle(new, again, Accepted(LISTING))
    assert shown(record(lane, "15")) == ("success", "idle")
    check_invariants()
