"""Updating, pausing, resuming, ending a listing that stands."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.ml_cast import (
    KNOWN,
    ML,
    answer,
    asked,
    cause,
    item,
    names,
    problems,
    refusal,
    rules,
    send,
    sent_before,
    sku,
)
from ponte.connectors.exam.rehearsal import first_then, play
from ponte.connectors.exam.samples import ORDINARY
from ponte.connectors.exam.troubles import LOST
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Postponed, Rejected

SEARCH, READ, MAKE, CHANGE = "GET /users/{id}/items/search", "GET /items/{id}", "POST /items", "PUT /items/{id}"
DESCRIBE, REDESCRIBE = "POST /items/{id}/description", "PUT /items/{id}/description"
WHY = "GET /moderations/last_moderation/{id}"
DONE = answer(201, {})
NOTHING_FOUND = answer(200, {"results": []})
FOUND = answer(200, {"results": ["MLB4400112233"]})


def doubt(seconds: float) -> Link:
    return Link(uncertain_seconds=seconds)


def test_an_update_says_only_what_changes_daily():
    played = send(answer(200, item(price=150.0)), link=Link(sent_before()), one=sku(price=Decimal(150)))
    assert asked(played) == [CHANGE]
    assert played.requests[0].json.keys() == {"price", "available_quantity", "attributes"}
    assert isinstance(played.result, Accepted)


def test_an_update_never_says_what_may_not_change():
    known = Listing("MLB4400112233")
    played = send(answer(200, item()), answer(200, item()), DONE, link=Link(known))
    assert asked(played) == [READ, CHANGE, REDESCRIBE]
    assert (
        played.requests[1].json.keys() & {"listing_type_id", "category_id", "condition", "buying_mode", "currency_id"}
        == set()
    )
    assert {"title", "pictures", "shipping", "sale_terms"} <= played.requests[1].json.keys()


def test_pictures_and_description_are_sent_again_when_they_changed():
    changed = sku(description="Nova.", images=ORDINARY.images[:1])
    played = send(answer(200, item()), DONE, link=Link(sent_before()), one=changed)
    assert asked(played) == [CHANGE, REDESCRIBE]
    assert played.requests[0].json["pictures"] == [{"source": "https://aurora.example/arquivos/ids/1/s10.jpg"}]
    assert played.requests[1].query == (("api_version", "2"),)
    again = send(answer(200, item()), link=Link(played.result.listing), one=changed)
    assert asked(again) == [CHANGE]


@pytest.mark.parametrize(
    ("stands", "in_body", "warned"),
    [
        ({"sold_quantity": 0}, True, False),
        ({"sold_quantity": 2, "title": "Outro"}, False, True),
        ({"sold_quantity": 2, "title": "CAIXA NOVA"}, False, False),
        ({"sold_quantity": 0, "family_name": "Caixa"}, False, False),
    ],
)
def test_a_title_changes_only_before_the_first_sale(stands, in_body, warned):
    played = send(
        answer(200, item(**stands)), answer(200, item(**stands)), link=Link(sent_before()), one=sku(name="Caixa Nova")
    )
    assert asked(played) == [READ, CHANGE]
    assert ("title" in played.requests[1].json) is in_body
    assert [one.code for one in played.result.warnings] == (["title.not_modifiable"] if warned else [])


def test_a_listing_that_may_not_be_read_blocks():
    played = send(answer(403, {"error": "Invalid scopes"}), link=Link(sent_before()), one=sku(name="Nova"))
    assert asked(played) == [READ]
    assert isinstance(played.result, Blocked)


@pytest.mark.parametrize(
    ("read", "outcome", "kind"),
    [
        (answer(500), Postponed, "MARKETPLACE_OUTAGE"),
        (answer(404, {"message": "Item with id MLB1 not found"}), Rejected, "LISTING_NOT_FOUND"),
        (LOST["refused"], Postponed, "NETWORK GET /items/{id}"),
    ],
)
def test_a_listing_that_cannot_be_read_is_not_changed(read, outcome, kind):
    played = send(read, link=Link(sent_before()), one=sku(name="Nova"))
    assert asked(played) == [READ]
    assert isinstance(played.result, outcome)
    assert names(played.result) == [kind]
    assert played.result.listing.id == "MLB4400112233"


def test_a_title_that_could_not_change_is_warned_about_again():
    first = send(
        answer(200, item(sold_quantity=1)),
        answer(200, item(sold_quantity=1)),
        link=Link(sent_before()),
        one=sku(name="Nova"),
    )
    again = send(
        answer(200, item(sold_quantity=1)),
        answer(200, item(sold_quantity=1)),
        link=Link(first.result.listing),
        one=sku(name="Nova"),
    )
    assert [one.code for one in again.result.warnings] == ["title.not_modifiable"]


def test_c16_a_lost_update_is_in_doubt_and_keeps_its_listing():
    result = send(LOST["timeout"], link=Link(sent_before())).result
    assert (result.unknown, result.listing.id) == (True, "MLB4400112233")


def test_c38_an_update_answered_for_another_listing_is_told_and_ours_is_kept():
    result = send(answer(200, item("MLB999")), link=Link(sent_before())).result
    assert names(result) == ["DUPLICATE MLB999"]
    assert result.listing.id == "MLB4400112233"


def test_c37_an_update_answered_about_another_sku_is_in_doubt():
    swapped = item(attributes=[{"id": "SELLER_SKU", "value_name": "777"}])
    result = send(answer(200, swapped), link=Link(sent_before())).result
    assert (result.problem.code, result.unknown, result.listing.id) == ("echo.other_sku", True, "MLB4400112233")


@pytest.mark.parametrize(
    ("row", "refused", "kind", "outcome"),
    [
        (
            "C23",
            answer(404, {"message": "Item with id MLB1 not found", "error": "not_found"}),
            "LISTING_NOT_FOUND",
            Rejected,
        ),
        (
            "closed",
            answer(400, {"message": "Cannot update item MLB1 [status:closed, has_bids:false]"}),
            "LISTING_CLOSED",
            Rejected,
        ),
        ("closed", answer(200, item(status="closed")), "LISTING_CLOSED", Rejected),
        (
            "C24",
            answer(409, {"message": "item optimistic locking error", "error": "conflict"}),
            "STATE_CONFLICT",
            Postponed,
        ),
        ("owner", answer(401, {"message": "Caller is not the item's owner"}), "AUTH_FORBIDDEN", Rejected),
        (
            "automation",
            answer(400, refusal(cause(502, "item.price.not_modifiable"))),
            "PRICE_INVALID price",
            Rejected,
        ),
    ],
)
def test_an_update_that_is_refused_keeps_the_listing(row, refused, kind, outcome):
    played = send(refused, link=Link(sent_before()))
    assert isinstance(played.result, outcome), row
    assert names(played.result) == [kind]
    assert played.result.listing.id == "MLB4400112233"
    assert MAKE not in asked(played)


def test_a_listing_under_review_is_asked_for_the_reason():
    refused = answer(400, {"message": "Cannot update item MLB1 [status:under_review, has_bids:false]"})
    reason = answer(
        200, [{"name": "FORBIDDEN_WORDS", "wordings": [{"type": "REASON", "value": "Há contatos na descrição."}]}]
    )
    played = send(refused, reason, link=Link(sent_before()))
    assert asked(played) == [CHANGE, WHY]
    assert problems(played.result)[0].message == "Há contatos na descrição."
    without = send(refused, answer(500), link=Link(sent_before()))
    assert names(without.result) == ["POLICY_MODERATION"]


# ---------------------------------------------------------------------- pause, resume, close


def test_what_we_paused_comes_back_with_the_next_offer():
    paused = play(
        ML.withdraw(Link(sent_before()), rules()), first_then([answer(200, item(status="paused"))], answer(500))
    )
    assert paused.requests[0].json == {"status": "paused"}
    assert paused.result.listing.memory["paused_by_us"] is True
    back = send(answer(200, item(status="paused")), answer(200, item()), link=Link(paused.result.listing))
    assert [one.json for one in back.requests][1:] == [{"status": "active"}]
    assert "paused_by_us" not in back.result.listing.memory


def test_what_the_seller_paused_stays_paused():
    played = send(answer(200, item(status="paused")), link=Link(sent_before()))
    assert asked(played) == [CHANGE]
    assert played.result.listing.state == "paused"


def test_without_stock_nothing_is_put_back_on_sale():
    ours = replace(sent_before(), memory={**sent_before().memory, "paused_by_us": True})
    played = send(answer(200, item(status="paused")), link=Link(ours), one=sku(stock=0))
    assert asked(played) == [CHANGE]
    assert played.result.listing.memory["paused_by_us"] is True


def test_a_pause_that_somebody_else_ended_is_forgotten():
    ours = replace(sent_before(), memory={**sent_before().memory, "paused_by_us": True})
    played = send(answer(200, item()), link=Link(ours))
    assert "paused_by_us" not in played.result.listing.memory


def test_a_resume_that_is_refused_keeps_the_listing():
    ours = replace(sent_before(), memory={**sent_before().memory, "paused_by_us": True})
    refused = answer(
        400, refusal(cause(None, "item.status.invalid", "Is not possible to activate an item without stock."))
    )
    played = send(answer(200, item(status="paused")), refused, link=Link(ours))
    assert names(played.result) == ["STOCK_INVALID available_quantity"]
    assert played.result.listing.id == "MLB4400112233"


@pytest.mark.parametrize(
    "gone",
    [answer(404, {"message": "not found"}), answer(400, {"message": "Cannot update item MLB1 [status:closed]"})],
)
def test_what_is_gone_is_off_sale_already(gone):
    result = play(ML.withdraw(Link(KNOWN), rules()), first_then([gone], answer(500))).result
    assert isinstance(result, Accepted)
    assert result.warnings


def test_a_pause_that_did_not_happen_is_not_believed():
    result = play(ML.withdraw(Link(KNOWN), rules()), first_then([answer(200, item())], answer(500))).result
    assert isinstance(result, Postponed)
    assert names(result) == ["STATE_CONFLICT status"]


def test_a_listing_that_is_only_warned_has_not_been_paused():
    warned = item(status="under_review", sub_status=["warning"])
    result = play(ML.withdraw(Link(KNOWN), rules()), first_then([answer(200, warned)], answer(500))).result
    assert isinstance(result, Postponed)


def test_nothing_is_asked_where_nothing_stands():
    assert play(ML.withdraw(Link(), rules()), first_then([], answer(500))).requests == ()
    assert play(ML.follow(Link(), rules()), first_then([], answer(500))).requests == ()


def test_an_end_is_for_good():
    played = play(ML.end(Link(KNOWN), rules()), first_then([answer(200, item(status="closed"))], answer(500)))
    assert played.requests[0].json == {"status": "closed"}
    assert played.result == Accepted(None)


def test_a_listing_s_id_cannot_leave_its_path():
    odd = Listing("../users/me?x=1#y")
    played = play(ML.withdraw(Link(odd), rules()), first_then([answer(404, {})], answer(500)))
    assert played.requests[0].path == "/items/..%2Fusers%2Fme%3Fx%3D1%23y"
