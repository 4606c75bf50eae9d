"""`/canais/{code}/mapeamento`: editing, errors at their lines, two people at once, versions."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cast import person
from ponte.db.models import Audit, Channel, MappingVersion, Role
from ponte.flows.mapping.saving import save_mapping

PATH = "/canais/mlb/mapeamento"
GOOD = "version: 1\ndefault_category: MLB1055\n"
BAD = "version: 1\nprice:\n  add: 3,50\nnonsense: <script>\n"


@pytest.fixture
def mapped(cast):
    save_mapping(cast.channel.pk, GOOD, actor_id=cast.ana.pk)
    return Channel.objects.get(pk=cast.channel.pk)


@pytest.fixture
def gil(cast, as_):
    return as_(person("gil", cast.store, Role.MANAGER))


def save(gil, text, based_on, acao="save", **more):
    return gil.post(PATH, {"text": text, "based_on": based_on, "acao": acao, **more})


def text_of(channel):
    return Channel.objects.get(pk=channel.pk).mapping_text


def test_a_mapping_is_saved_as_typed_in_a_browser(gil, mapped):
    answer = save(gil, (GOOD + "# novo\n").replace("\n", "\r\n"), 1)
    assert answer["Location"] == PATH
    assert text_of(mapped) == GOOD + "# novo\n"
    assert Audit.objects.filter(verb="mapping changed").latest("pk").detail == {"version": 2, "source": "edited"}


def test_errors_are_shown_at_their_lines_and_nothing_is_saved(gil, mapped):
    answer = save(gil, BAD, 1)
    assert answer.status_code == 422
    assert "2 erros: nada foi salvo" in answer.text
    assert 'data-line="3"' in answer.text
    assert 'data-line="4"' in answer.text
    assert '<span class="err">3</span>' in answer.text
    assert "nonsense: &lt;script&gt;" in answer.text
    assert text_of(mapped) == GOOD


def test_f45_the_second_of_two_sees_the_difference_and_chooses(cast, gil, mapped):
    save_mapping(mapped.pk, GOOD + "# de Ana\n", actor_id=cast.ana.pk)
    answer = save(gil, GOOD + "# de Gil\n", 1)
    assert answer.status_code == 409
    assert "ana salvou a versão 2 enquanto você editava" in answer.text
    assert "- # de Ana" in answer.text
    assert "+ # de Gil" in answer.text
    assert text_of(mapped) == GOOD + "# de Ana\n", "nothing was written over"
    assert 'name="based_on" value="2"' in answer.text
    assert save(gil, GOOD + "# de Gil\n", 2).status_code == 302
    assert text_of(mapped) == GOOD + "# de Gil\n"


@pytest.mark.parametrize("based_on", ["", "abc", "-1", "9" * 30])
def test_a_form_that_does_not_say_what_it_was_made_from_overwrites_nothing(gil, mapped, based_on):
    assert save(gil, GOOD + "# x\n", based_on).status_code == 409
    assert text_of(mapped) == GOOD


def test_a_file_is_opened_in_the_editor_and_not_saved(gil, mapped):
    file = SimpleUploadedFile("novo.yaml", "\ufeffversion: 1\r\noptions: {warranty_type: é}\r\n".encode())
    answer = save(gil, GOOD, 1, "open", file=file)
    assert "novo.yaml está no editor" in answer.text
    assert "warranty_type: é" in answer.text
    assert text_of(mapped) == GOOD


@pytest.mark.parametrize(
    ("content", "words"),
    [("versão".encode("latin-1"), "não é um texto UTF-8"), (b"x" * 1_000_001, "passa de 1 MB"), (None, "Escolha")],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(gil, mapped, content, words):
    more = {} if content is None else {"file": SimpleUploadedFile("x.yaml", content)}
    answer = save(gil, GOOD, 1, "open", **more)
    assert answer.status_code == 422
    assert words in answer.text
    assert text_of(mapped) == GOOD


def test_the_file_in_use_is_downloaded(as_, cast, mapped):
    answer = as_(cast.vera).get(f"{PATH}/arquivo")
    assert answer.content.decode() == GOOD
    assert answer["Content-Disposition"] == 'attachment; filename="mapeamento-mlb-v1.yaml"'


def test_versions_are_listed_shown_with_their_difference_and_restored(cast, gil, mapped):
    save_mapping(mapped.pk, GOOD + "# dois\n", actor_id=cast.ana.pk)
    page = gil.get(PATH).text
    assert f"{PATH}/versoes/1" in page
    assert "ana" in page
    assert "- # dois" in gil.get(f"{PATH}/versoes/1").text
    assert gil.post(f"{PATH}/versoes/1/restaurar", {"based_on": 2}).status_code == 302
    channel = Channel.objects.get(pk=mapped.pk)
    assert (channel.mapping_text, channel.mapping_version) == (GOOD, 3)
    assert MappingVersion.objects.filter(channel=channel).count() == 4  # 0 was the empty one before


@pytest.mark.parametrize("number", ["77", "0", str(2**40)])
def test_a_version_that_is_none_does_not_exist(gil, mapped, number):
    expected = 200 if number == "0" else 404
    assert gil.get(f"{PATH}/versoes/{number}").status_code == expected


def test_saving_and_reprocessing_brings_the_plans_fields_along(gil, mapped):
    answer = save(gil, GOOD + "# x\n", 1, "save_and_reprocess", verb="reprocess", filtro="channel=mlb&status=error")
    assert (answer.status_code, answer["Location"]) == (307, "/produtos/plano")
    assert text_of(mapped) == GOOD + "# x\n"
    shown = gil.get(PATH).text
    assert 'name="verb" value="reprocess"' in shown
    assert 'name="filtro" value="channel=mlb&amp;status=error"' in shown


def test_a_save_that_is_refused_reprocesses_nothing(gil, mapped):
    assert save(gil, BAD, 1, "save_and_reprocess").status_code == 422
    assert save(gil, GOOD + "# x\n", 0, "save_and_reprocess").status_code == 409


def test_a_channel_without_a_mapping_begins_with_an_example(gil, cast):
    answer = gil.get(PATH)
    assert "ainda não tem mapeamento" in answer.text
    assert "template:" in answer.text


def test_an_operator_reads_the_mapping_and_cannot_change_it(cast, as_, mapped):
    answer = as_(cast.bruno).get(PATH)
    assert "readonly" in answer.text
    assert 'value="save"' not in answer.text
