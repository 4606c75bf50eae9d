from __future__ import annotations

from dataclasses import replace

import pytest
from queue_stage import (
    BAD_TITLE,
    LISTING,
    check_invariants,
    make_lane,
    make_store,
    ran,
    record,
    tell,
    waiting,
    work,
)

from ponte.db.models import ActionState, Audit, BulkAction, Integration
from ponte.db.scope import Scope
from ponte.domain.lifecycle import Priority
from ponte.domain.outcome import Accepted, Rejected
from ponte.flows import bulk
from ponte.flows.remove import remove, restore
from ponte.flows.reprocess import reprocess

pytestmark = pytest.mark.django_db


@pytest.fixture
def lane():
    """Ten errors and two successes."""
    made = make_lane()
    for number in range(10):
        tell(made, str(number))
        ran(made, str(number), Rejected((BAD_TITLE,)))
    for number in range(10, 12):
        tell(made, str(number))
        ran(made, str(number), Accepted(replace(LISTING, id=f"MLB{number}")))
    return made


def start(lane, verb="reprocess", selection=None, **values) -> BulkAction:
    selection = selection or {"filter": {"status": "error"}}
    return bulk.start(scope=Scope(lane.channel.store_id), actor_id=None, verb=verb, selection=selection, **values)


def again(action: BulkAction) -> BulkAction:
    """Take one step, whatever the pace."""
    BulkAction.objects.update(lease_until_ms=0)
    bulk.step()
    action.refresh_from_db()
    return action


def queued(lane) -> list[str]:
    rows = Integration.objects.filter(status="pending", channel_id=lane.channel_id).order_by("id")
    return [row.sku for row in rows]


def test_a_filter_of_many_is_reprocessed_and_counted(lane):
    action = again(start(lane))
    assert (action.state, action.done, action.skipped) == ("done", 10, 0)
    assert action.ended_at is not None
    assert queued(lane) == [str(number) for number in range(10)]
    assert (waiting(lane, "3").trigger, waiting(lane, "3").priority) == ("person", Priority.BULK)
    check_invariants()


def test_d31_what_comes_into_the_filter_later_does_not_belong_to_it(lane):
    action = start(lane)
    tell(lane, "late")
    ran(lane, "late", Rejected((BAD_TITLE,)))
    tell(lane, "10")
    ran(lane, "10", Rejected((BAD_TITLE,)))
    again(action)
    assert (action.done, work(lane, "late"), work(lane, "10")) == (10, None, None)


def test_what_left_the_filter_meanwhile_is_left_alone(lane):
    action = start(lane)
    tell(lane, "3")
    ran(lane, "3", Accepted(LISTING))
    again(action)
    assert work(lane, "3") is None
    assert action.done == 9


def test_an_action_on_ids_says_which_could_not_be_reprocessed(lane):
    ids = [record(lane, sku).pk for sku in ("1", "2", "10")]
    action = again(start(lane, selection={"ids": [*ids, 999_999]}))
    assert (action.done, action.skipped, action.state) == (2, 1, "done")


def test_ids_of_another_store_are_left_alone(lane):
    other = make_lane(make_store("outra"))
    tell(other, "1")
    ran(other, "1", Rejected((BAD_TITLE,)))
    action = again(start(lane, selection={"ids": [record(other, "1").pk]}))
    assert (action.done, work(other, "1")) == (0, None)


def test_d32_each_step_begins_where_the_last_one_ended_whoever_did_it(lane):
    action = start(lane, per_second=3)
    steps = []
    while action.state == "running":
        steps.append(again(action).done)
    assert steps == [3, 6, 9, 10]
    assert len(queued(lane)) == 10
    check_invariants()


def test_an_action_with_a_pace_waits_between_its_steps(lane):
    action = start(lane, per_second=2)
    bulk.step()
    bulk.step()
    action.refresh_from_db()
    assert action.done == 2


def test_d30_a_cancelled_action_stops_and_what_was_done_stays_done(lane):
    action = again(start(lane, "remove", per_second=4))
    stopped = bulk.cancel(action.pk, store_id=action.store_id, actor_id=None)
    assert (stopped.state, stopped.ended_at is not None) == (ActionState.CANCELLED, True)
    again(action)
    assert (action.done, Integration.objects.exclude(removed_at=None).count()) == (4, 4)


def test_a_paused_action_takes_no_step_until_it_is_resumed(lane):
    action = start(lane)
    assert bulk.pause(action.pk, store_id=action.store_id, actor_id=None).state == "paused"
    assert again(action).done == 0
    assert bulk.resume(action.pk, store_id=action.store_id, actor_id=None).state == "running"
    assert again(action).done == 10


def test_a_paused_action_can_be_cancelled_and_a_finished_one_stays_finished(lane):
    action = start(lane)
    bulk.pause(action.pk, store_id=action.store_id, actor_id=None)
    assert bulk.cancel(action.pk, store_id=action.store_id, actor_id=None).state == "cancelled"
    assert bulk.resume(action.pk, store_id=action.store_id, actor_id=None).state == "cancelled"
    done = again(start(lane, "remove"))
    assert bulk.cancel(done.pk, store_id=done.store_id, actor_id=None).state == "done"
    assert bulk.pause(done.pk, store_id=done.store_id, actor_id=None).state == "done"


def test_an_action_of_another_store_does_not_exist(lane):
    action = start(lane)
    other = make_store("outra").pk
    assert bulk.pause(action.pk, store_id=other, actor_id=None) is None
    assert bulk.cancel(action.pk, store_id=other, actor_id=None) is None
    assert bulk.undo(action.pk, store_id=other, actor_id=None) is None
    action.refresh_from_db()
    assert action.state == "running"


@pytest.mark.parametrize("by_ids", [True, False])
def test_a_removal_of_many_can_be_undone(lane, by_ids):
    ids = [record(lane, str(number)).pk for number in range(10)]
    selection = {"ids": ids} if by_ids else {"filter": {"status": "error"}}
    removed_before = record(lane, "0")
    remove([removed_before.pk], scope=Scope(removed_before.store_id), actor_id=None)
    action = again(start(lane, "remove", selection))
    assert Integration.objects.exclude(removed_at=None).count() == 10
    undone = bulk.undo(action.pk, store_id=action.store_id, actor_id=None)
    again(undone)
    assert (undone.verb, undone.state) == ("restore", "done")
    assert [row.sku for row in Integration.objects.exclude(removed_at=None)] == ["0"], "removed by hand before"
    check_invariants()


def test_a_removal_that_is_undone_while_it_runs_stops(lane):
    action = again(start(lane, "remove", per_second=4))
    undone = bulk.undo(action.pk, store_id=action.store_id, actor_id=None)
    while undone.state == "running":
        again(undone)
    action.refresh_from_db()
    assert action.state == "cancelled"
    assert Integration.objects.exclude(removed_at=None).count() == 0
    check_invariants()


def test_a_reprocess_cannot_be_undone(lane):
    assert bulk.undo(start(lane).pk, store_id=lane.channel.store_id, actor_id=None) is None


def test_a_selection_that_is_no_filter_any_more_touches_nothing(lane):
    action = again(start(lane, selection={"filter": {"status": "no-such-status"}}))
    assert (action.state, action.done) == ("done", 0)
    assert queued(lane) == []


def test_a_selection_of_nothing_is_done_at_once(lane):
    assert again(start(lane, selection={"ids": []})).state == "done"
    assert (
        again(
            bulk.start(scope=Scope(make_store("vazia").pk), actor_id=None, verb="remove", selection={"filter": {}})
        ).done
        == 0
    )


def test_every_order_is_written_down(lane):
    action = start(lane)
    bulk.pause(action.pk, store_id=action.store_id, actor_id=None)
    bulk.pause(action.pk, store_id=action.store_id, actor_id=None)
    verbs = Audit.objects.filter(target=f"action:{action.pk}").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["bulk reprocess", "bulk paused"]


# -- one by one


def test_f09_a_success_has_nothing_to_reprocess(lane):
    row, error = record(lane, "10"), record(lane, "1")
    done = reprocess([row.pk, error.pk, 999_999], scope=Scope(row.store_id), actor_id=None)
    assert (done.queued, done.already, done.refused) == ((error.pk,), (), (row.pk,))
    assert work(lane, "10") is None
    check_invariants()


def test_f01_what_is_queued_already_is_moved_forward_and_says_so(lane):
    tell(lane, "1")
    row = record(lane, "1")
    done = reprocess([row.pk, row.pk], scope=Scope(row.store_id), actor_id=None)
    assert (done.queued, done.already) == ((), (row.pk,))
    assert (waiting(lane, "1").priority, waiting(lane, "1").generation) == (0, 2)


def test_a_removed_record_is_restored_before_it_is_reprocessed(lane):
    row = record(lane, "1")
    remove([row.pk], scope=Scope(row.store_id), actor_id=None)
    assert reprocess([row.pk], scope=Scope(row.store_id), actor_id=None).refused == (row.pk,)
    assert restore([row.pk], scope=Scope(row.store_id), actor_id=None) == (row.pk,)
    assert reprocess([row.pk], scope=Scope(row.store_id), actor_id=None).queued == (row.pk,)
    check_invariants()


def test_f08_removing_twice_changes_nothing_the_second_time(lane):
    row = record(lane, "1")
    assert remove([row.pk], scope=Scope(row.store_id), actor_id=None) == (row.pk,)
    first = record(lane, "1").removed_at
    assert remove([row.pk], scope=Scope(row.store_id), actor_id=None) == (row.pk,)
    assert record(lane, "1").removed_at == first
    assert Audit.objects.filter(verb="remove").count() == 1
    check_invariants()


def test_a_record_of_another_store_can_neither_be_removed_nor_reprocessed(lane):
    row = record(lane, "1")
    other = make_store("outra").pk
    assert remove([row.pk], scope=Scope(other), actor_id=None) == ()
    assert restore([row.pk], scope=Scope(other), actor_id=None) == ()
    assert reprocess([row.pk], scope=Scope(other), actor_id=None).queued == ()
    assert record(lane, "1").removed_at is None


def test_an_action_knows_no_other_verb(lane):
    with pytest.raises(AssertionError):
        start(lane, "explode")
