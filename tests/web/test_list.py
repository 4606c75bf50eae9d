"""The list: tabs, search, filters, pages, and addresses that somebody made up."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from factories import make_channel, make_integration, make_store
from ponte.db.models import Integration

ZONE = ZoneInfo("America/Sao_Paulo")


def skus(answer):
    return re.findall(r'class="c-sku number" hx-disable>([^<]*)<', answer.text)


def tab(answer, key):
    return int(re.search(rf'data-count="{key}">([\d.]+)<', answer.text)[1].replace(".", ""))


@pytest.fixture
def ana(cast, as_):
    return as_(cast.ana)


@pytest.fixture
def six(cast):
    states = ("error", "processing", "queued", "waiting", "alert", "success")
    return {state: make_integration(cast.channel, f"sku-{state}", state) for state in states}


def test_the_tabs_show_the_counters_and_narrow_the_list(ana, six):
    assert tab(ana.get("/produtos"), "all") == 6
    for state in six:
        answer = ana.get(f"/produtos?status={state}")
        assert skus(answer) == [f"sku-{state}"]
        assert tab(answer, state) == 1


@pytest.mark.parametrize("address", ["/produtos", "/produtos?marca=Acme", "/causas", "/causas?q=ean"])
def test_no_list_reads_a_mapping_or_secrets_with_every_row(cast, ana, six, address):
    with CaptureQueriesContext(connection) as asked:
        assert ana.get(address).status_code == 200
    assert not [one["sql"] for one in asked if "mapping_text" in one["sql"] or "secrets_sealed" in one["sql"]]


def test_the_tabs_of_a_narrowed_list_count_what_each_would_show(cast, ana, six):
    make_integration(cast.channel, "other", "error", name="Mochila")
    answer = ana.get("/produtos?q=sku-error")
    assert [tab(answer, key) for key in ("all", "error", "success")] == [1, 1, 0]
    live = ana.get("/produtos/linhas?q=sku-error&contas=old")
    assert [tab(live, key) for key in ("all", "error", "success")] == [1, 1, 0]


def test_a_tab_that_nobody_can_count_shows_no_number(ana, six, monkeypatch):
    monkeypatch.setattr("ponte.db.totals.MOST", 3)
    assert '<span class="count" data-count="error"></span>' in ana.get("/produtos?periodo=7").text


def test_a_removed_record_is_listed_apart(cast, ana):
    make_integration(cast.channel, "gone", "error", removed=True)
    assert skus(ana.get("/produtos")) == []
    assert skus(ana.get("/produtos?removed=1")) == ["gone"]
    assert "/restaurar" in ana.get("/produtos?removed=1").text


@pytest.mark.parametrize(
    "asked",
    [
        "5551",
        "555",
        "7891234567895",
        "78912",
        "ref-x9",
        "cafeteira",
        "CAFETÉIRA",
        "cafe oster",
        "missing_required",
        "MLB23332",
    ],
)
def test_search_finds_by_number_name_reference_and_message(cast, ana, asked):
    make_integration(cast.channel, "5551", name="Cafeteira Oster", ean="7891234567895", reference="REF-X9")
    make_integration(cast.channel, "600", "success", name="Mochila", ean="", reference="")
    if asked == "missing_required":
        Integration.objects.filter(sku="5551").update(search_text="5551 item attributes missing required")
    assert skus(ana.get("/produtos", {"q": asked})) == ["5551"]


@pytest.mark.parametrize(
    "asked", ["%", "_", "\\", "'", '"', "*", "zz*", "NEAR(", "sku:5551", "5551 OR 600", "😀", "(" * 150]
)
def test_f17_search_text_is_literal(cast, ana, asked):
    make_integration(cast.channel, "5551", name="Cafeteira")
    started = time.perf_counter()
    answer = ana.get("/produtos", {"q": asked})
    assert answer.status_code == 200
    assert skus(answer) == []
    assert time.perf_counter() - started < 3, "far above any machine's need, far below a runaway"


def test_f17_a_search_text_of_10_kb_is_answered_at_the_field(ana, error):
    answer = ana.get("/produtos", {"q": "á" * 10_000})
    assert answer.status_code == 400
    assert 'id="q-flaw"' in answer.text
    assert skus(answer) == []


@pytest.mark.parametrize("common", [0, 1, 2, 5_000])
def test_a_search_finds_the_same_whether_its_words_are_common_or_rare(cast, ana, monkeypatch, common):
    make_integration(cast.channel, "100", ean="", reference="", name="")
    make_integration(cast.channel, "101", ean="", reference="", name="")
    make_integration(cast.channel, "a1", ean="", reference="", name="Mochila azul", problems=())
    make_integration(cast.channel, "b2", ean="", reference="", name="Bolsa com mochilas", problems=())
    make_integration(cast.channel, "c3", ean="", reference="", name="Supermochila", problems=())
    monkeypatch.setattr("ponte.db.search.COMMON", common)
    for asked, found in {
        "mochila": "b2 a1",
        "mochila bolsa": "b2",
        "bols": "b2",
        "10": "101 100",
        "supermochila": "c3",
    }.items():
        assert " ".join(skus(ana.get("/produtos", {"q": asked}))) == found, asked


def test_a_channel_narrows_rows_and_counts(cast, ana, error):
    other = make_channel(cast.store, "amz", "Amazon")
    make_integration(other, "amazon-1", "success")
    answer = ana.get("/produtos?channel=amz")
    assert skus(answer) == ["amazon-1"]
    assert (tab(answer, "all"), tab(answer, "error")) == (1, 0)


def test_all_that_is_under_way_is_asked_for_by_the_status_of_the_api(cast, ana, error):
    for state in ("queued", "processing", "waiting", "success"):
        make_integration(cast.channel, state, state)
    answer = ana.get("/produtos?status=pending")
    assert {*skus(answer)} == {"queued", "processing", "waiting"}
    assert "Em andamento" in answer.text, "the filter is told, and can be taken away"


def test_days_are_those_of_the_store(cast, ana):
    found = make_integration(cast.channel, "late")
    late = datetime(2026, 6, 10, 23, 30, tzinfo=ZONE).astimezone(UTC)
    Integration.objects.filter(pk=found.pk).update(updated_at=late)
    assert skus(ana.get("/produtos?from=2026-06-10&to=2026-06-10")) == ["late"]
    assert skus(ana.get("/produtos?from=2026-06-11")) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-02-31", "from"),
        ("to=99999-01-01", "to"),
        ("from=31/02/2026", "from"),
        ("from=2026-06-02&to=2026-06-01", "to"),
        ("from=1800-01-01", "from"),
        ("from=2026-06-01T10:00:00", "from"),
    ],
)
def test_f18_a_date_that_cannot_be_is_answered_at_its_field(ana, error, query, field):
    answer = ana.get(f"/produtos?{query}")
    assert answer.status_code == 400
    assert f'id="{field}-flaw"' in answer.text
    assert skus(answer) == [], "a wrong filter never shows more than was asked for"


@pytest.mark.parametrize(
    "query",
    [
        "sort=password",
        "sort=-x;drop",
        "channel[]=1&channel=2",
        "channel=1&channel=2",
        "status=nonsense",
        "status=%00",
        "cause=zz",
    ],
)
def test_f16_what_is_no_filter_is_refused(ana, error, query):
    answer = ana.get(f"/produtos?{query}")
    assert answer.status_code == 400
    assert skus(answer) == []


@pytest.mark.parametrize("cursor", ["-1", "0", "999999999", "1e9", "abc", "x" * 5_000, "%00", "a.b~c", "../../etc"])
def test_f15_a_forged_place_in_the_list_is_refused(ana, error, cursor):
    for name in ("depois", "antes"):
        answer = ana.get(f"/produtos?{name}={cursor}")
        assert answer.status_code == 400
        assert "não existe mais" in answer.text
        assert skus(answer) == []


def test_f15_a_cut_place_and_one_of_another_store_are_refused(cast, ana):
    for number in range(30):
        make_integration(cast.channel, str(number), ago=timedelta(minutes=number))
    place = re.search(r"depois=([^\"&]+)", ana.get("/produtos").text)[1]
    assert ana.get(f"/produtos?depois={place}").status_code == 200
    assert ana.get(f"/produtos?depois={place[:-2]}").status_code == 400
    carla = Client()
    carla.force_login(cast.carla, backend="django.contrib.auth.backends.ModelBackend")
    assert carla.get(f"/produtos?depois={place}").status_code == 400


@pytest.mark.parametrize("extra", ["", "&status=error", "&channel=mlb", "&q=corrida"])
def test_walking_forth_and_back_shows_every_row_once_in_order(cast, ana, extra):
    same = timedelta(minutes=1)
    for number in range(60):
        make_integration(cast.channel, f"{number:03}", "error", ago=same if number % 3 else timedelta(minutes=number))
    seen, address = [], f"/produtos?{extra.lstrip('&')}"
    trail = []
    while address:
        answer = ana.get(address)
        trail.append(skus(answer))
        seen += trail[-1]
        found = re.search(r'href="([^"]*depois=[^"]*)" rel="next"', answer.text)
        back = re.search(r'href="([^"]*antes=[^"]*)" rel="prev"', answer.text)
        address = found and found[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 60
    assert skus(ana.get(back[1].replace("&amp;", "&"))) == trail[-2]


def test_records_of_one_cause_are_one_click_away(cast, ana, error):
    make_integration(cast.channel, "twin")
    make_integration(cast.channel, "other", "alert")
    address = re.search(r'href="(/produtos\?[^"]*caus[ea]=[^"]*)"', ana.get(f"/produtos/{error.pk}/origem").text)[1]
    assert set(skus(ana.get(address.replace("&amp;", "&")))) == {"twin", error.sku}


def test_an_open_row_is_in_the_address(cast, ana, error):
    answer = ana.get(f"/produtos?aberto={error.pk}")
    assert 'class="record open"' in answer.text
    assert "required for category" in answer.text
    assert ana.get("/produtos?aberto=999999").status_code == 200


def test_a_disconnected_channel_is_one_click_from_its_account(cast, ana, six):
    cast.channel.lanes.update(state="disconnected")
    assert f'<a href="/canais/{cast.channel.code}">Reconectar</a>' in ana.get("/produtos").text


@pytest.mark.parametrize(("state", "words"), [("disconnected", "está desconectado"), ("paused", "está em pausa")])
def test_a_channel_that_does_not_run_is_told_above_the_list(cast, ana, error, state, words):
    cast.channel.lanes.update(state=state)
    assert words in ana.get("/produtos").text


@pytest.mark.parametrize("path", ["/", "/produtos"])
def test_channels_in_pause_are_told_in_one_line(cast, ana, error, path):
    for code, name in (("amz", "Amazon"), ("mgl", "Magalu")):
        make_channel(cast.store, code, name).lanes.update(state="paused")
    told = ana.get(path).text
    assert told.count("em pausa: os envios esperam na fila.") == 1
    assert "Amazon, Magalu estão em pausa" in told


def test_an_open_circuit_is_told_above_the_list(cast, ana, error):
    cast.channel.lanes.update(breaker_until_ms=(time.time() + 60) * 1000)
    assert "não está respondendo" in ana.get("/produtos").text


@pytest.mark.parametrize("path", ["/", "/produtos", "/causas", "/canais", "/fila"])
def test_a_marketplace_that_asked_for_fewer_requests_is_not_told_as_silent(cast, ana, error, path):
    cast.channel.lanes.update(breaker_until_ms=(time.time() + 60) * 1000, reason={"class": "THROTTLED"})
    told = ana.get(path).text
    assert "respond" not in told.partition("<main")[2].partition("</main>")[0]
    assert "Sem resposta" not in told
    assert "pediu menos requisições" in told or "Limite atingido" in told


def test_a_channel_at_its_limit_is_tried_now_and_one_in_pause_goes_on(cast, ana, error):
    cast.channel.lanes.update(breaker_until_ms=(time.time() + 60) * 1000, reason={"class": "THROTTLED"})
    for page in ("/fila", "/canais"):
        assert "Tentar agora" in ana.get(page).text
        assert "Retomar" not in ana.get(page).text
    cast.channel.lanes.update(state="paused")
    assert "Retomar" in ana.get("/fila").text


def test_empty_lists_say_what_is_empty(cast, ana, success):
    assert "Nenhum erro" in ana.get("/produtos?status=error").text
    assert "Nenhum produto com este filtro" in ana.get("/produtos?q=nadadisso").text
    assert "Nenhum log removido" in ana.get("/produtos?removed=1").text


@pytest.mark.parametrize("extra", ["", "aberto=todos", "canal=mlb&causa=0123456789abcdef&etapa=vtex", "ordem=valor"])
def test_the_list_is_read_with_the_same_queries_for_one_row_and_for_fifty(cast, ana, extra):
    make_integration(cast.channel, "1")
    ana.get("/produtos")
    with CaptureQueriesContext(connection) as one:
        ana.get(f"/produtos?{extra}")
    for number in range(49):
        make_integration(cast.channel, f"s{number}", "alert")
    with CaptureQueriesContext(connection) as fifty:
        ana.get(f"/produtos?{extra}")
    # From the second page on there is a total to be looked up: one query more, whatever the number of rows.
    assert len(fifty) - len(one) in {0, 1}
    for number in range(30):
        make_integration(cast.channel, f"t{number}", "alert")
    with CaptureQueriesContext(connection) as more:
        ana.get(f"/produtos?{extra}")
    assert len(more) == len(fifty)


def test_the_models_and_the_migrations_agree(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_store_of_nobody_is_in_no_list(cast, ana):
    make_integration(make_channel(make_store("terceira")), "3333")
    assert skus(ana.get("/produtos")) == []


def test_only_the_removed_are_told_how_long_they_stay(cast, ana):
    make_integration(cast.channel, removed=True)
    said = "Um log removido é apagado depois de 90 dias."
    assert said in ana.get("/produtos?removed=1").text
    assert said not in ana.get("/produtos").text
