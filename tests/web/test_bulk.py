"""Many at once: the plan in words, the start, and forms that are old, doubled or forged."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from factories import CUT, MISSING, make_channel, make_integration
from ponte.db.models import Audit, BulkAction, Channel, Integration, Lane, Membership, Role, Work
from ponte.flows import bulk
from ponte.flows.bulk.limits import CEILINGS

SCRIPT = {"HX-Request": "true"}
ERRORS = {"verb": "reprocess", "filtro": "status=error"}


def plan_of(page: str) -> str:
    return re.search(r'name="plano" value="([^"]+)"', page)[1]


def begun(client, given, **more):
    """Ask for the plan and press its button."""
    page = client.post("/produtos/plano", given).text
    return client.post("/fila/acoes/nova", {"plano": plan_of(page), **more})


@pytest.fixture
def errors(cast):
    return [make_integration(cast.channel, str(number)) for number in range(3)]


def test_the_plan_says_how_many_would_fail_again_and_nothing_is_done_yet(cast, as_, errors):
    page = as_(cast.bruno).post("/produtos/plano", ERRORS).text
    assert "Reprocessar 3 produtos" in page
    assert "3 desses não mudaram na VTEX nem no mapeamento" in page
    assert "Mercado Livre" in page
    assert not BulkAction.objects.exists()
    assert not Work.objects.exists()


def test_a_mapping_that_became_another_since_is_a_reason_to_try_again(cast, as_, errors):
    Channel.objects.update(mapping_at=timezone.now())
    assert "mesmo motivo" not in as_(cast.bruno).post("/produtos/plano", ERRORS).text


def test_the_plan_tells_apart_what_is_queued_and_what_went_well(cast, as_, errors):
    others = [make_integration(cast.channel, sku, sku) for sku in ("queued", "success", "waiting")]
    ids = ",".join(str(row.pk) for row in [*errors, *others])
    page = as_(cast.bruno).post("/produtos/plano", {"verb": "reprocess", "ids": ids}).text
    assert "Reprocessar 4 produtos" in page, "the three errors and what waits for the marketplace"
    assert "1 já está na fila." in page
    assert "1 deu certo nesse meio-tempo e fica de fora." in page


def test_f10_the_plan_says_what_waits_for_a_channel_that_stands_still(cast, as_, errors):
    Lane.objects.update(state="paused")
    page = as_(cast.bruno).post("/produtos/plano", ERRORS).text
    assert "3 esperam na fila até o canal voltar: Mercado Livre." in page
    assert "quando sair da pausa" in page


def test_a_script_gets_the_plan_as_a_dialog_and_the_start_as_an_event(cast, as_, errors):
    client = as_(cast.bruno)
    page = client.post("/produtos/plano", ERRORS, headers=SCRIPT).text
    assert page.startswith('<dialog id="plano"')
    answer = client.post("/fila/acoes/nova", {"plano": plan_of(page)}, headers=SCRIPT)
    assert answer.status_code == 204
    assert json.loads(answer["HX-Trigger"])["ponte:started"] == {"id": BulkAction.objects.get().pk}


def test_a_plain_form_goes_on_to_the_page_of_the_action(cast, as_, errors):
    answer = begun(as_(cast.bruno), ERRORS)
    action = BulkAction.objects.get()
    assert answer["Location"] == f"/fila/acoes/{action.pk}"
    assert (action.planned, action.actor, action.selection) == (3, cast.bruno, {"filter": {"status": "error"}})
    bulk.step()
    assert Work.objects.count() == 3


def test_what_comes_into_the_filter_after_the_plan_was_read_does_not_belong_to_it(cast, as_, errors):
    client = as_(cast.bruno)
    page = client.post("/produtos/plano", ERRORS).text
    make_integration(cast.channel, "late")
    Integration.objects.filter(pk=errors[0].pk).update(updated_at=timezone.now() + timedelta(seconds=1))
    client.post("/fila/acoes/nova", {"plano": plan_of(page)})
    bulk.step()
    assert sorted(Work.objects.values_list("integration__sku", flat=True)) == ["1", "2"]


def test_a_plan_can_be_asked_for_by_an_address(cast, as_, errors):
    page = as_(cast.bruno).get("/produtos/plano?verb=reprocess&status=error&canal=mlb").text
    assert "Reprocessar 3 produtos" in page


def test_f01_pressing_the_button_twice_is_one_action(cast, as_, errors):
    client = as_(cast.bruno)
    page = client.post("/produtos/plano", ERRORS).text
    places = {client.post("/fila/acoes/nova", {"plano": plan_of(page)})["Location"] for _ in range(2)}
    assert len(places) == BulkAction.objects.count() == 1


def test_the_trial_the_pace_and_only_what_changed_are_taken_from_the_form(cast, as_):
    for number in range(120):
        make_integration(cast.channel, str(number))
    page = as_(cast.bruno).post("/produtos/plano", ERRORS).text
    assert 'name="tentar" value="1" checked' in page
    begun(as_(cast.bruno), ERRORS, tentar="1", ritmo="20", mudados="1")
    action = BulkAction.objects.get()
    assert (action.per_second, action.selection["changed_only"]) == (20, True)
    assert action.planned == 0


@pytest.mark.parametrize("pace", ["0", "-1", "1e3", "999999", "²", "muito"])
def test_a_pace_that_is_none_is_told_at_the_plan_and_nothing_begins(cast, as_, errors, pace):
    answer = begun(as_(cast.bruno), ERRORS, ritmo=pace)
    assert answer.status_code == 422
    assert "O ritmo é um número inteiro" in answer.text
    assert not BulkAction.objects.exists()


def test_a_removal_of_many_asks_for_the_number(cast, as_):
    for number in range(101):
        make_integration(cast.channel, str(number), "success")
    given = {"verb": "remove", "filtro": "status=success"}
    client = as_(cast.bruno)
    assert "Para confirmar, digite" in client.post("/produtos/plano", given).text
    for wrong in ({}, {"numero": "100"}, {"numero": "sim"}):
        answer = begun(client, given, **wrong)
        assert (answer.status_code, "O número não confere" in answer.text) == (422, True)
    assert not BulkAction.objects.exists()
    assert begun(client, given, numero="101").status_code == 302
    bulk.step()
    assert Integration.objects.filter(removed_at=None).count() == 0


def test_f19_all_of_a_filter_is_a_filter_and_not_a_list_of_ids(cast, as_, errors):
    begun(
        as_(cast.bruno), {"todos": "reprocess", "id": [errors[0].pk], "filtro": "status=error&depois=abc&ordem=sku"}
    )
    assert BulkAction.objects.get().selection == {"filter": {"status": "error"}}


def test_the_band_says_how_many_a_filter_has(cast, as_, errors):
    page = as_(cast.bruno).get("/produtos/selecao?verb=reprocess&filtro=status%3Derror", headers=SCRIPT).text
    assert 'Todos os <b class="number">3</b> registros' in page


def test_f20_foreign_ids_are_left_alone_and_written_down(cast, as_, errors, foreign):
    client = as_(cast.bruno)
    page = client.post("/produtos/plano", {"verb": "reprocess", "ids": f"{errors[0].pk},{foreign.pk}"}).text
    assert "Reprocessar 1 produto<" in page
    assert Audit.objects.get(verb="foreign ids").detail == {"ids": [foreign.pk]}
    client.post("/fila/acoes/nova", {"plano": plan_of(page)})
    bulk.step()
    assert list(Work.objects.values_list("integration_id", flat=True)) == [errors[0].pk]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"verb": "explode", "filtro": "status=error"},
        {"verb": "reprocess"},
        {"verb": "reprocess", "filtro": "status=nope"},
        {"verb": "reprocess", "filtro": "password=1"},
        {"verb": "reprocess", "ids": "1 OR 1=1"},
    ],
)
def test_what_nobody_can_act_on_is_refused_in_words(cast, as_, errors, given):
    answer = as_(cast.bruno).post("/produtos/plano", given)
    assert answer.status_code == 400
    assert "Escolha primeiro" in answer.text


@pytest.mark.parametrize("text", ["", "x", "a.b:c:d", "é" * 50])
def test_a_forged_plan_begins_nothing(cast, as_, errors, text):
    assert as_(cast.bruno).post("/fila/acoes/nova", {"plano": text}).status_code == 409
    assert not BulkAction.objects.exists()


def test_a_plan_of_somebody_else_is_no_plan(cast, as_, errors):
    page = as_(cast.ana).post("/produtos/plano", ERRORS).text
    assert as_(cast.bruno).post("/fila/acoes/nova", {"plano": plan_of(page)}).status_code == 409


def test_f12_a_script_whose_session_is_over_is_sent_to_the_log_in_page(cast, client, errors):
    for path in ("/produtos/plano", "/fila/acoes/nova", "/fila/acoes/1/pausar"):
        answer = client.post(path, ERRORS, headers=SCRIPT)
        assert (answer.status_code, answer["HX-Redirect"]) == (401, "/entrar")
    assert not BulkAction.objects.exists()


def test_f13_a_plan_with_an_old_token_is_answered_in_words(cast, errors):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.bruno, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/fila/acoes/nova", {"plano": "x", "csrfmiddlewaretoken": "old"})
    assert answer.status_code == 403
    assert not BulkAction.objects.exists()


def test_f14_who_lost_the_role_with_the_plan_open_begins_nothing(cast, as_, errors):
    client = as_(cast.bruno)
    page = client.post("/produtos/plano", ERRORS).text
    Membership.objects.filter(user=cast.bruno).update(role=Role.VIEWER)
    assert client.post("/fila/acoes/nova", {"plano": plan_of(page)}).status_code == 404
    assert client.post("/produtos/plano", ERRORS).status_code == 404
    assert not BulkAction.objects.exists()


def test_beyond_the_ceiling_the_plan_says_so_and_a_forged_start_is_refused(cast, as_, errors, monkeypatch):
    client = as_(cast.bruno)
    page = client.post("/produtos/plano", ERRORS).text
    monkeypatch.setitem(CEILINGS, Role.OPERATOR, 2)
    shown = client.post("/produtos/plano", ERRORS).text
    assert "Seu papel age em até 2 registros por vez" in shown
    assert "data-plan-go" not in shown
    answer = client.post("/fila/acoes/nova", {"plano": plan_of(page)})
    assert (answer.status_code, "Seu papel age em até 2" in answer.text) == (403, True)
    assert begun(as_(cast.ana), ERRORS).status_code == 302


@pytest.fixture
def looks_at_two(monkeypatch):
    """As if two records were as many as a plan can look at."""
    monkeypatch.setattr("ponte.db.bulk.MOST", 2)


FIRST_TWO = "As causas e o que não mudou foram vistos nos primeiros 2 registros"
SPLIT_OF_TWO = "A divisão por canal é a dos primeiros 2 registros"


def test_beyond_what_is_looked_at_the_counters_tell_how_many_and_where(cast, as_, errors, looks_at_two):
    make_integration(make_channel(cast.store, "vtx", "Outro canal"), "9")
    page = as_(cast.bruno).post("/produtos/plano", ERRORS).text
    assert "Reprocessar 4 produtos" in page
    assert re.findall(r'<td class="end number">(\d+)</td>', page) == ["3", "1"]
    assert FIRST_TWO in page
    assert SPLIT_OF_TWO not in page
    as_(cast.bruno).post("/fila/acoes/nova", {"plano": plan_of(page)})
    assert BulkAction.objects.get().planned == 4


def test_a_selection_that_is_looked_at_whole_says_nothing_of_the_first_ones(cast, as_, errors):
    page = as_(cast.bruno).post("/produtos/plano", ERRORS).text
    assert "nos primeiros" not in page
    assert "dos primeiros" not in page


def test_a_cause_with_some_in_the_queue_is_told_as_at_most_and_begins_uncounted(cast, as_, errors, looks_at_two):
    make_integration(cast.channel, "8", "queued")
    given = {"verb": "reprocess", "filtro": f"causa={errors[0].fingerprint}"}
    page = as_(cast.ana).post("/produtos/plano", given).text
    assert "Reprocessar até 3 produtos" in page
    assert SPLIT_OF_TWO in page
    answer = as_(cast.ana).post("/fila/acoes/nova", {"plano": plan_of(page)}, headers=SCRIPT)
    assert "até 3 produtos" in json.loads(answer["HX-Trigger"])["ponte:notice"]["text"]
    assert BulkAction.objects.get().planned is None


def test_who_has_a_ceiling_is_counted_to_it_whatever_the_filter(cast, as_, errors, looks_at_two, monkeypatch):
    given = {"verb": "reprocess", "filtro": "q=sku 1"}
    Integration.objects.update(search_text="sku 1")
    assert "Reprocessar mais de 2 produtos" in as_(cast.ana).post("/produtos/plano", given).text
    page = as_(cast.bruno).post("/produtos/plano", given).text
    assert "Reprocessar 3 produtos" in page
    monkeypatch.setitem(CEILINGS, Role.OPERATOR, 2)
    shown = as_(cast.bruno).post("/produtos/plano", given).text
    assert "Seu papel age em até 2 registros por vez" in shown
    assert as_(cast.bruno).post("/fila/acoes/nova", {"plano": plan_of(page)}).status_code == 403


def test_an_inexact_plan_is_counted_for_who_has_a_ceiling_by_now(cast, as_, errors, looks_at_two, monkeypatch):
    given = {"verb": "reprocess", "filtro": "q=sku"}
    Integration.objects.update(search_text="sku 1")
    page = as_(cast.ana).post("/produtos/plano", given).text
    monkeypatch.setitem(CEILINGS, Role.ADMIN, 2)
    assert as_(cast.ana).post("/fila/acoes/nova", {"plano": plan_of(page)}).status_code == 403
    assert not BulkAction.objects.exists()


def test_a_person_limited_to_a_channel_plans_for_that_one(cast, as_, errors):
    other = make_channel(cast.store, "vtx", "Outro canal")
    make_integration(other, "9")
    Membership.objects.filter(user=cast.bruno).update(channel_ids=[other.pk])
    assert "Reprocessar 1 produto<" in as_(cast.bruno).post("/produtos/plano", ERRORS).text


def test_the_plan_takes_as_many_queries_for_three_as_for_one(cast, as_, django_assert_max_num_queries):
    client = as_(cast.bruno)
    make_integration(cast.channel, "1")
    client.post("/produtos/plano", ERRORS, headers=SCRIPT)
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(40) as seen:
            client.post("/produtos/plano", ERRORS, headers=SCRIPT)
        counts.append(len(seen.captured_queries))
        other = make_channel(cast.store, f"c{len(counts)}", "Outro")
        for number in range(3):
            make_integration(other, f"{number}", problems=(CUT, MISSING))
    assert counts[0] == counts[1]
