"""A record's listing on its page, the channel's listings, and the marketplace's rules."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cast import person
from factories import make_channel, make_integration
from ponte.db.facts import keep_fact
from ponte.db.models import Audit, Channel, Fact, Integration, ListingLink, ListingSearch, Role, SheetCheck, Work
from ponte.domain.lifecycle import Hold

HOSTILE = '<img src=x onerror=alert(1)>"'


def listed(channel, sku="118204", listing="MLB111", state="success", how="sent", **values):
    """Make a record with a listing and its link."""
    kept = {"id": listing, "url": "https://produto.example/x", "state": "active", "memory": {}}
    found = make_integration(channel, sku, state, listing_id=listing, listing=kept, linked=how, **values)
    ListingLink.objects.create(integration=found, channel=channel, listing_id=listing, how=how, since=timezone.now())
    return found


@pytest.fixture
def ana(cast, as_):
    return as_(cast.ana)


@pytest.fixture
def bruno(cast, as_):
    return as_(cast.bruno)


@pytest.fixture
def mia(cast, as_):
    return as_(person("mia", cast.store, Role.MANAGER))


def region(page):
    return page[page.index('id="anuncio"') : page.index("</section>", page.index('id="anuncio"'))]


# -- on the record's page


def test_the_record_says_which_listing_it_has_how_it_came_and_what_may_be_done(cast, mia):
    found = listed(cast.channel)
    shown = region(mia.get(f"/produtos/{found.pk}").text)
    for words in ("MLB111", "active", "Criado pelo Ponte", "Procurar no marketplace", "Vincular a…", "Desvincular"):
        assert words in shown
    assert "Encerrar anúncio" in shown


def test_an_operator_may_look_and_not_end_and_a_viewer_may_nothing(cast, bruno, as_):
    found = listed(cast.channel)
    shown = region(bruno.get(f"/produtos/{found.pk}").text)
    assert "Procurar no marketplace" in shown
    assert "Encerrar" not in shown
    assert "Desvincular" not in shown
    looked = region(as_(cast.vera).get(f"/produtos/{found.pk}").text)
    assert "<form" not in looked
    assert "MLB111" in looked


@pytest.mark.parametrize("what", ["desvincular", "encerrar", "vincular"])
@pytest.mark.parametrize("who", ["bruno", "vera", "carla"])
def test_who_may_not_manage_has_no_such_page(cast, as_, what, who):
    found = listed(cast.channel)
    for ask in ("get", "post"):
        assert getattr(as_(getattr(cast, who)), ask)(f"/produtos/{found.pk}/anuncio/{what}").status_code == 404
    found.refresh_from_db()
    assert (found.listing_id, found.hold) == ("MLB111", "")


def test_unlinking_asks_first_in_words_and_then_forgets(cast, mia):
    found = listed(cast.channel)
    asked = mia.get(f"/produtos/{found.pk}/anuncio/desvincular").text
    assert "O anúncio continua no marketplace como está" in asked
    found.refresh_from_db()
    assert found.listing_id == "MLB111"
    answer = mia.post(f"/produtos/{found.pk}/anuncio/desvincular", follow=True)
    assert "Anúncio desvinculado" in answer.text
    shown = region(answer.text)
    assert "Desvinculado" in shown
    assert "1 vínculo anterior" in shown
    found.refresh_from_db()
    assert (found.listing_id, found.hold) == ("", Hold.UNLINKED)
    again = mia.post(f"/produtos/{found.pk}/anuncio/desvincular")
    assert (again.status_code, "não tem anúncio" in again.text) == (409, True)


def test_ending_asks_first_and_the_screen_says_encerrando_then_encerrado(cast, mia):
    found = listed(cast.channel)
    asked = mia.get(f"/produtos/{found.pk}/anuncio/encerrar").text
    assert "para sempre" in asked
    page = mia.post(f"/produtos/{found.pk}/anuncio/encerrar", follow=True).text
    assert "Encerrando" in page
    assert "Não encerrar" in region(page)
    found.refresh_from_db()
    assert (found.hold, found.phase, Work.objects.get().trigger) == ("ending", "queued", "person")
    mia.post(f"/produtos/{found.pk}/anuncio/manter")
    found.refresh_from_db()
    assert found.hold == ""
    values = {"hold": "ended", "status": "success", "phase": "idle", "listing_id": "", "listing": None}
    Integration.objects.filter(pk=found.pk).update(**values)
    page = mia.get(f"/produtos/{found.pk}").text
    assert "Encerrado" in page
    assert "Mudanças na VTEX não o trazem de volta" in page
    assert 'data-verb="reprocess"' in page
    assert "Encerrado" in mia.get("/produtos?status=success").text


def test_a_send_under_way_is_said_and_nothing_is_unlinked(cast, mia):
    found = listed(cast.channel, state="processing")
    Work.objects.create(integration=found, lane=cast.channel.lanes.get(), due_at_ms=0, queued_at_ms=0, lease_epoch=3)
    answer = mia.post(f"/produtos/{found.pk}/anuncio/desvincular")
    assert answer.status_code == 409
    assert "está em andamento" in answer.text


@pytest.mark.django_db(transaction=True)
def test_a_marketplace_that_cannot_be_asked_is_said_and_changes_nothing(cast, bruno):
    found = make_integration(cast.channel)
    Channel.objects.filter(pk=cast.channel.pk).update(base_url="http://127.0.0.1:9")
    answer = bruno.post(f"/produtos/{found.pk}/anuncio/procurar")
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert bruno.post(f"/produtos/{found.pk}/anuncio/adotar", {"anuncio": "MLB1"}).status_code == 409
    assert ListingLink.objects.count() == 0


@pytest.mark.parametrize("text", ["tenis azul", "https://", HOSTILE, "\x00", "../../etc"])
def test_a_text_that_is_no_listing_is_told_so(cast, mia, text):
    found = make_integration(cast.channel)
    answer = mia.get(f"/produtos/{found.pk}/anuncio/vincular", {"anuncio": text})
    assert "não é um código nem um endereço" in answer.text
    assert "<img src=x" not in answer.text


def test_hostile_ids_and_states_are_text(cast, mia):
    found = listed(cast.channel, listing=HOSTILE)
    kept = {"id": HOSTILE, "url": "javascript:alert(1)", "state": HOSTILE, "memory": {}}
    Integration.objects.filter(pk=found.pk).update(listing=kept)
    for address in (f"/produtos/{found.pk}", f"/produtos/{found.pk}/anuncio/encerrar", "/canais/mlb/anuncios"):
        page = mia.get(address).text
        assert "<img src=x" not in page
        assert 'href="javascript' not in page
        assert "&lt;img src=x" in page


# -- the channel's listings


def test_the_list_narrows_by_how_and_finds_by_listing_and_sku(cast, bruno):
    listed(cast.channel, "1", "MLB1")
    listed(cast.channel, "2", "MLB2", how="adopted")
    make_integration(cast.channel, "3")
    make_integration(cast.channel, "4", "success", hold="ended")
    skus = lambda query: re.findall(r'class="number">(\d)</b></a>', bruno.get(f"/canais/mlb/anuncios{query}").text)  # noqa: E731
    assert skus("") == ["1", "2", "3", "4"]
    assert skus("?mostrar=adopted") == ["2"]
    assert skus("?mostrar=sent") == ["1"]
    assert skus("?mostrar=missing") == ["3"]
    assert skus("?mostrar=ended") == ["4"]
    assert skus("?busca=MLB2") == ["2"]
    assert skus("?busca=MLB") == ["1", "2"]
    assert skus("?busca=3") == ["3"]
    assert skus("?mostrar=nada&depois=forjado~x") == ["1", "2", "3", "4"]
    assert skus("?busca=%00%EF%BF%BD") == []


def test_the_list_goes_on_where_it_ended_and_its_queries_do_not_grow(cast, bruno):
    for number in range(3):
        listed(cast.channel, f"a{number}", f"MLB{number}")
    with CaptureQueriesContext(
        connection,
    ) as few:
        bruno.get("/canais/mlb/anuncios")
    for number in range(3, 60):
        listed(cast.channel, f"a{number:02}", f"MLB{number}")
    with CaptureQueriesContext(connection) as many:
        page = bruno.get("/canais/mlb/anuncios").text
    assert len(few) == len(many)
    [after] = re.findall(r'href="(/canais/mlb/anuncios\?[^"]*)" rel="next"', page)
    rest = bruno.get(after.replace("&amp;", "&")).text
    shown = re.findall(r"#anuncio", page + rest)
    assert len(shown) == 60


def test_an_operator_starts_the_search_once_and_stops_it(cast, bruno):
    make_integration(cast.channel, "3")
    for _ in range(2):
        page = bruno.post("/canais/mlb/anuncios/procurar", follow=True).text
    assert "Procurando: 0 de 1 SKUs" in page
    assert ListingSearch.objects.count() == 1
    assert "foi parada" in bruno.post("/canais/mlb/anuncios/parar", follow=True).text
    assert [*Audit.objects.order_by("id").values_list("verb", flat=True)] == [
        "listings search",
        "listings search stopped",
    ]


def test_only_a_manager_chooses_to_adopt(cast, as_):
    assert as_(cast.bruno).post("/canais/mlb/anuncios/adotar", {"adotar": "1"}).status_code == 404
    mia = as_(person("mia", cast.store, Role.MANAGER))
    assert "Adotar o que já existe" in mia.get("/canais/mlb/anuncios").text
    assert "Não adotar mais" in mia.post("/canais/mlb/anuncios/adotar", {"adotar": "1"}, follow=True).text
    assert Channel.objects.get(pk=cast.channel.pk).adopts
    mia.post("/canais/mlb/anuncios/adotar")
    assert not Channel.objects.get(pk=cast.channel.pk).adopts


# -- the marketplace's rules

SHEET = {
    "name": "Tênis",
    "leaf": True,
    "attributes": [
        {"id": "BRAND", "name": "Marca", "tags": ["required"], "value_type": "string"},
        {"id": "GTIN", "name": "Código universal", "tags": [], "value_type": "string", "max_length": 14},
    ],
}
STRICTER = {
    **SHEET,
    "attributes": [SHEET["attributes"][0], {**SHEET["attributes"][1], "tags": ["required"], "max_length": 13}],
}
KEY = "category/MLB23332"


def test_the_rules_show_each_sheet_with_its_version_and_what_changed_in_words(cast, bruno):
    keep_fact(cast.channel.pk, KEY, SHEET)
    page = bruno.get("/canais/mlb/regras").text
    assert "Tênis" in page
    assert 'href="/canais/mlb/categorias/MLB23332"' in page
    assert bruno.get("/canais/mlb/regras?mudou=1").text.count('class="card rule"') == 0
    assert keep_fact(cast.channel.pk, KEY, STRICTER) is True
    page = bruno.get("/canais/mlb/regras?mudou=1").text
    assert "Código universal passou a ser obrigatório" in page
    assert "Código universal aceita até 13 caracteres; antes, 14" in page
    assert keep_fact(cast.channel.pk, KEY, STRICTER) is False
    fact = Fact.objects.get()
    assert (fact.version, fact.previous) == (2, SHEET)
    keep_fact(cast.channel.pk, KEY, None)
    assert "A categoria não existe mais" in bruno.get("/canais/mlb/regras").text


def test_a_category_is_checked_and_read_anew_by_a_persons_click_only(cast, bruno, as_):
    keep_fact(cast.channel.pk, KEY, SHEET)
    make_integration(cast.channel, "1", "success", sheet=KEY)
    page = bruno.post("/canais/mlb/regras/verificar", {"ficha": KEY}, follow=True).text
    assert "Verificando: 0 de 1" in page
    assert SheetCheck.objects.get().sheet == KEY
    bruno.post("/canais/mlb/regras/reler", {"ficha": KEY})
    assert Fact.objects.get().stale
    for wrong in ("account", "category/MLB999", "", "\x00"):
        assert bruno.post("/canais/mlb/regras/verificar", {"ficha": wrong}).status_code == 404
    assert as_(cast.vera).post("/canais/mlb/regras/verificar", {"ficha": KEY}).status_code == 404


def test_the_rules_ask_the_database_as_often_for_one_sheet_as_for_many(cast, bruno):
    keep_fact(cast.channel.pk, KEY, SHEET)
    with CaptureQueriesContext(connection) as few:
        bruno.get("/canais/mlb/regras")
    for number in range(60):
        keep_fact(cast.channel.pk, f"category/MLB{number:04}", SHEET)
    with CaptureQueriesContext(connection) as many:
        page = bruno.get("/canais/mlb/regras").text
    assert len(few) == len(many)
    assert page.count('class="card rule"') == 50
    [after] = re.findall(r'href="(/canais/mlb/regras\?[^"]*)" rel="next"', page)
    assert bruno.get(after.replace("&amp;", "&")).text.count('class="card rule"') == 11


def test_a_channel_out_of_sight_has_neither_page(cast, as_):
    make_channel(cast.store, "outro", "Outro")
    carla = as_(cast.carla)
    for page in ("anuncios", "regras"):
        assert carla.get(f"/canais/outro/{page}").status_code == 404


def test_a_marketplace_with_one_catalogue_for_all_categories_shows_it_as_one(cast, bruno):
    Channel.objects.filter(pk=cast.channel.pk).update(connector="mirakl")
    keep_fact(cast.channel.pk, "catalogue", {"a": 1})
    keep_fact(cast.channel.pk, "catalogue", {"a": 2})
    page = bruno.get("/canais/mlb/regras").text
    assert "O catálogo inteiro" in page
    assert "O catálogo mudou" in page
    assert "não tem esta categoria" not in page
