"""Every closed choice has its word in three languages."""

from enum import StrEnum

import pytest

from ponte.domain.lifecycle import Action, AttemptResult, Phase, Status, Task, Trigger
from ponte.domain.problem import Retry, Severity, Stage
from ponte.explain import LANGUAGES, LinkKind, Where, label, listing_state, status_label, status_words
from ponte.explain.catalogue import words

CHOICES = (Action, AttemptResult, Phase, Status, Task, Trigger, Retry, Severity, Stage, LinkKind, Where)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.__name__)
def test_every_member_has_a_word_and_no_word_is_left_over(choice, language):
    assert set(words(language, f"labels.{choice.__name__}")) == {member.value for member in choice}


@pytest.mark.parametrize(
    ("member", "told"),
    [
        (Action.REPROCESS, ("Reprocessar", "Reprocess", "Reprocesar")),
        (Action.REMOVE, ("Remover log", "Remove log", "Quitar registro")),
        (Phase.QUEUED, ("Na fila", "Queued", "En cola")),
        (Phase.PROCESSING, ("Processando", "Processing", "Procesando")),
        (
            Phase.WAITING,
            ("Aguardando o marketplace", "Waiting for the marketplace", "Esperando al marketplace"),
        ),
        (Status.SUCCESS, ("Sucesso", "Success", "Éxito")),
        (Status.ALERT, ("Alerta", "Warning", "Alerta")),
        (Status.ERROR, ("Erro", "Error", "Error")),
    ],
)
def test_the_words_are_those_of_the_screens_copy(member, told):
    assert tuple(label(member, language) for language in LANGUAGES) == told


def test_a_tag_says_what_a_record_is_doing_before_how_it_ended():
    assert status_label(Status.ERROR, Phase.IDLE, "pt-BR") == "Erro"
    assert status_label(Status.ERROR, Phase.QUEUED, "pt-BR") == "Na fila"
    assert status_label(Status.PENDING, Phase.WAITING, "pt-BR") == "Aguardando o marketplace"


def test_all_statuses_and_phases_come_in_one_table():
    assert set(status_words("en")) == {*Status, *Phase}
    assert status_words("en")["queued"] == "Queued"


def test_a_choice_without_words_shows_its_value():
    class Odd(StrEnum):
        STRANGE = "strange"

    assert label(Odd.STRANGE, "pt-BR") == "strange"


@pytest.mark.parametrize(
    ("state", "texts"),
    [
        ("active", ("À venda", "On sale", "A la venta")),
        ("BUYABLE/DISCOVERABLE", ("À venda", "On sale", "A la venta")),
        ("paused/out_of_stock", ("Pausado: sem estoque", "Paused: out of stock", "Pausado: sin stock")),
        ("paused/never_heard_of", ("Pausado", "Paused", "Pausado")),
        ("never_heard_of", ("never_heard_of",) * 3),
    ],
)
def test_a_listings_state_is_told_in_the_most_particular_words(state, texts):
    assert tuple(listing_state(state, language) for language in LANGUAGES) == texts


def test_every_language_knows_the_same_states():
    known = [words(language, "listing_states").keys() for language in LANGUAGES]
    assert known[0] == known[1] == known[2]
