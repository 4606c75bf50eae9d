"""Every flaw of a mapping file has its sentence in three languages."""

import pytest

from ponte.domain.mapping_errors import MappingFlaw
from ponte.domain.mapping_file import MappingError, parse_mapping
from ponte.explain import LANGUAGES, mapping_error_text
from ponte.explain.catalogue import words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_flaw_has_a_text_and_no_text_is_left_over(language):
    assert set(words(language, "mapping")) == set(MappingFlaw)


def test_a_near_name_is_offered():
    (error,) = parse_mapping("version: 1\natributes: {}\n").errors
    assert mapping_error_text(error, "pt-BR") == '"atributes" não é conhecida aqui. Você quis dizer "attributes"?'


def test_without_a_near_name_all_names_are_told():
    (error,) = parse_mapping("version: 1\nprice:\n  zzz: 1\n").errors
    assert mapping_error_text(error, "en") == '"zzz" is not known here. It can be: markup_percent, add.'


def test_hostile_words_of_the_file_stay_words():
    error = MappingError(1, 1, MappingFlaw.NOT_A_FLAG, {"key": "{value}", "value": "<b>\n{key}" + "x" * 999})
    told = mapping_error_text(error, "es")
    assert told.startswith('"{value}" debe ser true o false; está "<b> {key}xxx')
    assert len(told) < 400
    assert "\n" not in told
