"""Reprocessar, Remover log, Restaurar: by script, by plain form, and against the rules."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from factories import make_integration, make_store
from ponte.db.models import Counter, Work

SCRIPT = {"HX-Request": "true"}


def told(answer):
    return json.loads(answer["HX-Trigger"])["ponte:notice"]


def test_reprocessing_an_error_queues_it_and_says_so(cast, as_, error):
    answer = as_(cast.bruno).post(f"/produtos/{error.pk}/reprocessar", headers=SCRIPT)
    error.refresh_from_db()
    assert answer.status_code == 204
    assert (error.status, error.phase) == ("pending", "queued")
    assert Work.objects.get().integration_id == error.pk
    assert "entrou na fila" in told(answer)["text"]


def test_f01_a_second_click_makes_no_second_job_and_says_it_is_queued(cast, as_, error):
    client = as_(cast.bruno)
    client.post(f"/produtos/{error.pk}/reprocessar", headers=SCRIPT)
    answer = client.post(f"/produtos/{error.pk}/reprocessar", headers=SCRIPT)
    assert "já está na fila" in told(answer)["text"]
    assert Work.objects.count() == 1


def test_f05_two_people_reprocessing_one_record_make_one_job(cast, error):
    for who in (cast.ana, cast.bruno):
        client = Client()
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        client.post(f"/produtos/{error.pk}/reprocessar")
    assert Work.objects.count() == 1


def test_f06_reprocessing_and_removing_leave_one_order(cast, as_, error):
    client = as_(cast.ana)
    client.post(f"/produtos/{error.pk}/reprocessar")
    client.post(f"/produtos/{error.pk}/remover")
    error.refresh_from_db()
    assert error.removed_at is not None
    assert Work.objects.filter(integration=error).exists(), "the job goes on and its result stays in the history"


def test_f07_a_removed_record_that_is_processing_leaves_the_list_and_keeps_its_job(cast, as_):
    found = make_integration(cast.channel, "777111", "processing")
    client = as_(cast.ana)
    client.post(f"/produtos/{found.pk}/remover")
    assert "777111" not in client.get("/produtos").text.split('id="lista"')[-1].split("toasts")[0]
    assert "777111" in client.get("/produtos?removed=1").text


def test_f08_removing_twice_is_said_and_changes_nothing_more(cast, as_, error):
    client = as_(cast.ana)
    client.post(f"/produtos/{error.pk}/remover", headers=SCRIPT)
    answer = client.post(f"/produtos/{error.pk}/remover", headers=SCRIPT)
    assert answer.status_code == 204
    assert "já tinha sido removido" in told(answer)["text"]
    assert Counter.objects.get(bucket="removed").count == 1


def test_f09_a_forged_reprocess_of_a_success_is_refused(cast, as_, success):
    client = as_(cast.ana)
    assert client.post(f"/produtos/{success.pk}/reprocessar").status_code == 409
    answer = client.post(f"/produtos/{success.pk}/reprocessar", headers=SCRIPT)
    assert answer.status_code == 409
    assert told(answer)["refused"] is True
    assert not Work.objects.exists()


def test_f10_reprocessing_into_a_paused_channel_says_that_it_waits(cast, as_, error):
    cast.channel.lanes.update(state="paused")
    answer = as_(cast.ana).post(f"/produtos/{error.pk}/reprocessar", headers=SCRIPT)
    assert "em pausa" in told(answer)["text"]
    assert "em pausa" in as_(cast.ana).get("/produtos").text


def test_removing_offers_its_undo_and_the_undo_brings_the_record_back(cast, as_, success):
    client = as_(cast.ana)
    answer = client.post(f"/produtos/{success.pk}/remover", headers=SCRIPT)
    assert told(answer)["undo"] == [success.pk]
    client.post("/produtos/acoes", {"verb": "restore", "id": told(answer)["undo"]})
    success.refresh_from_db()
    assert success.removed_at is None


@pytest.mark.parametrize("where", ["/produtos", "/produtos/{id}", "/produtos/{id}/origem"])
def test_a_success_offers_its_removal_and_nothing_else(cast, as_, success, where):
    page = as_(cast.ana).get(where.format(id=success.pk)).text
    assert f"/produtos/{success.pk}/remover" in page
    assert "/reprocessar" not in page


@pytest.mark.parametrize("state", ["error", "alert", "queued", "processing", "waiting"])
def test_what_is_no_success_offers_both_actions(cast, as_, state):
    found = make_integration(cast.channel, "1", state)
    page = as_(cast.ana).get("/produtos").text
    assert f"/produtos/{found.pk}/reprocessar" in page
    assert f"/produtos/{found.pk}/remover" in page


def test_f25_the_whole_way_works_with_plain_forms(cast, as_, error):
    client = as_(cast.bruno)
    opened = client.get(f"/produtos?aberto={error.pk}").text
    assert "Origem do erro" in opened
    assert "Faltam os atributos" in opened or "Falta o atributo" in opened
    answer = client.post(f"/produtos/{error.pk}/remover", {"next": "/produtos?status=error"}, follow=True)
    assert answer.redirect_chain == [("/produtos?status=error", 302)]
    assert "removido" in answer.text
    assert 'name="verb" value="restore"' in answer.text
    client.post("/produtos/acoes", {"verb": "restore", "id": [error.pk]})
    answer = client.post(f"/produtos/{error.pk}/reprocessar", {"next": f"/produtos/{error.pk}"}, follow=True)
    assert "Na fila" in answer.text


def test_several_chosen_records_are_reprocessed_and_the_successes_left_out(cast, as_, error, success):
    answer = as_(cast.ana).post("/produtos/acoes", {"verb": "reprocess", "id": [error.pk, success.pk]}, follow=True)
    assert "1 registro entrou na fila." in answer.text
    assert "1 ficou de fora" in answer.text


def test_an_action_on_nothing_is_refused_in_words(cast, as_):
    answer = as_(cast.ana).post("/produtos/acoes", {"verb": "remove"})
    assert answer.status_code == 400
    assert "Nenhum registro selecionado" in answer.text


def test_an_unknown_verb_does_not_exist(cast, as_, error):
    assert as_(cast.ana).post("/produtos/acoes", {"verb": "explode", "id": [error.pk]}).status_code == 404


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_the_way_back_is_never_to_another_site(cast, as_, error, wanted):
    answer = as_(cast.ana).post(f"/produtos/{error.pk}/remover", {"next": wanted})
    assert answer["Location"] == "/produtos"


def test_f13_a_form_of_an_old_page_is_answered_in_words(cast, error):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ana, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(f"/produtos/{error.pk}/remover", {"csrfmiddlewaretoken": "a" * 64}, headers=SCRIPT)
    assert answer.status_code == 403
    assert "ficou antiga" in answer.text
    assert told(answer)["reload"] is True
    error.refresh_from_db()
    assert error.removed_at is None


def test_no_page_changes_anything_by_being_looked_at(cast, as_, error, success):
    client = as_(cast.ana)
    before = [error.updated_at, Counter.objects.count(), Work.objects.count()]
    for action in ("reprocessar", "remover", "restaurar"):
        assert client.get(f"/produtos/{error.pk}/{action}").status_code == 405
    for path in ("/produtos/acoes", "/idioma", "/tema", "/loja", "/sair"):
        assert client.get(path).status_code == 405
    error.refresh_from_db()
    assert [error.updated_at, Counter.objects.count(), Work.objects.count()] == before


def test_a_reloaded_form_is_told_in_words_and_given_the_way_back(cast, as_, error):
    answer = as_(cast.ana).get(f"/produtos/{error.pk}/reprocessar", headers={"accept": "text/html"})
    assert answer.status_code == 405
    assert "só recebe formulários" in answer.text
    assert f'href="/produtos/{error.pk}"' in answer.text
    assert "POST" in answer.headers["Allow"]


def test_f24_pages_of_a_store_are_not_kept_by_any_cache(cast, as_, error):
    for path in ("/produtos", f"/produtos/{error.pk}", "/produtos/linhas"):
        assert "no-store" in as_(cast.ana).get(path)["Cache-Control"]


def test_f24_after_signing_out_nothing_is_shown(cast, as_, error):
    client = as_(cast.ana)
    answer = client.post("/sair")
    assert answer["Clear-Site-Data"] == '"cache"'
    assert client.get("/produtos").status_code == 302


def test_a_new_store_is_told_what_to_do_first(cast, as_):
    cast.ana.membership_set.create(store=make_store("vazia"), role="admin")
    client = as_(cast.ana)
    client.post("/loja", {"store": cast.ana.membership_set.last().store_id})
    assert "Nenhum produto integrado" in client.get("/produtos").text
