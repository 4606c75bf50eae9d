from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from queue_stage import check_invariants, counters, make_lane, make_store, record, waiting

from ponte.db.models import Inbox, Integration, Lane, Quarantine, Work
from ponte.domain.lifecycle import Priority
from ponte.flows import inbox
from ponte.flows.inbox import fold, write_down
from ponte.flows.ingest import CHUNK, Hint
from ponte.flows.pipeline.runner import Runner

pytestmark = pytest.mark.django_db


def hints(lane: Lane, *skus: object, product_id: str = "77") -> list[Hint]:
    return [Hint(lane.channel_id, lane.kind, str(sku), product_id) for sku in skus]


def fold_all() -> int:
    """Fold until nothing waits; an endless loop is a failure."""
    rows = 0
    for _ in range(200):
        if not (folded := fold()):
            return rows
        rows += folded
    raise AssertionError("the inbox is never empty")


def test_new_records_are_made_in_one_order_whatever_order_they_were_told_in():
    """Two workers that make the same ones would else wait for each other."""
    lane = make_lane()
    write_down(hints(lane, 17, 15, 16))
    fold_all()
    assert list(Integration.objects.order_by("pk").values_list("sku", flat=True)) == ["15", "16", "17"]


def test_hints_written_down_together_are_one_row():
    lane = make_lane()
    write_down(hints(lane, 15, 16, 15))
    [row] = Inbox.objects.all()
    assert json.loads(row.hints) == [
        [lane.channel_id, "product", "15", "77"],
        [lane.channel_id, "product", "16", "77"],
    ]
    assert Integration.objects.count() == 0


def test_no_hints_write_nothing_down():
    write_down([])
    assert (Inbox.objects.count(), inbox.waiting(), fold()) == (0, False, 0)


def test_more_hints_than_a_chunk_are_several_rows_of_one_statement(django_assert_num_queries):
    lane = make_lane()
    with django_assert_num_queries(1):
        write_down(hints(lane, *range(2 * CHUNK + 1)))
    assert [len(json.loads(row.hints)) for row in Inbox.objects.order_by("pk")] == [CHUNK, CHUNK, 1]


def test_folded_hints_are_in_the_queue_and_no_longer_in_the_inbox():
    lane = make_lane()
    write_down(hints(lane, 15))
    assert inbox.waiting()
    assert fold() == 1
    assert (Inbox.objects.count(), inbox.waiting(), fold()) == (0, False, 0)
    row = record(lane, "15")
    assert (row.status, row.phase, row.product_id) == ("pending", "queued", "77")
    work = waiting(lane, "15")
    assert (work.trigger, work.priority, work.generation) == ("notification", Priority.LIVE, 1)
    check_invariants()


def test_rows_are_merged_and_the_last_product_id_stands():
    lane = make_lane()
    write_down(hints(lane, 15, product_id="1"))
    write_down(hints(lane, 15, 16, product_id="2"))
    assert fold() == 2
    assert record(lane, "15").product_id == "2"
    assert waiting(lane, "15").generation == 1
    assert counters() == {(lane.channel_id, "product", "queued"): 2}


def test_a_hint_told_again_after_it_was_folded_makes_no_second_record():
    lane = make_lane()
    for _ in range(2):
        write_down(hints(lane, 15))
        fold_all()
    assert Integration.objects.count() == Work.objects.count() == 1
    check_invariants()


def test_a_fold_takes_the_oldest_rows_up_to_its_limit_and_at_least_one():
    lane = make_lane()
    for start in (0, 10, 20):
        write_down(hints(lane, *range(start, start + 10)))
    assert fold(20) == 2
    assert set(Integration.objects.values_list("sku", flat=True)) == {str(sku) for sku in range(20)}
    assert fold(3) == 1
    assert Integration.objects.count() == 30


def test_an_unknown_channel_or_kind_is_left_out_and_the_row_goes():
    lane = make_lane()
    write_down([Hint(999, "product", "1"), Hint(lane.channel_id, "price", "2"), *hints(lane, 3)])
    assert fold_all() == 1
    assert [row.sku for row in Integration.objects.all()] == ["3"]
    assert (Inbox.objects.count(), Quarantine.objects.count()) == (0, 0)


def refuse(sku: str) -> None:
    """Let the database refuse records of this SKU, whatever kind of database it is."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                f"""CREATE TRIGGER refuse_{sku} BEFORE INSERT ON db_integration WHEN new.sku = '{sku}'
                    BEGIN SELECT RAISE(ABORT, 'refused'); END"""
            )
            return
        cursor.execute(f"ALTER TABLE db_integration ADD CONSTRAINT refuse_{sku} CHECK (sku <> '{sku}') NOT VALID")


@pytest.mark.parametrize("bad", [["1"], ["40"], ["17", "18", "33"]], ids=str)
def test_a_hint_that_the_database_refuses_is_set_aside_and_its_neighbours_go_on(bad):
    lane = make_lane()
    for sku in bad:
        refuse(sku)
    for start in (1, 21):
        write_down(hints(lane, *range(start, start + 20)))
    assert fold_all() == 2
    assert set(Integration.objects.values_list("sku", flat=True)) == {str(sku) for sku in range(1, 41)} - {*bad}
    assert Inbox.objects.count() == 0
    kept = Quarantine.objects.all()
    assert {(item.store_id, item.reason) for item in kept} == {(lane.channel.store_id, "not_storable")}
    assert sorted(json.loads(item.body)["IdSku"] for item in kept) == sorted(bad)
    check_invariants()


def test_when_all_hints_are_refused_all_are_set_aside():
    lane = make_lane()
    for sku in ("1", "2", "3"):
        refuse(sku)
    write_down(hints(lane, 1, 2, 3))
    assert fold_all() == 1
    assert (Inbox.objects.count(), Quarantine.objects.count(), Integration.objects.count()) == (0, 3, 0)


@pytest.mark.parametrize("text", ["no JSON", "[[1]]", "{}x", '[["a", {}, [], 1]]'])
def test_a_row_that_cannot_be_read_stays_marked_and_holds_nobody_up(text):
    lane = make_lane()
    write_down(hints(lane, 1))
    bad = Inbox.objects.create(received_at=Inbox.objects.get().received_at, hints=text)
    write_down(hints(lane, 2))
    assert fold_all() == 3
    [left] = Inbox.objects.all()
    assert (left.pk, left.hints) == (bad.pk, text)
    assert left.refused != ""
    assert not inbox.waiting()
    assert set(Integration.objects.values_list("sku", flat=True)) == {"1", "2"}


def test_two_stores_told_in_one_batch_keep_their_own_records():
    one, two = make_lane(make_store("a")), make_lane(make_store("b"))
    write_down([*hints(one, 15), *hints(two, 15)])
    fold_all()
    assert {row.store_id for row in Integration.objects.all()} == {one.channel.store_id, two.channel.store_id}


async def look(times: int = 1) -> None:
    runner = Runner(lanes=0)
    try:
        for _ in range(times):
            await runner._look()
    finally:
        runner._database.close()


@pytest.mark.django_db(transaction=True)
def test_a_worker_folds_what_was_written_down_at_its_next_look():
    lane = make_lane()
    write_down(hints(lane, *range(1, 6)))
    asyncio.run(look())
    assert Work.objects.count() == 5
    assert Inbox.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_folds_a_long_inbox_in_one_look_or_in_the_next_ones():
    lane = make_lane()
    for start in range(0, 1_200, 40):
        write_down(hints(lane, *range(start, start + 40)))
    asyncio.run(look(30))
    assert Work.objects.count() == 1_200
    assert not inbox.waiting()
    check_invariants()


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_fold_at_once_take_each_row_once():
    lane = make_lane()
    for start in range(0, 600, 20):
        write_down(hints(lane, *range(start, start + 20)))

    def work() -> int:
        try:
            return fold_all()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        folded = [future.result() for future in [threads.submit(work), threads.submit(work)]]
    assert sum(folded) == 30
    assert {generation for (generation,) in Work.objects.values_list("generation")} == {1}
    assert Work.objects.count() == 600
    check_invariants()
