"""VTEX to VTEX: what is sent, what is refused before, what answers mean."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from ponte.connectors.exam.rehearsal import first_then, play
from ponte.connectors.exam.samples import ORDINARY
from ponte.connectors.exam.troubles import LOST
from ponte.connectors.vtex import Vtex
from ponte.connectors.vtex.errors import RULEBOOK
from ponte.domain.connector import Rules
from ponte.domain.mapping import BrandRule, CategoryRule, Mapping, PriceRule, TitleRule, ValueRule
from ponte.domain.message import Response
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Pending, Postponed, Rejected
from ponte.domain.problem import ProblemClass
from ponte.domain.sku import Dimensions, Image, Specification

VTEX = Vtex()
SETTINGS = {"marketplace": "shoppingmodelo", "seller_id": "lojamodelo"}
BOUND = Listing("2000123", state="bound", memory={"price": "199.90", "stock": "12"})
SUGGESTED = Listing("2000123", state="suggested/pending")
GET_BINDING = "GET /api/sku-binding/pvt/skuseller/{seller}/{sku}"
GET_SUGGESTION = "GET /{marketplace}/suggestions/{seller}/{sku}"
PUT = "PUT /{marketplace}/suggestions/{seller}/{sku}"


def rules(**mapping):
    return Rules(Mapping(**mapping), SETTINGS)


def answer(status, body=None):
    return Response(status, {}, b"" if body is None else json.dumps(body).encode())


def binding(**changes):
    known = {"SellerStockKeepingUnitId": "2000123", "StockKeepingUnitId": 50, "IsActive": True, "IsRemoved": False}
    return answer(200, {**known, **changes})


def suggestion(**changes):
    return answer(200, {"itemId": "2000123", "content": {}, **changes})


def suggested(sku=ORDINARY, **mapping):
    return VTEX.map(sku, rules(**mapping)).payload["suggestion"]


def codes(sku, **mapping):
    return [f"{one.subject} {one.code}" for one in VTEX.check(sku, rules(**mapping)) if one.blocking]


def said(verb, *answers, listing=None):
    conversation = getattr(VTEX, verb)(Link(listing), rules())
    return play(conversation, first_then(answers, LOST["refused"]))


def test_a_suggestion_has_every_field_that_the_reference_requires():
    required = {
        "ProductName", "ProductId", "ProductDescription", "BrandName", "SkuName", "SellerId", "Height", "Width",
        "Length", "Weight", "Updated", "RefId", "CategoryFullPath", "Images", "EAN", "AvailableQuantity", "Pricing",
    }  # fmt: skip
    assert required <= suggested().keys()


def test_measures_are_whole_and_rounded_up_and_the_price_is_in_cents():
    body = suggested(price=PriceRule(markup_percent=Decimal(10)))
    assert (body["Height"], body["Width"], body["Length"], body["Weight"]) == (12, 20, 15, 900)
    assert body["Pricing"] == {"Currency": "BRL", "SalePrice": 21989, "CurrencySymbol": "R$"}


def test_the_category_is_the_mapping_s_else_the_seller_s_own_path():
    assert suggested()["CategoryFullPath"] == "Áudio/Caixas de som/Portáteis"
    assert suggested(categories={"123": CategoryRule("Som/Caixas")})["CategoryFullPath"] == "Som/Caixas"


def test_brands_and_values_are_translated_and_an_ignored_field_is_left_out():
    body = suggested(
        brands={"aurora": BrandRule("AURORA S/A")},
        attributes={"Cor": ValueRule(values={"Preto": "Negro"}), "Potência": ValueRule(ignore=True)},
    )
    assert body["BrandName"] == "AURORA S/A"
    assert body["SkuSpecifications"] == [{"fieldName": "Cor", "fieldValues": ["Negro"]}]
    assert [one["fieldName"] for one in body["ProductSpecifications"]] == ["Modelo"]


def test_the_mapping_s_title_names_the_product_and_may_cut_it():
    assert suggested()["ProductName"] == "Caixa de Som Aurora S10"
    assert suggested(title=TitleRule("{brand} {reference}"))["ProductName"] == "Aurora AUR-S10-PT"
    long = replace(ORDINARY, product_name="palavra " * 30)
    assert suggested(long, title=TitleRule(cut=True))["ProductName"] == " ".join(["palavra"] * 18)
    assert codes(long, title=TitleRule(cut=True)) == []


def test_pictures_are_by_https_and_each_once():
    sku = replace(
        ORDINARY, images=(Image("http://a.example/1.jpg"), Image("https://a.example/1.jpg"), Image("ftp://x"))
    )
    assert [one["imageUrl"] for one in suggested(sku)["Images"]] == ["https://a.example/1.jpg"]


def test_a_number_beyond_32_bits_is_left_out():
    assert suggested()["SellerStockKeepingUnitId"] == 2000123
    assert "SellerStockKeepingUnitId" not in suggested(replace(ORDINARY, id=str(2**31)))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"product_name": "x" * 151}, "ProductName title.too_long"),
        ({"product_name": "", "name": ""}, "ProductName title.empty"),
        ({"sku_name": "", "name": ""}, "SkuName title.empty"),
        ({"brand": " "}, "BrandName attribute.missing"),
        ({"category_ids": (), "category_names": ()}, "CategoryFullPath category.unmapped"),
        ({"ean": "SEM GTIN", "reference": ""}, "EAN gtin.missing"),
        ({"images": ()}, "Images pictures.missing"),
        ({"images": (Image("javascript:alert(1)"),)}, "Images pictures.missing"),
        ({"dimensions": Dimensions(None, Decimal(1), Decimal(1), Decimal(1))}, "Height dimensions.missing"),
        (
            {"dimensions": Dimensions(Decimal(1), Decimal(1), Decimal(1), Decimal(0))},
            "Weight dimensions.not_positive",
        ),
        (
            {"dimensions": Dimensions(Decimal(1), Decimal(10**6), Decimal(1), Decimal(1))},
            "Width dimensions.too_large",
        ),
        ({"price": None}, "price price.missing"),
        ({"price": Decimal(0)}, "price price.zero"),
        ({"price": Decimal("NaN")}, "price price.not_a_number"),
    ],
)
def test_what_would_be_refused_is_found_before(changes, expected):
    assert expected in codes(replace(ORDINARY, **changes))


@pytest.mark.parametrize("changes", [{"ean": ""}, {"reference": ""}, {"stock": 0}, {"description": ""}])
def test_what_the_marketplace_takes_is_no_problem(changes):
    assert codes(replace(ORDINARY, **changes)) == []


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (1, "CATEGORY_MAPPING"), (2, "BRAND_MAPPING"), (3, "TITLE_INVALID"), (4, "TITLE_INVALID"),
        (5, "DIMENSIONS_INVALID"), (6, "DIMENSIONS_INVALID"), (7, "DIMENSIONS_INVALID"), (8, "DIMENSIONS_INVALID"),
        (9, "IMAGE_MISSING"), (10, "IDENTIFIER_MISSING"), (11, "IMAGE_INVALID"), (12, "ATTRIBUTE_INVALID"),
        (13, "STATE_CONFLICT"), (14, "ATTRIBUTE_INVALID"), (15, "STATE_CONFLICT"), (16, "LISTING_NOT_FOUND"),
        (17, "STATE_CONFLICT"), (18, "STATE_CONFLICT"), (19, "BRAND_MAPPING"), (20, "CATEGORY_MAPPING"),
        (21, "ATTRIBUTE_INVALID"), (22, "DUPLICATE"), (23, "DUPLICATE"), (0, "UNKNOWN"), (99, "UNKNOWN"),
        (999, "UNKNOWN"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["object", "list", "nested", "text"])
def test_every_code_means_its_class_however_it_is_carried(number, kind, shape):
    one = {"errorCode": str(number) if shape == "text" else number, "message": "x"}
    body = {"list": [one], "nested": {"Errors": [one]}}.get(shape, one)
    outcome = VTEX.classify(PUT, answer(400, body))
    problem = outcome.problem if isinstance(outcome, Postponed) else outcome.problems[0]
    assert (problem.kind.name, problem.code, problem.message) == (kind, str(number), "x")


def test_a_name_without_a_number_is_known_too():
    outcome = VTEX.classify(PUT, answer(400, {"Code": "EanOrRefIdAreRequired", "Message": "EAN or RefId"}))
    assert outcome.problems[0].kind is ProblemClass.IDENTIFIER_MISSING


@pytest.mark.parametrize("body", [None, "x", 5, [], [[]], {"errors": [None, 5]}, {"errors": {"a": 1}}, {"error": {}}])
def test_a_refusal_that_nobody_understands_keeps_its_place(body):
    outcome = VTEX.classify(PUT, answer(400, body))
    assert isinstance(outcome, Rejected)
    assert outcome.problems[0].kind is ProblemClass.UNKNOWN


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ({"status": "Pending"}, "suggested/pending"),
        ({"Status": "accepted"}, "suggested/accepted"),
        ({"status": "denied"}, "suggested/denied"),
        ({"matches": [{"score": "80.0"}]}, "suggested/accepted"),
        ({"matches": [{"score": 79}]}, "suggested/pending"),
        ({"matches": [{"score": "31"}]}, "suggested/pending"),
        ({"matches": [{"score": 30}]}, "suggested/denied"),
        ({"latestVersion": {"Matches": [{"Score": 12.5}]}}, "suggested/denied"),
        ({"status": "Accepted", "matches": [{"score": 12}]}, "suggested/accepted"),
        ({"matches": [{"score": "NaN"}]}, "suggested/pending"),
        ({}, "suggested/pending"),
    ],
)
def test_a_suggestion_is_decided_by_its_status_else_by_its_score(body, state):
    outcome = VTEX.classify(GET_SUGGESTION, suggestion(**body))
    assert outcome.listing.state == state
    assert isinstance(outcome, Rejected) is state.endswith("denied")


def test_a_bound_sku_of_another_seller_s_is_not_ours():
    played = said("follow", binding(SellerStockKeepingUnitId="9"), listing=BOUND)
    assert isinstance(played.result, Postponed)


def test_a_binding_that_was_removed_is_gone():
    assert (
        said("follow", binding(IsRemoved=True), listing=BOUND).result.problems[0].kind is ProblemClass.LISTING_CLOSED
    )


def test_the_next_look_comes_later_each_time():
    waits, listing = [], SUGGESTED
    for _ in range(4):
        outcome = said("follow", answer(404), suggestion(status="Pending"), listing=listing).result
        assert isinstance(outcome, Pending)
        waits.append(outcome.check_in)
        listing = outcome.listing
    assert waits == [300, 3_600, 21_600, 21_600]


def test_a_channel_that_does_not_say_whose_it_is_stops():
    bare = Rules(Mapping())
    for conversation in (
        VTEX.send(VTEX.map(ORDINARY, bare), Link(), bare),
        VTEX.withdraw(Link(BOUND), bare),
        VTEX.end(Link(BOUND), bare),
        VTEX.follow(Link(BOUND), bare),
        VTEX.find("1", bare),
        VTEX.probe(bare),
    ):
        played = play(conversation, first_then([], LOST["refused"]))
        assert played.requests == ()
        assert isinstance(played.result, Blocked)


def test_ids_cannot_leave_their_place_in_the_path():
    channel = Rules(Mapping(), {"marketplace": "a/b", "seller_id": "../x?y"})
    played = play(VTEX.find("1/2#z", channel), first_then([answer(404)], LOST["refused"]))
    assert [request.path for request in played.requests] == [
        "/api/sku-binding/pvt/skuseller/..%2Fx%3Fy/1%2F2%23z",
        "/a%2Fb/suggestions/..%2Fx%3Fy/1%2F2%23z",
    ]


def test_everything_is_said_again_when_it_has_to_be():
    conversation = VTEX.send(VTEX.map(ORDINARY, rules()), Link(BOUND, restate=True), rules())
    played = play(conversation, first_then([answer(200), binding(), answer(202), answer(202)], LOST["refused"]))
    assert isinstance(played.result, Accepted)
    assert [request.path.rsplit("/", 1)[1] for request in played.requests[2:]] == ["price", "inventory"]


def test_each_request_carries_both_keys_and_no_other_credential():
    played = said("follow", answer(404), suggestion(), listing=SUGGESTED)
    for request in played.requests:
        assert not request.authorized
        assert [(name, value.name) for name, value in request.headers] == [
            ("X-VTEX-API-AppKey", "app_key"),
            ("X-VTEX-API-AppToken", "app_token"),
        ]


def test_specifications_that_say_nothing_are_left_out():
    sku = replace(ORDINARY, specifications=(Specification("Cor", ("", " "), of_sku=True), Specification("", ("x",))))
    assert suggested(sku)["SkuSpecifications"] == suggested(sku)["ProductSpecifications"] == []


def test_the_table_names_numbers_and_names():
    known = {line.code for line in RULEBOOK.refusals()}
    assert {str(number) for number in range(1, 24)} <= known
    assert "SkuImagesAreRequired" in known
