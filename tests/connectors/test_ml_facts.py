"""What is learnt from Mercado Livre, and how little of it is kept."""

import pytest

from connectors.ml_cast import ML, answer, found, rules, sheet
from ponte.connectors.exam.rehearsal import first_then, play
from ponte.connectors.exam.samples import ORDINARY
from ponte.connectors.exam.troubles import LOST
from ponte.domain.connector import Rules
from ponte.domain.outcome import Blocked, Postponed

ACCOUNT = {
    "id": 8035443,
    "nickname": "LOJA",
    "email": "a@b.example",
    "tags": ["normal"],
    "status": {"list": {"codes": ["x"]}},
}
CATEGORY = {
    "id": "MLB1676",
    "name": "Caixas",
    "children_categories": [],
    "settings": {"max_title_length": 60, "minimum_price": 8, "item_conditions": ["new"]},
}


def learn(key, *answers):
    return play(ML.learn(key, rules()), first_then(answers, LOST["refused"]))


@pytest.mark.parametrize(
    ("tags", "model"),
    [(["normal"], False), (["user_product_seller"], True), (None, False), ({"user_product_seller": True}, False)],
)
def test_the_account_s_tag_decides_the_selling_model(tags, model):
    assert learn("account", answer(200, {**ACCOUNT, "tags": tags})).result["user_products"] is model


def test_nothing_personal_is_kept_of_the_account():
    assert learn("account", answer(200, ACCOUNT)).result == {
        "user_id": "8035443",
        "user_products": False,
        "warehouses": False,
        "status_codes": ["x"],
    }


def test_a_category_takes_two_requests():
    played = learn("category/MLB1676", answer(200, CATEGORY), answer(200, []))
    assert [one.path for one in played.requests] == ["/categories/MLB1676", "/categories/MLB1676/attributes"]
    assert (played.result["max_title"], played.result["conditions"]) == (60, ["new"])


def test_suggestions_of_an_open_list_are_not_kept():
    brand = {
        "id": "BRAND",
        "name": "Marca",
        "value_type": "string",
        "values": [{"id": str(n), "name": f"m{n}"} for n in range(900)],
    }
    assert (
        learn("category/MLB1676", answer(200, CATEGORY), answer(200, [brand])).result["attributes"][0]["values"] == []
    )


@pytest.mark.parametrize("tag", ["read_only", "fixed"])
def test_what_cannot_be_sent_is_not_kept(tag):
    one = {"id": "X", "name": "X", "tags": {tag: True}}
    assert learn("category/MLB1676", answer(200, CATEGORY), answer(200, [one])).result["attributes"] == []


@pytest.mark.parametrize("category_id", ["", "1", "../users/me", "MLB1/attributes", "MLB1?x=1", "mlb1676", "MLB٣"])
def test_what_is_no_category_id_is_unknown_without_asking(category_id):
    played = learn(f"category/{category_id}")
    assert (played.requests, played.result) == ((), None)


def test_a_category_that_does_not_exist_is_none():
    assert learn("category/MLB1", answer(404, {"error": "not_found"})).result is None
    assert learn("something/else").result is None


@pytest.mark.parametrize(
    "bad",
    [
        answer(500),
        answer(429, {}),
        answer(200, "<html>"),
        answer(200, [1]),
        answer(200, "5"),
        answer(400, {"message": "no"}),
        answer(204),
    ],
)
def test_a_fact_that_cannot_be_learnt_is_postponed(bad):
    assert isinstance(learn("category/MLB1", bad).result, Postponed)
    assert isinstance(learn("account", bad).result, Postponed)


def test_a_fact_that_may_not_be_learnt_blocks():
    assert isinstance(learn("account", answer(403, {"error": "Invalid scopes"})).result, Blocked)


def test_the_second_half_of_a_category_may_fail_too():
    assert isinstance(learn("category/MLB1676", answer(200, CATEGORY), answer(503)).result, Postponed)


def test_another_sheet_under_the_same_id_is_read_anew():
    assert found(ORDINARY, rules(sheet(max_title=10))).keys() == {"title title.too_long"}
    assert found(ORDINARY, rules(sheet(max_title=100))) == {}


@pytest.mark.parametrize(
    "fact", [{}, {"attributes": 5}, {"attributes": [5, {}, {"id": 3}]}, {"max_title": "x"}, [], "x", 5]
)
def test_a_fact_of_another_shape_does_no_harm(fact):
    odd = Rules(rules().mapping, {}, {"account": fact, "category/MLB1676": fact})
    assert isinstance(ML.check(ORDINARY, odd), tuple)
    assert ML.map(ORDINARY, odd).payload["item"]["category_id"] == "MLB1676"
