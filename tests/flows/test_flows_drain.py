from __future__ import annotations

import asyncio
import logging
import time

import pytest
from pipeline_stage import Stage, _take, play

from ponte.config import ConfigError
from ponte.db.models import Attempt, Channel, Lane, Store, Work
from ponte.flows import failpoints
from ponte.flows.channels.steer import pause
from ponte.flows.codes.rules import Draft, keep
from ponte.flows.mapping.saving import Saved, save_mapping
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import read_context
from ponte.flows.pipeline.drain import LaneDrain
from ponte.flows.pipeline.lease import Lease
from ponte.net.pace import Pace
from ponte.sandbox.catalogue import make_catalogue

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_lane_that_is_stopped_gives_back_what_had_not_begun_without_a_trace():
    async def scene(stage: Stage) -> None:
        await stage.do(Channel.objects.update, concurrency=2)
        skus = stage.healthy[:10]
        stage.board.arm({"kind": "delay", "method": "POST", "path": "/items", "seconds": 0.15, "count": 4})
        await stage.tell(*skus)

        def stop_soon(drain) -> None:
            asyncio.get_running_loop().call_later(0.1, drain.stop, "shutdown")

        served = await stage.drain(taken=stop_soon)
        assert served.reason == "shutdown"
        tries = await stage.do(lambda: list(Attempt.objects.values_list("result", flat=True)))
        assert 0 < len(tries) < 10
        assert "interrupted" not in tries
        await stage.again()
        assert await stage.stand(skus)

    play(scene)


def test_a_paused_store_keeps_its_work_waiting():
    async def scene(stage: Stage) -> None:
        await stage.tell(stage.healthy[0])
        await stage.do(Store.objects.update, paused=True)
        served = await stage.drain()
        assert served.reason == "paused"
        assert await stage.tries(stage.healthy[0]) == []

    play(scene)


def test_a_channel_paused_while_it_runs_lets_the_running_ones_end():
    async def scene(stage: Stage) -> None:
        skus = stage.healthy[:3]
        stage.board.arm({"kind": "delay", "method": "POST", "path": "/items", "seconds": 0.3})
        await stage.tell(*skus)
        running = asyncio.create_task(stage.drain())
        await asyncio.sleep(0.2)
        await stage.do(pause, stage.channel.pk, store_id=stage.channel.store_id, actor_id=None)
        served = await running
        assert served.reason == "paused"
        assert await stage.stand(skus)
        assert (await stage.lane_now()).state == "paused"

    play(scene)


def test_a_sku_told_while_it_is_under_way_is_not_sent_stale():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        stage.vtex_board.arm({"kind": "delay", "path": "/api/fulfillment/*", "seconds": 0.3, "count": 1})
        await stage.change(sku, price=70)
        running = asyncio.create_task(stage.drain())
        await asyncio.sleep(0.15)
        await stage.change(sku, price=71)
        await running
        if await stage.work(sku) and (await stage.record(sku)).status == "pending":
            await stage.again()
        assert stage.prices(sku) == [71]
        assert (await stage.record(sku)).status in {"success", "alert"}

    play(scene)


def test_d14_a_job_that_never_ends_is_cut_off_and_its_doubt_is_kept():
    def hurry(drain) -> None:
        drain.runs.seconds = 0.5

    async def scene(stage: Stage) -> None:
        stuck, fine = stage.healthy[:2]
        stage.board.arm({"kind": "hang", "method": "POST", "path": "/items", "sku": stuck, "seconds": 20})
        begin = time.monotonic()
        await stage.tell(stuck, fine)
        await stage.drain(taken=hurry)
        assert time.monotonic() - begin < 10
        row = await stage.record(stuck)
        assert (row.headline_class, row.headline_code) == ("NETWORK", "job_timeout")
        assert row.creating_since is not None
        assert await stage.stand([fine])
        stage.board.disarm()

    play(scene)


def test_a_bug_over_one_product_does_not_stop_the_others(caplog):
    caplog.set_level(logging.CRITICAL, "ponte.drain")

    async def scene(stage: Stage) -> None:
        bad, *good = stage.healthy[:5]
        await stage.tell(bad, *good)

        def break_one(drain) -> None:
            connector = drain._line.context.connector
            drain._line.context = _with_connector(drain._line.context, _Buggy(connector, bad))

        await stage.drain(taken=break_one)
        row = await stage.record(bad)
        assert (row.headline_class, row.headline_code) == ("UNKNOWN", "ponte_bug")
        assert row.problems[0]["message"] == "ZeroDivisionError"
        assert await stage.stand(good)

    play(scene)


class _Buggy:
    """The real connector, with a bug over one SKU."""

    def __init__(self, real, bad: str) -> None:
        self._real, self._bad = real, bad

    def __getattr__(self, name: str):
        return getattr(self._real, name)

    def check(self, sku, rules):
        if sku.id == self._bad:
            raise ZeroDivisionError
        return self._real.check(sku, rules)


def _with_connector(context, connector):
    from dataclasses import replace

    return replace(context, connector=connector)


def test_a_backlog_larger_than_a_batch_is_worked_off_in_one_lease():
    async def scene(stage: Stage) -> None:
        skus = list(stage.shop.catalogue.skus)
        await stage.run(*skus)
        rows = [await stage.record(sku) for sku in skus]
        assert {row.status for row in rows} <= {"success", "alert", "error"} | {"pending"}
        assert {row.attempts for row in rows} == {1}
        assert (await stage.lane_now()).lease_until_ms == 0

    play(scene, catalogue=make_catalogue(120, 7))


def test_the_pace_of_a_channel_is_kept():
    async def scene(stage: Stage) -> None:
        stage.pace = Pace(20.0, 1)
        begin = time.monotonic()
        await stage.run(*stage.healthy[:3])
        requests = stage.board.requests.total()
        assert time.monotonic() - begin >= (requests - 1) / 20 * 0.95

    play(scene)


def test_a_token_that_is_about_to_end_is_refreshed_before_anybody_is_refused():
    async def scene(stage: Stage) -> None:
        soon = await stage.now_ms() + 60_000
        await stage.do(Channel.objects.update, token_until_ms=soon)
        await stage.run(stage.healthy[0])
        assert stage.sent("POST /oauth/token") == 1
        channel = await stage.do(Channel.objects.get)
        assert (channel.token_version, channel.refresh_until_ms) == (1, 0)
        assert channel.token_until_ms > await stage.now_ms() + 3_600_000
        assert await stage.stand([stage.healthy[0]])

    play(scene)


def test_a_category_that_many_products_need_is_learnt_once_and_kept():
    async def scene(stage: Stage) -> None:
        await stage.run(*stage.healthy[:10])
        learnt = {
            label: count for label, count in stage.board.requests.items() if label.startswith("GET /categories/{id}/")
        }
        categories = {stage.shop.sku(sku).body["ProductCategoryIds"] for sku in stage.healthy[:10]}
        assert sum(learnt.values()) <= len(categories)
        before = stage.board.requests["GET /users/me"]
        await stage.change(stage.healthy[0], price=50)
        await stage.drain()
        assert stage.board.requests["GET /users/me"] == before == 1

    play(scene)


def test_a_moderation_found_by_the_later_look_is_shown():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        assert await stage.stand([sku])
        await asyncio.sleep(0.5)
        await stage.again()
        row = await stage.record(sku)
        assert (row.status, row.headline_class) == ("error", "POLICY_MODERATION")
        assert await stage.tries(sku) == ["accepted", "rejected"]

    play(scene, moderation_seconds=0.4, moderated={"": "FORBIDDEN_PRODUCT"})


def test_pictures_that_are_still_fetched_are_waited_for():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        assert await stage.shown(sku) == "waiting DEPENDENCY_PENDING pictures"
        assert (await stage.work(sku)).task == "follow"
        await asyncio.sleep(0.6)
        await stage.again()
        assert (await stage.record(sku)).status in {"success", "alert"}

    play(scene, picture_seconds=0.5)


def test_a_lease_that_was_lost_sends_nothing_more():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.tell(sku)

        def lose(drain) -> None:
            drain._lease.lose()

        served = await stage.drain(taken=lose)
        assert (served.reason, stage.board.requests.total()) == ("lease lost", 0)

    play(scene)


def test_a_lane_taken_by_another_while_we_fetch_is_fenced_before_the_send():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.vtex_board.arm({"kind": "delay", "path": "/api/fulfillment/*", "seconds": 0.4, "count": 1})
        await stage.tell(sku)
        running = asyncio.create_task(stage.drain())
        await asyncio.sleep(0.2)
        await stage.do(Lane.objects.update, lease_until_ms=1)
        other = await stage.do(_take_over, stage.lane.pk)
        assert other.suspects == 1
        await running
        assert stage.sent("POST /items") == 0
        assert (await stage.tries(sku)) == ["superseded"]
        await stage.do(Lane.objects.update, lease_until_ms=1)
        await stage.long_ago()
        await stage.again()
        assert await stage.stand([sku])

    play(scene)


def _take_over(lane_id: int):
    from django.db import transaction

    from ponte.queue import lanes

    with transaction.atomic():
        return lanes.take(lane_id, "other", 30)


@pytest.mark.parametrize("deaths", [1, 2, 3])
def test_d12_suspects_run_apart_and_what_died_three_times_is_put_away(deaths):
    async def scene(stage: Stage) -> None:
        suspect, *innocent = stage.healthy[:4]
        await stage.tell(suspect, *innocent)
        await stage.do(lambda: Work.objects.filter(integration__sku=suspect).update(deaths=deaths))
        await stage.drain()
        assert await stage.stand(innocent)
        if deaths == 3:
            assert await stage.shown(suspect) == "error WORKER_LOST"
            assert stage.listings(suspect) == []
        else:
            assert await stage.stand([suspect])

    play(scene)


def test_one_product_tries_first_after_the_circuit_was_open():
    async def scene(stage: Stage) -> None:
        await stage.do(Lane.objects.update, breaker_trips=1)
        await stage.run(*stage.healthy[:4])
        assert await stage.stand(stage.healthy[:4])
        assert (await stage.lane_now()).breaker_trips == 0

    play(scene)


@pytest.mark.parametrize("text", ["nowhere:kill", "after_claim:explode", "after_claim"])
def test_a_failpoint_that_is_none_stops_the_start(text):
    with pytest.raises(ConfigError, match="PONTE_FAILPOINT"):
        failpoints._Armed(text)


def test_a_failpoint_counts_down():
    armed = failpoints._Armed("before_send:stop@3")
    assert (armed.place, armed.left) == ("before_send", 3)


@pytest.mark.parametrize("change", ["mapping", "rule", "nothing"])
def test_what_a_person_changes_while_a_queue_is_worked_off_serves_the_next_products(change):
    """The queue may be an hour long: what was mended must not wait for its end."""

    async def scene(stage: Stage) -> None:
        await stage.tell(*stage.healthy[:4])

        def made() -> None:
            channel = stage.channel
            if change == "mapping":
                assert isinstance(save_mapping(channel.pk, channel.mapping_text + "# mended\n", actor_id=None), Saved)
            if change == "rule":
                keep(channel.store_id, Draft(channel.connector, "code", "e-77", "POLICY_RESTRICTED"), actor_id=None)

        held = await stage.do(_take, stage.lane.pk)
        context = await stage.do(read_context, stage.channel.pk)
        line = ChannelLine(context, stage.transport, stage.database)
        drain = LaneDrain(Lease(held, time.monotonic() + 60), line, stage.database, runner="test")
        await line.prepare()
        await stage.do(made)
        served = await drain.run()
        assert (served.reason, served.products) == (("empty", 4) if change == "nothing" else ("changed", 0))
        await stage.drain()
        assert await stage.stand(stage.healthy[:4])

    play(scene)
