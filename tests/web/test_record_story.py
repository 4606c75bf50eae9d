"""The timeline of a record, its notes, its neighbours in a list, its links, and what can be taken away."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from factories import make_attempt, make_channel, make_exchange, make_integration, moved
from ponte.db.models import Audit, BulkAction, Cause, Integration, Lane, LaneState, Note, Role, Work
from ponte.db.record_story import Place, place, story
from ponte.db.scope import Scope
from ponte.domain.lifecycle import Phase, Status, Task, Trigger
from ponte.flows.notes import MAX_TEXT, add_note
from ponte.flows.preview import Late
from ponte.flows.remove import remove
from ponte.flows.reprocess import reprocess
from ponte.web.record.deep_links import safe
from ponte.web.record.verification import verification_of
from ponte.web.views.record_doing import TURNSTILE


@pytest.fixture
def ana(cast, as_):
    return as_(cast.ana)


@pytest.fixture
def error(cast):
    """An error without a try."""
    return make_integration(cast.channel)


def titles(page):
    """Return the titles of the timeline in their order."""
    part = page[page.index('id="tentativas"') :] if 'id="tentativas"' in page else page
    return re.findall(r"<b hx-disable><bdi>([^<]*)</bdi></b>", part)


def acted(cast, found, verb, ago, actor=None):
    return Audit.objects.create(
        store=cast.store, actor=actor or cast.bruno, verb=verb, target=f"integration:{found.pk}",
        at=timezone.now() - ago,
    )  # fmt: skip


# -- one line of time


def test_everything_that_came_about_is_told_in_its_order(cast, ana, error):
    now = timezone.now()
    make_attempt(error, 1, started_at=now - timedelta(hours=9))
    acted(cast, error, "reprocess", timedelta(hours=8))
    make_attempt(
        error, 2, started_at=now - timedelta(hours=7), trigger=Trigger.PERSON, actor=cast.bruno, result="accepted"
    )
    make_attempt(
        error, 3, started_at=now - timedelta(hours=6), trigger=Trigger.FOLLOW, task=Task.FOLLOW, result="rejected"
    )
    note = add_note(error.pk, "Falar com a equipe", scope=Scope(cast.store.pk), actor_id=cast.bruno.pk)
    Note.objects.filter(pk=note.pk).update(at=now - timedelta(hours=5))
    acted(cast, error, "remove", timedelta(hours=4))
    acted(cast, error, "restore", timedelta(hours=3), actor=cast.ana)
    page = ana.get(f"/produtos/{error.pk}").text
    assert titles(page) == [
        "Ana restaurou o log",
        "Bruno removeu o log",
        "Bruno anotou",
        "Resposta do marketplace (tentativa 3)",
        "Tentativa 2",
        "Bruno pediu o reprocessamento",
        "Tentativa 1",
        "O produto mudou na VTEX",
    ]
    assert "Falar com a equipe" in page


def test_an_action_on_many_is_told_with_its_name_and_a_link(cast, ana, error):
    action = BulkAction.objects.create(
        store=cast.store, actor=cast.bruno, verb="reprocess", selection={"ids": []}, frozen_at=timezone.now(),
        last_id=error.pk, done=12_431,
    )  # fmt: skip
    Integration.objects.update(action_id=action.pk)
    page = ana.get(f"/produtos/{error.pk}").text
    assert titles(page) == ["Bruno reprocessou em massa"]
    assert f'href="/fila/acoes/{action.pk}"' in page
    assert "Reprocessado por último por Bruno" in page


def test_the_parts_of_a_story_leave_nothing_out_and_tell_nothing_twice(cast, error):
    at = timezone.now()
    for number in range(1, 31):
        moment = at - timedelta(minutes=number // 3)  # several in one moment
        make_attempt(error, number, started_at=at - timedelta(minutes=(31 - number) // 3))
        Audit.objects.create(store=cast.store, verb="restore", target=f"integration:{error.pk}", at=moment)
        Note.objects.create(store=cast.store, integration=error, text="x", at=moment)
    error.action_id = BulkAction.objects.create(
        store=cast.store, verb="remove", selection={}, frozen_at=at, last_id=1
    ).pk
    BulkAction.objects.update(created_at=at - timedelta(minutes=5))
    told, start = [], None
    while True:
        part = story(error, start, size=7)
        told += [(type(event).__name__, event.pk) for event in part.events]
        if part.next is None:
            break
        start = place(part.next.written())
    assert len(told) == len(set(told)) == 91


def test_a_place_is_read_as_it_was_written():
    at = timezone.now().replace(microsecond=123_456)
    for known in (Place(12), Place(None, (at, 5)), Place(3, (at, 5), 9), Place(3, None, 9)):
        again = place(known.written())
        assert (again.deed, again.note) == (known.deed, known.note)
        assert again.number == (known.number or 999_999_999)


def test_f05_both_see_who_reprocessed(cast, as_, error):
    """F05"""
    reprocess([error.pk], scope=Scope(cast.store.pk), actor_id=cast.bruno.pk)
    reprocess([error.pk], scope=Scope(cast.store.pk), actor_id=cast.bruno.pk)
    assert Work.objects.count() == 1
    for who in (cast.ana, cast.bruno):
        assert "Reprocessamento pedido por Bruno" in as_(who).get(f"/produtos/{error.pk}").text


def test_a_change_that_waits_its_turn_is_told_already(cast, ana, error):
    lane = Lane.objects.get(channel=cast.channel)
    moved(error, "queued")
    Work.objects.create(integration=error, lane=lane, due_at_ms=1, queued_at_ms=1, trigger=Trigger.NOTIFICATION)
    page = ana.get(f"/produtos/{error.pk}").text
    assert "O produto mudou na VTEX" in page
    assert "espera a vez na fila" in page


def test_a_look_at_a_listing_is_not_called_a_try(cast, ana, error):
    lane, soon = Lane.objects.get(channel=cast.channel), int((timezone.now() + timedelta(hours=5)).timestamp() * 1000)
    moved(error, "success")
    Integration.objects.update(next_attempt_at=timezone.now() + timedelta(hours=5))
    Work.objects.create(integration=error, lane=lane, due_at_ms=soon, queued_at_ms=1, trigger=Trigger.FOLLOW)
    page = ana.get(f"/produtos/{error.pk}").text
    assert page.count("Próxima consulta ao marketplace") == 2
    assert "Próxima tentativa" not in page


def test_an_older_part_does_not_say_who_was_last(cast, ana, error):
    make_attempt(error, 5)
    acted(cast, error, "reprocess", timedelta(days=2))
    assert "Reprocessado por último" in ana.get(f"/produtos/{error.pk}").text
    older = ana.get(f"/produtos/{error.pk}?antes=5").text
    assert "Reprocessado por último" not in older
    assert "Voltar ao mais recente" in older


# -- how it stands


def test_a_record_in_the_queue_says_its_place(cast, ana, error):
    others = [make_integration(cast.channel, str(number)) for number in range(11)]
    scope = Scope(cast.store.pk)
    for found in others:
        reprocess([found.pk], scope=scope, actor_id=None)
    Work.objects.update(due_at_ms=1)
    reprocess([error.pk], scope=scope, actor_id=None)
    assert "Na fila, 12º" in ana.get(f"/produtos/{error.pk}").text
    Work.objects.filter(integration__in=others[:5]).update(priority=30)
    assert "Na fila, 7º" in ana.get(f"/produtos/{error.pk}").text, "what is less urgent runs after it"


def test_a_place_far_behind_is_not_counted_out(cast, ana, error):
    made = Integration.objects.bulk_create(
        Integration(
            store=cast.store, channel=cast.channel, sku=f"s{number}", status=Status.PENDING, phase=Phase.QUEUED,
            requested_at=timezone.now(), updated_at=timezone.now(),
        )
        for number in range(1_001)
    )  # fmt: skip
    lane = Lane.objects.get(channel=cast.channel)
    Work.objects.bulk_create(
        Work(integration=found, lane=lane, due_at_ms=1, queued_at_ms=1, priority=0) for found in made
    )
    reprocess([error.pk], scope=Scope(cast.store.pk), actor_id=None)
    assert "Na fila, mais de 1.000 à frente" in ana.get(f"/produtos/{error.pk}").text


def test_the_next_try_by_itself_can_be_hurried(cast, ana, error):
    Integration.objects.update(next_attempt_at=timezone.now() + timedelta(hours=5, minutes=1))
    page = ana.get(f"/produtos/{error.pk}").text
    assert "em 5 h" in page
    assert "Tentar agora" in page
    assert "Erro de cadastro não se resolve repetindo o envio" in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (LaneState.PAUSED, "O canal está em pausa: o que for reprocessado espera na fila"),
        (LaneState.DISCONNECTED, "O canal está desconectado: o que for reprocessado espera na fila"),
    ],
)
def test_f10_a_stopped_channel_is_told_before_a_reprocess(cast, ana, error, state, words):
    """F10: after it, the record waits and says for what."""
    Lane.objects.update(state=state)
    assert words in ana.get(f"/produtos/{error.pk}").text
    ana.post(f"/produtos/{error.pk}/reprocessar")
    page = ana.get(f"/produtos/{error.pk}").text
    assert "Quando o canal voltar" in page
    assert "Na fila, " not in page


def test_f07_a_log_removed_while_it_is_processed_says_what_becomes_of_it(cast, ana):
    """F07"""
    found = make_integration(cast.channel, "77", "processing")
    remove([found.pk], scope=Scope(cast.store.pk), actor_id=cast.ana.pk)
    page = ana.get(f"/produtos/{found.pk}").text
    assert "A tentativa em andamento vai até o fim e fica no histórico" in page
    assert "Restaurar" in page
    assert "data-record=" in page, "its end is shown by itself"


def test_f11_a_reprocess_sends_what_is_there_now_and_both_versions_are_shown(cast, ana, error):
    """F11"""
    make_attempt(error, 1, "accepted", offer={"item": {"price": 10.0}})
    make_attempt(error, 2, offer={"item": {"price": 12.5}})
    page = ana.get(f"/produtos/{error.pk}").text
    assert "Reprocessar envia o que está na VTEX agora" in page
    changes = page[page.index('id="mudancas"') : page.index('id="historico"')]
    assert "10.0" in changes
    assert "12.5" in changes


def test_others_of_the_same_cause_are_counted_by_the_cause_itself(cast, ana, error):
    cause, _ = Cause.objects.update_or_create(
        channel=cast.channel,
        fingerprint=error.fingerprint,
        defaults={
            "count": 3_284,
            "first_at": error.updated_at,
            "last_at": error.updated_at,
            "state_at": error.updated_at,
        },
    )
    page = ana.get(f"/produtos/{error.pk}").text
    assert "Outros 3.283 produtos têm a mesma causa" in page
    assert f'href="/causas/{cause.pk}"' in page
    assert f'href="/produtos?causa={error.fingerprint}&amp;canal=mlb"' in page


# -- what changed


def test_the_newest_offer_is_compared_with_the_last_accepted_one(cast, ana, error):
    make_attempt(error, 1, "accepted", offer={"item": {"title": "Velho", "attributes": [{"id": "BRAND", "v": "A"}]}})
    make_attempt(error, 2, offer={"item": {"title": "Outro", "attributes": []}})
    make_attempt(error, 3, offer={"item": {"title": "Novo", "attributes": []}})
    page = ana.get(f"/produtos/{error.pk}").text
    changes = page[page.index('id="mudancas"') : page.index('id="historico"')]
    assert "O que mudou desde que funcionou" in changes
    assert ("Velho" in changes, "Novo" in changes, "Outro" in changes) == (True, True, False)
    assert "item.attributes[BRAND]" in changes


def test_an_offer_that_was_taken_by_a_later_answer_counts_as_accepted(cast, ana, error):
    make_attempt(error, 1, "pending", offer={"item": {"title": "Velho"}})
    make_attempt(error, 2, "accepted")
    make_attempt(error, 3, offer={"item": {"title": "Novo"}})
    page = ana.get(f"/produtos/{error.pk}").text
    changes = page[page.index('id="mudancas"') : page.index('id="historico"')]
    assert ("Velho" in changes, "Novo" in changes) == (True, True)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("de=2&para=3", "item.title"),
        ("de=3&para=3", "Nenhuma diferença para a tentativa 3"),
        ("de=2&para=9", "Não existe a tentativa 9"),
        ("de=2&para=1", "A tentativa 1 não chegou a montar o anúncio"),
        ("de=x&para=", "Escreva os números de duas tentativas"),
        ("de=99999999999&para=1", "Escreva os números de duas tentativas"),
    ],
)
def test_any_two_tries_can_be_compared(cast, ana, error, query, words):
    make_attempt(error, 1)
    make_attempt(error, 2, offer={"item": {"title": "Um"}})
    make_attempt(error, 3, offer={"item": {"title": "Dois"}})
    assert words in ana.get(f"/produtos/{error.pk}?{query}").text


def test_a_product_that_was_never_accepted_says_so(cast, ana, error):
    make_attempt(error, 1, offer={"a": 1})
    assert "ainda não aceitou nenhum envio" in ana.get(f"/produtos/{error.pk}").text


# -- notes


def test_a_note_is_written_shown_and_deleted(cast, as_, error):
    client = as_(cast.bruno)
    answer = client.post(f"/produtos/{error.pk}/anotacoes", {"text": "Volta na sexta"}, follow=True)
    assert "Volta na sexta" in answer.text
    address = f"/produtos/{error.pk}/anotacoes/{Note.objects.get().pk}/apagar"
    assert address in answer.text
    assert address not in as_(cast.ana).get(f"/produtos/{error.pk}").text, "only its author deletes it"
    assert as_(cast.ana).post(address).status_code == 404
    gone = as_(cast.bruno).post(address, follow=True)
    assert "Volta na sexta" not in gone.text
    assert "Bruno apagou uma anotação" in gone.text


def test_a_note_that_is_too_long_comes_back_with_its_text(cast, as_, error):
    text = "palavra " * (MAX_TEXT // 8 + 1)
    answer = as_(cast.bruno).post(f"/produtos/{error.pk}/anotacoes", {"text": text})
    assert answer.status_code == 422
    assert "longa demais" in answer.text
    assert text.strip() in answer.text
    part = as_(cast.bruno).post(f"/produtos/{error.pk}/anotacoes", {"text": ""}, headers={"HX-Request": "true"})
    assert part.status_code == 422
    assert "Escreva a anotação" in json.loads(part["HX-Trigger"])["ponte:notice"]["text"]


@pytest.mark.parametrize("path", ["/verificar", "/anotacoes", "/anotacoes/1/apagar"])
def test_who_only_looks_or_works_elsewhere_can_do_none_of_it(cast, as_, error, path):
    address = f"/produtos/{error.pk}{path}"
    for who in (cast.vera, cast.carla):
        assert as_(who).post(address, {"text": "x"}).status_code == 404
    assert as_(cast.bruno).get(address).status_code == 405
    assert not Note.objects.exists()


def test_who_acts_in_one_store_and_looks_in_another_only_looks_there(cast, as_, foreign):
    cast.bruno.membership_set.create(store=cast.other_store, role=Role.VIEWER)
    client = as_(cast.bruno)
    assert client.get(f"/produtos/{foreign.pk}").status_code == 200
    assert client.post(f"/produtos/{foreign.pk}/anotacoes", {"text": "x"}).status_code == 404
    assert client.post(f"/produtos/{foreign.pk}/verificar").status_code == 404


def test_who_is_limited_to_some_channels_does_not_see_the_records_of_others(cast, as_, error):
    other = make_channel(cast.store, "outro")
    make_attempt(error)
    assert as_(cast.bruno).get(f"/produtos/{error.pk}/tentativas/1.json").status_code == 200
    cast.bruno.membership_set.update(channel_ids=[other.pk])
    for path in ("", "/tentativas", "/tentativas/1", "/tentativas/1.json"):
        assert as_(cast.bruno).get(f"/produtos/{error.pk}{path}").status_code == 404


# -- verify


def test_a_second_check_of_the_same_person_waits_for_the_first(cast, as_, error):
    with TURNSTILE.entered(cast.bruno.pk):
        answer = as_(cast.bruno).post(f"/produtos/{error.pk}/verificar")
        part = as_(cast.bruno).post(f"/produtos/{error.pk}/verificar", headers={"HX-Request": "true"})
    assert (answer.status_code, part.status_code) == (409, 409)
    assert "ainda está em andamento" in answer.text


def test_a_check_that_came_too_late_says_that_nothing_was_sent(cast, error):
    told = verification_of(error, Late(20.0), None)
    assert "não respondeu em 20 segundos" in str(told.text)
    assert "Nada foi enviado" in str(told.text)


# -- neighbours


def test_the_neighbours_are_those_of_the_list_one_came_from(cast, ana):
    first, second, third = (
        make_integration(cast.channel, str(number), ago=timedelta(minutes=number)) for number in (1, 2, 3)
    )
    make_integration(cast.channel, "9", "success", ago=timedelta(minutes=2))
    page = ana.get(f"/produtos/{second.pk}?lista=status%3Derror").text
    assert re.search(rf'rel="prev" href="/produtos/{first.pk}[?]lista=status%3Derror&amp;lugar=', page)
    assert re.search(rf'rel="next" href="/produtos/{third.pk}[?]lista=status%3Derror&amp;lugar=', page)
    assert 'class="back" href="/produtos?status=error"' in page
    assert 'rel="next"' not in ana.get(f"/produtos/{second.pk}").text
    assert "Fim da lista" in ana.get(f"/produtos/{third.pk}?lista=status%3Derror").text


def test_after_an_action_the_next_is_still_the_next(cast, ana):
    first, second, third = (
        make_integration(cast.channel, str(number), ago=timedelta(minutes=number)) for number in (1, 2, 3)
    )
    page = ana.get(f"/produtos/{second.pk}?lista=status%3Derror").text
    form = page[page.index(f'action="/produtos/{second.pk}/reprocessar"') :]
    here = re.search(r'name="next" value="([^"]+)"', form)[1].replace("&amp;", "&")
    after = ana.post(f"/produtos/{second.pk}/reprocessar", {"next": here}, follow=True).text
    assert f'rel="next" href="/produtos/{third.pk}?' in after
    assert f'rel="prev" href="/produtos/{first.pk}?' in after


@pytest.mark.parametrize(
    "query", ["lista=nada%3D1", "lista=status%3Dxyz", "lista=%26%26%3D", "lista=removed%3D1", "lista=&lugar=forjado",
              "lista=status%3Derror&lugar=forjado", "lista=ordem%3Dsku"],
)  # fmt: skip
def test_a_list_that_nobody_can_follow_does_no_harm(cast, ana, error, query):
    assert ana.get(f"/produtos/{error.pk}?{query}").status_code == 200


def test_the_way_back_leads_to_our_own_list_only(cast, ana, error):
    page = ana.get(f"/produtos/{error.pk}?lista=//evil.example/%22%3E%3Cb%3E").text
    assert re.search(r'class="back" href="/produtos[?]%2F%2Fevil', page)


# -- links, files, curl


def test_a_listing_opens_at_the_marketplace(cast, ana):
    found = make_integration(
        cast.channel, listing={"id": "MLB1", "url": "http://produto.example/MLB-1"}, listing_id="MLB1"
    )
    page = ana.get(f"/produtos/{found.pk}").text
    assert '<a href="http://produto.example/MLB-1" rel="noopener noreferrer" target="_blank">' in page
    assert 'href="https://www.mercadolivre.com.br/anuncios/MLB1/modificar"' in page
    assert 'href="https://lojamodelo.myvtex.com/admin/inventory/?skuId=118204"' in page


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//evil", "https://a@b", 'https://a"b', "https://", "ftp://a", "x"],
)
def test_an_address_that_no_link_may_hold_is_none(url):
    assert safe(url) == ""


def test_a_try_can_be_taken_away_as_a_file(cast, ana, error):
    make_exchange(make_attempt(error, 2, offer={"title": "Ação"}))
    answer = ana.get(f"/produtos/{error.pk}/tentativas/2.json")
    assert answer["Content-Disposition"] == f'attachment; filename="ponte-registro-{error.pk}-tentativa-2.json"'
    told = json.loads(answer.content)
    assert (told["number"], told["offer"], told["sku"]) == (2, {"title": "Ação"}, error.sku)
    assert told["exchanges"][0]["request_headers"]["Authorization"] == "Bearer ••••"
    assert ana.get(f"/produtos/{error.pk}/tentativas/9.json").status_code == 404


def test_each_exchange_can_be_taken_as_a_command(ana, error):
    make_exchange(make_attempt(error))
    page = ana.get(f"/produtos/{error.pk}/tentativas/1").text
    assert "curl --globoff --request POST" in page
    assert "Bearer ••••" in page
    assert f"/produtos/{error.pk}/tentativas/1.json" in page


# -- fields


def test_only_the_fields_with_a_problem_can_be_shown(cast, ana, error):
    provenance = [
        {
            "field": "BRAND",
            "source": "specification:Marca",
            "rule": "default",
            "found": "",
            "sent": "Genérica",
            "line": 7,
        },
        {"field": "price", "source": "price", "rule": "as read", "found": "10", "sent": "10", "line": 0},
    ]
    make_attempt(error, 2, provenance=provenance, offer={"a": 1})
    page = ana.get(f"/produtos/{error.pk}?campos=problema").text
    table = page[page.index('class="compare"') : page.index('id="mudancas"')]
    assert "Genérica" in table
    assert "Especificação Marca" in table
    assert "linha 7 do mapeamento" in table
    assert "Recusado" in table
    assert "Preço" not in table
    assert "Preço" in ana.get(f"/produtos/{error.pk}").text


def test_a_problem_that_names_the_field_of_vtex_is_shown_at_what_was_made_of_it(cast, ana, error):
    error.problems = [{**error.problems[0], "subject": "Dimension.height", "severity": "warning"}]
    error.save()
    provenance = [
        {"field": "H", "source": "dimensions.height", "rule": "standard", "found": "1", "sent": "1 cm", "line": 0}
    ]
    make_attempt(error, 2, provenance=provenance, offer={"a": 1})
    page = ana.get(f"/produtos/{error.pk}?campos=problema").text
    table = page[page.index('class="compare"') : page.index('id="mudancas"')]
    assert table.count("<tr") == 2
    assert "1 cm" in table
    assert "Alerta" in table


def test_a_story_whose_beginning_is_not_kept_any_more_says_so(cast, ana, error):
    make_attempt(error, 7)
    said = "Tentativas de mais de 400 dias são apagadas"
    assert said in ana.get(f"/produtos/{error.pk}").text
    make_attempt(error, 1)
    assert said not in ana.get(f"/produtos/{error.pk}").text


def test_two_tries_are_not_offered_where_there_is_one_offer(cast, ana, error):
    Integration.objects.update(attempts=2)
    make_attempt(error, 1, "accepted", offer={"title": "a"}, problems=[])
    chooser = ana.get(f"/produtos/{error.pk}").text.partition('class="chooser"')[2].partition("</form>")[0]
    assert chooser.count('value=""') == 2
