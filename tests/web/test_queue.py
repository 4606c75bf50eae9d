"""`/fila`: what runs, what comes next, how each channel gets on, and what steers it."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from factories import MISSING, make_attempt, make_cause, make_channel, make_integration, moved
from ponte.db.models import ActionCount, ActionState, BulkAction, Integration, Lane, Membership, Work
from ponte.db.scope import Scope
from ponte.domain.lifecycle import AttemptResult, Priority, Task, Trigger
from ponte.flows import bulk
from ponte.flows.reprocess import reprocess
from ponte.web.clock import brief

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def errors(cast):
    return [make_integration(cast.channel, f"30{number}") for number in range(4)]


def start(cast, verb="reprocess", selection=None, **values):
    selection = selection or {"filter": {"status": "error"}}
    return bulk.start(scope=Scope(cast.store.pk), actor_id=cast.bruno.pk, verb=verb, selection=selection, **values)


def queue(cast, sku, priority=Priority.LIVE, *, due_in=0.0, **values):
    found = make_integration(cast.channel, sku, "queued")
    now = int(time.time() * 1000)
    lane = cast.channel.lanes.get()
    due = now + int(due_in * 1000)
    defaults = {"trigger": Trigger.NOTIFICATION, "queued_at_ms": now - 65_000, "due_at_ms": due or now}
    Work.objects.create(integration=found, lane=lane, priority=priority, **{**defaults, **values})
    return found


def ended(action, **outcomes):
    for outcome, count in outcomes.items():
        ActionCount.objects.create(action=action, outcome=outcome, count=count)


def test_what_comes_next_stands_in_the_order_in_which_it_will_run(cast, as_):
    for sku, priority in (("retry", Priority.RETRY), ("live", Priority.LIVE), ("bulk", Priority.BULK), ("ana", 0)):
        queue(cast, sku, priority)
    page = as_(cast.vera).get("/fila").text.split('id="q-proximos"')[1]
    assert sorted(("ana", "live", "bulk", "retry"), key=page.index) == ["ana", "live", "bulk", "retry"]


@pytest.mark.parametrize(("due", "planned", "more"), [(2, 3, ["", ""]), (23, 3, ["3", ""]), (2, 14, ["", "4"])])
def test_what_is_not_shown_is_counted_below_its_own_list(cast, as_, due, planned, more):
    soon = int(time.time() * 1000) + 600_000
    for number in range(due):
        queue(cast, f"due{number}")
    for number in range(planned):
        queue(cast, f"planned{number}", Priority.RETRY, due_at_ms=soon)
    whole = Integration.objects.filter(phase="queued").count()
    assert whole == due + planned
    head, _, later = as_(cast.vera).get("/fila").text.split('id="q-proximos"')[1].partition('id="q-depois"')
    assert [(re.findall("e mais ([0-9]+)<", part) or [""])[0] for part in (head, later)] == more


def test_what_comes_next_is_not_what_waits_for_a_stopped_channel(cast, as_):
    stopped = make_channel(cast.store, "amz", "Amazon")
    now = int(time.time() * 1000)
    waits = {"queued_at_ms": now - 65_000, "due_at_ms": now - 60_000, "trigger": Trigger.PERSON}
    found = make_integration(stopped, "stands", "queued")
    Work.objects.create(integration=found, lane=stopped.lanes.get(), priority=Priority.PERSON, **waits)
    stopped.lanes.update(state="disconnected")
    queue(cast, "goes")
    page = as_(cast.vera).get("/fila").text.split('id="q-proximos"')[1]
    assert page.index(">goes<") < page.index(">stands<")


def test_what_has_its_hour_stands_apart_and_can_be_tried_now(cast, as_):
    found = queue(cast, "hourly", Priority.RETRY, due_in=600, trigger=Trigger.RETRY, tries=3)
    page = as_(cast.bruno).get("/fila").text
    assert "Nada espera a sua vez." in page
    assert "Nova tentativa, 4ª" in page
    assert "Tentar agora" in page
    as_(cast.bruno).post(f"/produtos/{found.pk}/reprocessar", {"next": "/fila"})
    work = Work.objects.get()
    assert (work.priority, work.due_at_ms <= time.time() * 1000) == (Priority.PERSON, True)


def test_who_only_looks_gets_no_buttons(cast, as_, errors):
    start(cast)
    queue(cast, "1")
    page = as_(cast.vera).get("/fila").text
    assert "<form" not in page.split('id="conteudo"')[1].split('class="toasts"')[0]


def test_an_operator_steers_actions_but_pauses_no_channel(cast, as_, errors):
    action = start(cast)
    client = as_(cast.bruno)
    page = client.get("/fila").text
    assert "Pausar tudo" not in page
    assert client.post("/fila/pausar").status_code == 404
    assert client.post("/fila/canais/mlb/pausar").status_code == 404
    client.post(f"/fila/acoes/{action.pk}/pausar")
    action.refresh_from_db()
    assert action.state == ActionState.PAUSED


def test_a_manager_pauses_everything_with_a_reason_that_everybody_reads(cast, as_):
    as_(cast.ana).post("/fila/pausar", {"reason": "Preço errado no feed"})
    page = as_(cast.vera).get("/fila").text
    assert "Tudo em pausa por ana" in page
    assert "Preço errado no feed" in page
    assert Lane.objects.get(channel=cast.channel).state == "paused"
    assert Lane.objects.get(channel=cast.other_channel).state == "open"
    as_(cast.ana).post("/fila/retomar")
    assert "Tudo em pausa" not in as_(cast.vera).get("/fila").text


def test_a_channel_is_paused_and_resumed_from_the_queue(cast, as_):
    client = as_(cast.ana)
    answer = client.post("/fila/canais/mlb/pausar", {"next": "/fila"}, follow=True)
    assert "Mercado Livre em pausa" in answer.text
    assert "Em pausa" in answer.text.split('id="q-canais"')[1]
    client.post("/fila/canais/mlb/retomar")
    assert Lane.objects.get(channel=cast.channel).state == "open"
    assert client.post("/fila/canais/nenhum/pausar").status_code == 404
    assert client.post("/fila/canais/mlb/explodir").status_code == 404


def test_it_says_so_when_nobody_works_although_work_is_due(cast, as_):
    queue(cast, "late", due_at_ms=int(time.time() * 1000) - 60_000)
    client = as_(cast.vera)
    assert "Nenhum worker está rodando" in client.get("/fila").text
    Lane.objects.update(lease_until_ms=int(time.time() * 1000) + 10_000)
    assert "Nenhum worker" not in client.get("/fila").text
    Lane.objects.update(lease_until_ms=0, state="paused")
    assert "Nenhum worker" not in client.get("/fila").text, "a channel that a person paused is no worker's fault"


# -- actions


def test_an_action_shows_what_became_of_it_and_links_to_the_records(cast, as_, errors):
    action = start(cast)
    bulk.step()
    Work.objects.filter(integration__sku="300").delete()
    ended(action, success=1, error=1)
    page = as_(cast.bruno).get(f"/fila/acoes/{action.pk}").text
    assert "Reprocessar 4 produtos" in page
    assert f'href="/produtos?acao={action.pk}&amp;status=error"' in page
    assert "com erro de novo" in page
    assert "Cancelar o restante" in page
    assert "Iniciada por bruno" in page


def test_an_action_that_waits_for_its_channel_says_so(cast, as_, errors):
    action = start(cast)
    bulk.step()
    Lane.objects.update(state="disconnected")
    page = as_(cast.bruno).get(f"/fila/acoes/{action.pk}").text
    assert "Aguardando o canal" in page
    assert "Espera o canal voltar: Mercado Livre." in page


def test_a_trial_that_gets_no_result_says_why(cast, as_, errors):
    action = start(cast, trial=2)
    bulk.step()
    client = as_(cast.bruno)
    assert "Tentando os 2 primeiros" in client.get(f"/fila/acoes/{action.pk}").text
    Lane.objects.update(state="paused")
    page = client.get(f"/fila/acoes/{action.pk}").text
    assert "Os 2 primeiros esperam: Mercado Livre não está enviando." in page


def test_a_trial_that_failed_says_the_reason_in_words(cast, as_, errors):
    action = start(cast, trial=2)
    bulk.step()
    tried = Integration.objects.filter(action_id=action.pk)
    tried.update(status="error", phase="idle")
    Work.objects.all().delete()
    ended(action, error=2)
    bulk.step()
    page = as_(cast.bruno).get(f"/fila/acoes/{action.pk}").text
    assert "Os 2 primeiros falharam de novo: " in page
    assert "Marca" in page
    assert "Retomar" in page


def test_a_trial_that_failed_leads_to_its_cause(cast, as_, errors):
    cause = make_cause(cast.channel, MISSING, count=4)
    action = start(cast, trial=2)
    bulk.step()
    Integration.objects.filter(action_id=action.pk).update(status="error", phase="idle")
    Work.objects.all().delete()
    ended(action, error=2)
    bulk.step()
    assert f'<a href="/causas/{cause.pk}">Ver a causa</a>' in as_(cast.bruno).get(f"/fila/acoes/{action.pk}").text


def test_an_action_tells_of_those_that_had_left_its_filter(cast, as_, errors):
    action = start(cast)
    BulkAction.objects.filter(pk=action.pk).update(planned=4)
    moved(errors[0], "success")
    bulk.step()
    page = as_(cast.bruno).get(f"/fila/acoes/{action.pk}").text
    assert "Reprocessar 3 produtos" in page
    assert '<b class="number">1</b> saiu do filtro antes' in page


def test_what_runs_says_since_when_it_is_tried(cast, as_):
    found = queue(cast, "now", lease_epoch=1)
    make_attempt(found, 1, AttemptResult.OPEN, started_at=timezone.now() - timedelta(seconds=9), ended_at=None)
    page = as_(cast.vera).get("/fila").text.split('id="q-agora"')[1].split('id="q-proximos"')[0]
    assert re.search(r">(9|10) s<", page)


def test_the_whole_life_of_an_action_by_plain_forms(cast, as_, errors):
    client, action = as_(cast.bruno), start(cast)
    bulk.step()
    for verb, state in (
        ("pausar", "paused"),
        ("retomar", "running"),
        ("cancelar", "cancelled"),
        ("retomar", "cancelled"),
    ):
        client.post(f"/fila/acoes/{action.pk}/{verb}")
        action.refresh_from_db()
        assert action.state == state
    assert client.post(f"/fila/acoes/{action.pk}/explodir").status_code == 404
    assert client.get(f"/fila/acoes/{action.pk}/pausar").status_code == 405


def test_a_removal_is_undone_from_its_card_and_says_so_afterwards(cast, as_, errors):
    client, action = as_(cast.bruno), start(cast, "remove")
    bulk.step()
    assert "Desfazer" in client.get("/fila").text
    places = {client.post(f"/fila/acoes/{action.pk}/desfazer")["Location"] for _ in range(2)}
    undoing = BulkAction.objects.get(verb="restore")
    assert places == {f"/fila/acoes/{undoing.pk}"}
    bulk.step()
    assert not Integration.objects.exclude(removed_at=None).exists()
    page = client.get(f"/fila/acoes/{action.pk}").text
    assert f"Desfeita pela ação nº {undoing.pk}" in page
    assert "Desfaz a remoção da ação nº" in client.get(f"/fila/acoes/{undoing.pk}").text


def test_a_reprocess_is_not_undone(cast, as_, errors):
    action = start(cast)
    assert as_(cast.bruno).post(f"/fila/acoes/{action.pk}/desfazer").status_code == 422


def test_the_pace_of_an_action_is_changed_and_a_wrong_one_is_told(cast, as_, errors):
    client, action = as_(cast.bruno), start(cast, per_second=1)
    client.post(f"/fila/acoes/{action.pk}/ritmo", {"ritmo": "7"})
    action.refresh_from_db()
    assert action.per_second == 7
    for wrong in ("x", "0", "1000000000"):
        assert client.post(f"/fila/acoes/{action.pk}/ritmo", {"ritmo": wrong}).status_code == 422
    client.post(f"/fila/acoes/{action.pk}/ritmo", {"ritmo": ""})
    action.refresh_from_db()
    assert action.per_second is None


def test_actions_of_another_store_do_not_exist(cast, as_, errors):
    action = start(cast)
    client = as_(cast.carla)
    assert client.get(f"/fila/acoes/{action.pk}").status_code == 404
    for verb in ("pausar", "cancelar", "desfazer", "ritmo"):
        assert client.post(f"/fila/acoes/{action.pk}/{verb}").status_code == 404
    assert "Nenhuma ainda" in client.get("/fila").text
    action.refresh_from_db()
    assert action.state == ActionState.RUNNING


def test_a_person_limited_to_channels_sees_only_their_queue(cast, as_, errors):
    action = start(cast)
    queue(cast, "secret-sku")
    other = make_channel(cast.store, "vtx", "Outro canal")
    Membership.objects.filter(user=cast.bruno).update(channel_ids=[other.pk])
    client = as_(cast.bruno)
    page = client.get("/fila").text
    assert "Outro canal" in page
    assert "Mercado Livre" not in page.split('id="fila"')[1]
    assert "secret-sku" not in page
    assert client.get(f"/fila/acoes/{action.pk}").status_code == 404
    assert client.post(f"/fila/acoes/{action.pk}/cancelar").status_code == 404


def test_f07_what_is_removed_while_it_waits_is_still_worked_on(cast, as_):
    found = queue(cast, "hidden")
    as_(cast.ana).post(f"/produtos/{found.pk}/remover")
    assert "hidden" in as_(cast.ana).get("/fila").text


# -- kept true while it is looked at


def test_what_has_not_changed_is_not_sent_again(cast, as_, errors):
    action = start(cast)
    client, path = as_(cast.bruno), f"/fila/acoes/{action.pk}"
    first = client.get(path, headers=SCRIPT)
    again = client.get(path, headers={**SCRIPT, "X-Ponte-Known": first["X-Ponte-Known"]})
    assert (first.status_code, again.status_code) == (200, 204)
    bulk.pause(action.pk, store_id=cast.store.pk, actor_id=None)
    assert client.get(path, headers={**SCRIPT, "X-Ponte-Known": first["X-Ponte-Known"]}).status_code == 200


def test_the_strip_shows_the_action_that_runs_and_nothing_else(cast, as_, errors):
    client = as_(cast.bruno)
    assert client.get("/fila/tira", headers=SCRIPT).text.strip() == ""
    action = start(cast)
    page = client.get("/fila/tira", headers=SCRIPT).text
    assert f"/fila/acoes/{action.pk}" in page
    assert "Reprocessar 4 produtos" in page


def test_steering_by_script_says_what_happened(cast, as_, errors):
    action = start(cast)
    answer = as_(cast.bruno).post(f"/fila/acoes/{action.pk}/cancelar", headers=SCRIPT)
    assert answer.status_code == 204
    assert "cancelada" in json.loads(answer["HX-Trigger"])["ponte:notice"]["text"]


def test_a_short_address_leads_to_the_action(cast, as_):
    assert as_(cast.vera).get("/fila/12")["Location"] == "/fila/acoes/12"


def test_older_actions_are_a_page_further(cast, as_, errors):
    made = [start(cast, selection={"ids": [errors[0].pk]}).pk for _ in range(22)]
    client = as_(cast.vera)
    first = client.get("/fila/acoes").text
    assert f"antes={made[2]}" in first
    assert f'id="acao-{made[0]}"' in client.get(f"/fila/acoes?antes={made[2]}").text
    assert client.get("/fila/acoes?antes=abc").status_code == 200


def test_a_hostile_name_stays_text(cast, as_):
    found = queue(cast, "1")
    Integration.objects.filter(pk=found.pk).update(name="<img src=x onerror=alert(1)>")
    assert "<img src=x" not in as_(cast.ana).get("/fila").text


def test_the_queue_takes_as_many_queries_for_many_as_for_one(cast, as_, django_assert_max_num_queries):
    client = as_(cast.ana)
    counts = []
    for round_ in range(3):
        start(cast, selection={"ids": [make_integration(cast.channel, f"e{round_}").pk]})
        bulk.step()
        queue(cast, f"q{round_}")
        with django_assert_max_num_queries(60) as seen:
            client.get("/fila")
        counts.append(len(seen.captured_queries))
    assert counts[1] == counts[2]


def test_reprocessing_one_goes_before_all_of_an_action(cast, as_, errors):
    start(cast)
    bulk.step()
    reprocess([errors[3].pk], scope=Scope(cast.store.pk), actor_id=cast.ana.pk)
    page = as_(cast.ana).get("/fila").text.split('id="q-proximos"')[1]
    assert page.index("303") < page.index("300")


def test_a_look_that_is_planned_says_when_and_why(cast, as_):
    found = make_integration(cast.channel, "77", "waiting")
    lane, at = Lane.objects.get(channel=cast.channel), timezone.localtime() + timedelta(minutes=20)
    Work.objects.create(
        integration=found,
        lane=lane,
        task=Task.FOLLOW,
        trigger=Trigger.FOLLOW,
        due_at_ms=int(at.timestamp() * 1000),
        queued_at_ms=1,
    )
    page = as_(cast.ana).get("/fila").text
    row = page[page.index("Com hora marcada") :]
    assert "Acompanhar" in row
    assert "Depois de um envio" in row
    assert f"{brief(at, timezone.now())}</td>" in row
