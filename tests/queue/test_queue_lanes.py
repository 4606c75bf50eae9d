from __future__ import annotations

import pytest
from django.db import connection, transaction
from queue_stage import (
    LISTING,
    claimed,
    expire,
    hold,
    make_lane,
    make_store,
    record,
    settle,
    tell,
    waiting,
)

from ponte.db.clock import moment, now_ms
from ponte.db.models import Integration, Lane, Store, Work
from ponte.domain.doubt import LATE_SECONDS, doubted_until
from ponte.domain.lifecycle import Priority, Task, Trigger
from ponte.domain.outcome import Accepted
from ponte.queue import lanes, work
from ponte.queue.wake import wake

pytestmark = pytest.mark.django_db


def take(lane: Lane, owner: str = "r1"):
    with transaction.atomic():
        return lanes.take(lane.pk, owner, 10)


def test_a_lane_is_due_when_work_waits_and_nobody_holds_it():
    lane = make_lane()
    assert lanes.due_lanes(10) == []
    tell(lane, "1")
    assert lanes.due_lanes(10) == [lane.pk]
    hold(lane)
    assert lanes.due_lanes(10) == []


def test_work_of_later_makes_no_lane_due():
    lane = make_lane()
    tell(lane, "1")
    Work.objects.update(due_at_ms=now_ms() + 60_000)
    assert lanes.due_lanes(10) == []
    assert lanes.outlook(lane.pk) == (True, False)


@pytest.mark.parametrize(
    "closed", [{"state": "paused"}, {"state": "disconnected"}, {"breaker_until_ms": 9_999_999_999_999}]
)
def test_a_closed_lane_is_neither_due_nor_taken(closed):
    lane = make_lane(**closed)
    tell(lane, "1")
    assert lanes.due_lanes(10) == []
    assert take(lane) is None


def test_a_paused_store_has_no_due_lanes():
    lane = make_lane()
    tell(lane, "1")
    Store.objects.update(paused=True)
    assert lanes.due_lanes(10) == []
    assert lanes.outlook(lane.pk)[0] is False


def test_d19_a_store_with_many_products_does_not_starve_another():
    busy = [make_lane(make_store(f"a{number}")) for number in range(5)]
    for lane in busy:
        tell(lane, *map(str, range(30)))
        held = hold(lane)
        lanes.release(held.lane_id, held.epoch)
    small = make_lane(make_store("b"))
    tell(small, "1")
    assert lanes.due_lanes(2)[0] == small.pk
    held = hold(small)
    lanes.release(held.lane_id, held.epoch)
    tell(small, "1")
    assert lanes.due_lanes(10)[-1] == small.pk, "now it is the others' turn"


def test_a_lane_is_taken_by_one_at_a_time_under_a_new_epoch_each():
    lane = make_lane()
    first = hold(lane)
    assert take(lane, "r2") is None
    lanes.release(first.lane_id, first.epoch)
    second = hold(lane, "r2")
    assert second.epoch == first.epoch + 1
    assert lanes.is_current(lane.pk, second.epoch)
    assert not lanes.is_current(lane.pk, first.epoch)


def test_an_expired_lease_is_taken_by_another_and_the_first_may_not_release_it():
    lane = make_lane()
    first = hold(lane)
    expire(lane)
    second = hold(lane, "r2")
    lanes.release(lane.pk, first.epoch)
    assert take(lane, "r3") is None
    assert lanes.renew("r1", {lane.pk: first.epoch}, 10) == set()
    assert lanes.renew("r2", {lane.pk: second.epoch}, 10) == {lane.pk}
    assert lanes.renew("r2", {}, 10) == set()


def test_a_lease_from_before_the_clock_was_set_back_stops_nothing():
    lane = make_lane()
    tell(lane, "1")
    take(lane)
    Lane.objects.update(lease_until_ms=now_ms() + 24 * 3_600_000)
    assert lanes.due_lanes(10) == [lane.pk]
    assert take(lane, "r2").epoch == 2


def test_a_renewed_lease_lasts_longer():
    lane = make_lane()
    held = hold(lane, seconds=1)
    before = Lane.objects.get().lease_until_ms
    lanes.renew("r1", {lane.pk: held.epoch}, 30)
    assert Lane.objects.get().lease_until_ms > before + 20_000


def test_what_an_expired_holder_left_running_makes_the_lane_due():
    lane = make_lane()
    tell(lane, "1")
    claimed(hold(lane))
    Work.objects.update(due_at_ms=now_ms() + 60_000)
    expire(lane)
    assert lanes.due_lanes(10) == [lane.pk]


def test_orphans_lose_their_digest_for_they_may_have_sent_something():
    lane = make_lane()
    tell(lane, "1")
    held = hold(lane)
    claimed(held)
    Integration.objects.update(offer_digest="abc")
    expire(lane)
    before = now_ms()
    hold(lane, "r2")
    until = doubted_until(record(lane, "1").offer_digest)
    assert until is not None
    assert until >= before + LATE_SECONDS * 1000


def test_a_circuit_opens_for_a_while_and_one_product_tries_first():
    lane = make_lane()
    lanes.trip(lane.pk, 30, {"class": "NETWORK"})
    row = Lane.objects.get()
    assert (row.breaker_trips, row.reason) == (1, {"class": "NETWORK"})
    assert now_ms() + 25_000 < row.breaker_until_ms < now_ms() + 35_000
    assert take(lane) is None
    Lane.objects.update(breaker_until_ms=1)
    held = hold(lane)
    assert held.probing
    lanes.close_circuit(lane.pk)
    lanes.release(lane.pk, held.epoch)
    assert not hold(lane).probing
    assert Lane.objects.get().reason is None


def test_a_disconnection_keeps_the_state_that_a_person_chose():
    lane = make_lane(state="paused")
    lanes.disconnect(lane.pk, {"code": "x"})
    assert Lane.objects.get().state == "paused"


def test_only_the_holders_work_passes_the_fence():
    lane = make_lane()
    tell(lane, "1", "2")
    held = hold(lane)
    jobs = claimed(held, 1)
    ids = list(Integration.objects.order_by("id").values_list("pk", flat=True))
    assert work.fence(ids, held.epoch) == {jobs[0].id: 1}
    assert work.fence(ids, held.epoch + 1) == {}
    assert work.fence(ids, 0) == {ids[1]: 1}, "epoch 0 is nobody's: it is only what waits"


def test_suspects_run_together_after_one_death_and_alone_after_two():
    lane = make_lane()
    tell(lane, *map(str, range(4)))
    Work.objects.update(deaths=1)
    Work.objects.filter(integration__sku="3").update(deaths=2)
    assert lanes.due_lanes(1) == [lane.pk]
    held = hold(lane)
    assert held.suspects == 4
    assert claimed(held) == [], "the others are claimed without suspects"
    together = claimed(held, suspects=True)
    assert [job.sku for job in together] == ["0", "1", "2"]
    for job in together:
        settle(held, job, Accepted(LISTING))
    assert [job.sku for job in claimed(held, suspects=True)] == ["3"]


def test_only_what_died_three_times_is_doomed():
    lane = make_lane()
    tell(lane, "1", "2")
    Work.objects.filter(integration__sku="2").update(deaths=3)
    assert work.doomed(lane.pk) == [record(lane, "2").pk]


def test_the_next_due_time_is_the_soonest():
    lane = make_lane()
    assert work.next_due_ms(lane.pk) is None
    tell(lane, "1", "2")
    Work.objects.filter(integration__sku="2").update(due_at_ms=77)
    assert work.next_due_ms(lane.pk) == 77


def test_nothing_wanted_queues_nothing():
    work.enqueue([], trigger=Trigger.NOTIFICATION, priority=Priority.LIVE, now=1)
    work.finish([])
    work.let_go([])
    work.reschedule([])
    assert Work.objects.count() == 0


def test_a_waiting_look_becomes_a_send_when_its_product_changes():
    lane = make_lane()
    tell(lane, "1")
    Work.objects.update(task=Task.FOLLOW, priority=Priority.RETRY, due_at_ms=now_ms() + 60_000, tries=3)
    tell(lane, "1", trigger=Trigger.SYNC, priority=Priority.SYNC)
    row = waiting(lane, "1")
    assert (row.task, row.tries, row.due_at_ms <= now_ms()) == ("send", 0, True)
    assert row.priority == Priority.SYNC


def test_a_claim_is_limited():
    lane = make_lane()
    tell(lane, *map(str, range(7)))
    held = hold(lane)
    assert [len(claimed(held, 3)) for _ in range(4)] == [3, 3, 1, 0]


def test_waking_on_sqlite_is_the_databases_own_affair():
    wake([])
    if connection.vendor == "sqlite":
        before = connection.queries_log
        wake([1, 2])
        assert connection.queries_log == before


def test_the_clock_is_the_databases():
    assert abs(moment(now_ms()).timestamp() * 1000 - now_ms()) < 5_000
