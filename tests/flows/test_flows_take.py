from __future__ import annotations

import pytest
from queue_stage import (
    check_invariants,
    claimed,
    counters,
    hold,
    last_try,
    make_lane,
    make_store,
    ran,
    record,
    settle,
    shown,
    tell,
    waiting,
    work,
)

from ponte.db.models import Channel, Integration, Lane, Quarantine, Store, Work
from ponte.db.scope import Scope
from ponte.domain.lifecycle import Priority, Trigger
from ponte.domain.outcome import Accepted, Listing
from ponte.flows.channels.stores import rotate_key
from ponte.flows.ingest import CHUNK, Hint, Unrecognised, doors, quarantine, take
from ponte.flows.remove import remove

pytestmark = pytest.mark.django_db


def test_a_notification_makes_an_integration_that_waits():
    lane = make_lane()
    tell(lane, "15")
    row = record(lane, "15")
    assert (shown(row), row.product_id, row.attempts, row.store_id) == (
        ("pending", "queued"),
        "77",
        0,
        lane.channel.store_id,
    )
    assert counters() == {(lane.channel_id, "product", "queued"): 1}


def test_a_notification_told_twice_makes_one_integration_and_one_work():
    lane = make_lane()
    tell(lane, "15")
    tell(lane, "15")
    assert Integration.objects.count() == Work.objects.count() == 1
    assert waiting(lane, "15").generation == 2
    check_invariants()


def test_a_sku_told_twice_in_one_call_is_one_piece_of_work():
    lane = make_lane()
    hint = Hint(lane.channel_id, "product", "15")
    assert take([hint, hint]) == 1
    assert waiting(lane, "15").generation == 1


def test_no_hints_do_nothing():
    assert take([]) == 0


def test_a_sku_told_while_it_runs_runs_once_more():
    lane = make_lane()
    tell(lane, "15")
    held = hold(lane)
    [job] = claimed(held)
    tell(lane, "15")
    assert shown(record(lane, "15")) == ("pending", "processing")
    settle(held, job, Accepted(Listing("MLB1")))
    assert shown(record(lane, "15")) == ("pending", "queued")
    [again] = claimed(held)
    assert again.claimed.generation == 2
    settle(held, again, Accepted(Listing("MLB1")))
    assert shown(record(lane, "15")) == ("success", "idle")
    assert work(lane, "15") is None
    check_invariants()


def test_an_unknown_channel_or_kind_is_left_out_and_the_others_are_kept():
    lane = make_lane()
    take([Hint(999, "product", "1"), Hint(lane.channel_id, "price", "2"), Hint(lane.channel_id, "product", "3")])
    assert [row.sku for row in Integration.objects.all()] == ["3"]
    check_invariants()


def test_a_removed_record_comes_back_when_its_sku_changes():
    lane = make_lane()
    tell(lane, "15")
    row = ran(lane, "15", Accepted(Listing("MLB1")))
    remove([row.pk], scope=Scope(row.store_id), actor_id=None)
    assert counters() == {(lane.channel_id, "product", "removed"): 1}
    tell(lane, "15")
    assert record(lane, "15").removed_at is None
    assert counters() == {(lane.channel_id, "product", "queued"): 1}
    check_invariants()


def test_a_live_change_overtakes_the_initial_load_and_not_the_other_way_round():
    lane = make_lane()
    tell(lane, "15", trigger=Trigger.SYNC, priority=Priority.SYNC)
    tell(lane, "15")
    assert waiting(lane, "15").priority == Priority.LIVE
    tell(lane, "15", trigger=Trigger.SYNC, priority=Priority.SYNC)
    assert waiting(lane, "15").priority == Priority.LIVE


def test_more_hints_than_a_chunk_are_all_kept():
    lane = make_lane()
    tell(lane, *map(str, range(CHUNK + 7)))
    assert Integration.objects.count() == CHUNK + 7
    check_invariants()


def test_what_took_runners_down_gets_one_more_chance_alone_after_a_change():
    lane = make_lane()
    tell(lane, "15")
    ran(lane, "15", Accepted(Listing("MLB1")))
    Integration.objects.update(headline_class="WORKER_LOST", status="error")
    tell(lane, "15")
    assert waiting(lane, "15").deaths == 2
    tell(lane, "15", trigger=Trigger.PERSON, priority=Priority.PERSON)
    assert waiting(lane, "15").deaths == 0


def test_the_doors_name_each_store_by_both_keys_while_a_key_rotates():
    lane = make_lane(make_store("Loja"))
    store = lane.channel.store
    before = store.hook_digest
    rotate_key(store)
    store.refresh_from_db()
    found = doors()
    assert set(found) == {before, store.hook_digest}
    door = found[before]
    assert (door.store_id, door.account, door.paused) == (store.pk, "loja", False)
    assert [(one.channel_id, one.affiliate_id, one.kinds) for one in door.channels] == [
        (lane.channel_id, "MLB", ("product",))
    ]


def test_a_store_without_channels_has_a_door_all_the_same():
    store = make_store("vazia")
    assert doors()[store.hook_digest].channels == ()


def test_equal_unrecognised_bodies_are_one_row_with_a_count():
    store = make_store()
    one = Unrecognised(store.pk, "no_sku", "d" * 300, "text/plain", b'{"IdSku":null,"app_token":"canary-12345678"}')
    quarantine([one, one])
    quarantine([one, Unrecognised(store.pk, "not_json", "", "", b"x")])
    rows = list(Quarantine.objects.order_by("id"))
    assert [(row.reason, row.seen) for row in rows] == [("no_sku", 3), ("not_json", 1)]
    assert len(rows[0].detail) == 200
    assert "canary" not in rows[0].body


def test_two_stores_with_one_sku_keep_two_records():
    one, two = make_lane(make_store("a")), make_lane(make_store("b"))
    tell(one, "15")
    tell(two, "15")
    assert {row.store_id for row in Integration.objects.all()} == set(Store.objects.values_list("pk", flat=True))
    assert Channel.objects.count() == Lane.objects.count() == 2


def test_an_attempt_names_why_it_was_made():
    lane = make_lane()
    tell(lane, "15", trigger=Trigger.SYNC, priority=Priority.SYNC)
    ran(lane, "15", Accepted(Listing("MLB1")))
    made = last_try(lane, "15")
    assert (made.trigger, made.number, made.runner) == ("sync", 1, "r1")
