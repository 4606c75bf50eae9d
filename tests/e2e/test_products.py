"""A person at the list of products, with a mouse, with keys, on a phone, and without scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from factories import CUT, MISSING, make_attempt, make_exchange, make_integration, moved

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js"


@pytest.fixture
def rows(cast):
    """One record of each state; the error has a try."""
    states = ("success", "alert", "waiting", "queued", "processing", "error")
    made = {state: make_integration(cast.channel, f"{state}-1", state) for state in states}
    make_exchange(
        make_attempt(
            made["error"],
            provenance=[{"field": "title", "source": "name", "rule": "cut", "found": "a", "sent": "b", "line": 1}],
        )
    )
    return made


def row(page, found):
    return page.locator(f"#r-{found.pk}")


def actions(page, found):
    row(page, found).get_by_role("button", name=re.compile("Ações")).click()
    return page.locator(f"#m-{found.pk}")


def test_an_error_opens_to_its_origin_by_a_click_anywhere_on_its_row(cast, rows, visit):
    page = visit(cast.bruno)
    row(page, rows["error"]).locator(".c-status").click()
    inside = page.locator(f"#d-{rows['error'].pk}")
    expect(inside.get_by_text("Origem do erro")).to_be_visible()
    expect(inside.locator(".stages .fail")).to_contain_text("Marketplace")
    expect(inside.get_by_text("Como corrigir")).to_be_visible()
    expect(inside.locator("code")).to_contain_text("required for category")
    expect(page).to_have_url(re.compile(f"aberto={rows['error'].pk}"))
    row(page, rows["error"]).locator(".c-status").click()
    expect(inside).to_be_hidden()


def test_the_menu_of_actions_works_by_keys(cast, rows, visit):
    page = visit(cast.bruno)
    button = row(page, rows["error"]).get_by_role("button", name=re.compile("Ações"))
    button.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Reprocessar")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Ver detalhes")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("menuitem", name="Remover log")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(page.locator(f"#m-{rows['error'].pk}")).to_be_hidden()


def test_a_success_offers_no_reprocess(cast, rows, visit):
    menu = actions(visit(cast.bruno), rows["success"])
    expect(menu.get_by_role("menuitem")).to_have_text(["Remover log"])


@pytest.mark.parametrize("state", ["success", "error"])
def test_a_removed_row_leaves_and_its_undo_brings_it_back(cast, rows, visit, state):
    page = visit(cast.bruno)
    actions(page, rows[state]).get_by_role("menuitem", name="Remover log").click()
    expect(row(page, rows[state])).to_be_hidden()
    expect(page.locator('[data-tab="removed"], [data-count="all"]').first).to_have_text(re.compile("5"))
    page.get_by_role("button", name="Desfazer").click()
    expect(row(page, rows[state])).to_be_visible()
    expect(page.locator('[data-count="all"]')).to_have_text("6")


def test_a_removed_row_is_no_longer_counted_by_the_pager(cast, rows, visit):
    page = visit(cast.bruno)
    actions(page, rows["error"]).get_by_role("menuitem", name="Remover log").click()
    expect(page.locator('[data-count="all"]')).to_have_text("5")
    expect(page.locator(".pager .number").first).to_have_text("1–5 de 5")


def test_a_reprocessed_row_shows_its_way_by_itself(cast, rows, visit):
    page = visit(cast.bruno)
    found = rows["error"]
    actions(page, found).get_by_role("menuitem", name="Reprocessar").click()
    expect(row(page, found).locator(".tag")).to_have_text("Na fila")
    expect(page.locator("#toasts")).to_contain_text("entrou na fila")
    found.refresh_from_db()
    moved(found, "processing")
    expect(row(page, found).locator(".tag")).to_have_text("Processando")
    found.refresh_from_db()
    moved(found, "success")
    expect(row(page, found).locator(".tag")).to_have_text("Sucesso")
    expect(page.locator('[data-count="success"]')).to_have_text("2")
    expect(actions(page, found).get_by_role("menuitem", name="Reprocessar")).to_have_count(0)


def test_a_change_keeps_what_is_chosen_open_and_focused(cast, rows, visit):
    page = visit(cast.bruno)
    found = rows["processing"]
    row(page, found).get_by_role("checkbox").check()
    row(page, found).locator("[data-open]").click()
    expect(page.locator(f"#d-{found.pk}")).to_contain_text("Em processamento")
    row(page, found).locator("[data-open]").focus()
    moved(found, "success")
    expect(row(page, found).locator(".tag").first).to_have_text("Sucesso")
    expect(page.locator(f"#d-{found.pk}")).to_contain_text("Integrado com sucesso")
    expect(row(page, found).get_by_role("checkbox")).to_be_checked()
    expect(row(page, found).locator("[data-open]")).to_be_focused()


def test_new_results_are_announced_and_not_pushed(cast, rows, visit):
    page = visit(cast.bruno)
    new = make_integration(cast.channel, "novo-1", "queued")
    moved(new, "error")
    expect(page.locator("#novos")).to_contain_text("1 registro novo")
    expect(row(page, new)).to_have_count(0)
    page.locator("#novos a").click()
    expect(row(page, new)).to_be_visible()


def test_single_keys_work_and_steal_no_typing(cast, rows, visit):
    page = visit(cast.bruno)
    first = row(page, rows["error"])
    page.keyboard.press("j")
    expect(first.locator("[data-open]")).to_be_focused()
    page.keyboard.press("x")
    expect(first.get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("o")
    expect(page.locator(f"#d-{rows['error'].pk}")).to_contain_text("Origem do erro")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("jxre?")
    expect(page.locator("#q")).to_have_value("jxre?")
    expect(first.locator(".tag").first).to_have_text("Erro")


def test_a_try_opens_to_its_requests(cast, rows, visit):
    page = visit(cast.bruno, f"/produtos/{rows['error'].pk}")
    toggle = page.get_by_text("Requisições e respostas")
    toggle.click()
    expect(page.locator(".passages pre").first).to_contain_text("Bearer ••••")
    toggle.click()
    expect(page.locator(".passages pre").first).to_be_hidden()


def test_the_page_of_a_record_follows_its_processing(cast, rows, visit):
    page = visit(cast.bruno, f"/produtos/{rows['queued'].pk}")
    expect(page.locator(".record-line .tag")).to_have_text("Na fila")
    moved(rows["queued"], "success")
    expect(page.locator(".record-line .tag")).to_have_text("Sucesso")


def test_injected_markup_runs_nothing_and_asks_for_nothing(cast, visit, live_server):
    text = '<img src=x onerror="window.pwned=1"><div hx-get="/evil" hx-trigger="load">x</div><script>pwned=1</script>'
    found = make_integration(cast.channel, problems=(MISSING, CUT), name=text)
    asked = []
    page = visit(cast.ana, "/entrar")
    page.on("request", lambda request: asked.append(request.url))
    for path in (f"/produtos?aberto={found.pk}", f"/produtos/{found.pk}"):
        page.goto(live_server.url + path)
        # Even markup that got past the escaping would do nothing: no inline script, and no htmx among foreign text.
        page.evaluate(
            "text => { const at = document.querySelector('[hx-disable]'); at.innerHTML = text; htmx.process(at); }",
            text,
        )
        page.wait_for_timeout(300)
    assert page.evaluate("window.pwned") is None
    assert all("inline event handler" in fault for fault in visit.faults), "the policy stopped what the markup tried"
    visit.faults.clear()
    assert not [url for url in asked if "/evil" in url]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("place", ["list", "open", "menu", "record", "sign-in", "not-found", "empty"])
def test_axe_finds_nothing_serious(cast, rows, visit, place, dark):
    paths = {
        "record": f"/produtos/{rows['error'].pk}?tentativa=1",
        "sign-in": "/entrar",
        "not-found": "/x",
        "empty": "/produtos?q=nada",
    }
    page = visit(None if place == "sign-in" else cast.bruno, paths.get(place, "/produtos"), dark=dark)
    if place == "open":
        row(page, rows["error"]).locator(".c-status").click()
        expect(page.locator(".opened")).to_be_visible()
    if place == "menu":
        actions(page, rows["error"])
    page.evaluate(AXE.read_text())
    result = page.evaluate("axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })")
    serious = [one for one in result["violations"] if one["impact"] in {"serious", "critical"}]
    assert [(one["id"], [node["html"][:150] for node in one["nodes"][:3]]) for one in serious] == []


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("place", ["list", "record", "sign-in"])
def test_a_phone_never_scrolls_sideways(cast, rows, visit, width, place):
    paths = {
        "list": f"/produtos?aberto={rows['error'].pk}",
        "record": f"/produtos/{rows['error'].pk}?tentativa=1",
        "sign-in": "/entrar",
    }
    page = visit(None if place == "sign-in" else cast.bruno, paths[place], width=width, height=800)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("language", ["pt-br", "en", "es"])
def test_f36_no_language_overflows_a_phone(cast, rows, visit, live_server, language):
    page = visit(cast.bruno, "/produtos", width=320, height=800)
    page.context.add_cookies([{"name": "ponte_language", "value": language, "url": live_server.url}])
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_nothing_moves_while_the_page_loads(cast, rows, visit):
    page = visit(cast.bruno)
    shift = page.evaluate(
        """() => new Promise(done => { let sum = 0;
            new PerformanceObserver(list => list.getEntries().forEach(one => { sum += one.value; }))
                .observe({ type: 'layout-shift', buffered: true });
            setTimeout(() => done(sum), 500); })"""
    )
    assert shift < 0.01


def test_f25_without_scripts_the_way_is_the_same(cast, rows, visit):
    page = visit(cast.bruno, scripts=False)
    row(page, rows["error"]).locator("[data-open]").click()
    expect(page.get_by_text("Origem do erro")).to_be_visible()
    page.locator(".opened").get_by_role("button", name="Remover log").click()
    expect(page.locator("#toasts")).to_contain_text("removido")
    expect(row(page, rows["error"])).to_have_count(0)
    page.get_by_role("button", name="Desfazer").click()
    expect(row(page, rows["error"])).to_be_visible()


def test_f01_a_double_click_on_reprocess_is_one_action(cast, rows, visit):
    page = visit(cast.bruno)
    actions(page, rows["error"]).get_by_role("menuitem", name="Reprocessar").dblclick()
    expect(row(page, rows["error"]).locator(".tag")).to_have_text("Na fila")
    from ponte.db.models import Work

    assert Work.objects.count() == 1
