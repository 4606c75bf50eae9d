"""A listing that ended comes back with its visits and sales, instead of a twin without them."""

import pytest

from connectors.ml_cast import answer, asked, cause, item, refusal, rules, send
from ponte.connectors.exam.troubles import LOST
from ponte.domain.outcome import Accepted, Blocked, Link, Postponed

SEARCH, READ, MAKE, CHANGE = "GET /users/{id}/items/search", "GET /items/{id}", "POST /items", "PUT /items/{id}"
RELIST, DESCRIBE, REDESCRIBE = (
    "POST /items/{id}/relist",
    "POST /items/{id}/description",
    "PUT /items/{id}/description",
)
NOW = "Mon, 23 Nov 2026 12:00:00 GMT"
LONG_AGO = Link(uncertain_seconds=86_400 * 30)
DONE = answer(200, {})


def ended(item_id="MLB4400112233", **changes):
    usual = {
        "status": "closed",
        "category_id": "MLB1676",
        "listing_type_id": "gold_special",
        "last_updated": "2026-11-01T12:00:00.000Z",
        "date_created": "2026-01-01T12:00:00.000Z",
    }
    return item(item_id, **{**usual, **changes})


def again(*answers, old=None, date=NOW, **how):
    there = [ended()] if old is None else old
    search = answer(200, {"results": [one["id"] for one in there]}, date=date)
    return send(search, *(answer(200, one) for one in there), *answers, link=LONG_AGO, **how)


def test_what_ended_is_announced_again_and_brought_to_the_offer():
    new = item("MLB5", parent_item_id="MLB4400112233")
    played = again(answer(201, new), answer(200, new), DONE)
    assert asked(played) == [SEARCH, READ, RELIST, CHANGE, REDESCRIBE]
    relist = played.requests[2]
    assert (relist.path, relist.changes) == ("/items/MLB4400112233/relist", True)
    assert relist.json == {"price": 199.9, "quantity": 12, "listing_type_id": "gold_special"}
    assert {"title", "price", "available_quantity", "attributes", "pictures"} <= played.requests[3].json.keys()
    assert isinstance(played.result, Accepted)
    assert (played.result.listing.id, played.result.follow_in) == ("MLB5", 600)


def test_of_several_the_last_one_comes_back():
    older = ended("MLB1", date_created="2025-01-01T12:00:00.000Z")
    played = again(answer(201, item("MLB5")), answer(200, item("MLB5")), DONE, old=[ended("MLB2"), older])
    assert played.requests[3].path == "/items/MLB2/relist"


@pytest.mark.parametrize(
    "changes",
    [
        {"last_updated": "2026-09-01T12:00:00.000Z"},
        {"last_updated": "2026-11-01T12:00:00"},
        {"last_updated": None},
        {"category_id": "MLB9"},
        {"listing_type_id": "free"},
        {"sub_status": ["suspended"]},
        {"sub_status": ["deleted"]},
        {"variations": [{"id": 1}]},
        {"catalog_listing": True},
        {"family_name": "Caixa"},
        {"attributes": []},
    ],
)
def test_what_may_not_come_back_is_left_and_a_new_one_is_made(changes):
    assert asked(again(answer(201, item("MLB5")), DONE, old=[ended(**changes)])) == [SEARCH, READ, MAKE, DESCRIBE]


def test_one_whose_time_was_over_may():
    played = again(answer(201, item("MLB5")), answer(200, item("MLB5")), DONE, old=[ended(sub_status=["expired"])])
    assert RELIST in asked(played)


def test_in_the_user_products_model_a_family_comes_back():
    new = item("MLB5", family_name="Caixa")
    family = rules(user_products=True)
    played = again(answer(201, new), answer(200, new), DONE, old=[ended(family_name="Caixa")], by=family)
    assert asked(played)[2] == RELIST


def test_without_the_marketplace_s_time_nothing_is_announced_again():
    assert RELIST not in asked(again(answer(201, item("MLB5")), DONE, date=""))


def test_what_mercado_livre_will_not_announce_again_is_made_anew():
    no = answer(400, refusal(cause(None, "item.relist.invalid", "the item was relisted already")))
    assert asked(again(no, answer(201, item("MLB5")), DONE)) == [SEARCH, READ, RELIST, MAKE, DESCRIBE]


@pytest.mark.parametrize(
    ("trouble", "outcome", "unknown"),
    [
        (answer(500), Postponed, True),
        (LOST["timeout"], Postponed, True),
        (answer(429, {}), Postponed, False),
        (answer(201, {"status": "active"}), Postponed, True),
        (answer(201, item("MLB5", attributes=[{"id": "SELLER_SKU", "value_name": "777"}])), Postponed, True),
        (answer(201, ended()), Postponed, True),
        (answer(403, {"error": "Invalid scopes"}), Blocked, None),
    ],
)
def test_trouble_makes_no_twin(trouble, outcome, unknown):
    played = again(trouble)
    assert asked(played) == [SEARCH, READ, RELIST]
    assert isinstance(played.result, outcome)
    assert getattr(played.result, "unknown", None) is unknown


def test_a_listing_announced_again_is_not_lost_when_the_update_fails():
    played = again(answer(201, item("MLB5")), answer(500))
    assert played.result.listing.id == "MLB5"
