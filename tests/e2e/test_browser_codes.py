"""The page of codes without a rule in a real browser: by mouse, by keyboard, without scripts, both themes, narrow."""

from __future__ import annotations

from pathlib import Path

import pytest

from factories import make_integration
from ponte.db.models import CodeRule
from ponte.domain.problem import Problem, ProblemClass, Stage

AXE = Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js"
pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "O lote 88 aguarda <b>conferência</b> da equipe " + "x" * 120


@pytest.fixture
def odd(cast):
    problem = Problem(ProblemClass.UNKNOWN, Stage.SEND, code="E-77", message=WORDS)
    for number in range(3):
        make_integration(cast.channel, str(number), problems=(problem,))


def write_rule(page):
    page.get_by_role("link", name="Escrever regra").first.click()
    page.get_by_label("Quer dizer").select_option("COMPLIANCE")
    page.get_by_role("button", name="Ver o que muda").click()
    page.get_by_role("heading", name="3 registros mudam").wait_for()
    page.get_by_role("button", name="Salvar a regra").click()
    page.get_by_text("Regra salva").wait_for()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_rule_is_written_from_a_code_with_and_without_scripts(visit, cast, odd, scripts):
    write_rule(visit(cast.ana, "/codigos", scripts=scripts))
    assert CodeRule.objects.get().pattern == "E-77"


def test_a_rule_is_written_by_the_keyboard_alone(visit, cast, odd):
    page = visit(cast.ana, "/codigos")
    page.get_by_role("link", name="Escrever regra").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Quer dizer").focus()
    page.keyboard.type("Falta registro")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Salvar a regra").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Regra salva").wait_for()
    assert CodeRule.objects.get().problem_class == "COMPLIANCE"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("path", ["/codigos", "/codigos?aba=regras", "/codigos/regras/nova"])
def test_axe_finds_nothing_and_a_phone_does_not_scroll_sideways(visit, cast, odd, path, dark):
    page = visit(cast.ana, path, width=360, dark=dark)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [one["id"] for one in found] == []
