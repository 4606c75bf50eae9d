"""Beside selling: ending for good, finding, suggesting categories, a category's sheet, the table of refusals."""

import pytest

from connectors.ml_cast import CATEGORY, KNOWN, ML, answer, asked, item, names, rules, sheet
from ponte.connectors.exam.rehearsal import first_then, play
from ponte.connectors.mercadolivre.facts import category_fact
from ponte.domain.outcome import Accepted, Blocked, Link, Postponed
from ponte.domain.problem import ProblemClass
from ponte.domain.sheet import Need, Suggestion
from ponte.sandbox.mercadolivre.categories import load_catalog


def played(conversation, *answers):
    return play(conversation, first_then(answers, answer(500)))


def end(*answers, link=None):
    return played(ML.end(link or Link(KNOWN), rules()), *answers)


def find(*answers):
    return played(ML.find("2000123", rules()), *answers)


def suggest(*answers, words="Caixa de som"):
    return played(ML.suggest(words, rules()), *answers)


def test_what_ended_leaves_no_listing():
    assert end(answer(200, item(status="closed"))).result == Accepted(None)


@pytest.mark.parametrize("status", [404, 410])
def test_what_was_gone_has_ended_too(status):
    assert end(answer(status, {})).result == Accepted(None)


FORBIDDEN = item(status="under_review", sub_status=["forbidden"])
LOCKED = answer(400, {"message": "Cannot update item MLB1 [status:under_review, has_bids:false] status", "cause": []})


@pytest.mark.parametrize("first", [answer(200, FORBIDDEN), LOCKED, answer(200, item(status="payment_required"))])
@pytest.mark.parametrize("second", [answer(200, item(status="closed", sub_status=["deleted"])), answer(404, {})])
def test_what_does_not_close_is_deleted(first, second):
    played = end(first, second)
    assert [one.json for one in played.requests] == [{"status": "closed"}, {"deleted": "true"}]
    assert played.result == Accepted(None)


@pytest.mark.parametrize("second", [LOCKED, answer(500), answer(409, {"message": "item optimistic locking error"})])
def test_what_could_not_be_deleted_has_not_ended(second):
    result = end(answer(200, FORBIDDEN), second).result
    assert isinstance(result, Postponed)
    assert result.listing.state == "under_review/forbidden"


def test_an_ending_that_the_answer_does_not_show_is_not_believed():
    result = end(answer(200, item(status="under_review"))).result
    assert isinstance(result, Postponed)
    assert names(result) == ["STATE_CONFLICT status"]
    assert result.listing.state == "under_review"


def test_with_nothing_to_end_nothing_is_asked():
    assert end(link=Link()).requests == ()


def test_an_account_that_may_not_end_stops_the_channel():
    assert isinstance(end(answer(403, {"message": "forbidden"})).result, Blocked)


def test_the_listings_of_a_sku_are_found_and_those_of_others_left_out():
    other = item("MLB2", attributes=[{"id": "SELLER_SKU", "value_name": "another"}])
    found = find(answer(200, {"results": ["MLB1", "MLB2", "x"]}), answer(200, item("MLB1")), answer(200, other))
    assert [one.id for one in found.result] == ["MLB1"]
    assert asked(found) == ["GET /users/{id}/items/search", "GET /items/{id}", "GET /items/{id}"]
    assert not any(request.changes for request in found.requests)


def test_a_search_that_says_nothing_has_found_nothing_out():
    assert isinstance(find(answer(200, {})).result, Postponed)
    assert find(answer(200, {"results": []}), answer(200, {"results": []})).result == ()


def test_a_listing_with_the_sku_in_the_older_field_is_found_too():
    old = item("MLB1", attributes=[], seller_custom_field="2000123")
    found = find(answer(200, {"results": []}), answer(200, {"results": ["MLB1"]}), answer(200, old))
    assert [one.id for one in found.result] == ["MLB1"]
    searches = [request.query for request in found.requests if request.endpoint.endswith("search")]
    assert searches == [(("seller_sku", "2000123"),), (("sku", "2000123"),)]


def test_where_the_attribute_finds_something_the_older_field_is_not_asked():
    assert asked(find(answer(200, {"results": ["MLB1"]}), answer(200, item("MLB1")))) == [
        "GET /users/{id}/items/search",
        "GET /items/{id}",
    ]


def test_a_title_s_categories_come_best_first_and_each_once():
    rows = [
        {"category_id": "MLB1", "category_name": "Caixas"},
        {"category_id": "MLB2", "category_name": ""},
        {"category_id": "MLB1", "category_name": "Caixas"},
        {"category_id": "../x", "category_name": "Fora"},
        "nonsense",
    ]
    assert suggest(answer(200, rows)).result == (Suggestion("MLB1", "Caixas"), Suggestion("MLB2", "MLB2"))


def test_no_words_ask_nothing():
    assert suggest(words=" \x00 ").requests == ()


def test_many_words_are_cut_and_blanks_are_one():
    [request] = suggest(answer(200, []), words="  caixa \n de\tsom " + "x" * 500).requests
    said = dict(request.query)["q"]
    assert said.startswith("caixa de som xx")
    assert len(said) == 200


def test_a_sheet_has_the_required_fields_first_and_names_their_kinds():
    fact = category_fact(
        {"name": "Caixas de som"},
        [
            {"id": "POWER", "name": "Potência", "value_type": "number_unit", "allowed_units": [{"name": "W"}]},
            {"id": "GTIN", "name": "Código", "tags": {"conditional_required": True}, "value_max_length": 14},
            {"id": "COLOR", "name": "Cor", "value_type": "list", "values": [{"id": "1", "name": "Preto"}],
             "tags": {"allow_variations": True, "multivalued": True}},
            {"id": "BRAND", "name": "Marca", "tags": {"required": True}},
            {"id": "ITEM_CONDITION", "name": "Condição", "tags": {"read_only": True}},
        ],
    )  # fmt: skip
    read = ML.sheet(CATEGORY, fact)
    assert [(field.id, field.need, field.kind) for field in read.fields] == [
        ("BRAND", Need.REQUIRED, "text"),
        ("GTIN", Need.CONDITIONAL, "text"),
        ("POWER", Need.OPTIONAL, "quantity"),
        ("COLOR", Need.OPTIONAL, "list"),
    ]
    _, gtin, power, color = read.fields
    assert (gtin.max_length, power.units) == (14, ("W",))
    assert (color.values, color.several, color.variation) == ((("1", "Preto"),), True, True)


def test_a_category_in_which_nothing_may_be_listed_is_no_leaf():
    assert ML.sheet(CATEGORY, sheet()).leaf
    assert not ML.sheet(CATEGORY, sheet(listing_allowed=False)).leaf
    assert ML.sheet(CATEGORY, None) is None


def test_every_category_of_the_sandbox_reads_as_a_sheet():
    for leaf in load_catalog().leaves.values():
        fact = played(
            ML.learn(f"category/{leaf.id}", rules()),
            answer(200, load_catalog().category_bodies[leaf.id].decode()),
            answer(200, leaf.attributes_body.decode()),
        ).result
        read = ML.sheet(leaf.id, fact)
        required = {field.id for field in read.fields if field.need is Need.REQUIRED}
        assert set(leaf.required) <= required, leaf.name


def test_the_refusals_name_codes_and_numbers():
    table = {line.code: line for line in ML.refusals()}
    assert table["item.price.invalid"].kind is ProblemClass.PRICE_INVALID
    assert table["109"].subject == "price"
    assert table["item.attributes.missing_required"].subject == ""
