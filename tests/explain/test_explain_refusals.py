"""Whatever a connector's table of refusals knows is explained: in all languages, filled, and with something to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from ponte import connectors
from ponte.connectors import Broken, installed
from ponte.connectors.rulebook import read_rulebook
from ponte.domain.connector import Documents, Refusal
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.explain import LANGUAGES, explain
from ponte.explain.catalogue import entries, of_marketplaces

CONTEXT = {"marketplace": "Loja Grande", "sku_id": "2000123"}


FOLDER = Path(connectors.__file__).parent


def refusals() -> list[tuple[str, Refusal]]:
    """Return what installed connectors say they know, and what the tables beside our own say."""
    known = {code: one for code, one in installed().items() if not isinstance(one, Broken)}
    tables = {code: one.refusals() for code, one in known.items() if isinstance(one, Documents)}
    for file in FOLDER.glob("*/errors.toml"):
        tables[file.parent.name] = read_rulebook(f"ponte.connectors.{file.parent.name}").refusals()
    return [(code, refusal) for code, table in tables.items() for refusal in table]


def test_all_our_marketplaces_have_a_table():
    assert {"mercadolivre", "amazon", "magalu", "mirakl", "vtex"} <= {code for code, _ in refusals()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_known_refusal_is_explained_with_what_to_do(language):
    poor = []
    for connector, refusal in refusals():
        problem = Problem(refusal.kind, Stage.SEND, refusal.subject, refusal.code, "their words")
        told = explain(problem, language, CONTEXT)
        texts = (told.title, told.meaning, *told.fix)
        if refusal.kind is ProblemClass.UNKNOWN or not told.fix or any("…" in text or not text for text in texts):
            poor.append((connector, refusal.code))
    assert poor == []


def test_every_marketplace_has_its_texts_in_every_language():
    names = [{name.removesuffix(f".{language}.toml") for name in of_marketplaces(language)} for language in LANGUAGES]
    assert names[0] == names[1] == names[2] != set()


def test_a_missing_barcode_is_told_with_the_sku_and_the_place():
    problem = Problem(ProblemClass.IDENTIFIER_MISSING, Stage.VALIDATION, "GTIN")
    told = explain(problem, "pt-BR", CONTEXT)
    assert any("SKU 2000123" in step and "VTEX" in step for step in told.fix)
    assert not any("{" in step for step in told.fix)


def test_a_code_of_a_marketplace_has_its_own_words():
    told = explain(Problem(ProblemClass.POLICY_BRAND, Stage.SEND, "brand", "5665"), "en", CONTEXT)
    assert "5665" in told.fix[0]
    assert entries("en")["POLICY_BRAND.5665"] != entries("en")["POLICY_BRAND"]
