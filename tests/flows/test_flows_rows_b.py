"""What may be wrong with VTEX's answers, row by row of the catalogue of bad inputs (B)."""

from __future__ import annotations

import time

import pytest
from pipeline_stage import Stage, play

from ponte.domain.lifecycle import Trigger
from ponte.flows.channels.steer import resume

pytestmark = pytest.mark.django_db(transaction=True)

SKU_PATH = "/api/catalog_system/pvt/sku/stockkeepingunitbyid/*"
SIMULATION = "/api/fulfillment/pvt/orderForms/simulation"


def test_b01_a_sku_that_vtex_still_does_not_know_at_the_third_try_is_an_error():
    async def scene(stage: Stage) -> None:
        await stage.run("999")
        assert await stage.shown("999") == "queued VTEX_SKU_NOT_FOUND sku"
        await stage.again()
        await stage.again()
        assert await stage.shown("999") == "error VTEX_SKU_NOT_FOUND sku"
        assert await stage.work("999") is None

    play(scene)


def test_b01_a_listed_sku_that_vtex_has_no_more_is_taken_off_sale_and_says_so():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        stage.vtex_board.arm({"kind": "status", "path": SKU_PATH, "status": 404, "body": "SKU not found."})
        await stage.run(sku)
        await stage.again()
        await stage.again()
        assert await stage.shown(sku) == "error VTEX_SKU_NOT_FOUND sku"
        assert stage.states(sku) == ["paused"]

    play(scene)


def test_b02_a_sku_that_vtex_knows_a_moment_later_is_listed():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.vtex_board.arm({"kind": "status", "path": SKU_PATH, "status": 404, "count": 1})
        await stage.run(sku)
        await stage.again()
        assert await stage.stand([sku])

    play(scene)


def test_b04_an_inactive_sku_that_was_never_listed_is_an_alert_and_is_not_sent():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.shop.change(stage.shop.sku(sku), {"active": False})
        await stage.run(sku)
        assert await stage.shown(sku) == "alert VTEX_SKU_INACTIVE sku"
        assert stage.listings(sku) == []

    play(scene)


@pytest.mark.parametrize("field", ["active", "product_active"])
def test_b04_b05_a_listed_sku_that_becomes_inactive_is_paused_and_comes_back(field):
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        await stage.change(sku, **{field: False})
        await stage.drain()
        assert (await stage.record(sku)).status == "alert"
        assert stage.states(sku) == ["paused"]
        await stage.change(sku, **{field: True})
        await stage.drain()
        assert await stage.shown(sku) == "success"
        assert stage.states(sku) == ["active"]

    play(scene)


def test_b06_a_sku_outside_the_trade_policy_says_so():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.shop.change(stage.shop.sku(sku), {"trade_policies": [1]})
        await stage.run(sku)
        assert (await stage.record(sku)).headline_class == "VTEX_NOT_IN_TRADE_POLICY"
        assert stage.listings(sku) == []

    play(scene)


def test_b07_all_problems_of_a_product_are_shown_at_once_and_nothing_is_sent():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.shop.change(stage.shop.sku(sku), {"images": [], "ean": "789", "dimension": {"weight": 0}})
        await stage.run(sku)
        row = await stage.record(sku)
        found = {one["class"] for one in row.problems}
        assert {"IMAGE_MISSING", "IDENTIFIER_INVALID"} <= found
        assert (row.status, stage.sent("POST /items")) == ("error", 0)

    play(scene)


@pytest.mark.parametrize("price", [None, 0])
def test_b08_a_product_without_a_price_is_never_sent(price):
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.shop.change(stage.shop.sku(sku), {"price": price})
        await stage.run(sku)
        assert await stage.shown(sku) == "error VTEX_PRICE_MISSING price"
        assert stage.sent("POST /items") == 0

    play(scene)


def test_b08_a_listed_product_that_loses_its_price_is_paused():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        await stage.change(sku, price=None)
        await stage.drain()
        assert stage.states(sku) == ["paused"]

    play(scene)


def test_b10_a_category_without_a_mapping_is_an_error_that_a_new_mapping_heals():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        mapping = stage.channel.mapping_text
        await stage.do(stage.set_mapping, "version: 1\ncategories: {}\n")
        await stage.run(sku)
        assert (await stage.record(sku)).headline_class == "NOT_MAPPED"
        await stage.do(stage.set_mapping, mapping)
        await stage.ask_for(sku)
        await stage.drain()
        assert await stage.shown(sku) == "success"

    play(scene)


def test_b27_a_revoked_vtex_key_stops_the_lane_with_one_reason_and_burns_no_try():
    async def scene(stage: Stage) -> None:
        skus = stage.healthy[:8]
        stage.vtex_board.arm({"kind": "status", "path": "/api/*", "status": 401})
        await stage.run(*skus)
        lane = await stage.lane_now()
        assert (lane.state, lane.reason["class"]) == ("disconnected", "VTEX_AUTH")
        for sku in skus:
            work = await stage.work(sku)
            assert (work.tries, work.lease_epoch, (await stage.record(sku)).status) == (0, 0, "pending")
        assert await stage.drain() is None
        stage.vtex_board.disarm()
        await stage.do(resume, stage.channel.pk, store_id=stage.channel.store_id, actor_id=None)
        assert (await stage.lane_now()).reason is None
        await stage.drain()
        assert await stage.stand(skus)

    play(scene)


def test_b28_after_a_429_with_retry_after_vtex_is_not_asked_before():
    async def scene(stage: Stage) -> None:
        skus = stage.healthy[:6]
        stage.vtex_board.arm({"kind": "status", "path": "/api/*", "status": 429, "retry_after": "30"})
        begin = time.monotonic()
        await stage.run(*skus)
        asked = sum(stage.vtex_board.requests.values())
        stage.vtex_board.disarm()
        await stage.again()
        assert sum(stage.vtex_board.requests.values()) == asked
        assert time.monotonic() - begin < 15, "nobody sits and waits for it"
        lane = await stage.lane_now()
        assert lane.state == "open"
        assert lane.breaker_until_ms >= await stage.now_ms() + 25_000

    play(scene)


def test_b30_an_outage_of_vtex_opens_the_circuit_and_burns_no_further_tries():
    async def scene(stage: Stage) -> None:
        skus = list(stage.shop.catalogue.skus)
        stage.vtex_board.arm({"kind": "status", "path": "/api/*", "status": 503})
        await stage.run(*skus)
        lane = await stage.lane_now()
        assert (lane.state, lane.breaker_trips) == ("open", 1)
        assert lane.reason["class"] == "VTEX_UNAVAILABLE"
        assert await stage.again() is None
        stage.vtex_board.disarm()
        await stage.open_circuit_now()
        await stage.drain()
        lane = await stage.lane_now()
        assert (lane.breaker_trips, lane.reason) == (0, None)
        await stage.again()
        assert await stage.stand(stage.healthy)

    play(scene)


def test_b30_a_probe_that_fails_opens_the_circuit_again_for_longer():
    async def scene(stage: Stage) -> None:
        stage.vtex_board.arm({"kind": "status", "path": "/api/*", "status": 503})
        await stage.run(*stage.shop.catalogue.skus)
        await stage.open_circuit_now()
        before = stage.vtex_board.requests.total()
        await stage.again()
        lane = await stage.lane_now()
        assert lane.breaker_trips == 2
        assert lane.breaker_until_ms > await stage.now_ms() + 55_000
        assert stage.vtex_board.requests.total() - before <= 2, "one product tried"

    play(scene)


def test_b31_one_sku_that_vtex_always_fails_on_does_not_open_the_circuit():
    async def scene(stage: Stage) -> None:
        bad, *good = stage.healthy[:12]
        stage.vtex_board.arm({"kind": "status", "path": "/api/*", "status": 500, "sku": bad})
        await stage.run(bad, *good)
        for _ in range(9):
            await stage.again()
        lane = await stage.lane_now()
        assert (lane.state, lane.breaker_trips) == ("open", 0)
        assert (await stage.record(bad)).status == "error"
        assert await stage.stand(good)

    play(scene)


@pytest.mark.parametrize("body", ["<html>Login</html>", None, {}, []])
def test_b32_b33_an_answer_that_is_no_product_is_tried_again_and_deletes_nothing(body):
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        raw = body if isinstance(body, str) else stage.dumps(body)
        stage.vtex_board.arm({"kind": "status", "path": SKU_PATH, "status": 200, "body": raw})
        await stage.run(sku)
        assert await stage.shown(sku) == "queued RESPONSE_UNREADABLE sku"
        assert stage.states(sku) == ["active"]
        stage.vtex_board.disarm()
        await stage.again()
        assert await stage.shown(sku) == "success"

    play(scene)


def test_an_offer_that_did_not_change_is_not_sent_again():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        before = stage.market.switchboard.requests.total()
        await stage.run(sku)
        assert (await stage.tries(sku))[-1] == "unchanged"
        assert stage.market.switchboard.requests.total() == before

    play(scene)


def test_a_person_may_send_an_unchanged_offer_all_the_same():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        await stage.tell(sku, trigger=Trigger.PERSON)
        await stage.drain()
        assert (await stage.tries(sku))[-1] == "accepted"
        assert stage.sent("PUT /items/{id}") == 1

    play(scene)


def test_products_of_a_batch_share_one_simulation_and_keep_their_own_part_of_it():
    async def scene(stage: Stage) -> None:
        skus = stage.healthy[:5]
        await stage.run(*skus)
        assert stage.vtex_board.requests[f"POST {SIMULATION}"] == 1
        kept = [await stage.simulation_of(sku) for sku in skus]
        assert [[item["id"] for item in one["items"]] for one in kept] == [[sku] for sku in skus]

    play(scene)
