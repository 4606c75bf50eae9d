"""The list's address: what it says, how it is written, and what can be taken away from it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from test_list import skus

from factories import MISSING, make_channel, make_integration
from ponte.db.filters import Filters
from ponte.db.models import Integration, Membership
from ponte.domain.fingerprint import fingerprint


@pytest.fixture
def ana(cast, as_):
    return as_(cast.ana)


def chips(answer):
    found = re.findall(r'class="filter-on" href="([^"]*)"><span>(.*?)</span>', answer.text)
    return {re.sub(r"<[^>]+>", "", text): unescape(href) for href, text in found}


def pager(answer):
    return re.search(r'<span class="number"[^>]*>([^<]*)</span>', answer.text)[1]


def total(answer):
    return re.search(r'<main [^>]*data-total="(\d*)"', answer.text)[1]


def filtered(answer):
    return unescape(re.search(r'action="/produtos/acoes">.*?name="filtro" value="([^"]*)"', answer.text)[1])


@pytest.fixture
def two(cast):
    amazon = make_channel(cast.store, "amz", "Amazon")
    make_integration(cast.channel, "1", category="TVs", brand="Acme")
    make_integration(amazon, "2", "alert", category="Fones", brand="Beta")


EVERYTHING = {
    "status": "error",
    "canal": "mlb",
    "periodo": "7",
    "etapa": "marketplace",
    "codigo": MISSING.code,
    "causa": fingerprint(MISSING),
    "categoria": "TVs",
    "marca": "Acme",
    "q": "corrida",
}


def test_every_filter_is_a_value_of_the_address_and_a_chip_that_goes(ana, two):
    answer = ana.get("/produtos", EVERYTHING)
    assert skus(answer) == ["1"]
    shown = chips(answer)
    assert set(shown) == {
        "Busca: corrida",
        "Canal: Mercado Livre",
        "Período: Últimos 7 dias",
        "Etapa: Marketplace",
        f"Código: {MISSING.code}",
        "Causa: Falta o atributo Marca",
        "Categoria: TVs",
        "Marca: Acme",
    }
    for text, href in shown.items():
        query = parse_qs(urlsplit(href).query)
        name = {"Busca": "q"}.get(text.split(":")[0], text.split(":")[0].lower())
        gone = next(
            key
            for key in EVERYTHING
            if key.replace("i", "í", 1) == name or key.replace("o", "ó", 1) == name or key == name
        )
        assert set(EVERYTHING) - set(query) == {gone}


def test_both_languages_of_names_are_read_and_one_is_written(ana, two):
    english = ana.get("/produtos?channel=mlb&stage=marketplace&category=TVs&from=2001-01-01&sort=sku")
    assert skus(english) == ["1"]
    for href in [*chips(english).values(), *re.findall(r'data-tab="\w+" href="([^"]*)"', english.text)]:
        assert not set(parse_qs(urlsplit(href).query)) & {"channel", "stage", "category", "from", "sort"}
    assert "canal=mlb" in chips(english)["Etapa: Marketplace"]
    assert "ordem=sku" in chips(english)["Etapa: Marketplace"]


def test_the_filter_of_the_page_is_repeated_for_an_action_with_days_that_stay(ana, two):
    answer = ana.get("/produtos?status=error&periodo=7&ordem=valor&q=corrida")
    today = timezone.localdate()
    assert parse_qs(filtered(answer)) == {
        "status": ["error"],
        "q": ["corrida"],
        "de": [(today - timedelta(days=6)).isoformat()],
    }
    assert isinstance(Filters.from_query(parse_qs(filtered(answer))), Filters)


@pytest.mark.parametrize("extra", ["", "&ordem=antigos", "&ordem=sku", "&ordem=valor", "&categoria=TVs"])
def test_pages_tell_where_they_are_to_the_end_and_back(cast, ana, extra):
    for number in range(60):
        make_integration(cast.channel, f"{number:03}", category="TVs", ago=timedelta(minutes=number))
    answer, told = ana.get(f"/produtos?status=error{extra}"), []
    seen = []
    while True:
        told.append(pager(answer))
        seen += skus(answer)
        following = re.search(r'href="([^"]*)" rel="next"', answer.text)
        if following is None:
            break
        answer = ana.get(unescape(following[1]))
    assert told == ["1–25 de 60", "26–50 de 60", "51–60 de 60"]
    assert len(set(seen)) == 60
    back = ana.get(unescape(re.search(r'href="([^"]*)" rel="prev"', answer.text)[1]))
    assert pager(back) == "26–50 de 60"


def test_the_total_is_on_the_page_where_it_is_known(cast, ana, two):
    assert total(ana.get("/produtos")) == "2"
    assert total(ana.get("/produtos?status=error")) == "1"
    assert total(ana.get("/produtos?q=nada")) == "0"


def test_a_total_nobody_knows_is_not_made_up(cast, ana, monkeypatch):
    monkeypatch.setattr("ponte.db.picking.FEW", 1)
    for number in range(30):
        make_integration(cast.channel, str(number), category="TVs")
    answer = ana.get("/produtos?categoria=TVs")
    assert (pager(answer), total(answer)) == ("1–25", "")


@pytest.mark.parametrize(
    "query", ["ordem=password", "sort=-x;drop", "ordem=sku&sort=sku", "periodo=99", "lista=7", "lista=x", "etapa=%27"]
)
def test_f16_orders_and_values_are_allowed_by_a_list(ana, two, query):
    answer = ana.get(f"/produtos?{query}")
    assert answer.status_code == 400
    assert skus(answer) == []


@pytest.mark.parametrize("text", ["%", "_", "'", "\\", "😀", "x" * 200, "<zz>", "a" * 3 + "(a+)+$"])
@pytest.mark.parametrize("name", ["categoria", "marca", "codigo", "q"])
def test_f17_texts_of_filters_are_literal(ana, two, name, text):
    answer = ana.get("/produtos", {name: text})
    assert answer.status_code == 200
    assert skus(answer) == []
    assert "<zz>" not in answer.text


def test_f18_a_period_and_days_together_are_answered_at_the_field(ana, two):
    answer = ana.get("/produtos?periodo=7&de=2026-01-01")
    assert answer.status_code == 400
    assert 'id="period-flaw"' in answer.text


def test_f48_days_are_told_in_the_zone_they_mean(ana, two):
    assert "Dias no horário de Brasília." in ana.get("/produtos").text


@pytest.mark.parametrize("open_", ["-1", "0", "9" * 30, "x", "../", "1 OR 1=1"])
def test_f21_an_open_row_that_is_none_is_nothing(ana, two, open_):
    answer = ana.get("/produtos", {"aberto": open_})
    assert answer.status_code == 200
    assert 'class="record open"' not in answer.text


@pytest.mark.parametrize("number", ["0", "9" * 19, "x", "-1"])
def test_f21_a_list_s_number_that_is_none_is_not_found(ana, number):
    assert ana.get(f"/produtos/lista/{number}/ausentes.txt").status_code == 404


@pytest.mark.parametrize("language", ["xx", "x" * 10_000, "pt-BR;q=abc", "*"])
def test_f36_a_language_that_is_none_falls_back(ana, two, language):
    answer = ana.get("/produtos", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert '<html lang="pt-BR"' in answer.text


def test_all_rows_open_at_once(ana, two):
    answer = ana.get("/produtos?aberto=todos")
    assert answer.text.count('class="record open"') == 2
    assert "Recolher todos" in answer.text


def test_the_insides_of_foreign_rows_are_not_sent(cast, ana, two, foreign):
    ids = [*Integration.objects.values_list("pk", flat=True)]
    answer = ana.get("/produtos/origens", {"linhas": ",".join(map(str, ids)) + ",x,-1"})
    assert set(re.findall(r'data-inside="(\d+)"', answer.text)) == {str(pk) for pk in ids if pk != foreign.pk}


@pytest.mark.parametrize(
    ("key", "texts"),
    [
        ("categoria", ["Fones", "TVs"]),
        ("marca", ["Acme", "Beta"]),
        ("etapa", ["VTEX", "Mapeamento", "Validação", "Envio", "Marketplace"]),
    ],
)
def test_a_filter_s_choices_are_addresses_of_the_list(ana, two, key, texts):
    page = ana.get(f"/produtos/opcoes/{key}?status=error")
    part = ana.get(f"/produtos/opcoes/{key}?status=error", headers={"HX-Request": "true"})
    assert "<html" in page.text
    assert "<html" not in part.text
    for answer in (page, part):
        found = re.findall(r'<li><a href="([^"]*)"[^>]*><span><bdi>([^<]*)</bdi>', answer.text)
        assert [text for _, text in found] == texts
        assert all(f"status=error&amp;{key}=" in href for href, _ in found)


def test_causes_are_offered_in_words_with_their_counts(ana, two):
    found = ana.get("/produtos/opcoes/causa").text
    assert "Falta o atributo Marca" in found
    assert f"causa={fingerprint(MISSING)}" in found
    assert ana.get("/produtos/opcoes/nada").status_code == 404


def test_a_person_limited_to_a_channel_is_offered_its_choices_alone(cast, ana, two):
    Membership.objects.filter(user=cast.ana).update(channel_ids=[cast.channel.pk])
    assert "Fones" not in ana.get("/produtos/opcoes/categoria").text
    assert "Título" not in ana.get("/produtos/opcoes/causa").text
    assert skus(ana.get("/produtos")) == ["1"]


def test_f24_going_back_posts_nothing_again_and_shows_nothing_after_signing_out(cast, ana, two):
    answer = ana.get("/produtos")
    assert "no-store" in answer["Cache-Control"]
    saved = ana.post("/produtos/visoes", {"name": "Uma", "endereco": ""})
    assert saved.status_code == 302, "an address to read again, not a form to send again"
    ana.logout()
    for path in ("", "/linhas", "/origens", "/opcoes/categoria", "/visoes"):
        gone = ana.get(f"/produtos{path}")
        assert gone.status_code in {302, 401}
        assert "TVs" not in gone.text


def test_a_filter_nobody_can_follow_is_named_as_the_address_names_it(cast, as_):
    make_integration(cast.channel)
    page = as_(cast.ana).get("/produtos?removidos=talvez").text
    assert "Este endereço tem um filtro que não existe: removidos." in page
    assert "Esta lista de SKUs não existe mais." in as_(cast.ana).get("/produtos?lista=x").text
