"""The page of causes: what is listed, counted, sorted and said; who may decide; addresses somebody made up."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from factories import CUT, MISSING, make_cause, make_channel, make_integration, make_meetings
from ponte.db.models import Audit, Cause, CauseState, Lane, Membership, Note
from ponte.domain.problem import Problem, ProblemClass, Stage

TITLE = Problem(ProblemClass.TITLE_INVALID, Stage.MARKETPLACE, subject="title", code="item.title.length")
PRICE = Problem(ProblemClass.VTEX_PRICE_MISSING, Stage.VTEX, subject="price")
REVOKED = Problem(ProblemClass.AUTH_INVALID, Stage.SEND, code="invalid_grant")
DAY = timedelta(days=1)


def titles(answer):
    return re.findall(r'<a href="/causas/\d+"><bdi>([^<]*)<', answer.text)


def tab(answer, name):
    return int(re.search(rf'data-count="{name}">([\d.]+)<', answer.text)[1].replace(".", ""))


def way(answer, rel):
    """Return the address of the next or previous page, "" when there is none."""
    found = re.search(rf'href="([^"]+)" rel="{rel}"', answer.text)
    return found[1].replace("&amp;", "&") if found else ""


def lead(answer):
    found = re.search(r'<p class="lead"[^>]*>(.*?)</p>', answer.text, re.DOTALL)[1]
    return " ".join(re.sub(r"<[^>]+>", "", found).split())


@pytest.fixture
def ana(cast, as_):
    return as_(cast.ana)


@pytest.fixture
def three(cast):
    """Causes of 30, 20 and 10 products; the smallest has the greatest value and was met last."""
    now = timezone.now()
    return (
        make_cause(cast.channel, MISSING, count=30, value=100, last_at=now - timedelta(hours=2)),
        make_cause(cast.channel, TITLE, count=20, value=300_00, last_at=now - timedelta(hours=3)),
        make_cause(cast.channel, PRICE, count=10, value=900_00, last_at=now),
    )


def test_causes_come_in_plain_words_the_largest_first(ana, three):
    answer = ana.get("/causas")
    assert titles(answer) == ["Falta o atributo Marca", "Título recusado", "SKU sem preço na VTEX"]
    assert lead(answer).startswith("60 produtos afetados por 3 causas.")
    assert tab(answer, "abertas") == 3


def test_the_five_largest_are_told_with_their_share(cast, ana):
    for number in range(10):
        make_cause(
            cast.channel, Problem(ProblemClass.UNKNOWN, Stage.MARKETPLACE, code=f"c{number}"), count=number + 1
        )
    assert "As 5 maiores respondem por 73%." in lead(ana.get("/causas"))


@pytest.mark.parametrize(
    ("query", "order"),
    [("", "MTP"), ("?ordem=valor", "PTM"), ("?ordem=recente", "PMT")],
)
def test_causes_are_sorted_by_products_value_or_the_last_time(ana, three, query, order):
    by_letter = {"M": "Falta o atributo Marca", "T": "Título recusado", "P": "SKU sem preço na VTEX"}
    assert titles(ana.get(f"/causas{query}")) == [by_letter[letter] for letter in order]


@pytest.mark.parametrize("order", ["", "valor", "recente"])
def test_pages_show_every_cause_once_forwards_and_backwards(cast, ana, monkeypatch, order):
    monkeypatch.setattr("ponte.web.causes.page.SIZE", 3)
    for number in range(8):
        problem = Problem(ProblemClass.UNKNOWN, Stage.MARKETPLACE, code=f"c{number}")
        make_cause(cast.channel, problem, count=5 + number // 3, value=number // 2)
    address, last, forwards = f"/causas?ordem={order}", "", []
    while address:
        answer = ana.get(address)
        forwards.append(titles(answer))
        address, last = way(answer, "next"), address
    address, backwards = last, []
    while address:
        answer = ana.get(address)
        backwards.insert(0, titles(answer))
        address = way(answer, "prev")
    assert len({title for page in forwards for title in page}) == 8
    assert [len(page) for page in forwards] == [3, 3, 2]
    assert backwards == forwards


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("falta marca", ["Falta o atributo Marca"]),
        ("titulo", ["Título recusado"]),
        ("missing_required", ["Falta o atributo Marca"]),
        ("MLB23332", ["Falta o atributo Marca"]),
        ("preço vtex", ["SKU sem preço na VTEX"]),
        ("marca titulo", []),
        ("%", []),
        ("' OR 1=1", []),
    ],
)
def test_f17_search_looks_at_title_code_field_and_message_literally(ana, three, asked, found):
    answer = ana.get("/causas", {"q": asked})
    assert titles(answer) == found
    assert tab(answer, "abertas") == len(found)


def test_filters_narrow_list_and_counts(cast, ana, three):
    other = make_channel(cast.store, "amz", "Amazon")
    make_cause(other, TITLE, count=4)
    assert titles(ana.get("/causas?canal=amz")) == ["Título recusado"]
    assert tab(ana.get("/causas?canal=amz"), "abertas") == 1
    assert titles(ana.get("/causas?etapa=vtex")) == ["SKU sem preço na VTEX"]
    assert lead(ana.get("/causas?etapa=vtex")).startswith("10 produtos afetados por 1 causa.")


def test_alerts_are_apart_from_errors(cast, ana, three):
    make_cause(cast.channel, CUT, count=99)
    assert tab(ana.get("/causas"), "abertas") == 3
    assert tab(ana.get("/causas?gravidade=alertas"), "abertas") == 1
    assert tab(ana.get("/causas?gravidade=todas"), "abertas") == 4


@pytest.mark.parametrize(
    "query",
    [
        "ordem=password",
        "ordem=-count;drop",
        "aba=x",
        "etapa=x",
        "gravidade=x",
        "canal=unknown",
        "canal[]=mlb&canal=mlb",
        "canal=mlb&canal=amz",
        "page=-1",
        "depois=abc",
        "depois=" + "x" * 500,
        "q=" + "á" * 10_000,
        "aba=%00",
    ],
)
def test_f15_f16_an_address_that_cannot_be_followed_is_answered_400_and_shows_nothing(ana, three, query):
    answer = ana.get(f"/causas?{query}")
    assert answer.status_code == 400
    assert titles(answer) == []


def test_f15_the_cursor_of_another_order_is_not_taken(cast, ana, three, monkeypatch):
    monkeypatch.setattr("ponte.web.causes.page.SIZE", 1)
    cursor = re.search(r"depois=([^\"&]*)", ana.get("/causas").text)[1]
    assert ana.get(f"/causas?ordem=valor&depois={cursor}").status_code == 400
    assert ana.get(f"/causas?depois={cursor}").status_code == 200


def test_new_growing_and_falling_causes_are_told_by_the_rule(cast, ana, three):
    grows, falls, new = three
    for hour in (1, 5, 23):
        make_meetings(grows, hour, 10)
    for day in (30, 54, 78):
        make_meetings(grows, day, 15)
        make_meetings(falls, day, 20)
    make_meetings(falls, 2, 4)
    Cause.objects.filter(pk=new.pk).update(first_at=timezone.now() - timedelta(hours=5))
    make_meetings(new, 1, 500)
    answer = ana.get("/causas")
    tags = re.findall(r'data-part="tags">(.*?)</small>', answer.text, re.DOTALL)
    words = [
        [re.sub(r"<[^>]+>", "", tag) for tag in re.findall(r'<span class="tag[^>]*>.*?</span>', one)] for one in tags
    ]
    assert words == [["Crescendo"], ["Caindo"], ["Nova"]]
    assert titles(ana.get("/causas?aba=crescendo")) == ["Falta o atributo Marca"]
    assert titles(ana.get("/causas?aba=novas")) == ["SKU sem preço na VTEX"]


def test_the_days_are_told_in_words_too(cast, ana, three):
    make_meetings(three[0], 0, 7)
    assert re.search(r"Vezes por dia nos últimos 14 dias: (0, ){12}0; hoje, 7", ana.get("/causas").text)
    assert "Não apareceu nos últimos 14 dias" in ana.get("/causas").text


def test_the_number_of_products_leads_to_exactly_those(cast, ana):
    for sku in ("1", "2"):
        make_integration(cast.channel, sku)
    make_integration(cast.channel, "3", problems=(TITLE,))
    make_integration(cast.channel, "gone", removed=True)
    answer = ana.get("/causas")
    counted = re.findall(r'data-part="count"><a href="([^"]+)">(\d+)<', answer.text)
    assert [int(count) for _, count in counted] == [2, 1]
    for href, count in counted:
        listed = ana.get(href.replace("&amp;", "&"))
        assert listed.status_code == 200
        assert len(re.findall(r'id="r-\d+"', listed.text)) == int(count)


def test_an_account_in_trouble_is_one_line_and_no_cause(cast, ana, three):
    Lane.objects.filter(channel=cast.channel).update(state="disconnected", state_at=timezone.now())
    for number in range(3):
        make_integration(cast.channel, f"q{number}", "queued", problems=(REVOKED,))
    answer = ana.get("/causas")
    assert answer.text.count('class="account ') == 1
    assert "Mercado Livre está desconectado" in answer.text
    assert "3 produtos esperam." in answer.text
    assert f'href="/canais/{cast.channel.code}"' in answer.text
    assert "Reconectar" in answer.text
    assert tab(answer, "abertas") == 3
    assert "Conta desconectada" not in "".join(titles(answer))


def test_account_trouble_that_ends_leaves_nothing_behind(cast, ana, three):
    make_cause(cast.channel, REVOKED, count=2)
    answer = ana.get("/causas")
    assert "Mercado Livre voltou: a fila anda" in answer.text
    make_cause(cast.channel, REVOKED, count=0)
    assert 'class="account ' not in ana.get("/causas").text


def test_an_open_line_says_what_happened_how_to_fix_it_and_whom_it_hits(cast, ana):
    make_integration(cast.channel, "1", category="Moda › Tênis", brand="Acme")
    make_integration(cast.channel, "2", category="Moda › Tênis", brand="Bolt")
    make_integration(cast.channel, "3", category="Casa", brand="Acme")
    cause = Cause.objects.get()
    for text in (ana.get(f"/causas?aberta={cause.pk}").text, ana.get(f"/causas/{cause.pk}/dentro").text):
        assert "Como corrigir" in text
        assert f"/canais/{cast.channel.code}/mapeamento" in text
        assert "lojamodelo.myvtex.com/admin/" in text
        assert "The attributes [BRAND, MODEL] are required" in text
        shares = re.findall(r"<li><span><bdi>([^<]*)</bdi></span><b class=\"number\">(\d+)<", text)
        assert shares == [("Moda › Tênis", "2"), ("Casa", "1"), ("Acme", "2"), ("Bolt", "1")]


def test_what_a_marketplace_says_is_only_ever_text(cast, ana):
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)> hx-get=/sair'
    problem = Problem(ProblemClass.UNKNOWN, Stage.MARKETPLACE, code=evil[:120], subject=evil[:200], message=evil)
    make_integration(cast.channel, "1", problems=(problem,), category=evil, brand=evil[:120], name=evil)
    cause = Cause.objects.get()
    Note.objects.create(store=cast.store, cause=cause, author=cast.ana, text=evil, at=timezone.now())
    for address in ("/causas", f"/causas?aberta={cause.pk}", f"/causas/{cause.pk}", f"/causas/{cause.pk}/dentro"):
        text = ana.get(address).text
        assert "<script>alert" not in text, address
        assert "<img src=x" not in text, address


@pytest.mark.parametrize("count", [1, 3, 20])
def test_the_list_costs_the_same_queries_whatever_its_length(cast, ana, count, django_assert_num_queries):
    for number in range(count):
        problem = Problem(ProblemClass.UNKNOWN, Stage.MARKETPLACE, code=f"c{number}")
        make_meetings(make_cause(cast.channel, problem, count=1), 2, 3)
    ana.get("/causas")
    # session, person, memberships; menu; channels, lanes, trends, rows, days, totals, accounts
    with django_assert_num_queries(11):
        ana.get("/causas")


@pytest.mark.parametrize("count", [1, 30])
def test_an_open_cause_costs_the_same_queries_whatever_its_size(cast, ana, count, django_assert_num_queries):
    for number in range(count):
        make_integration(cast.channel, str(number))
    cause = Cause.objects.get()
    ana.get(f"/causas/{cause.pk}/dentro")
    with django_assert_num_queries(10):  # 3, cause, days, trends, sample 2, notes, changes
        ana.get(f"/causas/{cause.pk}/dentro", headers={"HX-Request": "true"})


def test_carla_sees_nothing_of_it(cast, as_, three):
    carla = as_(cast.carla)
    number = three[0].pk
    assert titles(carla.get("/causas")) == []
    for address in (f"/causas/{number}", f"/causas/{number}/dentro"):
        assert carla.get(address).status_code == 404
    assert carla.post("/causas/estado", {"id": number, "state": "resolved"}).status_code == 404
    assert carla.post(f"/causas/{number}/anotar", {"text": "x"}).status_code == 404
    assert titles(carla.get("/causas?canal=mlb")) == []


def test_a_person_limited_to_some_channels_sees_their_causes_alone(cast, as_, three):
    other = make_channel(cast.store, "amz", "Amazon")
    hers = make_cause(other, TITLE, count=4)
    Membership.objects.filter(user=cast.bruno).update(channel_ids=[other.pk])
    bruno = as_(cast.bruno)
    assert titles(bruno.get("/causas")) == ["Título recusado"]
    assert lead(bruno.get("/causas")).startswith("4 produtos afetados por 1 causa.")
    assert bruno.get("/causas?canal=mlb").status_code == 400
    assert bruno.get(f"/causas/{three[0].pk}").status_code == 404
    assert bruno.get(f"/causas/{hers.pk}").status_code == 200


def test_an_operator_takes_a_cause_up_and_gives_it_back_and_both_are_on_record(cast, as_, three):
    bruno, number = as_(cast.bruno), three[0].pk
    back = bruno.post("/causas/estado", {"id": number, "state": "known", "next": "/causas?canal=mlb"}, follow=True)
    assert back.redirect_chain == [("/causas?canal=mlb", 302)]
    assert "1 causa em andamento." in back.text
    assert titles(bruno.get("/causas?aba=andamento")) == ["Falta o atributo Marca"]
    bruno.post("/causas/estado", {"id": number, "state": "open"})
    assert Cause.objects.get(pk=number).state == "open"
    audits = Audit.objects.filter(target=f"cause:{number}").order_by("pk")
    assert [(one.verb, one.actor) for one in audits] == [("cause known", cast.bruno), ("cause open", cast.bruno)]
    page = bruno.get(f"/causas/{number}").text
    assert "Marcada como em andamento" in page
    assert "Vista pela primeira vez" in page


@pytest.mark.parametrize("state", ["ignored", "resolved"])
def test_only_a_manager_ignores_and_resolves(cast, as_, three, state):
    number = three[0].pk
    assert as_(cast.bruno).post("/causas/estado", {"id": number, "state": state}).status_code == 409
    assert as_(cast.vera).post("/causas/estado", {"id": number, "state": state}).status_code == 404
    assert Cause.objects.get(pk=number).state == "open"
    as_(cast.ana).post("/causas/estado", {"id": number, "state": state})
    assert Cause.objects.get(pk=number).state == state
    assert as_(cast.bruno).post("/causas/estado", {"id": number, "state": "open"}).status_code == 409


def test_the_menu_offers_what_one_may(cast, as_, three):
    def offered(user):
        text = as_(user).get("/causas").text
        return set(re.findall(r'data-verb="(\w+)"', text))

    assert offered(cast.vera) == set()
    assert offered(cast.bruno) == {"reprocess", "remove", "known"}
    assert offered(cast.ana) == {"reprocess", "remove", "known", "ignored", "resolved"}


def test_many_are_taken_up_at_once(cast, as_, three):
    answer = as_(cast.bruno).post("/causas/estado", {"id": [one.pk for one in three], "state": "known"}, follow=True)
    assert "3 causas em andamento." in answer.text
    assert titles(answer) == []


def test_all_of_a_cause_is_reprocessed_through_the_plan(cast, as_, three):
    text = as_(cast.bruno).get("/causas").text
    form = re.search(rf'<form method="post" [^>]*id="f-{three[0].pk}">(.*?)</form>', text, re.DOTALL)[1]
    assert f'name="filtro" value="causa={three[0].fingerprint}&amp;canal=mlb"' in form
    assert '<button formaction="/produtos/plano" name="verb" value="reprocess"' in form


def test_f24_a_state_is_never_changed_by_a_get(ana, three):
    assert ana.get(f"/causas/estado?id={three[0].pk}&state=resolved").status_code == 405
    assert ana.get(f"/causas/{three[0].pk}/anotar").status_code == 405


@pytest.mark.parametrize(
    ("form", "kept"),
    [
        ({"prazo": "24h"}, "Até "),
        ({"prazo": "sempre"}, "Para sempre"),
        ({"prazo": "acima", "acima": "1.000"}, "Até passar de 1000 produtos"),
        ({"prazo": "dia", "dia": (timezone.localdate() + 3 * DAY).isoformat()}, "Até "),
    ],
)
def test_a_cause_is_ignored_for_as_long_as_asked(ana, three, form, kept):
    number = three[0].pk
    ana.post("/causas/estado", {"id": number, "state": "ignored", **form})
    shown = ana.get("/causas?aba=ignoradas")
    assert titles(shown) == ["Falta o atributo Marca"]
    assert kept in shown.text
    assert titles(ana.get("/causas")) == ["Título recusado", "SKU sem preço na VTEX"]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"prazo": "dia", "dia": "2026-02-31"}, 400),
        ({"prazo": "dia", "dia": "1999-01-01"}, 400),
        ({"prazo": "dia", "dia": "9999-12-31"}, 400),
        ({"prazo": "dia"}, 400),
        ({"prazo": "acima", "acima": "muitos"}, 400),
        ({"prazo": "acima", "acima": "-1"}, 400),
        ({"prazo": "acima", "acima": "9" * 30}, 400),
        ({"prazo": "acima", "acima": "29"}, 409),
        ({"prazo": "nunca"}, 404),
    ],
)
def test_f18_a_term_that_cannot_be_is_refused_in_words(ana, three, form, status):
    answer = ana.post("/causas/estado", {"id": three[0].pk, "state": "ignored", **form})
    assert answer.status_code == status
    assert Cause.objects.get(pk=three[0].pk).state == "open"


@pytest.mark.parametrize("form", [{}, {"id": "x"}, {"id": "9" * 30}, {"id": "0"}])
def test_f21_ids_of_nothing_change_nothing(ana, three, form):
    assert ana.post("/causas/estado", {"state": "known", **form}).status_code in {400, 404}
    assert not Cause.objects.exclude(state="open").exists()


def test_the_time_of_an_ignored_cause_ends_by_itself(cast, as_, three):
    past = timezone.now() - timedelta(minutes=1)
    Cause.objects.filter(pk=three[0].pk).update(state=CauseState.IGNORED, ignored_until=past)
    bruno = as_(cast.bruno)
    assert len(titles(bruno.get("/causas"))) == 3
    assert titles(bruno.get("/causas?aba=ignoradas")) == []
    bruno.post("/causas/estado", {"id": three[0].pk, "state": "known"})
    assert Cause.objects.get(pk=three[0].pk).state == "known"


def test_a_note_is_kept_with_its_writer(cast, as_, three):
    bruno, number = as_(cast.bruno), three[0].pk
    answer = bruno.post(
        f"/causas/{number}/anotar", {"text": " Chamado 4711 \x00aberto ", "next": f"/causas/{number}"}, follow=True
    )
    assert "Chamado 4711" in answer.text
    assert Note.objects.get().author == cast.bruno
    assert bruno.post(f"/causas/{number}/anotar", {"text": "  "}).status_code == 400
    assert bruno.post(f"/causas/{number}/anotar", {"text": "x" * 4_001}).status_code == 400
    assert as_(cast.vera).post(f"/causas/{number}/anotar", {"text": "x"}).status_code == 404
    assert Note.objects.count() == 1


def test_the_live_answer_has_what_changed_what_left_and_the_counts(ana, three):
    page = ana.get("/causas").text
    shown = dict(re.findall(r'data-id="(\d+)" data-version="([^"]+)"', page))
    known = re.search(r'data-known="([^"]+)"', page)[1]
    asked = {"linhas": ",".join(f"{number}:{version}" for number, version in shown.items()), "contas": known}
    assert ana.get("/causas/vivo", asked).status_code == 204
    Cause.objects.filter(pk=three[0].pk).update(count=29)
    Cause.objects.filter(pk=three[1].pk).update(state="resolved")
    answer = ana.get("/causas/vivo", asked)
    assert titles(answer) == ["Falta o atributo Marca"]
    assert f'data-gone="{three[1].pk}"' in answer.text
    assert (tab(answer, "abertas"), tab(answer, "resolvidas")) == (2, 1)
    assert ana.get("/causas/vivo", {"linhas": "x:y,,9999999999999999999:z", "contas": "x"}).status_code == 200


def test_a_resolved_cause_tells_whether_somebody_did_it(cast, ana, three):
    Cause.objects.filter(pk=three[0].pk).update(state="resolved", count=0, state_at=timezone.now())
    assert "Sem produtos: resolvida sozinha" in ana.get("/causas?aba=resolvidas").text
    assert "Resolvida sozinha: nenhum produto a tem mais" in ana.get(f"/causas/{three[0].pk}").text
    ana.post("/causas/estado", {"id": three[1].pk, "state": "resolved"})
    assert "Resolvida fora" in ana.get(f"/causas/{three[1].pk}").text


def test_the_menu_counts_what_the_page_counts(cast, ana, three):
    make_cause(cast.channel, CUT, count=5)
    make_cause(cast.channel, REVOKED, count=5)
    assert re.search(r'href="/causas"[^>]*>.*?<span class="nav-count">3<', ana.get("/produtos").text, re.DOTALL)


def test_a_pasted_message_that_nobody_has_finds_the_causes_of_what_it_means(ana, three):
    answer = ana.get("/causas", {"q": "O título do anúncio passa do limite de caracteres"})
    assert titles(answer) == ["Título recusado"]
    assert titles(ana.get("/causas", {"q": "xyzzy plugh quux"})) == []


LINE = Problem(
    ProblemClass.ATTRIBUTE_MISSING, Stage.MARKETPLACE, subject="X_LINE", code="missing", params={"name": "Linha"}
)
OWN = Problem(
    ProblemClass.UNKNOWN,
    Stage.MARKETPLACE,
    code="X-1",
    params={"rule.id": "1", "rule.title.pt-BR": "Sem nota fiscal"},
)
DIGIT = Problem(
    ProblemClass.IDENTIFIER_INVALID, Stage.VALIDATION, "GTIN", "gtin.check_digit", params={"value": "7890000000000"}
)


def test_a_cause_has_the_names_and_the_words_of_its_records_but_not_their_values(cast, ana):
    for place, problem in enumerate((LINE, OWN, DIGIT)):
        make_integration(cast.channel, f"9{place}", problems=(problem,))
    shown = ana.get("/causas")
    assert set(titles(shown)) == {"Falta o atributo Linha", "Sem nota fiscal", "EAN com dígito errado"}
    assert titles(ana.get("/causas?q=nota+fiscal")) == ["Sem nota fiscal"]
    number = Cause.objects.get(code="X-1").pk
    assert "<h1><bdi>Sem nota fiscal</bdi></h1>" in ana.get(f"/causas/{number}").text
    assert "Sem nota fiscal" in ana.get("/produtos/opcoes/causa").text
    assert "Sem nota fiscal" in ana.get("/").text


def test_one_product_of_one_cause_is_not_told_as_several(cast, ana):
    make_cause(cast.channel, TITLE, count=1)
    assert lead(ana.get("/causas")).startswith("1 produto afetado por 1 causa.")
