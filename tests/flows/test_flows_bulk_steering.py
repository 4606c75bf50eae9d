"""Actions on many while they run: what is tried first, what is taken back, what live changes do, who may how much."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import queue_stage
from django.db import connection
from django.db.models import F
from django.utils import timezone
from queue_stage import (
    BAD_TITLE,
    CUT,
    DOWN,
    LISTING,
    check_invariants,
    due_now,
    hold,
    make_lane,
    make_store,
    record,
    settle,
    tell,
    waiting,
    work,
)

from ponte.db.models import ActionCount, ActionState, Audit, BulkAction, Channel, Integration, Lane, Role, Work
from ponte.db.scope import Scope
from ponte.domain.outcome import Accepted, Postponed, Rejected
from ponte.flows import bulk
from ponte.flows.bulk import steps
from ponte.flows.bulk.limits import CEILINGS, TooManyError
from ponte.flows.channels.store_pause import pause_all, resume_all
from ponte.flows.pipeline.begin import begin
from ponte.flows.remove import remove
from ponte.flows.reprocess import reprocess
from ponte.queue import lanes
from ponte.queue.work import due

pytestmark = pytest.mark.django_db
FAR = 10**12
REPROCESS = {"filter": {"status": "error"}}


@pytest.fixture
def lane():
    """Eight errors, one alert and a success."""
    made = make_lane()
    for number in range(8):
        tell(made, str(number))
        ran(made, str(number), Rejected((BAD_TITLE,)))
    alert, fine = replace(LISTING, id="MLB-alert"), replace(LISTING, id="MLB-fine")
    for sku, outcome in (("alert", Accepted(alert, (CUT,))), ("fine", Accepted(fine))):
        tell(made, sku)
        ran(made, sku, outcome)
    return made


def start(lane, verb="reprocess", selection=None, **values) -> BulkAction:
    scope = Scope(lane.channel.store_id)
    return bulk.start(scope=scope, actor_id=None, verb=verb, selection=selection or REPROCESS, **values)


def ran(lane, sku, outcome) -> Integration:
    """Bring one waiting SKU through one run; the others wait on."""
    others = Work.objects.exclude(integration__sku=sku)
    others.update(due_at_ms=F("due_at_ms") + FAR)
    done = queue_stage.ran(lane, sku, outcome)
    Work.objects.filter(due_at_ms__gt=FAR * 2).update(due_at_ms=F("due_at_ms") - FAR)
    return done


def again(action: BulkAction) -> BulkAction:
    BulkAction.objects.update(lease_until_ms=0)
    bulk.step()
    action.refresh_from_db()
    return action


def steered(move, action: BulkAction) -> BulkAction:
    return move(action.pk, store_id=action.store_id, actor_id=None)


def states() -> dict[str, tuple[str, str]]:
    return {row.sku: (row.status, row.phase) for row in Integration.objects.all()}


# -- try the first few


def test_the_first_few_are_tried_and_the_rest_waits_for_them(lane):
    action = again(start(lane, trial=3))
    again(action)
    assert (action.state, action.queued, Work.objects.count()) == (ActionState.TRYING, 3, 3)


def test_when_all_of_the_first_fail_again_the_action_stands_still_and_says_why(lane):
    action = again(start(lane, trial=3))
    for sku in ("0", "1", "2"):
        ran(lane, sku, Rejected((BAD_TITLE,)))
    again(action)
    assert (action.state, action.reason, action.queued) == (ActionState.PAUSED, "trial_failed", 3)
    assert Work.objects.count() == 0
    check_invariants()


def test_a_person_may_let_the_rest_follow_all_the_same_and_the_first_are_not_sent_twice(lane):
    action = again(start(lane, trial=3))
    for sku in ("0", "1", "2"):
        ran(lane, sku, Rejected((BAD_TITLE,)))
    steered(bulk.resume, again(action))
    again(action)
    assert (action.state, action.queued) == (ActionState.DONE, 8)
    assert sorted(row.integration.sku for row in Work.objects.all()) == ["3", "4", "5", "6", "7"]


def test_when_one_of_the_first_goes_well_the_rest_follows_by_itself(lane):
    action = again(start(lane, trial=3))
    ran(lane, "0", Rejected((BAD_TITLE,)))
    ran(lane, "1", Accepted(LISTING))
    again(action)
    assert action.state == ActionState.TRYING, "the third has no result yet"
    ran(lane, "2", Rejected((BAD_TITLE,)))
    again(action)
    again(action)
    assert (action.state, action.queued) == (ActionState.DONE, 8)


def test_an_action_paused_while_it_tries_goes_on_trying(lane):
    action = again(start(lane, trial=3))
    steered(bulk.pause, action)
    again(action)
    assert Work.objects.count() == 0
    assert steered(bulk.resume, action).state == ActionState.TRYING
    again(action)
    assert (action.queued, Work.objects.count()) == (3, 3)


def test_a_trial_of_as_many_as_there_are_is_no_trial(lane):
    assert start(lane, trial=8).state == ActionState.RUNNING


# -- what was queued is taken back


def test_pausing_gives_back_what_nobody_has_begun_as_it_was(lane):
    before = {row.sku: (row.status, row.updated_at, row.fingerprint) for row in Integration.objects.all()}
    action = again(start(lane, selection={"filter": {}}))
    assert Work.objects.count() == 9
    assert steered(bulk.pause, action).state == ActionState.PAUSED
    again(action)
    assert Work.objects.count() == 0
    assert {row.sku: (row.status, row.updated_at, row.fingerprint) for row in Integration.objects.all()} == before
    assert (action.queued, action.done) == (0, 0)
    check_invariants()


def test_from_the_moment_of_the_pause_nothing_more_of_it_is_begun(lane):
    action = again(start(lane))
    steered(bulk.pause, action)
    assert due(lane.pk, 50) == []


def test_what_runs_when_the_action_is_cancelled_ends_and_counts(lane):
    action = again(start(lane))
    held = hold(lane)
    [job] = begin(held, limit=1, runner="r1", suspects=False)
    steered(bulk.cancel, action)
    again(action)
    assert (action.state, action.ended_at, Work.objects.count()) == (ActionState.CANCELLED, None, 1)

    settle(held, job, Accepted(LISTING))
    again(action)
    assert action.ended_at is not None
    assert dict(ActionCount.objects.values_list("outcome", "count")) == {"success": 1}
    check_invariants()


def test_a_change_that_vtex_told_of_meanwhile_is_sent_whatever_becomes_of_the_action(lane):
    action = again(start(lane))
    tell(lane, "3")
    steered(bulk.cancel, action)
    again(action)
    assert [row.integration.sku for row in Work.objects.all()] == ["3"]
    assert states()["3"] == ("pending", "queued")
    again(action)
    assert action.ended_at is not None
    check_invariants()


def test_a_record_that_waited_for_its_next_try_goes_on_waiting_after_a_cancel(lane):
    tell(lane, "slow")
    ran(lane, "slow", Postponed(DOWN))
    action = again(start(lane, selection={"filter": {}}))
    steered(bulk.cancel, action)
    again(action)
    assert states()["slow"] == ("pending", "queued")
    assert waiting(lane, "slow").action_id is None
    check_invariants()


def test_after_a_pause_the_rest_is_queued_and_what_has_its_result_is_left_alone(lane):
    action = again(start(lane, selection={"ids": [record(lane, sku).pk for sku in ("0", "1", "2")]}))
    ran(lane, "1", Rejected((BAD_TITLE,)))
    steered(bulk.pause, action)
    again(action)
    steered(bulk.resume, action)
    again(action)
    assert sorted(row.integration.sku for row in Work.objects.all()) == ["0", "2"]
    assert action.queued == 3
    check_invariants()


def test_an_action_that_is_all_queued_can_still_be_cancelled_until_its_last_result(lane):
    action = again(start(lane))
    assert action.state == ActionState.DONE
    for sku in map(str, range(8)):
        ran(lane, sku, Rejected((BAD_TITLE,)))
    assert steered(bulk.cancel, action).state == ActionState.DONE


def test_the_pace_of_a_running_action_can_be_changed(lane):
    action = again(start(lane, per_second=2))
    bulk.set_pace(action.pk, None, store_id=action.store_id, actor_id=None)
    again(action)
    assert (action.queued, action.per_second, action.state) == (8, None, ActionState.DONE)


# -- beside others


def test_live_changes_overtake_what_an_action_queued_and_a_person_overtakes_both(lane):
    again(start(lane))
    tell(lane, "new")
    assert due(lane.pk, 1) == [record(lane, "new").pk]
    one = record(lane, "5")
    reprocess([one.pk], scope=Scope(one.store_id), actor_id=None)
    assert due(lane.pk, 1) == [one.pk]


def test_f05_two_actions_on_the_same_records_make_one_job_each_and_the_second_says_so(lane):
    first, second = start(lane), start(lane, selection={"ids": [record(lane, sku).pk for sku in ("0", "1")]})
    again(first)
    again(second)
    assert (first.queued, second.already, Work.objects.count()) == (8, 2, 8)
    ran(lane, "0", Accepted(LISTING))
    assert dict(ActionCount.objects.values_list("action_id", "count")) == {second.pk: 1}


def test_f06_what_one_removes_while_another_reprocesses_is_removed_and_its_result_is_kept(lane):
    action = start(lane)
    one = record(lane, "2")
    again(action)
    remove([one.pk], scope=Scope(one.store_id), actor_id=None)
    ran(lane, "2", Accepted(LISTING))
    one.refresh_from_db()
    assert (one.status, one.removed_at is not None, one.tries.count()) == ("success", True, 2)
    check_invariants()


def test_f20_ids_of_another_store_are_neither_queued_nor_removed(lane):
    other = make_lane(make_store("outra"))
    tell(other, "1")
    theirs = ran(other, "1", Rejected((BAD_TITLE,)))
    mine = record(lane, "1")
    for verb in ("reprocess", "remove"):
        assert again(start(lane, verb, {"ids": [theirs.pk, mine.pk]})).done == 1
    theirs.refresh_from_db()
    assert (theirs.status, theirs.removed_at) == ("error", None)


def test_a_person_limited_to_a_channel_acts_on_no_other(lane):
    other = make_lane(lane.channel.store, "vtx")
    tell(other, "9")
    ran(other, "9", Rejected((BAD_TITLE,)))
    scope = Scope(lane.channel.store_id, (other.channel_id,))
    action = again(bulk.start(scope=scope, actor_id=None, verb="reprocess", selection=REPROCESS))
    assert (action.queued, work(lane, "1")) == (1, None)
    assert waiting(other, "9").action_id == action.pk


# -- once


def test_f01_the_same_form_sent_twice_is_one_action(lane):
    first, second = start(lane, request_key="k1"), start(lane, request_key="k1")
    assert first.pk == second.pk
    assert Audit.objects.filter(verb="bulk reprocess").count() == 1


@pytest.mark.django_db(transaction=True)
def test_f02_the_same_form_sent_many_times_at_once_is_one_action(lane):
    def press(_: int) -> int:
        try:
            return start(lane, request_key="k1").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(press, range(16)))
    assert len(made) == BulkAction.objects.count() == 1


def test_undoing_twice_is_one_undoing_and_brings_back_just_what_the_action_removed(lane):
    by_hand = record(lane, "0")
    remove([by_hand.pk], scope=Scope(by_hand.store_id), actor_id=None)
    action = again(start(lane, "remove"))
    assert action.done == 7
    later = record(lane, "alert")
    remove([later.pk], scope=Scope(later.store_id), actor_id=None)
    first, second = steered(bulk.undo, action), steered(bulk.undo, action)
    assert first.pk == second.pk
    again(first)
    again(first)
    assert (first.state, first.done) == (ActionState.DONE, 7)
    gone = Integration.objects.exclude(removed_at=None).values_list("sku", flat=True)
    assert sorted(gone) == ["0", "alert"]
    check_invariants()


def test_what_came_back_by_itself_is_not_undone_again(lane):
    action = again(start(lane, "remove"))
    tell(lane, "3")
    ran(lane, "3", Rejected((BAD_TITLE,)))
    assert record(lane, "3").removed_at is None
    undone = again(steered(bulk.undo, action))
    assert undone.done == 7
    check_invariants()


# -- how many


def test_an_operator_may_not_begin_more_than_the_ceiling(lane, monkeypatch):
    monkeypatch.setitem(CEILINGS, Role.OPERATOR, 7)
    with pytest.raises(TooManyError):
        start(lane, role=Role.OPERATOR)
    assert not BulkAction.objects.exists()
    assert start(lane, role=Role.MANAGER).planned == 8
    assert start(lane, role=Role.ADMIN).planned == 8


def test_the_successes_of_a_selection_do_not_count_for_the_ceiling_of_a_reprocess(lane, monkeypatch):
    monkeypatch.setitem(CEILINGS, Role.OPERATOR, 9)
    assert start(lane, selection={"filter": {}}, role=Role.OPERATOR).planned == 9
    with pytest.raises(TooManyError):
        start(lane, "remove", {"filter": {}}, role=Role.OPERATOR)


def test_only_what_changed_since_its_error_is_reprocessed_when_asked_so(lane):
    Integration.objects.update(requested_at=F("processed_at"))
    action = again(start(lane, selection={**REPROCESS, "changed_only": True}))
    assert (action.planned, action.state) == (0, ActionState.DONE)
    Channel.objects.update(mapping_at=timezone.now())
    action = again(start(lane, selection={**REPROCESS, "changed_only": True}))
    assert (action.planned, action.queued) == (8, 8)


def test_the_last_days_of_a_filter_are_days_of_the_calendar_once_it_began(lane):
    action = start(lane, selection={"filter": {"status": "error", "period": "7"}})
    assert set(action.selection["filter"]) == {"status", "from"}


def test_one_line_of_the_audit_stands_for_an_action_and_the_records_name_it(lane):
    action = again(start(lane))
    assert Audit.objects.filter(verb="reprocess").count() == 0
    assert Audit.objects.get(verb="bulk reprocess").detail == {**REPROCESS, "planned": 8}
    assert Integration.objects.filter(action_id=action.pk).count() == 8


# -- everything at once


def test_everything_is_paused_with_a_reason_and_only_that_is_resumed(lane):
    other = make_lane(lane.channel.store, "vtx", state="paused")
    scope = Scope(lane.channel.store_id)
    assert pause_all(scope, actor_id=None, reason="Preço errado no feed") == 1
    lane.refresh_from_db()
    assert (lane.state, lane.reason["note"]) == ("paused", "Preço errado no feed")
    tell(lane, "new")
    assert work(lane, "new") is not None
    assert lanes.due_lanes(10) == []
    assert resume_all(scope, actor_id=None) == 1
    assert dict(Lane.objects.values_list("pk", "state")) == {lane.pk: "open", other.pk: "paused"}
    assert pause_all(Scope(lane.channel.store_id, (other.channel_id,)), actor_id=None) == 0


def test_works_that_were_put_off_keep_their_action_until_their_result(lane):
    action = again(start(lane, selection={"ids": [record(lane, "0").pk]}))
    ran(lane, "0", Postponed(DOWN))
    assert waiting(lane, "0").action_id == action.pk
    due_now()
    ran(lane, "0", Accepted(LISTING))
    assert dict(ActionCount.objects.values_list("outcome", "count")) == {"success": 1}


# -- actions beside each other


def as_it_is(action: BulkAction) -> BulkAction:
    action.refresh_from_db()
    return action


def test_actions_that_are_paused_do_not_hold_up_those_behind_them(lane, monkeypatch):
    monkeypatch.setattr(steps, "AT_ONCE", 2)
    for _ in range(2):
        paused = start(lane, selection={"ids": []})
        bulk.pause(paused.pk, store_id=lane.channel.store_id, actor_id=None)
    action = start(lane)
    bulk.step()
    assert as_it_is(action).queued == 8


def test_an_action_that_fails_stops_no_other_and_is_tried_again_a_minute_later(lane):
    broken = start(lane)
    BulkAction.objects.filter(pk=broken.pk).update(selection={})
    action = start(lane)
    bulk.step()
    assert (as_it_is(action).queued, as_it_is(broken).state) == (8, "running")
    BulkAction.objects.filter(pk=broken.pk).update(selection=REPROCESS)
    while bulk.step():
        pass
    assert as_it_is(broken).state == "running"
    assert again(broken).state == "done"


def test_many_actions_take_turns_and_results_need_not_wait_for_all_of_them(lane, monkeypatch):
    times = iter(range(100))
    monkeypatch.setattr(steps.time, "monotonic", lambda: next(times) * steps.STEP_SECONDS * 0.75)
    ids = Integration.objects.filter(status="error").order_by("pk").values_list("pk", flat=True)
    actions = [start(lane, selection={"ids": [pk]}) for pk in ids[:3]]
    after = [(bulk.step(), [as_it_is(action).queued for action in actions]) for _ in range(3)]
    assert after == [(True, [1, 0, 0]), (True, [1, 1, 0]), (False, [1, 1, 1])]
