"""The dry run for somebody who waits for it: in time, one at a time, without secrets; and its page."""

from __future__ import annotations

import pytest
from django.test import Client
from pipeline_stage import Stage, play

from ponte.db.models import Attempt, Role
from ponte.domain.problem import ProblemClass
from ponte.flows.preview import Late, Turnstile, preview, preview_within

pytestmark = pytest.mark.django_db(transaction=True)
PORTUGUESE = {"Accept-Language": "pt-BR"}


def test_one_person_enters_once_at_a_time_and_others_meanwhile():
    gate = Turnstile()
    with gate.entered(1) as first, gate.entered(1) as again, gate.entered(2) as other:
        assert (first, again, other) == (True, False, True)
        with gate.entered(1) as third:
            assert third is False, "one who was turned away keeps nobody out, and lets nobody in"
    with gate.entered(1) as later:
        assert later is True


def test_a_gate_opens_again_after_a_fault():
    gate = Turnstile()
    with pytest.raises(ZeroDivisionError), gate.entered(1):
        raise ZeroDivisionError
    with gate.entered(1) as free:
        assert free


def test_it_gives_up_when_the_time_is_over(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        assert await stage.elsewhere(preview_within, 0.0, stage.healthy[0], stage.channel.pk) == Late(0.0)
        seen = await stage.elsewhere(preview_within, 60.0, stage.healthy[0], stage.channel.pk)
        assert seen.would_send

    play(scene)


def test_what_the_other_side_says_is_told_without_our_secrets(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        token = (await stage.do(_secrets, stage))["app_token"]
        stage.vtex_board.arm(
            {"kind": "status", "path": "/api/catalog_system/*", "status": 400, "body": f"key {token} refused"}
        )
        seen = await stage.elsewhere(preview, stage.healthy[0], stage.channel.pk)
        assert seen.offer is None
        assert token not in str(seen)

    play(scene)


def test_what_only_the_marketplace_knows_is_told_before_anything_is_sent(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        refusal = {
            "message": "Validation error",
            "error": "validation_error",
            "status": 400,
            "cause": [
                {"cause_id": 3250, "code": "moderations.seller.not_authorized", "type": "error", "message": "x"}
            ],
        }
        stage.board.arm({"kind": "status", "path": "/items/validate", "status": 400, "body": refusal})
        seen = await stage.elsewhere(preview, stage.healthy[0], stage.channel.pk)
        assert (seen.asked, seen.would_send) == (True, False)
        assert [problem.kind for problem in seen.problems if problem.blocking] == [ProblemClass.POLICY_BRAND]
        await stage.run(stage.healthy[0])
        stands = await stage.elsewhere(preview, stage.healthy[0], stage.channel.pk)
        assert stands.would_send, "a verdict on a create does not hinder an update"
        assert [problem.kind for problem in stands.problems] == [ProblemClass.POLICY_BRAND]

    play(scene)


def test_a_marketplace_that_cannot_be_asked_makes_no_offer_wrong(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        stage.board.arm({"kind": "status", "path": "/items/validate", "status": 503})
        seen = await stage.elsewhere(preview, stage.healthy[0], stage.channel.pk)
        assert (seen.asked, seen.would_send) == (False, True)
        assert [(one.kind, one.blocking) for one in seen.problems] == [(ProblemClass.MARKETPLACE_OUTAGE, False)]
        stage.board.disarm()
        stage.board.arm({"kind": "status", "path": "/items/validate", "status": 403})
        blocked = await stage.elsewhere(preview, stage.healthy[0], stage.channel.pk)
        assert (blocked.asked, blocked.would_send) == (False, False)

    play(scene)


def test_what_is_known_to_be_refused_is_not_asked_about(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        sku = stage.healthy[0]
        stage.shop.change(stage.shop.sku(sku), {"images": []})
        seen = await stage.elsewhere(preview, sku, stage.channel.pk)
        assert not seen.asked
        assert "POST /items/validate" not in stage.board.requests

    play(scene)


def test_the_page_shows_what_would_be_sent_and_sends_nothing(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        sku = stage.healthy[0]
        await stage.run(sku)
        record = await stage.record(sku)
        client = await stage.do(_operator, stage)
        sent = _changes(stage)
        address = f"/produtos/{record.pk}/verificar"

        same = await stage.elsewhere(_posted, client, address)
        assert (same.status_code, "Nada a enviar" in same.text) == (200, True)

        stage.shop.change(stage.shop.sku(sku), {"name": "Outro nome deste produto"})
        changed = await stage.elsewhere(_posted, client, address)
        assert "Seria enviado" in changed.text
        assert "Outro nome deste produto" in changed.text
        assert "Diferença para o último envio aceito" in changed.text

        stage.shop.change(stage.shop.sku(sku), {"images": []})
        refused = await stage.elsewhere(_posted, client, address)
        assert "Não seria enviado" in refused.text
        assert "<html" in refused.text, "a page of its own for a plain form"
        part = await stage.elsewhere(_posted, client, address, **{"HX-Request": "true"})
        assert "<html" not in part.text

        assert _changes(stage) == sent
        assert await stage.do(Attempt.objects.filter(integration=record).count) == 1
        assert (await stage.record(sku)).status == record.status

    play(scene)


def test_the_page_says_so_when_vtex_does_not_answer(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        await stage.run(stage.healthy[0])
        record = await stage.record(stage.healthy[0])
        client = await stage.do(_operator, stage)
        stage.vtex_board.arm({"kind": "status", "path": "/api/*", "status": 503})
        answer = await stage.elsewhere(_posted, client, f"/produtos/{record.pk}/verificar")
        assert "Não foi possível verificar" in answer.text
        assert "A VTEX" in answer.text

    play(scene)


def _operator(stage: Stage) -> Client:
    from cast import person

    client = Client()
    client.force_login(
        person("olga", stage.channel.store, Role.OPERATOR), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def _changes(stage: Stage) -> int:
    """Return how many requests have changed something over there."""
    asking = ("GET ", "POST /items/validate")
    return sum(count for label, count in stage.board.requests.items() if not label.startswith(asking))


def _secrets(stage: Stage) -> dict[str, str]:
    return stage.channel.store.secrets()


def _posted(client: Client, address: str, **headers: str):
    return client.post(address, headers={**PORTUGUESE, **headers})
