"""What is kept beside the list: pasted SKUs, columns, saved views."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from test_list import skus

from factories import make_channel, make_integration
from ponte.db.models import Audit, Membership, SavedView, SkuList
from ponte.flows.sku_lists import skus_in


@pytest.fixture
def ana(cast, as_):
    return as_(cast.ana)


@pytest.fixture
def three(cast):
    for number in range(3):
        make_integration(cast.channel, str(100 + number), brand="Acme", stock_value=1_234_500)


def paste(client, text, query=""):
    return client.post("/produtos/lista", {"skus": text, "endereco": query})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100\n101\r\n102", "100 101 102"),
        ("100,101; 102", "100 101 102"),
        ("100\t101\t102", "100 101 102"),
        ("100 101  102", "100 101 102"),
        ("SKU\n100\n101", "100 101"),
        ("sku\tnome\n100\tTênis; azul\n101\tBota, 2", "100 101"),
        ("100\n\n100\n 101 ", "100 101"),
        ('"100"\n"101"', "100 101"),
        ("100 A\n101 B", "100 A|101 B"),
        ("\ufeff100\x00\n", "100"),
        (" \n,;\t", ""),
    ],
)
def test_a_pasted_text_is_read_as_people_paste(text, found):
    assert skus_in(text) == tuple(part for part in found.split("|" if "|" in found else " ") if part)


def test_a_pasted_list_is_shown_and_what_is_not_here_is_told(ana, three):
    answer = paste(ana, "100\n102\nnada-1\nnada-2", "status=error&q=x&ordem=sku")
    kept = SkuList.objects.get()
    assert answer["Location"] == f"/produtos?status=error&ordem=sku&lista={kept.pk}"
    page = ana.get(answer["Location"])
    assert skus(page) == ["100", "102"]
    assert "2 de 4 SKUs não existem aqui." in page.text
    missing = ana.get(f"/produtos/lista/{kept.pk}/ausentes.txt")
    assert missing.text.split() == ["nada-1", "nada-2"]
    assert "attachment" in missing["Content-Disposition"]


@pytest.mark.parametrize("query", ["", "&status=error", "&ordem=sku", "&status=success&ordem=valor"])
def test_the_records_of_a_pasted_list_are_looked_up_once(ana, three, query):
    address = paste(ana, "\n".join(str(number) for number in range(100, 140)))["Location"]
    with CaptureQueriesContext(connection) as asked:
        page = ana.get(f"{address}{query}")
    assert "37 de 40 SKUs não existem aqui." in page.text
    assert sum("FROM db_skulist AS kept" in one["sql"] for one in asked) == 1


def test_a_removed_record_of_a_pasted_list_is_here(cast, ana, three):
    make_integration(cast.channel, "700", "error", removed=True)
    page = ana.get(paste(ana, "100\n700\n800")["Location"])
    assert skus(page) == ["100"]
    assert "1 de 3 SKUs não existe" in page.text


def test_a_filter_is_looked_up_once_for_all_of_a_page(ana, three, monkeypatch):
    for few in (0, 5_000):
        monkeypatch.setattr("ponte.db.picking.FEW", few)
        with CaptureQueriesContext(connection) as asked:
            assert len(skus(ana.get("/produtos?marca=Acme&etapa=marketplace&status=error"))) == 3
        assert sum("AND brand = " in one["sql"] and "OFFSET" in one["sql"] for one in asked) == 1


def test_five_thousand_skus_are_taken_and_one_more_is_told(ana, three):
    many = "\n".join(str(number) for number in range(5_000))
    answer = ana.get(paste(ana, many)["Location"])
    assert skus(answer) == ["102", "101", "100"]
    assert "4.997 de 5.000 SKUs não existem aqui." in answer.text
    refused = paste(ana, f"{many}\n5000")
    assert refused.status_code == 400
    assert "vieram 5.001" in refused.text
    assert "4999" in refused.text, "what was pasted is still there"


def test_the_same_list_is_kept_once(ana, cast, as_):
    paste(ana, "100\n101")
    paste(as_(cast.bruno), "100,101")
    assert SkuList.objects.count() == 1


def test_nothing_pasted_is_answered_at_the_field(ana):
    answer = paste(ana, " \n")
    assert answer.status_code == 400
    assert 'id="skus-flaw"' in answer.text


def test_a_list_of_another_store_does_not_exist(cast, as_, three):
    paste(as_(cast.ana), "100")
    kept = SkuList.objects.get()
    carla = as_(cast.carla)
    assert carla.get(f"/produtos?lista={kept.pk}").status_code == 400
    assert carla.get(f"/produtos/lista/{kept.pk}/ausentes.txt").status_code == 404


def test_what_a_person_may_not_see_is_not_here_for_them(cast, ana, three):
    make_integration(make_channel(cast.store, "amz", "Amazon"), "900")
    Membership.objects.filter(user=cast.ana).update(channel_ids=[cast.channel.pk])
    page = ana.get(paste(ana, "100\n900")["Location"])
    assert skus(page) == ["100"]
    assert "1 de 2 SKUs não existe aqui." in page.text


@pytest.mark.parametrize("text", ["100,102", "100; 102", "100 102", "100\n102", "REF-1, 100, 102"])
def test_several_skus_in_the_search_are_a_list(ana, three, text):
    answer = ana.get("/produtos", {"q": text, "status": "error"}, follow=True)
    assert skus(answer) == ["102", "100"]
    assert "sku=100" in answer.redirect_chain[-1][0]


@pytest.mark.parametrize("text", ["tv 50", "tênis, azul", "127 V", "100"])
def test_words_in_the_search_stay_words(ana, three, text):
    assert ana.get("/produtos", {"q": text}).status_code == 200


def test_chosen_columns_are_remembered(ana, three):
    assert "R$ 12.345" not in ana.get("/produtos").text
    answer = ana.post(
        "/produtos/colunas", {"coluna": ["brand", "value", "channel"], "next": "/produtos?status=error"}
    )
    assert answer["Location"] == "/produtos?status=error"
    page = ana.get("/produtos").text
    assert "R$ 12.345" in page
    assert 'class="c-brand"' in page
    assert 'class="c-tries"' not in page
    assert re.search(r'name="coluna" value="value" checked', page)
    assert ana.post("/produtos/colunas", {"coluna": ["password"]}).status_code == 404
    ana.cookies["ponte_columns"] = "zz-<b>-value"
    assert "R$ 12.345" in ana.get("/produtos").text


def test_an_open_row_spans_every_column(cast, ana, as_, three):
    for user, more in ((cast.ana, 1), (cast.vera, 0)):
        client = as_(user)
        client.post("/produtos/colunas", {"coluna": ["ean", "value"]})
        page = client.get("/produtos?aberto=todos").text
        heads = len(
            re.findall(r"<t[hd] role=\"(?:columnheader|cell)\"", page.split("</thead>")[0].split("<thead")[1])
        )
        assert heads == 7 + more
        assert f'colspan="{heads}"' in page


def save(client, name, query="status=error&ordem=valor", **more):
    return client.post("/produtos/visoes", {"name": name, "endereco": query, **more})


def menu(client):
    page = client.get("/produtos").text
    part = page.split('id="views"')[1].split("<hr>")[0]
    return {text: unescape(href) for href, text in re.findall(r'<a href="([^"]*)".*?<bdi>([^<]*)</bdi>', part)}


def test_a_view_is_saved_and_goes_back_to_its_list(ana, three):
    answer = save(ana, " Erros  caros ", "status=error&channel=mlb&ordem=valor&depois=xyz&aberto=3")
    assert answer["Location"] == "/produtos?status=error&canal=mlb&ordem=valor"
    assert menu(ana) == {"Erros caros": "/produtos?status=error&canal=mlb&ordem=valor"}
    assert skus(ana.get(menu(ana)["Erros caros"])) == ["102", "101", "100"]


def test_a_view_of_one_s_own_is_not_another_s_and_a_shared_one_is(cast, as_, three):
    save(as_(cast.bruno), "Minha")
    save(as_(cast.bruno), "Nossa", shared="1")
    assert set(menu(as_(cast.bruno))) == {"Minha", "Nossa"}
    assert set(menu(as_(cast.vera))) == {"Nossa"}


def test_whoever_only_looks_saves_for_themselves_alone(cast, as_, three):
    save(as_(cast.vera), "Dela", shared="1")
    assert not SavedView.objects.get().shared


def test_a_view_is_renamed_shared_and_deleted_and_that_is_written_down(ana, cast, three):
    save(ana, "Uma")
    number = SavedView.objects.get().pk
    ana.post(f"/produtos/visoes/{number}", {"verb": "change", "name": "Outra", "shared": "1"})
    assert (SavedView.objects.get().name, SavedView.objects.get().shared) == ("Outra", True)
    ana.post(f"/produtos/visoes/{number}", {"verb": "delete", "name": ""})
    assert not SavedView.objects.exists()
    verbs = Audit.objects.filter(target=f"view:{number}").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["view saved", "view changed", "view deleted"]


@pytest.mark.parametrize("verb", ["change", "delete"])
def test_only_its_owner_or_a_manager_changes_a_view(cast, as_, three, verb):
    save(as_(cast.ana), "Dela")
    save(as_(cast.ana), "Nossa", shared="1")
    own, shared = SavedView.objects.get(name="Dela"), SavedView.objects.get(name="Nossa")
    for user, view in ((cast.bruno, own), (cast.bruno, shared), (cast.carla, shared), (cast.vera, shared)):
        answer = as_(user).post(f"/produtos/visoes/{view.pk}", {"verb": verb, "name": "x"})
        assert answer.status_code == 404
    assert SavedView.objects.filter(name__in=("Dela", "Nossa")).count() == 2
    save(as_(cast.bruno), "De Bruno", shared="1")
    theirs = SavedView.objects.get(name="De Bruno")
    assert as_(cast.ana).post(f"/produtos/visoes/{theirs.pk}", {"verb": verb, "name": "x"}).status_code == 302


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_that_cannot_be_is_told(ana, three, name):
    answer = save(ana, name)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert not SavedView.objects.exists()


def test_a_name_taken_is_told_and_saving_again_renews(ana, three):
    save(ana, "A")
    save(ana, "B", "status=alert")
    save(ana, "A", "status=success")
    assert SavedView.objects.get(name="A").query == "status=success"
    taken = ana.post(f"/produtos/visoes/{SavedView.objects.get(name='B').pk}", {"verb": "change", "name": "A"})
    assert taken.status_code == 400
    assert "Já existe uma visão com este nome." in taken.text


def test_a_filter_that_cannot_be_is_not_saved(ana, three):
    assert save(ana, "X", "status=nonsense").status_code == 404
    assert not SavedView.objects.exists()


def test_hostile_names_of_views_are_text(ana, three):
    save(ana, "<script>x</script>")
    for path in ("/produtos", "/produtos/visoes"):
        assert "<script>x" not in ana.get(path).text
