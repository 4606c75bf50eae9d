"""What is offered to Magalu and what is found before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ponte.connectors.exam.samples import ORDINARY
from ponte.connectors.magalu import Magalu
from ponte.domain.connector import Rules
from ponte.domain.mapping import CategoryRule, Mapping, PriceRule, ValueRule
from ponte.domain.sku import Dimensions, Image, Sku, Specification

MG = Magalu()
CHANNEL = "9fe0d853-732b-4e4a-a0b0-cff988ed043d"
FIELDS: list[dict[str, Any]] = [
    {"name": "Cor", "required": True, "example": "", "choices": ["Preto", "Branco"], "sheet": False},
    {"name": "Potência", "required": True, "example": "20W", "choices": []},
    {"name": "Marca", "required": True, "example": "", "choices": []},
    {"name": "Conectividade", "required": False, "example": "", "choices": ["Bluetooth"]},
    {"name": "Número da Anatel", "required": False, "example": "", "choices": []},
]


def rules(
    fields: list[dict[str, Any]] | None = None, settings: dict[str, str] | None = None, **mapping: Any
) -> Rules:
    facts = {
        "account": {"tenant": "t-1", "channel": CHANNEL, "seller": "Aurora"},
        "category/TFCX": {"name": "Caixas de som", "fields": FIELDS if fields is None else fields},
    }
    return Rules(Mapping(**{"categories": {"123": CategoryRule("TFCX", 3)}, **mapping}), settings or {}, facts)


def payload(sku: Sku = ORDINARY, by: Rules | None = None) -> dict[str, Any]:
    return dict(MG.map(sku, by or rules()).payload)


def found(sku: Sku = ORDINARY, by: Rules | None = None) -> list[str]:
    """Return what check finds, "CLASS subject code", warnings with a question mark."""
    problems = MG.check(sku, by or rules())
    return [f"{one.kind.name} {one.subject} {one.code}{'' if one.blocking else '?'}" for one in problems]


def default(value: str) -> ValueRule:
    return ValueRule(default=value, line=9)


def test_the_ordinary_sku_is_sound_and_each_field_is_where_it_belongs():
    assert found() == []
    body = payload()["sku"]
    assert body["channels"] == [{"id": CHANNEL}]
    assert body["group"] == {"id": ORDINARY.product_id}
    assert body["identifiers"] == [{"type": "ean", "value": "7891000315507"}]
    assert body["attributes"] == [{"name": "Cor", "value": "Preto"}]
    assert body["datasheet"] == [{"name": "Potência", "value": "20 W"}, {"name": "Marca", "value": "Aurora"}]
    assert body["description"] == "Caixa de som portátil.<br/><br/>- 20 W<br/>- Bluetooth 5.3"
    assert [one["name"] for one in body["dimensions"]] == ["package", "product"]
    assert body["dimensions"][0]["height"] == {"unit": "cm", "value": 11.2}
    assert {one["reference"][:8] for one in body["images"]} == {"https://"}


def test_money_is_whole_cents_and_the_list_price_is_never_below_the_price():
    assert payload()["price"]["price"] == 19_990
    assert payload()["price"]["list_price"] == 24_990
    assert payload()["price"]["normalizer"] == 100
    cheaper = payload(replace(ORDINARY, list_price=Decimal(100)))["price"]
    assert cheaper["list_price"] == cheaper["price"] == 19_990
    raised = payload(by=rules(price=PriceRule(markup_percent=Decimal(10))))["price"]
    assert (raised["price"], raised["list_price"]) == (21_989, 27_489)


@pytest.mark.parametrize("ean", ["", "SEM GTIN", "0000000000000", "sem ean"])
def test_without_an_ean_none_is_sent_and_that_is_said(ean):
    body = payload(replace(ORDINARY, ean=ean))["sku"]
    assert (body["has_ean"], body["identifiers"]) == (False, [])
    assert found(replace(ORDINARY, ean=ean)) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ean": "7891000315508"}, ["IDENTIFIER_INVALID EAN gtin.check_digit"]),
        ({"name": "x" * 151}, ["TITLE_INVALID title title.too_long"]),
        ({"name": ""}, ["TITLE_INVALID title title.empty"]),
        ({"description": "<div><img src=x></div>"}, ["DESCRIPTION_INVALID description description.empty"]),
        ({"description": "x" * 7_001}, ["DESCRIPTION_INVALID description description.too_long"]),
        ({"brand": "b" * 101}, ["BRAND_MAPPING brand brand.too_long"]),
        ({"images": ()}, ["IMAGE_MISSING images pictures.missing"]),
        ({"images": (Image("ftp://x/a.jpg"),)}, ["IMAGE_MISSING images pictures.missing"]),
        ({"id": "9" * 51}, ["PAYLOAD_INVALID sku sku.too_long"]),
        ({"price": Decimal(0)}, ["PRICE_INVALID price price.zero"]),
        ({"price": Decimal("1e9")}, ["PRICE_INVALID price price.too_high"]),
        ({"category_ids": ("9",)}, ["CATEGORY_MAPPING 9 category.unmapped"]),
        (
            {"dimensions": Dimensions(Decimal(0), None, Decimal(15), Decimal(10**7))},
            [
                "DIMENSIONS_INVALID package.height dimensions.not_positive",
                "DIMENSIONS_INVALID package.width dimensions.missing",
                "DIMENSIONS_INVALID package.weight dimensions.too_large",
            ],
        ),
        (
            {"specifications": (Specification("Cor", ("Roxo",)),)},
            ["ATTRIBUTE_MAPPING Cor attribute.not_listed", "ATTRIBUTE_MISSING Potência attribute.missing"],
        ),
        (
            {"specifications": (*ORDINARY.specifications[:2], Specification("Potência", ("20/30 W",)))},
            ["ATTRIBUTE_INVALID Potência attribute.character"],
        ),
        (
            {"specifications": (*ORDINARY.specifications, Specification("Conectividade", ("Fio",)))},
            ["ATTRIBUTE_MAPPING Conectividade attribute.not_listed?"],
        ),
    ],
)
def test_what_would_be_refused_is_found_before(changes, expected):
    assert found(replace(ORDINARY, **changes)) == expected


def test_everything_is_found_at_once():
    sku = replace(ORDINARY, name="", ean="1", images=(), description="", specifications=(), price=Decimal(-1))
    assert len(found(sku)) == 7


def test_a_slash_is_taken_in_an_attribute_and_a_warning_in_what_nobody_asked_for():
    fields = [{**FIELDS[0], "choices": []}, {**FIELDS[1], "required": False}]
    sku = replace(
        ORDINARY, specifications=(Specification("Cor", ("Preto/Azul",)), Specification("Potência", ("1/2",)))
    )
    assert found(sku, rules(fields)) == ["ATTRIBUTE_INVALID Potência attribute.character?"]
    body = payload(sku, rules(fields))["sku"]
    assert body["attributes"] == [{"name": "Cor", "value": "Preto/Azul"}]
    assert body["datasheet"] == []


def test_what_a_regulator_asks_for_has_a_class_of_its_own():
    fields = [{**FIELDS[4], "required": True}]
    assert found(by=rules(fields)) == ["COMPLIANCE Número da Anatel attribute.missing"]


def test_rules_of_the_mapping_go_first():
    by = rules(
        attributes={
            "Potência": default("30W"),
            "ncm": default("85182100"),
            "origin": default("imported"),
            "main_variation": default("sim"),
            "product_weight": default("780,5"),
        }
    )
    assert found(by=by) == []
    body = payload(by=by)["sku"]
    assert {"name": "Potência", "value": "30W"} in body["datasheet"]
    assert (body["ncm"], body["origin"]) == ("85182100", "imported")
    assert body["group"]["main_variation"] is True
    assert body["dimensions"][1]["weight"] == {"unit": "g", "value": 780.5}
    assert body["dimensions"][0]["weight"] == {"unit": "g", "value": 900}
    lines = {one.field: one.line for one in MG.map(ORDINARY, by).provenance}
    assert lines["dimensions.product.weight"] == lines["Potência"] == lines["ncm"] == 9


@pytest.mark.parametrize(
    ("attribute", "value", "expected"),
    [
        ("ncm", "8518.21.00", "ATTRIBUTE_INVALID ncm ncm.not_8_digits"),
        ("origin", "marte", "ATTRIBUTE_MAPPING origin attribute.not_listed"),
        ("product_height", "alto", "DIMENSIONS_INVALID product.height dimensions.not_positive"),
    ],
)
def test_a_rule_that_gives_nonsense_is_told(attribute, value, expected):
    assert found(by=rules(attributes={attribute: default(value)})) == [expected]


def test_an_account_without_a_channel_is_told():
    by = rules()
    by = Rules(by.mapping, by.settings, {**by.facts, "account": {"tenant": "t", "channel": ""}})
    assert found(by=by) == ["PAYLOAD_INVALID channels channel.unknown"]


def test_the_tenant_of_the_settings_goes_before_the_one_that_was_learnt():
    assert payload()["tenant"] == "t-1"
    assert payload(by=rules(settings={"tenant_id": "t-2"}))["tenant"] == "t-2"
