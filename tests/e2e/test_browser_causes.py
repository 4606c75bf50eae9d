"""A person at the page of causes, with a mouse, with keys, on a phone, and without scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from factories import MISSING, make_cause, make_integration, make_meetings
from ponte.db.models import Cause
from ponte.domain.problem import Problem, ProblemClass, Stage

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js"
LONG = Problem(
    ProblemClass.UNKNOWN, Stage.MARKETPLACE, code="item.attributes." + "very_long_reason_" * 6, message="No."
)


@pytest.fixture
def causes(cast):
    """A cause of three records with days behind it, and one with a long code."""
    for number in range(3):
        make_integration(cast.channel, f"11820{number}", category="Calçados › Tênis", brand="Acme")
    first = make_cause(cast.channel, MISSING, value=12_345_600)
    make_meetings(first, 3, 40)
    return first, make_cause(cast.channel, LONG, count=2)


def line(page, cause):
    return page.locator(f"#c-{cause.pk}")


def menu(page, cause):
    line(page, cause).get_by_role("button", name=re.compile("Ações")).click()
    return page.locator(f"#m-{cause.pk}")


def test_a_line_opens_to_what_happened_and_how_to_fix_it(cast, causes, visit):
    page = visit(cast.bruno, "/causas")
    line(page, causes[0]).locator(".c-days").click()
    inside = page.locator(f"#d-{causes[0].pk}")
    expect(inside.get_by_text("Como corrigir")).to_be_visible()
    expect(inside.get_by_text("Calçados › Tênis")).to_be_visible()
    expect(inside.get_by_role("link", name="Abrir o mapeamento")).to_be_visible()
    expect(page).to_have_url(re.compile(f"aberta={causes[0].pk}"))
    line(page, causes[0]).locator(".c-days").click()
    expect(inside).to_be_hidden()


def test_a_cause_taken_up_leaves_the_open_ones_and_the_focus_stays_near(cast, causes, visit):
    page = visit(cast.bruno, "/causas")
    menu(page, causes[0]).get_by_role("menuitem", name="Marcar como em andamento").click()
    expect(line(page, causes[0])).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("1 causa em andamento.")
    expect(page.locator('[data-count="andamento"]')).to_have_text("1")
    expect(page.locator('[data-count="abertas"]')).to_have_text("1")
    expect(line(page, causes[1]).locator("[data-menu-button]")).to_be_focused()


def test_the_counts_follow_without_moving_what_is_read(cast, causes, visit):
    page = visit(cast.ana, "/causas")
    line(page, causes[0]).locator("[data-open]").click()
    expect(page.locator(f"#d-{causes[0].pk}").get_by_text("Como corrigir")).to_be_visible()
    Cause.objects.filter(pk=causes[0].pk).update(count=1)
    Cause.objects.filter(pk=causes[1].pk).update(count=900)
    page.evaluate("document.body.dispatchEvent(new Event('ponte:changed'))")
    expect(line(page, causes[1]).locator(".c-count a")).to_contain_text("900")
    expect(line(page, causes[0]).locator(".c-count a")).to_contain_text("1")
    order = page.locator(".record").evaluate_all("rows => rows.map((row) => row.id)")
    assert order == [f"c-{causes[0].pk}", f"c-{causes[1].pk}"]
    expect(page.locator(f"#d-{causes[0].pk}").get_by_text("Como corrigir")).to_be_visible()


def test_many_are_taken_up_with_keys_alone(cast, causes, visit):
    page = visit(cast.bruno, "/causas")
    page.locator("main").focus()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-chosen]")).to_have_text("2")
    page.locator("#bulk").get_by_role("button", name="Em andamento").press("Enter")
    expect(page.locator('[data-count="andamento"]')).to_have_text("2")
    expect(page.locator('[data-count="abertas"]')).to_have_text("0")


def test_all_of_a_cause_is_planned_by_mouse_and_by_key(cast, causes, visit):
    page = visit(cast.bruno, "/causas")
    plan = page.get_by_role("dialog", name="Reprocessar 3 produtos")
    menu(page, causes[0]).get_by_role("menuitem", name="Reprocessar todos").click()
    expect(plan).to_be_visible()
    page.keyboard.press("Escape")
    expect(plan).to_be_hidden()
    page.locator("main").focus()
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(plan).to_be_visible()


@pytest.mark.parametrize("place", ["/causas", "/causas/{id}"])
def test_what_was_begun_from_a_cause_is_followed_where_it_was_begun(cast, causes, visit, place):
    page = visit(cast.bruno, place.format(id=causes[0].pk))
    if place == "/causas":
        menu(page, causes[0]).get_by_role("menuitem", name="Reprocessar todos").click()
    else:
        page.get_by_role("button", name="Reprocessar todos").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Reprocessar 3").click()
    expect(page.locator("#tira")).to_contain_text("Reprocessar 3 produtos")


def test_a_line_opens_and_closes_by_keys(cast, causes, visit):
    page = visit(cast.vera, "/causas")
    page.keyboard.press("j")
    opener = line(page, causes[0]).locator("[data-open]")
    expect(opener).to_be_focused()
    page.keyboard.press("o")
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.keyboard.press(" ")
    expect(opener).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()


def test_f25_without_scripts_the_way_is_the_same(cast, causes, visit):
    page = visit(cast.ana, "/causas", scripts=False)
    line(page, causes[0]).locator("[data-open]").click()
    expect(page.get_by_text("Como corrigir")).to_be_visible()
    line(page, causes[0]).get_by_role("button", name=re.compile("Ações")).click()
    page.get_by_role("button", name="Reprocessar todos", exact=True).first.click()
    expect(page.locator("main")).to_contain_text("Reprocessar 3 produtos")
    page.go_back()
    page.get_by_role("link", name="Histórico e anotações").click()
    page.get_by_label("Para sempre").check()
    page.get_by_role("button", name="Ignorar", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("1 causa ignorada.")
    page.get_by_label("Nova anotação").fill("Chamado 4711")
    page.get_by_role("button", name="Anotar").click()
    expect(page.locator(".note-line").first).to_contain_text("Chamado 4711")
    page.get_by_role("button", name="Reabrir").click()
    expect(page.locator(".events")).to_contain_text("Reaberta")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 360])
def test_f50_nothing_bars_the_way(cast, causes, visit, dark, width):
    for path in (f"/causas?aberta={causes[0].pk}", f"/causas/{causes[0].pk}"):
        page = visit(cast.ana, path, width=width, dark=dark)
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
