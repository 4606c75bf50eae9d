"""The mapping's spreadsheet, suggestions, a category's page, and versions that say where they come from."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cast import person
from factories import make_attempt, make_cause, make_integration
from ponte.db.models import Audit, BulkAction, Channel, MappingVersion, Membership, Role
from ponte.domain.mapping_tree import tree_of
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.facts.learning import keep_fact
from ponte.flows.mapping.saving import save_mapping

PATH = "/canais/mlb/mapeamento"
SHEET = f"{PATH}/planilha"
SUGGESTIONS = f"{PATH}/sugestoes"
GOOD = 'version: 1\n# nossas categorias\ncategories:\n  "1": MLB1\n'
HEAD = "Categoria VTEX;Categoria do marketplace\n"
HOSTILE = "<img src=x onerror=alert(1)>"


def unmapped(number="118", path="Calçados > Tênis"):
    params = {"category": path, "category_id": number}
    return Problem(ProblemClass.CATEGORY_MAPPING, Stage.MAPPING, number, "category.unmapped", params=params)


def lacking(attribute="GENDER", name="Gênero"):
    kind = ProblemClass.ATTRIBUTE_MISSING
    return Problem(kind, Stage.VALIDATION, attribute, "attribute.missing", params={"name": name})


@pytest.fixture
def mapped(cast):
    save_mapping(cast.channel.pk, GOOD, actor_id=cast.ana.pk)
    return Channel.objects.get(pk=cast.channel.pk)


@pytest.fixture
def gil(cast, as_):
    return as_(person("gil", cast.store, Role.MANAGER))


@pytest.fixture
def shoes(cast, mapped):
    """Two products without a category, and what is known of some of the marketplace's."""
    rows = [make_integration(cast.channel, sku, problems=[unmapped()]) for sku in ("11", "12")]
    attribute = {"id": "GENDER", "name": "Gênero", "tags": ["required"], "value_type": "list"}
    attribute["values"] = [["1", "Mulher"], ["2", "Homem"], ["3", HOSTILE]]
    keep_fact(mapped.pk, "category/MLB23332", {"name": "Tênis", "leaf": True, "attributes": [attribute]})
    return rows


def text_of():
    return Channel.objects.get(code="mlb", store__account="lojamodelo").mapping_text


def upload(gil, content, name="lista.csv", **more):
    return gil.post(SHEET, {"planilha": SimpleUploadedFile(name, content), **more})


def field(page, name):
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def choose(gil, acao="apply", *, only="", **more):
    page = gil.get(SUGGESTIONS + only).text
    key = field(page, "usar")
    fields = {"usar": key, "based_on": field(page, "based_on"), "acao": acao, f"alvo.{key}": "MLB23332"}
    typed = more.pop("livre", None)
    return gil.post(SUGGESTIONS + only, {**fields, **({f"livre.{key}": typed} if typed else {}), **more})


def test_the_spreadsheet_is_downloaded_with_the_categories_that_wait(as_, cast, shoes):
    answer = as_(cast.vera).get(SHEET)
    assert answer["Content-Disposition"] == 'attachment; filename="mapeamento-mlb-v1.xlsx"'
    from spreadsheet import sheets_of

    first = sheets_of(answer.content)[0]
    assert first[1][0] == "1"
    assert first[2][:2] == ["118", "Calçados > Tênis"]
    csv = as_(cast.vera).get(f"{SHEET}?formato=csv&aba=categories").content.decode("utf-8-sig")
    assert "118;Calçados > Tênis;;" in csv
    assert as_(cast.vera).get(f"{SHEET}?formato=csv&aba=outra").status_code == 404


def test_an_uploaded_sheet_is_shown_and_not_saved_then_saved_with_its_name(gil, mapped):
    answer = upload(gil, (HEAD + "1;MLB2\n5;MLB5\n").encode())
    assert answer.status_code == 200
    assert "1 linha entra, 1 muda" in answer.text
    assert "Ainda não foi salvo" in answer.text
    assert "# nossas categorias" in answer.text
    assert text_of() == GOOD
    text = 'version: 1\n# nossas categorias\ncategories:\n  "1": MLB2\n  "5": MLB5\n'
    form = {"text": text, "based_on": 1, "acao": "save", "origem": field(answer.text, "origem")}
    gil.post(PATH, {**form, "nota": field(answer.text, "nota")})
    assert text_of() == text
    kept = MappingVersion.objects.get(number=2)
    assert (kept.source, kept.note) == ("imported", "lista.csv")
    assert Audit.objects.filter(verb="mapping changed").latest("pk").detail["source"] == "imported"
    assert "planilha lista.csv" in gil.get(PATH).text


def test_errors_of_a_sheet_are_told_with_sheet_and_row_and_nothing_is_taken(gil, mapped):
    answer = upload(gil, (HEAD + ";MLB2\n1;MLB2\n1;MLB3\n=1+1;MLB4\n").encode())
    assert answer.status_code == 422
    assert "3 erros: nada mudou" in answer.text
    assert "Categorias, linha 2" in answer.text
    assert "Repete a linha 3" in answer.text
    assert "A célula A5 tem uma fórmula" in answer.text
    assert "MLB3" not in answer.text
    assert text_of() == GOOD


def test_a_hostile_sheet_stays_text(gil, mapped):
    answer = upload(gil, (HEAD + f"{HOSTILE};MLB2\n").encode(), name=f"{HOSTILE}.csv")
    assert HOSTILE not in answer.text
    assert "&lt;img src=x" in answer.text


def test_a_sheet_as_the_whole_takes_out_what_it_does_not_have(gil, mapped):
    assert "1 sai" in upload(gil, (HEAD + "5;MLB5\n").encode(), inteira="on").text


def test_a_workbook_of_another_program_is_read(gil, mapped):
    book = openpyxl.Workbook()
    book.active.title = "Marcas"
    for row in (["Marca na VTEX", "Marca no marketplace"], ["Água", "ÁGUA"]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    answer = upload(gil, out.getvalue(), "marcas.xlsx")
    assert "Água: ÁGUA" in answer.text


@pytest.mark.parametrize(
    ("content", "words"), [(None, "Escolha uma planilha"), (b"x" * 10_000_001, "passa de 10 MB")]
)
def test_no_sheet_and_one_too_large_are_refused(gil, mapped, content, words):
    answer = gil.post(SHEET, {}) if content is None else upload(gil, content)
    assert answer.status_code == 422
    assert words in answer.text


def test_undoing_brings_back_the_version_before_and_offers_to_reprocess(cast, gil, mapped):
    make_integration(cast.channel)
    save_mapping(mapped.pk, GOOD + "# dois\n", actor_id=cast.ana.pk)
    page = gil.get(PATH).text
    assert f'action="{PATH}/versoes/1/restaurar"' in page
    answer = gil.post(f"{PATH}/versoes/1/restaurar", {"based_on": 2})
    assert answer["Location"] == f"{PATH}?restaurada=1"
    assert text_of() == GOOD
    shown = gil.get(answer["Location"]).text
    assert "A versão 1 está em uso de novo" in shown
    assert 'action="/produtos/plano"' in shown
    assert "volta à versão 1" in shown
    assert MappingVersion.objects.get(number=3).source == "restored"


def test_a_first_version_has_nothing_to_undo_to(gil, cast):
    assert "/restaurar" not in gil.get(PATH).text


def test_a_gap_is_shown_with_its_candidates(gil, shoes):
    page = gil.get(SUGGESTIONS).text
    assert "Calçados › Tênis" in page, "a path is written as in the lists"
    assert "2 produtos parados" in page
    assert "Tênis (MLB23332)" in page
    assert "nome parecido" in page


def test_a_suggestion_is_applied_as_one_version_with_who_and_when(gil, shoes):
    answer = choose(gil)
    assert answer["Location"] == SUGGESTIONS
    assert tree_of(text_of())["categories"] == {"1": "MLB1", "118": "MLB23332"}
    assert "# Tênis; sugestão aplicada por gil em " in text_of()
    assert "# nossas categorias" in text_of()
    kept = MappingVersion.objects.get(number=2)
    assert (kept.source, kept.note, kept.author.username) == ("suggested", "1", "gil")
    assert BulkAction.objects.count() == 0


def test_applied_and_reprocessed_it_queues_what_it_touches(cast, gil, shoes):
    other = make_integration(cast.channel, "99", problems=[lacking()])
    answer = choose(gil, "apply_and_reprocess")
    action = BulkAction.objects.get()
    assert answer["Location"] == f"/fila/acoes/{action.pk}"
    assert action.selection["ids"] == [row.pk for row in shoes]
    assert other.pk not in action.selection["ids"]


def test_what_is_typed_goes_before_what_is_offered_also_by_the_name_of_a_category(gil, shoes):
    choose(gil, livre="Tênis bons (MLB777)")
    assert tree_of(text_of())["categories"]["118"] == "MLB777"


def test_the_link_of_a_cause_leads_to_its_lines_ticked(cast, gil, shoes):
    make_integration(cast.channel, "99", problems=[lacking()])
    cause = make_cause(cast.channel, unmapped())
    inside = gil.get(f"/causas/{cause.pk}").text
    link = f"{SUGGESTIONS}?causa={cause.fingerprint}"
    assert link in inside
    page = gil.get(link).text
    assert "Gênero" not in page
    assert f'name="usar" value="{field(page, "usar")}" checked' in page
    title = make_cause(cast.channel, Problem(ProblemClass.TITLE_INVALID, Stage.VALIDATION, "title", "title.empty"))
    assert "sugestoes" not in gil.get(f"/causas/{title.pk}").text


def test_nothing_ticked_and_nothing_chosen_change_nothing(gil, shoes):
    assert gil.post(SUGGESTIONS, {"acao": "apply", "based_on": 1}).status_code == 422
    page = gil.get(SUGGESTIONS).text
    assert gil.post(SUGGESTIONS, {"acao": "apply", "usar": field(page, "usar"), "based_on": 1}).status_code == 422
    assert text_of() == GOOD


def test_a_choice_that_the_file_cannot_hold_is_refused(gil, shoes):
    answer = choose(gil, livre="a\x01b")
    assert answer.status_code == 422
    assert "Nada foi salvo" in answer.text
    assert text_of() == GOOD


def test_somebody_who_saved_meanwhile_is_not_written_over(cast, gil, shoes):
    page = gil.get(SUGGESTIONS).text
    key = field(page, "usar")
    save_mapping(cast.channel.pk, GOOD + "# de Ana\n", actor_id=cast.ana.pk)
    gil.post(SUGGESTIONS, {"usar": key, f"alvo.{key}": "MLB23332", "based_on": 1, "acao": "apply"})
    assert text_of() == GOOD + "# de Ana\n"


def test_an_operator_sees_the_suggestions_and_cannot_apply_them(cast, as_, shoes):
    bruno = as_(cast.bruno)
    page = bruno.get(SUGGESTIONS).text
    assert "Calçados" in page
    assert 'value="apply"' not in page
    assert bruno.post(SUGGESTIONS, {"acao": "apply"}).status_code == 404
    assert bruno.post(SHEET, {}).status_code == 404


@pytest.mark.parametrize("path", [SHEET, SUGGESTIONS, "/canais/mlb/categorias/MLB23332"])
def test_who_does_not_see_the_channel_sees_nothing_of_it(cast, as_, shoes, path):
    olga = person("olga", cast.store, Role.MANAGER)
    Membership.objects.filter(user=olga).update(channel_ids=[cast.channel.pk + 1])
    assert as_(olga).get(path).status_code == 404
    assert as_(cast.carla).get(path.replace("mlb", "lojamodelo")).status_code == 404


def test_a_category_shows_what_it_asks_and_what_fills_it(cast, gil, shoes):
    make_attempt(make_integration(cast.channel, "99", problems=[lacking()]))
    text = GOOD + "attributes:\n  GENDER: {from: [specification:Sexo, brand], default: Homem}\n"
    save_mapping(cast.channel.pk, text, actor_id=None)
    page = gil.get("/canais/mlb/categorias/MLB23332").text
    assert "Obrigatório" in page
    assert "especificação “Sexo”, senão Marca, senão “Homem”" in page
    assert "linha 6" in page
    assert "Falta em 1 produto do canal" in page
    assert "3 valores aceitos" in page
    assert HOSTILE not in page


def test_a_categorys_values_are_searched(gil, shoes):
    page = gil.get("/canais/mlb/categorias/MLB23332?q=mulh").text
    assert "<details open>" in page
    assert "Homem" not in page
    assert "Nenhum campo ou valor" in gil.get("/canais/mlb/categorias/MLB23332?q=zzz").text


def test_a_category_that_nobody_knows_does_not_exist_and_one_that_is_mapped_is_told_of(gil, shoes):
    assert "ainda não foi lido" in gil.get("/canais/mlb/categorias/MLB1").text
    for odd in ("MLB404", "a%2Fb", "%00", "x" * 200):
        assert gil.get(f"/canais/mlb/categorias/{odd}").status_code == 404
