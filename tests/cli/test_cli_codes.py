from __future__ import annotations

import pytest

from factories import make_channel, make_integration, make_store
from ponte.db.models import CodeRule
from ponte.domain.problem import Problem, ProblemClass, Stage

pytestmark = pytest.mark.django_db
ODD = Problem(ProblemClass.UNKNOWN, Stage.SEND, code="E-77", message="O EAN é inválido\x1b[31m")
RULE = ("lojamodelo", "mercadolivre", "--pattern", "E-77", "--class", "IDENTIFIER_INVALID")


@pytest.fixture
def record():
    return make_integration(make_channel(make_store()), "118", problems=(ODD,))


def test_codes_are_listed_with_what_their_words_suggest_and_nothing_raw(cli, record):
    told = cli("codes", "list", "lojamodelo").stdout
    assert "E-77" in told
    assert "IDENTIFIER_INVALID" in told
    assert "\x1b" not in told


def test_a_rule_is_tried_before_it_is_kept_and_can_be_switched_off(cli, record):
    assert "1 are UNKNOWN now" in cli("codes", "rule", "test", *RULE).stdout
    assert not CodeRule.objects.exists()
    cli("codes", "rule", "add", *RULE, "--title", "EAN errado")
    kept = CodeRule.objects.get()
    assert (kept.problem_class, kept.titles) == ("IDENTIFIER_INVALID", {"pt-BR": "EAN errado"})
    assert "E-77" not in cli("codes", "list", "lojamodelo").stdout
    assert 'codes = ["E-77"]' in cli("codes", "rule", "list", "lojamodelo", "--toml").stdout
    cli("codes", "rule", "switch", "lojamodelo", kept.pk, "--off")
    assert "off" in cli("codes", "rule", "list", "lojamodelo").stdout


def test_an_unfit_rule_is_refused_in_one_sentence(cli, record):
    done = cli("codes", "rule", "add", "lojamodelo", "mercadolivre", "--pattern", "x", "--class", "NO", code=1)
    assert "kind: unknown" in done.stderr


def test_a_pasted_text_is_explained(cli):
    told = cli("explain", "The attributes [GTIN] are required for category [MLB1]", "--sku", "118").stdout
    assert told.startswith("IDENTIFIER_MISSING: ")
    assert "SKU 118" in told
    assert "new to Ponte" in cli("explain", "xyzzy", code=1).stderr
