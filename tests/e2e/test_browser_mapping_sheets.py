"""A person fills a spreadsheet, closes gaps by suggestions, and looks at what a category asks for."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from factories import make_attempt, make_integration
from ponte.db.models import BulkAction, Channel
from ponte.domain.mapping_tree import tree_of
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.facts.learning import keep_fact
from ponte.flows.mapping.saving import save_mapping

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
GOOD = 'version: 1\ncategories:\n  "1": MLB1\n'
MAPPING = "/canais/mlb/mapeamento"
SUGGESTIONS = f"{MAPPING}/sugestoes"
PAGES = (MAPPING, f"{MAPPING}?restaurada=1", SUGGESTIONS, "/canais/mlb/categorias/MLB23332?q=mulher")
LONG = "Calçados femininos e masculinos de inverno > Tênis de corrida para longas distâncias em terrenos irregulares"


@pytest.fixture
def lacking(cast):
    """Products without a category, without an attribute, and with a value that is not in the list."""
    save_mapping(cast.channel.pk, GOOD, actor_id=cast.ana.pk)
    values = [["1", "Mulher"], ["2", "Homem"], ["3", "Sem gênero"]]
    gender = {"id": "GENDER", "name": "Gênero", "tags": ["required"], "value_type": "list", "values": values}
    keep_fact(
        cast.channel.pk, "category/MLB23332", {"name": "Tênis de corrida", "leaf": True, "attributes": [gender]}
    )
    keep_fact(cast.channel.pk, "specs/22", {"Sexo": ["Mulher"]})
    path = {"category": LONG, "category_id": "118"}
    problems = (
        Problem(ProblemClass.CATEGORY_MAPPING, Stage.MAPPING, "118", "category.unmapped", params=path),
        Problem(ProblemClass.ATTRIBUTE_MISSING, Stage.VALIDATION, "GENDER", "x", params={"name": "Gênero"}),
        Problem(
            ProblemClass.ATTRIBUTE_MAPPING,
            Stage.MAPPING,
            "GENDER",
            "y",
            params={"name": "Gênero", "value": "Mulheres"},
        ),
    )
    rows = [make_integration(cast.channel, sku, problems=[one]) for sku, one in zip("123", problems, strict=True)]
    rows.append(make_integration(cast.channel, "22", problems=[problems[1]]))
    for row in rows[1:]:
        make_attempt(row, provenance=[{"field": "category", "sent": "MLB23332"}])
    return rows


def tree():
    return tree_of(Channel.objects.get(code="mlb", store__account="lojamodelo").mapping_text)


def filled(tmp_path, rows):
    book = openpyxl.Workbook()
    book.active.title = "Categorias"
    for row in (["Categoria VTEX", "Categoria do marketplace"], *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    file = tmp_path / "categorias.xlsx"
    file.write_bytes(out.getvalue())
    return str(file)


def test_a_filled_spreadsheet_is_sent_compared_and_saved(visit, cast, lacking, tmp_path):
    page = visit(cast.ana, MAPPING)
    page.get_by_label("Enviar planilha preenchida").set_input_files(filled(tmp_path, [[1, "MLB2"], [5, "MLB5"]]))
    page.get_by_role("button", name="Enviar e comparar").click()
    expect(page.get_by_role("heading", name="1 linha entra, 1 muda")).to_be_visible()
    expect(page.get_by_label("Arquivo de mapeamento")).to_contain_text('"5": MLB5')
    page.get_by_role("button", name="Salvar", exact=True).click()
    expect(page.get_by_text("planilha categorias.xlsx")).to_be_visible()
    assert tree()["categories"] == {"1": "MLB2", "5": "MLB5"}
    page.get_by_role("button", name="Desfazer").click()
    expect(page.get_by_text("A versão 1 está em uso de novo.")).to_be_visible()
    assert tree()["categories"] == {"1": "MLB1"}
    page.get_by_role("button", name="Reprocessar os atingidos", exact=True).click()
    expect(page.get_by_role("heading", name="Reprocessar")).to_be_visible()


def test_many_gaps_are_closed_at_once_by_mouse(visit, cast, lacking):
    page = visit(cast.ana, SUGGESTIONS)
    page.get_by_role("button", name="Marcar as que têm sugestão").click()
    expect(page.get_by_text("3/3")).to_be_visible()
    page.get_by_role("button", name="Aplicar e reprocessar os atingidos").click()
    page.wait_for_url("**/fila/acoes/*")
    found = tree()
    assert found["categories"]["118"] == "MLB23332"
    assert found["attributes"]["GENDER"]["values"] == {"Mulheres": "Mulher"}
    assert len(BulkAction.objects.get().selection["ids"]) == 4


def test_a_gap_is_closed_by_keyboard_with_a_choice_of_ones_own(visit, cast, lacking):
    page = visit(cast.ana, SUGGESTIONS)
    page.get_by_label("Outra categoria para Tênis de corrida para longas").focus()
    page.keyboard.type("MLB777")
    expect(page.get_by_role("checkbox", name="Aplicar a Calçados femininos")).to_be_checked()
    page.get_by_role("button", name="Só aplicar").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 sugestão aplicada")).to_be_visible()
    assert tree()["categories"]["118"] == "MLB777"


def test_it_works_without_javascript(visit, cast, lacking):
    page = visit(cast.ana, SUGGESTIONS, scripts=False)
    page.get_by_role("checkbox", name="Aplicar a Gênero", exact=True).check()
    page.get_by_role("radio", name="Sempre “Sem gênero”").first.check()
    page.get_by_role("button", name="Só aplicar").click()
    assert tree()["category_attributes"] == {"MLB23332": {"GENDER": "Sem gênero"}}
    page.goto(page.url.replace(SUGGESTIONS, "/canais/mlb/categorias/MLB23332"))
    page.get_by_role("searchbox").fill("homem")
    page.get_by_role("button", name="Procurar").click()
    expect(page.get_by_text("Homem", exact=True)).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_and_no_page_is_wider_than_a_phone(visit, cast, lacking, dark):
    page = visit(cast.ana, MAPPING, width=360, dark=dark)
    for path in PAGES:
        page.goto(page.url.split("/canais")[0] + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], path


def test_the_result_of_an_upload_fits_a_phone(visit, cast, lacking, tmp_path):
    page = visit(cast.ana, MAPPING, width=360)
    page.get_by_label("Enviar planilha preenchida").set_input_files(filled(tmp_path, [[9, "X" * 120]]))
    page.get_by_role("button", name="Enviar e comparar").click()
    expect(page.get_by_role("heading", name="1 linha entra")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
