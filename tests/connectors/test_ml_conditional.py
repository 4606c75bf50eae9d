"""What a category asks for under a condition: asked by the values that decide, judged by the answer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from ml_cast import ORDINARY, answer, attribute, rules, sheet

from ponte.connectors.mercadolivre import MercadoLivre
from ponte.connectors.mercadolivre.deciding import body_of
from ponte.domain.message import Response
from ponte.domain.outcome import Postponed

ML = MercadoLivre()
LINE = attribute("LINE", "Linha", "conditional_required")


def keys_of(given, sku=ORDINARY):
    return [key for key in ML.needs(sku, given) if key.startswith("conditional/")]


def with_fact(given, value, sku=ORDINARY):
    [key] = keys_of(given, sku)
    return replace(given, facts={**given.facts, key: value})


def line_problems(given):
    return [(one.code, one.blocking) for one in ML.check(ORDINARY, given) if one.subject == "LINE"]


def test_nothing_is_asked_while_the_sheet_is_not_known_or_has_no_condition():
    assert keys_of(replace(rules(sheet(LINE)), facts={})) == []
    assert keys_of(rules(sheet(attribute("LINE", "Linha")))) == []


def test_what_the_marketplace_asks_for_blocks_what_it_does_not_is_silent_and_not_knowing_warns():
    given = rules(sheet(LINE))
    assert line_problems(given) == [("attribute.conditional", False)]
    assert line_problems(with_fact(given, {"required": ["LINE"]})) == [("attribute.missing", True)]
    assert line_problems(with_fact(given, {"required": []})) == []
    for unknown in (None, [], "x", {"required": None}):
        found = line_problems(with_fact(given, unknown))
        assert found in ([("attribute.conditional", False)], [])


def test_the_question_names_the_category_the_condition_and_the_brand():
    [key] = keys_of(rules(sheet(LINE)))
    category, item = body_of(key)
    assert key == f"conditional/{category}/new/{item['attributes'][0]['value_name'].replace(' ', '%20')}"
    assert item["category_id"] == category


@pytest.mark.parametrize("brand", ["", " ", "x" * 400, "Ação & Cia/ç", "\u202e"])
def test_whatever_the_brand_is_a_key_is_short_and_can_be_read_back(brand):
    for key in keys_of(rules(sheet(LINE)), replace(ORDINARY, brand=brand)):
        assert len(key) <= 160
        assert body_of(key) is not None


@pytest.mark.parametrize(
    "key", ["conditional/", "conditional/x/new/a", "conditional/MLB1/new", "conditional/MLB1/a/b/c"]
)
def test_a_key_that_is_none_is_asked_of_nobody(key):
    with pytest.raises(StopIteration) as end:
        next(ML.learn(key, rules()))
    assert end.value.value is None


def learnt(response):
    talk = ML.learn("conditional/MLB1676/new/Acme", rules())
    request = next(talk)
    assert (request.method, request.path, request.changes) == (
        "POST",
        "/categories/MLB1676/attributes/conditional",
        False,
    )
    with pytest.raises(StopIteration) as end:
        talk.send(response)
    return end.value.value


def test_an_answer_is_kept_small_a_refusal_means_not_known_and_an_outage_waits():
    body = {"required_attributes": [{"id": "GTIN", "name": "Código"}, "x", {"id": 7}]}
    assert learnt(answer(200, body))["required"][0] == "GTIN"
    assert learnt(answer(200, {"x": 1})) is None
    assert learnt(answer(404, {"message": "no", "error": "not_found", "status": 404})) is None
    assert isinstance(learnt(Response(503, {}, json.dumps({}).encode())), Postponed)
