"""The price "from" and the price "for" at an operator on Mirakl."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mk_cast import MK, RULES, found, ruled, speaker
from ponte.connectors.mirakl.offers import offer_of

ASKED = ("options:", "  discount: list_price")


def offer(sku, rules):
    return MK.map(sku, rules).payload["offer"]


def test_without_the_option_there_is_one_price():
    told = offer(speaker(), RULES)
    assert told["price"] == 199.9
    assert "discount" not in told


def test_the_list_price_is_the_price_and_the_selling_price_its_discount():
    made = MK.map(speaker(), ruled(*ASKED))
    assert made.payload["offer"]["price"] == 249.9
    assert made.payload["offer"]["discount"] == {"price": 199.9}
    origins = {(line.field, line.source, line.sent) for line in made.provenance}
    assert {("price", "list_price", "249.90"), ("discount.price", "price", "199.90")} <= origins


def test_markup_is_on_both():
    rules = ruled(*ASKED, "price: {markup_percent: 10}")
    assert (offer(speaker(), rules)["price"], offer(speaker(), rules)["discount"]) == (274.89, {"price": 219.89})


@pytest.mark.parametrize("before", [None, "199.90", "150", "0", "-5", "NaN", "Infinity", "1e30"])
def test_a_list_price_that_is_not_higher_makes_no_discount(before):
    told = offer(speaker(list_price=before if before is None else Decimal(before)), ruled(*ASKED))
    assert told["price"] == 199.9
    assert "discount" not in told


@given(price=st.decimals("0.01", "5000", places=2), before=st.decimals("0.01", "5000", places=2))
def test_a_discount_is_always_below_the_price(price, before):
    told = offer(speaker(price=price, list_price=before), ruled(*ASKED, "price: {markup_percent: 7.5, add: 0.01}"))
    assert "discount" not in told or 0 < told["discount"]["price"] < told["price"]


def test_the_days_of_the_campaign_go_with_it():
    days = ("  discount_start: '2026-11-23'", "  discount_end: '2026-11-30'")
    told = offer(speaker(), ruled(*ASKED, *days))["discount"]
    assert told == {"price": 199.9, "start_date": "2026-11-23", "end_date": "2026-11-30"}
    assert found(speaker(), ruled(*ASKED, *days)) == []


@pytest.mark.parametrize(
    ("lines", "subject"),
    [
        (("  discount: price",), "discount"),
        (("  discount: list_price", "  discount_start: 23/11/2026"), "discount_start"),
        (("  discount: list_price", "  discount_end: '2026-02-30'"), "discount_end"),
        (("  discount_start: '2026-11-30'", "  discount_end: '2026-11-30'"), "discount_end"),
    ],
)
def test_options_that_nobody_could_obey_are_told(lines, subject):
    assert found(speaker(), ruled("options:", *lines)) == [f"ATTRIBUTE_MAPPING {subject} attribute.not_listed"]


def test_an_offer_that_stands_is_read_with_everything_that_a_pause_would_delete():
    row = {
        "shop_sku": "1",
        "price": 49,
        "quantity": 3,
        "state_code": "11",
        "product_references": [{"reference": "7891000315507", "reference_type": "EAN"}],
        "discount": {"discount_price": 49, "origin_price": 60, "start_date": "2026-11-01T03:00:00Z", "ranges": []},
        "available_start_date": "2026-11-01T03:00:00Z",
        "offer_additional_fields": [{"code": "ncm", "type": "STRING", "value": "85182100"}, {"value": "x"}],
        "max_order_quantity": 5,
        "min_quantity_alert": 2,
        "package_quantity": 4,
        "internal_description": "prateleira 7",
        "product_tax_code": "T1",
        "allow_quote_requests": True,
        "description": "",
    }
    assert offer_of(row) == {
        "shop_sku": "1",
        "product_id": "7891000315507",
        "product_id_type": "EAN",
        "state_code": "11",
        "update_delete": "update",
        "price": 60,
        "quantity": 3,
        "discount": {"price": 49, "start_date": "2026-11-01T03:00:00Z"},
        "available_started": "2026-11-01",
        "offer_additional_fields": [{"code": "ncm", "value": "85182100"}],
        "max_order_quantity": 5,
        "min_quantity_alert": 2,
        "package_quantity": 4,
        "internal_description": "prateleira 7",
        "product_tax_code": "T1",
        "allow_quote_requests": True,
    }
