"""What a listing keeps whatever is sent: stock in Full, a name after a sale, category, condition, type."""

from dataclasses import replace

import pytest

from connectors.ml_cast import (
    ML,
    answer,
    asked,
    cause,
    follow,
    found,
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
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Postponed, Rejected

READ, CHANGE, RETYPE = "GET /items/{id}", "PUT /items/{id}", "POST /items/{id}/listing_type"
REDESCRIBE = "PUT /items/{id}/description"
STOCK_IS_FIXED = answer(
    400,
    refusal(
        cause(
            None,
            "item.available_quantity.not_modifiable",
            "A quantidade disponível não é modificável em items com logística Fulfillment",
        )
    ),
)
IN_FULL = item(shipping={"logistic_type": "fulfillment"})
ELSEWHERE = item(shipping={"logistic_type": "xd_drop_off"})
FAMILY = rules(user_products=True)


def remembering(**memory):
    known = sent_before()
    return Link(replace(known, memory={**known.memory, **memory}))


# ---------------------------------------------------------------------- Full


def test_a_full_listing_s_price_goes_through_without_its_stock():
    played = send(STOCK_IS_FIXED, answer(200, IN_FULL), link=Link(sent_before()))
    assert asked(played) == [CHANGE, CHANGE]
    assert played.requests[1].json.keys() == {"price", "attributes"}
    assert played.result == Accepted(played.result.listing)
    assert played.result.listing.memory["full"] is True


def test_the_next_update_of_a_full_listing_says_no_stock_at_once():
    first = send(STOCK_IS_FIXED, answer(200, item()), link=Link(sent_before()))
    again = send(answer(200, IN_FULL), link=Link(first.result.listing))
    assert [one.json.keys() for one in again.requests] == [{"price", "attributes"}]
    assert again.result.listing.memory["full"] is True


def test_an_update_learns_from_the_answer_whose_the_stock_is():
    played = send(answer(200, IN_FULL), link=Link(sent_before()))
    assert played.result.listing.memory["full"] is True
    assert "full" not in send(answer(200, ELSEWHERE), link=Link(sent_before())).result.listing.memory


def test_a_listing_that_left_full_gets_its_stock_in_the_same_run():
    played = send(answer(200, ELSEWHERE), answer(200, ELSEWHERE), link=remembering(full=True))
    assert [one.json for one in played.requests][1] == {"available_quantity": 12}
    assert "full" not in played.result.listing.memory


def test_what_was_said_in_doubt_says_the_stock_again():
    link = replace(remembering(full=True), restate=True)
    played = send(answer(200, ELSEWHERE), answer(200, ELSEWHERE), answer(200, {}), link=link)
    assert "available_quantity" in played.requests[1].json


def test_a_refusal_of_more_than_the_stock_stays_a_refusal():
    both = answer(
        400,
        refusal(
            cause(None, "item.available_quantity.not_modifiable", "items com logística Fulfillment"),
            cause(109, "item.price.invalid", "The category requires a minimum price of 8."),
        ),
    )
    played = send(both, link=Link(sent_before()))
    assert asked(played) == [CHANGE]
    assert isinstance(played.result, Rejected)


def test_a_paused_full_listing_comes_back_by_mercado_livre_s_stock():
    paused = item(status="paused", available_quantity=4, shipping={"logistic_type": "fulfillment"})
    link = remembering(full=True, paused_by_us=True)
    played = send(answer(200, paused), answer(200, IN_FULL), link=link, one=sku(stock=0))
    assert played.requests[-1].json == {"status": "active"}


# ---------------------------------------------------------------------- names in the user products model


def of_family(**changes):
    return item(family_name="Caixa de Som Aurora S10", title="Caixa de Som Aurora S10 Preta", **changes)


def test_an_unchanged_family_name_asks_for_nothing_more():
    assert asked(send(answer(200, of_family()), link=Link(sent_before(by=FAMILY)), by=FAMILY)) == [CHANGE]


def test_a_new_name_becomes_the_family_s_before_the_first_sale():
    played = send(
        answer(200, of_family()),
        answer(200, of_family()),
        link=Link(sent_before(by=FAMILY)),
        one=sku(name="Caixa Nova"),
        by=FAMILY,
    )
    assert asked(played) == [READ, CHANGE]
    assert played.requests[1].json["family_name"] == "Caixa Nova"
    assert "title" not in played.requests[1].json
    again = send(answer(200, of_family()), link=Link(played.result.listing), one=sku(name="Caixa Nova"), by=FAMILY)
    assert asked(again) == [CHANGE]


def test_after_a_sale_the_family_keeps_its_name_and_a_warning_says_so():
    sold = answer(200, of_family(sold_quantity=1))
    played = send(sold, sold, link=Link(sent_before(by=FAMILY)), one=sku(name="Caixa Nova"), by=FAMILY)
    assert "family_name" not in played.requests[1].json
    assert [(one.code, one.subject) for one in played.result.warnings] == [("title.not_modifiable", "family_name")]
    assert played.result.warnings[0].params == {"value": "Caixa Nova", "found": "Caixa de Som Aurora S10"}


def test_a_sale_of_another_listing_of_the_product_costs_only_the_name():
    fixed = answer(400, refusal(cause(None, "item.family_name.not_modifiable", "Family name is not modifiable")))
    ok = answer(200, of_family())
    played = send(ok, fixed, ok, link=Link(sent_before(by=FAMILY)), one=sku(name="Caixa Nova"), by=FAMILY)
    assert asked(played) == [READ, CHANGE, CHANGE]
    assert "family_name" not in played.requests[2].json
    assert [one.code for one in played.result.warnings] == ["title.not_modifiable"]
    again = send(ok, ok, link=Link(played.result.listing), one=sku(name="Caixa Nova"), by=FAMILY)
    assert asked(again) == [READ, CHANGE]
    assert [one.code for one in again.result.warnings] == ["title.not_modifiable"]


def test_a_listing_of_the_older_model_keeps_its_title_in_an_account_that_moved_on():
    played = send(
        answer(200, item()), answer(200, item()), link=Link(Listing("MLB4400112233")), one=sku(name="Nova"), by=FAMILY
    )
    assert played.requests[1].json["title"] == "Nova"
    assert "family_name" not in played.requests[1].json


# ---------------------------------------------------------------------- category, condition, type, a pause


@pytest.mark.parametrize(
    ("there", "warned"),
    [
        ({"category_id": "MLB1676", "condition": "new"}, []),
        ({"category_id": "MLB9"}, [("CATEGORY_MAPPING", "category.stays", {"value": "MLB1676", "found": "MLB9"})]),
        ({"condition": "used"}, [("ATTRIBUTE_INVALID", "condition.stays", {"value": "new", "found": "used"})]),
    ],
)
def test_what_the_mapping_says_otherwise_than_the_listing_has_is_warned_about(there, warned):
    played = send(answer(200, item(**there)), link=Link(sent_before()))
    assert [(one.kind.name, one.code, one.params) for one in played.result.warnings] == warned


PREMIUM = rules(options={"listing_type": "gold_pro"})
CLASSIC = item(listing_type_id="gold_special")


def test_a_listing_type_that_the_mapping_names_is_asked_for():
    played = send(
        answer(200, CLASSIC), answer(200, item(listing_type_id="gold_pro")), link=Link(sent_before()), by=PREMIUM
    )
    assert asked(played) == [CHANGE, RETYPE]
    assert (played.requests[1].json, played.requests[1].changes) == ({"id": "gold_pro"}, True)
    assert played.result.warnings == ()


def test_a_type_that_nobody_chose_is_left_alone():
    played = send(answer(200, item(listing_type_id="gold_pro")), link=Link(sent_before()))
    assert asked(played) == [CHANGE]
    assert played.result.warnings == ()


def test_a_type_that_stays_is_asked_for_once_and_warned_about_each_time():
    no = answer(400, refusal(cause(None, "item.listing_type_id.not_modifiable", "it can be changed once")))
    played = send(answer(200, CLASSIC), no, link=Link(sent_before()), by=PREMIUM)
    again = send(answer(200, CLASSIC), link=Link(played.result.listing), by=PREMIUM)
    assert asked(again) == [CHANGE]
    for one in (played, again):
        assert [(it.code, it.params["found"]) for it in one.result.warnings] == [
            ("listing_type.stays", "gold_special")
        ]
    settled = send(answer(200, item(listing_type_id="gold_pro")), link=Link(again.result.listing), by=PREMIUM)
    assert "type_kept" not in settled.result.listing.memory


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [(answer(500), Postponed), (answer(429, {}), Postponed), (answer(403, {"error": "Invalid scopes"}), Blocked)],
)
def test_trouble_with_the_type_comes_again_later(trouble, outcome):
    played = send(answer(200, CLASSIC), trouble, link=Link(sent_before()), by=PREMIUM)
    assert isinstance(played.result, outcome)


@pytest.mark.parametrize(
    ("stands", "warned"),
    [
        ({"sub_status": ["paused_by_seller"]}, True),
        ({"sub_status": []}, True),
        ({"sub_status": ["out_of_stock"]}, False),
        ({"sub_status": ["paused_by_seller"], "available_quantity": 0}, False),
    ],
)
def test_a_pause_made_over_there_is_told(stands, warned):
    paused = answer(200, item(status="paused", **stands))
    for played in (send(paused, link=Link(sent_before())), follow(paused)):
        assert isinstance(played.result, Accepted)
        assert [one.code for one in played.result.warnings] == ["listing.paused_there"] * warned


def test_a_pause_of_ours_is_nobody_s_surprise():
    assert follow(answer(200, item(status="paused")), paused_by_us=True).result.warnings == ()


# ---------------------------------------------------------------------- variations

VARIED = item(variations=[{"id": 1}, {"id": 2}], attributes=[])


def test_a_listing_of_several_variations_is_found_and_not_touched():
    search, nothing = answer(200, {"results": ["MLB4400112233"]}), answer(500)
    [listing] = play(ML.find(ORDINARY.id, rules()), first_then([search, answer(200, VARIED)], nothing)).result
    played = send(link=Link(listing, restate=True))
    assert asked(played) == []
    assert names(played.result) == ["VARIATION_INVALID MLB4400112233"]
    assert played.result.listing is None, "the record is not linked to what it may not change"


def test_nor_is_it_paused_for_one_of_its_skus():
    listing = Listing("MLB4400112233", memory={"variations": True})
    played = play(ML.withdraw(Link(listing), rules()), first_then([], answer(500)))
    assert played.requests == ()
    assert names(played.result) == ["VARIATION_INVALID MLB4400112233"]


def test_a_doubt_is_not_settled_by_a_listing_of_several_variations():
    played = send(
        answer(200, {"results": ["MLB4400112233"]}),
        answer(200, VARIED),
        answer(201, item("MLB5")),
        answer(201, {}),
        link=Link(uncertain_seconds=3_600),
    )
    assert played.result.listing.id == "MLB5"


def test_a_listing_whose_variations_went_is_like_any_other():
    link = Link(Listing("MLB4400112233", memory={"variations": True}))
    looked = play(ML.follow(link, rules()), first_then([answer(200, item())], answer(500)))
    assert "variations" not in looked.result.listing.memory
    assert problems(looked.result) == ()


# ---------------------------------------------------------------------- the catalogue

OF_CATALOG = item(catalog_listing=True, title="Caixa de Som Aurora S10 Bluetooth")


def test_a_listing_of_the_catalogue_is_told_the_conditions_of_its_sale_only():
    looked = follow(answer(200, OF_CATALOG)).result.listing
    played = send(
        answer(200, OF_CATALOG), link=Link(looked, restate=True), one=sku(name="Outro", description="Outra")
    )
    assert asked(played) == [CHANGE]
    assert played.requests[0].json.keys() == {"price", "available_quantity", "shipping", "sale_terms"}
    assert played.result.warnings == ()
    full = replace(looked, memory={**looked.memory, "full": True})
    in_full = send(answer(200, {**OF_CATALOG, **IN_FULL, "catalog_listing": True}), link=Link(full))
    assert "available_quantity" not in in_full.requests[0].json


def test_of_two_the_seller_s_own_is_taken_and_not_the_catalogue_s():
    older = item("MLB1", catalog_listing=True, date_created="2025-01-01T00:00:00Z")
    own = item("MLB2", date_created="2026-01-01T00:00:00Z")
    played = send(
        answer(200, {"results": ["MLB1", "MLB2"]}),
        answer(200, older),
        answer(200, own),
        answer(200, own),
        answer(200, {}),
        link=Link(uncertain_seconds=3_600),
    )
    assert played.result.listing.id == "MLB2"


# ---------------------------------------------------------------------- stock by warehouse

BY_WAREHOUSE = rules()
BY_WAREHOUSE = replace(
    BY_WAREHOUSE, facts={**BY_WAREHOUSE.facts, "account": {"user_id": "8035443", "warehouses": True}}
)


def test_an_account_with_warehouses_is_updated_without_its_stock():
    played = send(answer(200, ELSEWHERE), link=Link(sent_before()), by=BY_WAREHOUSE)
    assert [one.json.keys() for one in played.requests] == [{"price", "attributes"}]
    assert "full" not in played.result.listing.memory
    warning = found(ORDINARY, BY_WAREHOUSE)["available_quantity stock.warehouses"]
    assert not warning.blocking


def test_and_makes_no_listing_that_would_be_refused():
    for link in (Link(), Link(uncertain_seconds=3_600)):
        played = send(answer(200, {"results": []}), link=link, by=BY_WAREHOUSE)
        assert not any(request.changes for request in played.requests)
        assert names(played.result) == ["STOCK_INVALID available_quantity"]
    offer = ML.map(ORDINARY, BY_WAREHOUSE)
    assert names(play(ML.preview(offer, BY_WAREHOUSE), first_then([], answer(500))).result) == [
        "STOCK_INVALID available_quantity"
    ]
