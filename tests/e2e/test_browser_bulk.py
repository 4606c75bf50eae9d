"""Many at once in a browser: with the mouse, with keys, without scripts, on a phone; and the page of the queue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from factories import make_integration
from ponte.db.models import BulkAction, Integration, Work
from ponte.db.scope import Scope
from ponte.flows import bulk

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js"


@pytest.fixture
def errors(cast):
    """More than a page of them."""
    return [make_integration(cast.channel, f"70{number:02}") for number in range(30)]


@pytest.fixture
def action(cast, errors):
    scope = Scope(cast.store.pk)
    made = bulk.start(scope=scope, actor_id=cast.bruno.pk, verb="reprocess", selection={"filter": {}}, trial=5)
    bulk.step()
    return made


def test_all_of_a_filter_are_chosen_planned_and_begun(cast, errors, visit):
    page = visit(cast.bruno, "/produtos?status=error")
    page.locator("[data-all]").check()
    expect(page.locator("[data-chosen]")).to_have_text("25")
    page.get_by_role("button", name="Selecionar todos os 30 deste filtro").click()
    expect(page.locator("#faixa")).to_contain_text("Todos os 30 registros deste filtro estão selecionados.")
    page.locator("#bulk").get_by_role("button", name="Reprocessar").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Reprocessar 30 produtos")
    dialog.get_by_role("button", name="Reprocessar 30").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("#tira")).to_contain_text("Reprocessar 30 produtos")
    expect(page.locator("#bulk")).to_be_hidden()
    assert BulkAction.objects.get().selection == {"filter": {"status": "error"}}


def test_all_of_a_filter_are_meant_before_the_answer_has_come(cast, errors, visit):
    page = visit(cast.bruno, "/produtos?status=error")
    held = []
    page.route("**/produtos/selecao?*", lambda route: held.append(route))  # noqa: PLW0108 -- it must be a function
    page.locator("[data-all]").check()
    page.get_by_role("button", name="Selecionar todos os 30 deste filtro").click()
    page.locator("#bulk").get_by_role("button", name="Reprocessar").click()
    page.wait_for_timeout(100)
    held[0].continue_()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("Reprocessar 30 produtos")


def test_the_choice_of_all_can_be_taken_back_to_the_page(cast, errors, visit):
    page = visit(cast.bruno, "/produtos?status=error")
    page.locator("[data-all]").check()
    page.get_by_role("button", name="Selecionar todos os 30 deste filtro").click()
    page.get_by_role("button", name="Selecionar só esta página").click()
    expect(page.locator("[data-chosen]")).to_have_text("25")
    page.get_by_role("button", name="Selecionar todos os 30 deste filtro").click()
    page.locator('#lista .record input[name="id"]').first.uncheck()
    expect(page.locator("[data-chosen]")).to_have_text("24")
    expect(page.locator("#faixa")).to_be_hidden()


def test_all_of_a_filter_leave_no_page_chosen_in_the_next_filter(cast, errors, visit):
    page = visit(cast.bruno, "/produtos?status=error")
    page.locator("[data-all]").check()
    page.get_by_role("button", name="Selecionar todos os 30 deste filtro").click()
    expect(page.locator("[data-chosen]")).to_have_text("30")
    page.goto(page.url.split("?")[0] + "?status=error&q=7001")
    expect(page.locator("#lista .record")).to_have_count(1)
    expect(page.locator("#bulk")).to_be_hidden()


def test_a_page_that_was_taken_back_stays_chosen_in_the_next_filter(cast, errors, visit):
    page = visit(cast.bruno, "/produtos?status=error")
    page.locator("[data-all]").check()
    page.get_by_role("button", name="Selecionar todos os 30 deste filtro").click()
    page.get_by_role("button", name="Selecionar só esta página").click()
    page.goto(page.url.split("?")[0] + "?status=error&q=7001")
    expect(page.locator("[data-chosen]")).to_have_text("25")


def test_a_few_chosen_ones_are_reprocessed_without_a_dialog(cast, errors, visit):
    page = visit(cast.bruno, "/produtos?status=error")
    page.locator('#lista .record input[name="id"]').nth(0).check()
    page.locator('#lista .record input[name="id"]').nth(1).check()
    page.locator("#bulk").get_by_role("button", name="Reprocessar").click()
    expect(page.locator("#toasts")).to_contain_text("2 registros entraram na fila.")
    assert Work.objects.count() == 2
    assert not BulkAction.objects.exists()


def test_the_focus_stays_near_what_was_removed_together(cast, errors, visit):
    page = visit(cast.bruno, "/produtos?status=error")
    third = page.locator("#lista .record").nth(2)
    for number in range(2):
        page.locator('#lista .record input[name="id"]').nth(number).check()
    page.locator("#bulk").get_by_role("button", name="Remover log").press("Enter")
    expect(page.locator("#lista .record").first).to_be_hidden()
    expect(third.locator("[data-menu-button]")).to_be_focused()
    expect(page.locator(".pager .number").first).to_have_text("1–25 de 28")
    page.locator("[data-all]").check()
    expect(page.get_by_role("button", name="Selecionar todos os 28 deste filtro")).to_be_visible()


def test_the_focus_stays_in_the_list_when_all_of_a_filter_began(cast, errors, visit):
    page = visit(cast.bruno, "/produtos?status=error")
    page.locator("[data-all]").check()
    page.get_by_role("button", name="Selecionar todos os 30 deste filtro").click()
    page.locator("#bulk").get_by_role("button", name="Reprocessar").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Reprocessar 30").press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("[data-all]")).to_be_focused()


def test_the_focus_is_not_taken_from_who_went_on_before_all_were_counted(cast, errors, visit):
    page, held = visit(cast.bruno, "/produtos?status=error"), []
    page.route("**/produtos/selecao?*", lambda route: held.append(route))  # noqa: PLW0108 -- its like is asked for
    page.locator("[data-all]").check()
    with page.expect_request("**/produtos/selecao?*"):
        page.get_by_role("button", name="Selecionar todos os 30 deste filtro").click()
    button = page.locator("#bulk").get_by_role("button", name="Reprocessar")
    button.focus()
    held[0].continue_()
    expect(page.get_by_role("button", name="Selecionar só esta página")).to_be_visible()
    expect(button).to_be_focused()


def test_escape_closes_the_plan_and_the_focus_returns(cast, errors, visit):
    page = visit(cast.bruno, "/produtos?status=error")
    page.locator("[data-all]").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Selecionar todos os 30 deste filtro").focus()
    page.keyboard.press("Enter")
    button = page.locator("#bulk").get_by_role("button", name="Reprocessar")
    expect(page.get_by_role("button", name="Selecionar só esta página")).to_be_focused()
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Cancelar")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(button).to_be_focused()
    assert not BulkAction.objects.exists()


def test_a_removal_of_many_waits_for_its_number(cast, visit):
    for number in range(101):
        make_integration(cast.channel, f"8{number:03}", "success")
    page = visit(cast.bruno, "/produtos?status=success")
    page.locator("[data-all]").check()
    page.get_by_role("button", name="Selecionar todos os 101 deste filtro").click()
    page.locator("#bulk").get_by_role("button", name="Remover log").click()
    go = page.get_by_role("dialog").get_by_role("button", name="Remover 101 logs")
    expect(page.locator("[data-expected]")).to_be_focused()
    expect(go).to_be_disabled()
    page.keyboard.type("101")
    go.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert BulkAction.objects.get().verb == "remove"


def test_f01_a_double_click_on_the_plan_is_one_action(cast, errors, visit):
    page = visit(cast.bruno, "/produtos/plano?verb=reprocess&status=error")
    page.get_by_role("button", name="Reprocessar 30").dblclick()
    expect(page).to_have_url(re.compile("/fila/acoes/"))
    assert BulkAction.objects.count() == 1


def test_f12_a_session_that_ends_meanwhile_leads_to_the_log_in_and_the_choice_is_kept(cast, errors, visit):
    page = visit(cast.bruno, "/produtos?status=error")
    page.locator("[data-all]").check()
    session = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Selecionar todos os 30 deste filtro").click()
    expect(page).to_have_url(re.compile(r"/entrar\?next=%2Fprodutos%3Fstatus%3Derror"))
    page.context.add_cookies(session)
    page.goto(page.url.split("/entrar")[0] + "/produtos?status=error")
    expect(page.locator("[data-chosen]")).to_have_text("25")


def test_f25_without_scripts_all_of_a_filter_go_by_plain_forms(cast, errors, visit):
    page = visit(cast.bruno, "/produtos?status=error", scripts=False)
    page.get_by_role("button", name="Reprocessar todos do filtro").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reprocessar 30 produtos")
    page.get_by_role("button", name="Reprocessar 30").click()
    expect(page.get_by_role("heading", level=3)).to_have_text("Reprocessar 30 produtos")
    page.get_by_role("button", name="Cancelar o restante").click()
    assert BulkAction.objects.get().state == "cancelled"


def test_the_page_of_an_action_follows_it_and_is_steered_without_leaving(cast, action, visit):
    page = visit(cast.bruno, f"/fila/acoes/{action.pk}")
    expect(page.locator(".job")).to_contain_text("Tentando os 5 primeiros")
    page.get_by_role("button", name="Pausar").click()
    expect(page.locator(".job .tag")).to_have_text("Em pausa")
    expect(page.get_by_role("button", name="Retomar")).to_be_visible()
    bulk.step()
    assert Integration.objects.filter(status="pending").count() == 0


def test_the_queue_follows_what_happens(cast, action, visit):
    page = visit(cast.bruno, "/fila")
    expect(page.locator(".works tbody tr")).to_have_count(5)
    bulk.cancel(action.pk, store_id=cast.store.pk, actor_id=None)
    bulk.step()
    expect(page.locator(".job .tag")).to_have_text("Cancelada")
    expect(page.locator("#q-proximos + *, section:has(#q-proximos)").last).to_contain_text("Nada espera a sua vez.")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("place", ["/fila", "/fila/acoes/{id}", "/produtos/plano?verb=remove&status=queued", "plan"])
def test_axe_finds_nothing_serious(cast, action, visit, place, dark):
    page = visit(cast.ana, "/produtos" if place == "plan" else place.format(id=action.pk), dark=dark)
    if place == "plan":
        page.locator("[data-all]").check()
        page.get_by_role("button", name="Selecionar todos os 30 deste filtro").click()
        page.locator("#bulk").get_by_role("button", name="Reprocessar").click()
        expect(page.get_by_role("dialog")).to_be_visible()
    page.evaluate(AXE.read_text("utf-8"))
    result = page.evaluate("axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })")
    told = [(one["id"], [node["target"] for node in one["nodes"]]) for one in result["violations"]]
    assert told == []


@pytest.mark.parametrize(
    "place", ["/fila", "/fila/acoes/{id}", "/fila/acoes", "/produtos/plano?verb=reprocess&status=error"]
)
def test_a_phone_never_scrolls_sideways(cast, action, visit, place):
    page = visit(cast.ana, place.format(id=action.pk), width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
