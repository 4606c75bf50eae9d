"""Connecting an account on the marketplace's page, from begin to finish, against the fake one; trying a mapping."""

from __future__ import annotations

import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from pipeline_stage import Stage, play

from ponte.db.models import Audit, Channel, Lane
from ponte.domain.problem import Problem
from ponte.flows.channels import authorization
from ponte.flows.channels.authorization import Begun, Connected
from ponte.flows.mapping.trial import Fate, try_mapping
from ponte.flows.pipeline.context import Unready

pytestmark = pytest.mark.django_db(transaction=True)
BACK = "https://ponte.example/canais/mlb/retorno"


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


def allow(url: str) -> str:
    """Say yes on the marketplace's page, as the seller would; returns the code that comes back."""
    try:
        urllib.request.build_opener(_Stay).open(url, timeout=10)
    except urllib.error.HTTPError as answer:
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    raise AssertionError("no redirect")


async def begin(stage: Stage) -> Begun:
    begun = await stage.do(authorization.begin, stage.channel.pk, BACK)
    assert isinstance(begun, Begun)
    return begun


async def finish(stage: Stage, code: str, verifier: str) -> Connected | Problem:
    return await stage.elsewhere(
        authorization.finish, stage.channel.pk, code, redirect_uri=BACK, verifier=verifier, actor_id=None
    )


def test_a_reconnected_account_lets_the_waiting_records_go_on(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        sku = stage.healthy[0]
        stage.market.tokens.revoke(stage.sandbox.mercadolivre.sellers[0].user_id)
        await stage.run(sku)
        assert (await stage.lane_now()).state == "disconnected"
        assert await stage.work(sku) is not None
        begun = await begin(stage)
        assert "code_challenge_method=S256" in begun.url
        assert begun.verifier not in begun.url
        code = await stage.elsewhere(allow, begun.url)
        done = await finish(stage, code, begun.verifier)
        assert done == Connected(str(stage.sandbox.mercadolivre.sellers[0].user_id), "")
        assert (await stage.lane_now()).state == "open"
        await stage.again()
        assert await stage.stand([sku])
        dump = await stage.dump()
        assert begun.verifier not in dump
        assert code not in dump

    play(scene)


def test_a_code_without_its_verifier_is_refused_and_nothing_changes(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        before = (await stage.do(Channel.objects.get)).secrets_sealed
        begun = await begin(stage)
        refused = await finish(stage, await stage.elsewhere(allow, begun.url), "another-verifier")
        assert isinstance(refused, Problem)
        assert (await stage.do(Channel.objects.get)).secrets_sealed == before
        assert not await stage.do(Audit.objects.filter(verb="account connected").exists)

    play(scene)


def test_another_account_than_before_is_told(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        await stage.do(Channel.objects.update, settings={"client_id": "5512847", "user_id": "1"})
        begun = await begin(stage)
        done = await finish(stage, await stage.elsewhere(allow, begun.url), begun.verifier)
        assert done.before == "1"
        assert done.account != "1"
        [audit] = await stage.do(lambda: list(Audit.objects.filter(verb="account connected")))
        assert audit.detail == {"account": done.account, "before": "1"}

    play(scene)


# -- trying a mapping


def test_a_trial_tells_what_would_be_solved_and_sends_nothing(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        good = stage.channel.mapping_text
        await stage.do(stage.set_mapping, "version: 1\n")
        await stage.run(*stage.healthy[:4])
        assert {(await stage.record(sku)).status for sku in stage.healthy[:4]} == {"error"}
        sent = stage.sent("POST /items")
        trial = await stage.elsewhere(try_mapping, stage.channel.pk, good)
        assert [one.fate for one in trial.products] == [Fate.SOLVED] * 4
        same = await stage.elsewhere(try_mapping, stage.channel.pk, "version: 1\n")
        assert [one.fate for one in same.products] == [Fate.STILL] * 4
        assert same.products[0].problem.blocking
        assert stage.sent("POST /items") == sent
        assert (await stage.do(Channel.objects.get)).mapping_text == "version: 1\n"

    play(scene)


def test_a_trial_names_what_would_fail_anew(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        await stage.run(*stage.healthy[:3])
        trial = await stage.elsewhere(try_mapping, stage.channel.pk, "version: 1\n")
        assert {one.fate for one in trial.products} == {Fate.BROKEN}
        assert trial.errors_looked_at == 0
        fine = await stage.elsewhere(try_mapping, stage.channel.pk, stage.channel.mapping_text)
        assert {one.fate for one in fine.products} == {Fate.FINE}

    play(scene)


def test_a_refusal_of_the_marketplace_is_never_promised_to_be_solved(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        sku = stage.healthy[0]
        refusal = {"message": "body.invalid", "error": "validation_error", "status": 400, "cause": []}
        stage.board.arm({"kind": "status", "path": "/items", "method": "POST", "status": 400, "body": refusal})
        await stage.run(sku)
        assert (await stage.record(sku)).status == "error"
        text = stage.channel.mapping_text
        same = await stage.elsewhere(try_mapping, stage.channel.pk, text)
        assert [one.fate for one in same.products] == [Fate.STILL]
        other = await stage.elsewhere(try_mapping, stage.channel.pk, text + "price:\n  add: 3.90\n")
        assert [one.fate for one in other.products] == [Fate.MAYBE]

    play(scene)


def test_a_trial_of_a_channel_whose_file_is_broken_or_whose_connector_is_gone(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        good = stage.channel.mapping_text
        await stage.run(stage.healthy[0])
        await stage.do(Channel.objects.update, mapping_text="version: [")
        trial = await stage.elsewhere(try_mapping, stage.channel.pk, good)
        assert {one.fate for one in trial.products} == {Fate.FINE}
        await stage.do(Channel.objects.update, connector="nobody")
        assert isinstance(await stage.elsewhere(try_mapping, stage.channel.pk, good), Unready)

    play(scene)


def test_a_product_that_vtex_does_not_tell_of_stays(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        await stage.do(stage.set_mapping, "version: 1\n")
        await stage.run(stage.healthy[0])
        stage.vtex_board.arm({"kind": "status", "path": "/api/catalog/*", "status": 403})
        stage.vtex_board.arm({"kind": "status", "path": "/api/catalog_system/*", "status": 403})
        trial = await stage.elsewhere(try_mapping, stage.channel.pk, stage.channel.mapping_text)
        assert [one.fate for one in trial.products] == [Fate.STILL]
        assert await stage.do(Lane.objects.filter(state="open").exists), "a trial does not stop the channel"

    play(scene)
