"""The texts are whole in three languages, and are written so that they can be filled anywhere."""

import re

import pytest

from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.explain import LANGUAGES, choose_language
from ponte.explain.catalogue import Entry, entries, load
from ponte.explain.filling import placeholders
from ponte.explain.places import places

OTHERS = ("en", "es")
KINDS = [kind.name for kind in ProblemClass]
NEVER = re.compile(
    r"<\w|https?://|\b(API|JSON|HTTP|token|payload|null|timeout|endpoint|stack ?trace)\b", re.IGNORECASE
)
CONTRACTING = {
    "pt-BR": re.compile(r"\b(de|em|a|por|para|ao|do|no|pelo|da|na) \{marketplace\}", re.IGNORECASE),
    "es": re.compile(r"\b(de|a|al|del) \{marketplace\}", re.IGNORECASE),
    "en": re.compile(r"\b(the|a) \{marketplace\}", re.IGNORECASE),
}


def all_texts(entry: Entry) -> list[tuple[str, ...]]:
    return [entry.title, entry.many, entry.meaning, *entry.fix]


def shape(entry: Entry) -> list[list[frozenset[str]]]:
    return [[placeholders(text) for text in alternatives] for alternatives in all_texts(entry)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_class_has_title_meaning_and_one_to_four_steps(kind, language):
    entry = entries(language)[kind]
    assert all(entry.title)
    assert all(entry.meaning)
    assert 1 <= len(entry.fix) <= 4
    assert all(step for steps in entry.fix for step in steps)


@pytest.mark.parametrize("language", OTHERS)
def test_the_languages_have_the_same_tables_with_the_same_placeholders(language):
    told = {key: shape(entry) for key, entry in entries(language).items()}
    assert told == {key: shape(entry) for key, entry in entries("pt-BR").items()}


def test_no_table_is_of_a_class_that_does_not_exist():
    assert {key.partition(".")[0] for key in entries("pt-BR")} == set(KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_alternative_of_each_text_needs_nothing_but_the_marketplace(language):
    needy = [
        (key, alternatives[-1])
        for key, entry in entries(language).items()
        for alternatives in (entry.title, entry.meaning, *entry.fix)
        if placeholders(alternatives[-1]) - {"marketplace"}
    ]
    assert needy == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_fit_a_row_and_end_without_a_full_stop(language):
    titles = [(key, text) for key, entry in entries(language).items() for text in entry.title]
    assert [(key, text) for key, text in titles if len(text) > 70 or text.endswith(".")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_meanings_are_one_or_two_sentences_and_steps_end_like_sentences(language):
    for key, entry in entries(language).items():
        for text in entry.meaning:
            assert 1 <= len(re.findall(r"[.!?](?:\s|$)", text)) <= 2, (key, text)
        assert all(step.endswith(".") for steps in entry.fix for step in steps), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_has_markup_or_a_developers_word(language):
    texts = [text for entry in entries(language).values() for group in all_texts(entry) for text in group]
    assert [text for text in texts if NEVER.search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_marketplaces_name_never_follows_a_word_that_would_need_an_article(language):
    texts = [text for entry in entries(language).values() for group in all_texts(entry) for text in group]
    assert [text for text in texts if CONTRACTING[language].search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_for_several_names_or_counts_them(language):
    for key, entry in entries(language).items():
        assert all(len(placeholders(text) & {"names", "count"}) == 1 for text in entry.many), key


def test_every_place_is_of_a_known_class_or_code_and_every_class_has_one():
    assert set(places()) <= set(entries("pt-BR"))
    assert set(KINDS) <= set(places())


def test_the_words_have_the_same_tables_in_all_languages():
    def names(table, prefix=""):
        for key, value in table.items():
            yield from names(value, f"{prefix}{key}.") if isinstance(value, dict) else [f"{prefix}{key}"]

    told = {language: set(names(load(f"words.{language}.toml"))) for language in LANGUAGES}
    assert told["en"] == told["pt-BR"]
    assert told["es"] - told["pt-BR"] == {"list.two_before_i"}
    assert told["pt-BR"] <= told["es"]


def test_the_words_have_the_same_placeholders_in_all_languages():
    def flat(language):
        for name, table in load(f"words.{language}.toml").items():
            for key, text in table.items():
                if not isinstance(text, dict) and key != "two_before_i":
                    alternatives = [text] if isinstance(text, str) else text
                    yield f"{name}.{key}", [placeholders(one) for one in alternatives]

    assert dict(flat("en")) == dict(flat("pt-BR"))
    assert dict(flat("es")) == dict(flat("pt-BR"))


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ("pt-BR", "pt-BR"),
        ("pt", "pt-BR"),
        ("pt_PT", "pt-BR"),
        ("EN-us", "en"),
        ("es-419", "es"),
        ("fr", "pt-BR"),
        ("", "pt-BR"),
        ("../../etc", "pt-BR"),
    ],
)
def test_another_language_becomes_the_nearest_of_ours(asked, chosen):
    assert choose_language(asked) == chosen


def test_unknown_codes_and_stages_use_the_texts_of_the_class():
    plain = Problem(ProblemClass.TITLE_INVALID, Stage.SEND, code="item.title.strange")
    assert placeholders(entries("pt-BR")[plain.kind.name].title[-1]) == frozenset()
