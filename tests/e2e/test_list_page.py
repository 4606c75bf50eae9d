"""The list of products in a browser: filters, selection over pages, views, keys, a lost connection."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from factories import make_channel, make_integration, moved
from ponte.db.scope import Scope
from ponte.flows.remove import remove

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js"


@pytest.fixture
def rows(cast):
    """Thirty errors and a few others, in two channels."""
    amazon = make_channel(cast.store, "amz", "Amazon")
    made = [
        make_integration(
            cast.channel, f"{number:03}", category="TVs", brand="Acme", ago=timedelta(minutes=number + 1)
        )
        for number in range(30)
    ]
    make_integration(amazon, "900", "alert", category="Fones", brand="Beta", ago=timedelta(hours=3))
    return made


def chosen(page):
    return page.evaluate(
        "JSON.parse(sessionStorage.getItem(`ponte.chosen.${document.getElementById('lista').dataset.store}`))"
    )


def test_filters_are_chosen_and_taken_away_by_mouse(cast, rows, visit):
    page = visit(cast.bruno)
    page.locator("summary", has_text="Categoria").click()
    page.get_by_role("link", name=re.compile("^Fones")).click()
    expect(page).to_have_url(re.compile(r"\?categoria=Fones$"))
    expect(page.locator(".record")).to_have_count(1)
    page.locator("summary", has_text="Período").click()
    page.get_by_label("Últimos 7 dias").check()
    page.get_by_role("button", name="Aplicar").locator("visible=true").click()
    expect(page).to_have_url(re.compile(r"categoria=Fones&periodo=7$"))
    page.get_by_role("link", name=re.compile("Categoria: Fones")).click()
    expect(page).to_have_url(re.compile(r"\?periodo=7$"))
    page.go_back()
    expect(page.locator(".record")).to_have_count(1)


def test_a_selection_outlives_pages_filters_and_news(cast, rows, visit):
    page = visit(cast.bruno, "/produtos?status=error")
    heard = "window.heard = []; document.body.addEventListener('ponte:chosen', event => heard.push(event.detail.ids))"
    page.evaluate(heard)
    page.locator("[data-all]").check()
    assert len(page.evaluate("heard.at(-1)")) == 25
    page.get_by_role("link", name="Próxima página").first.click()
    expect(page.locator(".bulk")).to_be_visible()
    expect(page.locator("[data-chosen]")).to_have_text("25")
    page.locator(".record").first.get_by_role("checkbox").check()
    moved(rows[29], "alert")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('ponte:changed'))")
    expect(page.locator(f"#r-{rows[29].pk} .tag")).to_have_text("Alerta")
    page.goto(page.url.split("?")[0] + "?q=corrida")
    expect(page.locator("[data-chosen]")).to_have_text("26")
    assert len(chosen(page)) == 26
    page.locator("[data-clear]").click()
    expect(page.locator(".bulk")).to_be_hidden()
    assert chosen(page) == []


def test_a_page_whose_rows_all_left_goes_on_to_what_remains(cast, rows, visit):
    page = visit(cast.ana, "/produtos?status=error")
    expect(page.locator(".record")).to_have_count(25)
    remove([row.pk for row in rows[:25]], scope=Scope(cast.store.pk), actor_id=cast.ana.pk)
    page.evaluate("document.body.dispatchEvent(new CustomEvent('ponte:changed'))")
    expect(page.locator(".record")).to_have_count(5)
    expect(page.locator(f"#r-{rows[25].pk}")).to_be_visible()


def test_many_lines_pasted_into_the_search_become_a_list(cast, rows, visit):
    page = visit(cast.bruno)
    page.evaluate(
        """() => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text", "001\\n002\\nnada");
            const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
            document.getElementById("q").dispatchEvent(event);
        }"""
    )
    expect(page).to_have_url(re.compile(r"\?lista=\d+$"))
    expect(page.locator(".record")).to_have_count(2)
    expect(page.get_by_text("1 de 3 SKUs não existe aqui.")).to_be_visible()


def test_all_rows_open_and_close_at_once_and_the_address_says_so(cast, rows, visit):
    page = visit(cast.bruno, "/produtos?ordem=sku")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("link", name="Expandir todos").click()
    expect(page.locator(".record.open")).to_have_count(25)
    expect(page.locator(".inside").first).to_contain_text("Origem do erro")
    assert len([url for url in asked if "/orige" in url]) == 1
    expect(page).to_have_url(re.compile("aberto=todos"))
    page.reload()
    expect(page.locator(".record.open")).to_have_count(25)
    page.get_by_role("link", name="Recolher todos").click()
    expect(page.locator(".record.open")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?ordem=sku$"))


def test_a_view_is_saved_and_opened(cast, rows, visit):
    page = visit(cast.bruno, "/produtos?status=error&ordem=sku")
    page.get_by_role("button", name="Visões").click()
    page.get_by_role("button", name="Salvar o filtro atual…").click()
    expect(page.get_by_label("Nome da visão")).to_be_focused()
    page.keyboard.type("Erros por SKU")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("salva")
    page.goto(page.url.split("?")[0])
    page.get_by_role("button", name="Visões").click()
    page.get_by_role("link", name="Erros por SKU").click()
    expect(page).to_have_url(re.compile(r"\?status=error&ordem=sku$"))


def test_columns_are_chosen_and_stay(cast, rows, visit):
    page = visit(cast.bruno, width=1440)
    page.get_by_role("button", name="Colunas").click()
    page.get_by_label("Marca", exact=True).check()
    page.locator("#columns").get_by_role("button", name="Aplicar").click()
    expect(page.get_by_role("columnheader", name="Marca")).to_be_visible()
    page.reload()
    expect(page.get_by_role("columnheader", name="Marca")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440


def test_the_list_is_worked_by_keys(cast, rows, visit):
    page = visit(cast.bruno)
    page.keyboard.press("a")
    expect(page.locator(".record.open")).to_have_count(25)
    page.keyboard.press("a")
    expect(page.locator(".record.open")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-chosen]")).to_have_text("2")
    page.keyboard.press("/")
    page.keyboard.type("900")
    page.keyboard.press("Enter")
    expect(page.locator(".record")).to_have_count(1)
    page.locator("summary", has_text="Canal").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("summary", has_text="Canal")).to_be_focused()


def test_f26_a_lost_connection_is_told_and_made_up_for(cast, rows, visit):
    page = visit(cast.bruno, "/produtos?status=error")
    page.context.set_offline(True)
    for _ in range(2):
        page.evaluate("document.body.dispatchEvent(new CustomEvent('ponte:changed'))")
        expect(page.locator("[data-live]")).to_have_class(re.compile("lost"))
        page.wait_for_function("() => !document.hidden")
    page.get_by_role("button", name="Tentar agora").click()
    expect(page.locator("#perdido")).to_be_visible()
    moved(rows[0], "queued")
    page.context.set_offline(False)
    page.evaluate("document.body.dispatchEvent(new CustomEvent('ponte:changed'))")
    expect(page.locator("#perdido")).to_be_hidden()
    expect(page.locator(f"#r-{rows[0].pk} .tag")).to_have_text("Na fila")


def test_f25_every_filter_works_without_scripts(cast, rows, visit):
    page = visit(cast.bruno, scripts=False)
    page.locator("summary", has_text="Marca").click()
    page.get_by_role("link", name="Ver as opções").locator("visible=true").click()
    page.get_by_role("link", name=re.compile("^Beta")).click()
    expect(page.locator(".record")).to_have_count(1)
    page.get_by_role("link", name=re.compile("Marca: Beta")).click()
    page.get_by_role("link", name="Expandir todos").click()
    expect(page.locator(".record.open")).to_have_count(25)
    page.get_by_role("button", name="Lista de SKUs").click()
    page.get_by_label("Cole até 5.000 SKUs").fill("001\n002")
    page.get_by_role("button", name="Mostrar na lista").click()
    expect(page.locator(".record")).to_have_count(2)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("place", ["filtered", "facet", "wide", "views", "paste", "saved"])
def test_f50_axe_finds_nothing_serious(cast, rows, visit, place, dark):
    paths = {"filtered": "/produtos?categoria=TVs&periodo=7&aberto=todos", "saved": "/produtos/visoes?status=error"}
    page = visit(cast.bruno, paths.get(place, "/produtos"), dark=dark)
    if place == "facet":
        page.locator("summary", has_text="Etapa").click()
        expect(page.get_by_role("link", name=re.compile("^VTEX"))).to_be_visible()
    if place == "wide":
        page.get_by_role("button", name="Colunas").click()
        for box in page.locator("#columns input[name=coluna]").all():
            box.check()
        page.locator("#columns").get_by_role("button", name="Aplicar").click()
        expect(page.get_by_role("columnheader", name="EAN")).to_be_visible()
    if place == "views":
        page.get_by_role("button", name="Visões").click()
    if place == "paste":
        page.get_by_role("button", name="Lista de SKUs").click()
    page.evaluate(AXE.read_text())
    result = page.evaluate("axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })")
    serious = [one for one in result["violations"] if one["impact"] in {"serious", "critical"}]
    assert [(one["id"], [node["html"][:150] for node in one["nodes"][:3]]) for one in serious] == []


@pytest.mark.parametrize("width", [360, 320])
@pytest.mark.parametrize(
    "path", ["/produtos?categoria=TVs&periodo=7&q=corrida&aberto=todos", "/produtos/visoes?status=error"]
)
def test_f50_a_phone_never_scrolls_sideways(cast, rows, visit, width, path):
    page = visit(cast.bruno, path, width=width, height=700)
    page.context.add_cookies(
        [{"name": "ponte_columns", "value": "ean-reference-category-brand-value-channel-when-tries", "url": page.url}]
    )
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_the_channel_stands_beside_a_longer_word_for_actions(cast, visit):
    make_integration(cast.channel, "9001")
    page = visit(cast.bruno, width=360)
    page.context.add_cookies([{"name": "ponte_language", "value": "es", "url": page.url}])
    page.reload()
    row = page.locator("#lista .record").first
    actions = row.locator("[data-menu-button]").bounding_box()
    channel = row.locator(".c-channel .mono").bounding_box()
    assert channel["x"] - (actions["x"] + actions["width"]) >= 4
