"""The screens in three languages: nothing is missing, and nothing of one shows in another."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from factories import make_integration

sys.path.append(str(Path(__file__).parents[2] / "tools"))
import messages

STATES = ("error", "processing", "queued", "waiting", "alert", "success")


def test_every_text_is_translated_and_compiled():
    assert list(messages.problems()) == []


def test_a_missing_translation_would_be_noticed():
    texts = {"": "head", "um": "", "dois %(n)d": "two %(m)d", "ok": "ok"}
    source = "\n\n".join(f'msgid "{text}"\nmsgstr "{other}"' for text, other in texts.items())
    flaws = [flaw for _, *entry in messages.entries(source) for flaw in messages._flaws("en", *entry)]
    assert len(flaws) == 2


def test_the_sources_hold_more_than_a_hundred_texts():
    assert len(messages.used()) > 100, "the search for texts still finds them"


@pytest.mark.parametrize(
    ("language", "words", "foreign"),
    [
        ("en", ("Reprocess", "Remove log", "Queued", "Actions"), r"Reprocessar|Remover|Ações|Processando|Aguard"),
        (
            "es",
            ("Reprocesar", "Quitar registro", "En cola", "Acciones"),
            r"Reprocessar|Remover|Ações|Processando|Aguard",
        ),
        ("pt-br", ("Reprocessar", "Remover log", "Na fila", "Ações"), r"Queued|Reprocess\b|En cola"),
    ],
)
def test_a_page_is_in_one_language(cast, as_, language, words, foreign):
    for state in STATES:
        found = make_integration(cast.channel, state, state)
    client = as_(cast.ana)
    client.cookies["ponte_language"] = language
    for address in ("/produtos", f"/produtos/{found.pk}"):
        page = client.get(address).text
        assert not re.findall(foreign, page), address
    page = client.get("/produtos").text
    assert all(word in page for word in words)
