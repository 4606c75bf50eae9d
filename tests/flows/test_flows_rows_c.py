"""What a marketplace may answer, row by row of the catalogue of bad inputs (C)."""

from __future__ import annotations

import time

import pytest
from django.utils import timezone
from pipeline_stage import Stage, play

from ponte.db.models import Integration
from ponte.domain.doubt import doubted_until
from ponte.flows.channels.steer import resume

pytestmark = pytest.mark.django_db(transaction=True)

ITEMS = {"method": "POST", "path": "/items"}
ONE_ITEM = {"method": "PUT", "path": "/items/*"}
BLOCKED_APP = {"message": "app blocked", "code": "PA"}
REFUSED = {
    "message": "Validation error",
    "error": "validation_error",
    "status": 400,
    "cause": [{"code": "item.price.invalid", "type": "error", "message": "The price is too low"}],
}
CANARY = "canary-of-a-live-secret-0123456789"


def test_c03_a_created_without_an_id_is_looked_up_and_stays_one_listing():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.board.arm({"kind": "status", **ITEMS, "status": 201, "body": {}, "count": 1, "applied": True})
        await stage.run(sku)
        assert (await stage.record(sku)).creating_since is not None
        await stage.long_ago()
        await stage.again()
        assert (await stage.shown(sku), len(stage.listings(sku))) == ("success", 1)

    play(scene)


def test_c05_a_truncated_answer_to_a_create_is_looked_up():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.board.arm({"kind": "truncate", **ITEMS, "count": 1})
        await stage.run(sku)
        await stage.long_ago()
        await stage.again()
        assert (await stage.shown(sku), len(stage.listings(sku))) == ("success", 1)

    play(scene)


def test_c07_a_gzip_bomb_is_cut_and_the_product_tried_again():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.board.arm({"kind": "gzip_bomb", "path": "/users/me", "bytes": 50_000_000, "count": 1})
        await stage.run(sku)
        assert await stage.shown(sku) == "queued RESPONSE_UNREADABLE GET /users/me"
        await stage.again()
        assert await stage.shown(sku) == "success"

    play(scene)


def test_c10_a_redirect_is_not_followed():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.board.arm({"kind": "redirect", "path": "/users/me", "count": 1})
        await stage.run(sku)
        row = await stage.record(sku)
        assert (row.headline_code, row.status) == ("redirect", "pending")

    play(scene)


def test_c12_c13_a_host_that_may_not_be_called_is_told_and_nothing_is_sent():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.set_base_url("https://127.0.0.1")
        await stage.run(sku)
        assert (await stage.record(sku)).headline_code == "forbidden_address"
        await stage.set_base_url("https://nowhere.invalid")
        await stage.again()
        assert (await stage.record(sku)).headline_code == "name"

    play(scene)


def test_c14_a_reset_before_the_answer_of_a_read_is_tried_again():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.board.arm({"kind": "reset", "path": "/users/me", "count": 1})
        await stage.run(sku)
        assert await stage.shown(sku) == "queued NETWORK GET /users/me"
        await stage.again()
        assert (await stage.shown(sku), len(stage.listings(sku))) == ("success", 1)

    play(scene)


def test_c15_a_create_whose_answer_was_lost_makes_exactly_one_listing():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.board.arm({"kind": "lost", **ITEMS, "count": 1})
        await stage.run(sku)
        assert await stage.shown(sku) == "queued NETWORK POST /items"
        assert len(stage.listings(sku)) == 1
        await stage.again()
        assert stage.sent("POST /items") == 1, "within the lag of the search nothing is created"
        await stage.long_ago()
        await stage.again()
        row = await stage.record(sku)
        assert (await stage.shown(sku), row.creating_since) == ("success", None)
        assert [one.id for one in stage.listings(sku)] == [row.listing_id]
        assert stage.sent("POST /items") == 1

    play(scene)


def test_c15_a_create_that_was_really_lost_is_made_once_the_search_is_sure():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.board.arm({"kind": "reset", **ITEMS, "count": 1})
        await stage.run(sku)
        await stage.long_ago()
        await stage.again()
        assert (await stage.shown(sku), len(stage.listings(sku))) == ("success", 1)

    play(scene)


def test_c15_many_doubts_at_once_are_no_outage():
    """A worker that died leaves a batch of them: all is answered, and the marketplace is not kept waiting for it."""

    async def scene(stage: Stage) -> None:
        skus = stage.healthy[:12]
        await stage.run(*skus)
        await stage.do(Integration.objects.update, creating_since=timezone.now())
        for sku in skus:
            await stage.change(sku, price=1077.5)
        await stage.again()
        assert {await stage.shown(sku) for sku in skus} == {"queued NETWORK POST /items"}
        assert [stage.prices(sku) for sku in skus] == [[1077.5]] * 12
        assert (await stage.lane_now()).breaker_trips == 0

    play(scene)


def test_c15_a_doubt_outlives_an_account_that_may_not_look_it_up():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.board.arm({"kind": "lost", **ITEMS, "count": 1})
        await stage.run(sku)
        await stage.long_ago()
        fault = stage.board.arm({"kind": "status", "path": "/users/*", "status": 403, "body": BLOCKED_APP})
        await stage.again()
        assert (await stage.record(sku)).creating_since is not None
        stage.board.disarm(fault)
        await stage.do(resume, stage.channel.pk, store_id=stage.channel.store_id, actor_id=None)
        await stage.ask_for(sku)
        await stage.again()
        assert (await stage.shown(sku), len(stage.listings(sku))) == ("success", 1)

    play(scene)


def test_c16_an_update_whose_answer_was_lost_is_repeated_once():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        stage.board.arm({"kind": "lost", **ONE_ITEM, "count": 1})
        await stage.change(sku, price=77.5)
        await stage.drain()
        assert await stage.shown(sku) == "queued NETWORK PUT /items/{id}"
        assert doubted_until((await stage.record(sku)).offer_digest) is not None
        await stage.again()
        assert (await stage.shown(sku), stage.sent("PUT /items/{id}")) == ("success", 2)
        assert stage.prices(sku) == [77.5]

    play(scene)


def test_c16_a_change_that_is_taken_back_while_its_answer_was_lost_does_not_stand():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        price = float(stage.shop.sku(sku).price)
        await stage.run(sku)
        stage.board.arm({"kind": "lost", **ONE_ITEM, "count": 1})
        await stage.change(sku, price=77.5)
        await stage.drain()
        await stage.change(sku, price=price)
        await stage.again()
        assert stage.prices(sku) == [price]

    play(scene)


def test_a_change_that_was_half_applied_and_then_taken_back_does_not_stand():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        before = stage.shop.sku(sku).body["ProductDescription"]
        price = float(stage.shop.sku(sku).price)
        await stage.run(sku)
        stage.board.arm(
            {"kind": "status", "method": "PUT", "path": "/items/*/description", "status": 400, "count": 1}
        )
        await stage.change(sku, price=77.5, description="<p>Outra descrição, bem outra</p>")
        await stage.drain()
        await stage.change(sku, price=price, description=before)
        await stage.again()
        assert stage.prices(sku) == [price]

    play(scene)


def test_c17_a_refusal_is_permanent_with_one_send():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.board.arm({"kind": "status", **ITEMS, "status": 400, "body": REFUSED})
        await stage.run(sku)
        await stage.again()
        assert ((await stage.record(sku)).status, stage.sent("POST /items")) == ("error", 1)
        assert await stage.work(sku) is None

    play(scene)


def test_c18_an_expired_token_is_refreshed_once_for_all_and_the_batch_goes_on():
    async def scene(stage: Stage) -> None:
        skus = stage.healthy[:12]
        stage.market.tokens.expire_access(stage.sandbox.mercadolivre.sellers[0].user_id)
        await stage.run(*skus)
        assert await stage.stand(skus)
        assert {len(stage.listings(sku)) for sku in skus} == {1}
        assert stage.sent("POST /oauth/token") == 1

    play(scene)


def test_c18_an_answer_that_comes_late_to_the_old_token_does_not_refresh_again():
    async def scene(stage: Stage) -> None:
        skus = stage.healthy[:6]
        await stage.run(skus[0])
        stage.market.tokens.expire_access(stage.sandbox.mercadolivre.sellers[0].user_id)
        stage.board.arm({"kind": "delay", **ITEMS, "sku": skus[3], "seconds": 0.6})
        await stage.run(*skus)
        assert stage.sent("POST /oauth/token") == 1
        assert await stage.stand(skus)

    play(scene)


def test_c19_a_refresh_that_is_refused_disconnects_the_channel_once_and_loses_nothing():
    async def scene(stage: Stage) -> None:
        skus = stage.healthy[:8]
        await stage.run(skus[0])
        stage.market.tokens.revoke(stage.sandbox.mercadolivre.sellers[0].user_id)
        await stage.run(*skus)
        lane = await stage.lane_now()
        assert (lane.state, lane.reason["class"]) == ("disconnected", "AUTH_INVALID")
        assert stage.sent("POST /oauth/token") == 1
        works = [await stage.work(sku) for sku in skus[1:]]
        assert {(one.tries, one.lease_epoch) for one in works} == {(0, 0)}
        assert await stage.drain() is None

    play(scene)


def test_c19_what_was_accepted_beside_a_refused_refresh_keeps_its_listing():
    async def scene(stage: Stage) -> None:
        quick, slow = stage.healthy[:2]
        await stage.run(quick)
        # The slow one is created while the other one's refresh is refused.
        stage.board.arm({"kind": "delay", **ITEMS, "sku": slow, "seconds": 0.8, "applied": False})
        stage.board.arm(
            {"kind": "status", **ONE_ITEM, "status": 401, "body": {"message": "invalid access token", "status": 401}}
        )
        stage.board.arm({"kind": "status", "path": "/oauth/token", "status": 400, "body": {"error": "invalid_grant"}})
        await stage.change(quick, price=88.5)
        await stage.tell(slow)
        await stage.drain()
        assert (await stage.lane_now()).state == "disconnected"
        row = await stage.record(slow)
        assert [one.id for one in stage.listings(slow)] == [row.listing_id]

    play(scene)


def test_c22_a_blocked_application_disconnects_the_channel_with_its_reason():
    async def scene(stage: Stage) -> None:
        skus = stage.healthy[:5]
        stage.board.arm({"kind": "status", **ITEMS, "status": 403, "body": BLOCKED_APP})
        await stage.run(*skus)
        lane = await stage.lane_now()
        assert (lane.state, lane.reason["message"]) == ("disconnected", "app blocked")

    play(scene)


def test_c23_a_listing_that_is_gone_is_made_anew_by_a_persons_wish_only():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        [listing] = stage.listings(sku)
        gone = stage.board.arm({"kind": "status", "path": f"/items/{listing.id}", "status": 404})
        await stage.change(sku, price=77.5)
        await stage.drain()
        assert (await stage.record(sku)).headline_class == "LISTING_NOT_FOUND"
        await stage.change(sku, price=78.5)
        await stage.drain()
        assert (await stage.record(sku)).headline_class == "LISTING_NOT_FOUND"
        assert stage.sent("POST /items") == 1
        await stage.ask_for(sku)
        await stage.drain()
        assert (await stage.shown(sku), stage.sent("POST /items")) == ("success", 2)
        assert (await stage.record(sku)).listing_id != listing.id
        stage.board.disarm(gone)

    play(scene)


def test_c28_after_a_429_the_lane_waits_as_long_as_it_was_asked_to():
    async def scene(stage: Stage) -> None:
        skus = stage.healthy[:10]
        stage.board.arm({"kind": "status", **ITEMS, "status": 429, "retry_after": "120"})
        begin = time.monotonic()
        await stage.run(*skus)
        asked = stage.board.requests.total()
        assert time.monotonic() - begin < 15, "nobody sits and waits for it"
        lane = await stage.lane_now()
        assert lane.state == "open"
        assert lane.reason["class"] == "THROTTLED"
        assert lane.breaker_until_ms >= await stage.now_ms() + 110_000
        assert await stage.again() is None
        assert stage.board.requests.total() == asked
        stage.board.disarm()

    play(scene)


def test_c28_a_short_wait_is_sat_out_within_the_run():
    async def scene(stage: Stage) -> None:
        skus = stage.healthy[:3]
        stage.board.arm({"kind": "status", **ITEMS, "status": 429, "retry_after": "1", "count": 1})
        await stage.run(*skus)
        assert (await stage.lane_now()).breaker_trips == 0
        await stage.again()
        assert await stage.stand(skus)

    play(scene)


def test_c33_one_outage_is_one_record_with_two_attempts():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(stage.healthy[1])
        stage.board.arm({"kind": "status", "path": "/items", "method": "POST", "status": 502, "count": 1})
        await stage.run(sku)
        await stage.long_ago()
        await stage.again()
        assert await stage.shown(sku) == "success"
        assert await stage.tries(sku) == ["postponed", "accepted"]
        assert len(stage.listings(sku)) == 1

    play(scene)


def test_c34_an_outage_for_ever_ends_in_a_dead_letter_after_ten_tries():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        stage.board.arm({"kind": "status", **ONE_ITEM, "status": 500})
        await stage.change(sku, price=77.5)
        await stage.drain()
        for _ in range(9):
            await stage.again()
        row = await stage.record(sku)
        assert (row.status, row.headline_class) == ("error", "MARKETPLACE_OUTAGE")
        assert (await stage.work(sku)).due_at_ms > await stage.now_ms() + 2 * 3_600_000

    play(scene)


def test_c39_c41_hostile_words_are_kept_as_text_without_secrets():
    words = (
        f"<script>alert(1)</script> access_token={CANARY} CPF 123.456.789-09 ana@example.com "
        "APP_USR-1234567890-canary Bearer canarycanarycanary"
    )

    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        body = {"message": words, "error": "validation_error", "status": 400, "cause": []}
        stage.board.arm({"kind": "status", **ITEMS, "status": 400, "body": body})
        await stage.run(sku)
        dump = await stage.dump()
        assert "<script>alert(1)</script>" in (await stage.record(sku)).problems[0]["message"]
        for told in (CANARY, "123.456.789-09", "ana@example.com", "1234567890-canary", "canarycanary"):
            assert told not in dump, told

    play(scene)


def test_c41_our_own_live_secrets_are_never_kept_even_when_they_are_sent_back():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        seller = stage.sandbox.mercadolivre.sellers[0]
        words = f"your secret is {seller.refresh_token} and {stage.sandbox.store.app_token}"
        body = {
            "message": words,
            "error": "validation_error",
            "status": 400,
            "cause": [{"code": "x", "message": words}],
        }
        stage.board.arm({"kind": "status", **ITEMS, "status": 400, "body": body})
        await stage.run(sku)
        dump = await stage.dump()
        assert "your secret is" in dump
        assert seller.refresh_token not in dump
        assert seller.access_token not in dump

    play(scene)


def test_words_that_no_database_takes_are_kept_as_far_as_they_can_be():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        body = b'{"message":"pre\\u0000co \\ud800 alto","error":"validation_error","status":400,"cause":[]}'
        stage.board.arm({"kind": "status", **ITEMS, "status": 400, "body": body})
        await stage.run(sku)
        row = await stage.record(sku)
        assert (row.attempts, (await stage.tries(sku))) == (1, ["rejected"])
        assert row.problems[0]["message"].startswith("preco ")

    play(scene)
