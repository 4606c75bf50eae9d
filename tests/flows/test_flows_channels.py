"""Testing, pausing, loading and previewing a channel; tokens; the first connection."""

from __future__ import annotations

import asyncio

import pytest
from pipeline_stage import Stage, play

from ponte.db.models import Channel, Fact, Integration, Lane, Store, Work
from ponte.domain.lifecycle import Priority
from ponte.domain.outcome import Blocked
from ponte.flows.channels import authorization, steer
from ponte.flows.channels.stores import Unusable, add_channel, set_mapping
from ponte.flows.facts.learning import FactBook, keep_fact, read_facts
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import Context, Unready, read_context
from ponte.flows.pipeline.tokens import Credentials, refresh
from ponte.flows.preview import preview
from ponte.flows.sync import sync

pytestmark = pytest.mark.django_db(transaction=True)

SKU_LIST = "/api/catalog_system/pvt/sku/stockkeepingunitidsbysaleschannel"


async def line_of(stage: Stage) -> ChannelLine:
    context = await stage.do(read_context, stage.channel.pk)
    return ChannelLine(context, stage.transport, stage.database)


# -- test connection


def test_a_channel_whose_both_sides_answer_is_fine(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        tested = await stage.elsewhere(steer.test, stage.channel.pk, store_id=stage.channel.store_id)
        assert (tested.ok, tested.problems) == (True, ())

    play(scene)


def test_both_sides_are_asked_and_each_says_what_is_wrong(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        stage.vtex_board.arm({"kind": "status", "path": "/api/*", "status": 403})
        stage.market.tokens.revoke(stage.sandbox.mercadolivre.sellers[0].user_id)
        tested = await stage.elsewhere(steer.test, stage.channel.pk, store_id=stage.channel.store_id)
        found = {problem.kind.name for problem in tested.problems}
        assert (tested.ok, {"VTEX_AUTH", "AUTH_INVALID"} <= found) == (False, True)

    play(scene)


def test_an_inactive_trade_policy_is_told(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        await stage.do(Channel.objects.update, trade_policy="77")
        tested = await stage.elsewhere(steer.test, stage.channel.pk, store_id=stage.channel.store_id)
        assert [problem.kind.name for problem in tested.problems] == ["VTEX_NOT_IN_TRADE_POLICY"]

    play(scene)


def test_a_channel_of_another_store_or_with_a_broken_connector_cannot_be_tested(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        tested = await stage.elsewhere(steer.test, stage.channel.pk, store_id=999)
        assert tested.ok is False
        await stage.do(Channel.objects.update, connector="nobody")
        tested = await stage.elsewhere(steer.test, stage.channel.pk, store_id=stage.channel.store_id)
        assert tested.ok is False
        assert tested.problems

    play(scene)


def test_secrets_that_do_not_open_are_told(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        await stage.do(Channel.objects.update, secrets_sealed="v1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        tested = await stage.elsewhere(steer.test, stage.channel.pk, store_id=stage.channel.store_id)
        assert [problem.code for problem in tested.problems] == ["secret_key"]

    play(scene)


def test_pause_and_resume_are_the_stores_own():
    async def scene(stage: Stage) -> None:
        own = stage.channel.store_id
        assert await stage.do(steer.pause, stage.channel.pk, store_id=999, actor_id=None) is False
        assert await stage.do(steer.pause, stage.channel.pk, store_id=own, actor_id=None) is True
        assert (await stage.lane_now()).state == "paused"
        await stage.tell(stage.healthy[0])
        assert await stage.drain() is None
        await stage.do(keep_fact, stage.channel.pk, "account", {"user_id": "1"})
        await stage.do(Lane.objects.update, breaker_trips=3, breaker_until_ms=9_999_999_999_999, reason={"code": "x"})
        assert await stage.do(steer.resume, stage.channel.pk, store_id=own, actor_id=None) is True
        lane = await stage.lane_now()
        assert (lane.state, lane.breaker_trips, lane.breaker_until_ms, lane.reason) == ("open", 0, 0, None)
        assert await stage.do(Fact.objects.count) == 0

    play(scene)


# -- initial load


def test_the_initial_load_queues_the_whole_trade_policy_behind_everything_else(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        listed = stage.shop.listed(2)
        await stage.tell(listed[0])
        done = await stage.elsewhere(sync, stage.channel.pk)
        assert (done.skus, done.problem) == (len(listed), None)
        assert await stage.do(Integration.objects.count) == len(listed)
        priorities = await stage.do(lambda: list(Work.objects.values_list("priority", flat=True)))
        assert priorities.count(Priority.SYNC) == len(listed) - 1

    play(scene)


def test_a_load_that_vtex_refuses_says_why(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        stage.vtex_board.arm({"kind": "status", "path": SKU_LIST, "status": 401})
        done = await stage.elsewhere(sync, stage.channel.pk)
        assert (done.skus, done.problem.kind.name) == (0, "VTEX_AUTH")

    play(scene)


def test_a_load_waits_through_a_short_outage(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        stage.vtex_board.arm({"kind": "status", "path": SKU_LIST, "status": 503, "retry_after": "1", "count": 1})
        done = await stage.elsewhere(sync, stage.channel.pk)
        assert done.skus == len(stage.shop.listed(2))

    play(scene)


def test_a_load_that_never_gets_an_answer_ends_with_the_reason(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        stage.vtex_board.arm({"kind": "status", "path": SKU_LIST, "status": 503})
        done = await stage.elsewhere(sync, stage.channel.pk, wait_seconds=0.01)
        assert (done.skus, done.problem.kind.name) == (0, "VTEX_UNAVAILABLE")

    play(scene)


def test_a_list_that_ignores_its_page_number_comes_to_an_end(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        stage.vtex_board.arm({"kind": "status", "path": SKU_LIST, "status": 200, "body": b"[1, 2, 3]"})
        done = await stage.elsewhere(sync, stage.channel.pk)
        assert done.skus == 3

    play(scene)


def test_a_channel_that_cannot_be_used_is_not_loaded(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        await stage.do(Channel.objects.update, connector="nobody")
        done = await stage.elsewhere(sync, stage.channel.pk)
        assert isinstance(done.problem, Unready)

    play(scene)


# -- dry run


def test_a_preview_shows_the_offer_with_its_provenance_and_sends_nothing(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        sku = stage.healthy[0]
        seen = await stage.elsewhere(preview, sku, stage.channel.pk)
        assert (seen.would_send, seen.sku.id) == (True, sku)
        assert {one.field for one in seen.offer.provenance}
        # Mercado Livre's own verdict is asked for; that makes nothing.
        assert seen.asked
        assert [label for label in stage.board.requests if not label.startswith("GET")] == ["POST /items/validate"]

    play(scene)


def test_a_preview_of_a_product_with_problems_shows_them_all(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        sku = stage.healthy[0]
        stage.shop.change(stage.shop.sku(sku), {"images": [], "active": False})
        seen = await stage.elsewhere(preview, sku, stage.channel.pk)
        assert seen.would_send is False
        assert {"IMAGE_MISSING", "VTEX_SKU_INACTIVE"} <= {problem.kind.name for problem in seen.problems}

    play(scene)


def test_a_preview_says_what_hinders_it(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        sku = stage.healthy[0]
        unknown = await stage.elsewhere(preview, "999", stage.channel.pk)
        assert (unknown.offer, unknown.problems[0].kind.name) == (None, "VTEX_SKU_NOT_FOUND")
        fault = stage.vtex_board.arm({"kind": "status", "path": "/api/fulfillment/*", "status": 403})
        assert (await stage.elsewhere(preview, sku, stage.channel.pk)).problems[0].kind.name == "VTEX_AUTH"
        stage.vtex_board.disarm(fault)
        stage.board.arm({"kind": "status", "path": "/users/me", "status": 503})
        assert (await stage.elsewhere(preview, sku, stage.channel.pk)).problems[0].kind.name == "MARKETPLACE_OUTAGE"
        await stage.do(Channel.objects.update, mapping_text="version: [")
        assert isinstance(await stage.elsewhere(preview, sku, stage.channel.pk), Unready)

    play(scene)


# -- tokens


def test_c21_two_who_need_a_token_at_once_make_one_refresh():
    async def scene(stage: Stage) -> None:
        one, two = await line_of(stage), await line_of(stage)
        stage.board.arm({"kind": "delay", "path": "/oauth/token", "seconds": 0.3})

        async def ask(line: ChannelLine) -> Credentials:
            return await refresh(
                stage.channel.pk,
                0,
                connector=line.context.connector,
                rules=line.context.rules,
                party=line.marketplace,
                database=stage.database,
            )

        found = await asyncio.gather(ask(one), ask(two))
        assert {credentials.version for credentials in found} == {1}
        assert found[0].secrets == found[1].secrets
        assert stage.sent("POST /oauth/token") == 1

    play(scene)


def test_c19_a_refused_refresh_is_a_blocked_account_and_frees_the_right_to_try():
    async def scene(stage: Stage) -> None:
        stage.market.tokens.revoke(stage.sandbox.mercadolivre.sellers[0].user_id)
        line = await line_of(stage)
        found = await refresh(
            stage.channel.pk,
            0,
            connector=line.context.connector,
            rules=line.context.rules,
            party=line.marketplace,
            database=stage.database,
        )
        assert isinstance(found, Blocked)
        channel = await stage.do(Channel.objects.get)
        assert (channel.refresh_until_ms, channel.token_version) == (0, 0)

    play(scene)


def test_a_refresh_that_is_already_done_asks_nobody():
    async def scene(stage: Stage) -> None:
        await stage.do(Channel.objects.update, token_version=4)
        line = await line_of(stage)
        found = await refresh(
            stage.channel.pk,
            3,
            connector=line.context.connector,
            rules=line.context.rules,
            party=line.marketplace,
            database=stage.database,
        )
        assert (found.version, stage.sent("POST /oauth/token")) == (4, 0)

    play(scene)


def test_a_refreshed_token_is_used_and_the_old_one_is_gone():
    async def scene(stage: Stage) -> None:
        line = await line_of(stage)
        before = dict(line.context.marketplace.secrets)
        assert await line._refresh(0) is True
        assert await line._refresh(0) is True, "somebody else was first"
        after = line.context.marketplace.secrets
        assert after["refresh_token"] != before["refresh_token"]
        assert after["access_token"] in line.context.marketplace.headers["Authorization"]
        assert stage.sent("POST /oauth/token") == 1

    play(scene)


def test_a_refresh_that_fails_for_a_moment_leaves_things_as_they_are():
    async def scene(stage: Stage) -> None:
        stage.board.arm({"kind": "status", "path": "/oauth/token", "status": 503})
        line = await line_of(stage)
        assert await line._refresh(0) is False
        assert line.blocked is None

    play(scene)


# -- first connection


def test_the_account_is_connected_by_its_code(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        url = await stage.do(authorization.address, stage.channel.pk, "https://ponte.example/volta")
        assert url.startswith(f"{stage.sandbox.mercadolivre.base_url}/authorization?")
        await stage.set_base_url("")
        real = await stage.do(authorization.address, stage.channel.pk, "https://ponte.example/volta")
        assert real.startswith("https://auth.mercadolivre.com.br/authorization?")
        await stage.set_base_url(stage.sandbox.mercadolivre.base_url)
        assert "ponte.example" in url
        refused = await authorization.exchange(stage.channel.pk, "wrong", "https://ponte.example/volta")
        assert refused.kind.name == "AUTH_INVALID"
        stage.board.arm(
            {
                "kind": "status",
                "path": "/oauth/token",
                "status": 200,
                "body": {"access_token": "APP_USR-new", "refresh_token": "TG-new", "expires_in": 100, "user_id": 7},
            }
        )
        assert await authorization.exchange(stage.channel.pk, "right", "https://ponte.example/volta") is None
        channel = await stage.do(Channel.objects.get)
        assert channel.secrets()["refresh_token"] == "TG-new"
        assert (channel.settings["user_id"], channel.token_version) == ("7", 1)
        await stage.do(Channel.objects.update, connector="nobody")
        assert (await stage.do(authorization.address, channel.pk, "https://x")).code == "no_oauth"
        assert (await authorization.exchange(channel.pk, "x", "https://x")).code == "no_oauth"

    play(scene)


# -- facts


def test_a_fact_that_could_not_be_learnt_is_asked_again():
    async def scene(stage: Stage) -> None:
        line = await line_of(stage)
        stage.board.arm({"kind": "status", "path": "/users/me", "status": 503, "count": 1})
        book = FactBook(stage.channel.pk, line.context.connector, stage.database)
        first = await book.get(("account",), line.context.rules, line.marketplace)
        assert first.problem.kind.name == "MARKETPLACE_OUTAGE"
        second = await book.get(("account", "account"), line.context.rules, line.marketplace)
        assert second["account"]["user_id"]
        assert await stage.do(read_facts, stage.channel.pk) == second

    play(scene)


# -- stores and channels


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"connector": "nobody"}, "nobody"),
        ({"mapping_text": "version: ["}, "mapping"),
        ({"settings": {}}, "client_id"),
        ({"affiliate_id": "ABCD"}, "affiliate"),
        ({"code": "Mercado Livre"}, "code"),
        ({"code": "mlb"}, "taken"),
        ({"base_url": "ftp://x"}, "http"),
    ],
)
def test_a_channel_that_cannot_be_used_is_refused_in_words(wrong, told):
    async def scene(stage: Stage) -> None:
        given = {
            "code": "novo",
            "name": "",
            "connector": "mercadolivre",
            "settings": {"client_id": "1"},
            "secrets": {"client_secret": "x" * 8, "refresh_token": "y" * 8, "access_token": "z" * 8},
        }
        store = await stage.do(Store.objects.get)
        made = await stage.do(add_channel, store, **{**given, **wrong})
        assert isinstance(made, Unusable)
        assert told in made.reason
        assert await stage.do(Channel.objects.count) == 1

    play(scene)


def test_a_mapping_with_errors_is_not_kept():
    async def scene(stage: Stage) -> None:
        before = stage.channel.mapping_text
        assert await stage.do(set_mapping, stage.channel, "version: [")
        assert (await stage.do(Channel.objects.get)).mapping_text == before

    play(scene)


def test_a_context_has_the_channels_own_limits():
    async def scene(stage: Stage) -> None:
        context = await stage.do(read_context, stage.channel.pk)
        assert isinstance(context, Context)
        assert context.requests_per_second == 5_000
        await stage.do(Channel.objects.update, requests_per_second=None, mapping_text="")
        context = await stage.do(read_context, stage.channel.pk)
        assert context.requests_per_second == context.connector.manifest.limits.requests_per_second

    play(scene)
