"""Everything that the operator's own catalogue lets us know before a file's turn is spent on it."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.mk_cast import MK, RULES, found, ruled, speaker, with_column
from ponte.connectors.exam.samples import ORDINARY
from ponte.domain.sku import Image, Specification


def test_the_ordinary_product_has_no_problem():
    assert found(ORDINARY) == []


def test_all_that_is_wrong_is_told_at_once():
    wrong = speaker(ean="123", images=(), specifications=(), brand="", price=Decimal(0))
    assert found(wrong) == [
        "IDENTIFIER_INVALID ean gtin.length",
        "ATTRIBUTE_MISSING brand attribute.missing",
        "IMAGE_MISSING main_image pictures.missing",
        "ATTRIBUTE_MISSING color attribute.missing",
        "PRICE_INVALID price price.zero",
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": "n" * 121}, "TITLE_INVALID product_title title.too_long"),
        ({"name": "abc"}, "TITLE_INVALID product_title title.too_short"),
        ({"name": ""}, "TITLE_INVALID product_title title.empty"),
        ({"name": "?!... ?!"}, "TITLE_INVALID product_title title.no_words"),
        ({"description": "d" * 4_001}, "DESCRIPTION_INVALID description description.too_long"),
        ({"description": "<img src=x>"}, "DESCRIPTION_INVALID description description.empty"),
        ({"ean": ""}, "IDENTIFIER_MISSING ean gtin.missing"),
        ({"ean": "SEM GTIN"}, "IDENTIFIER_MISSING ean gtin.missing"),
        ({"ean": "7891000315508"}, "IDENTIFIER_INVALID ean gtin.check_digit"),
        ({"specifications": (Specification("Cor", ("Petróleo",)),)}, "ATTRIBUTE_MAPPING color attribute.not_listed"),
        ({"price": None}, "VTEX_PRICE_MISSING price price.missing"),
        ({"price": Decimal("NaN")}, "PRICE_INVALID price price.not_a_number"),
        ({"price": Decimal("1e11")}, "PRICE_INVALID price price.too_high"),
        ({"category_ids": ("9",)}, "CATEGORY_MAPPING 9 category.unmapped"),
        (
            {"images": (Image("https://loja.example/arquivos/ids/155001-90-90/s10.jpg"),)},
            "IMAGE_INVALID main_image picture.too_small",
        ),
    ],
)
def test_each_flaw_has_its_class_field_and_code(changes, expected):
    assert next(one for one in found(speaker(**changes)) if "color attribute.missing" not in one) == expected


@pytest.mark.parametrize(("target", "code"), [("9999", "category.unknown"), ("100", "category.not_leaf")])
def test_a_category_that_cannot_be_used_is_told(target, code):
    rules = ruled('  "12": "5611"', "category_attributes: {}")
    rules = type(rules)(
        type(rules.mapping)(categories={"123": type(rules.mapping.categories["123"])(target)}),
        rules.settings,
        rules.facts,
    )
    assert f"CATEGORY_MAPPING {target} {code}" in found(ORDINARY, rules)


def test_a_picture_whose_size_no_address_tells_is_sent():
    assert found(speaker(images=(Image("https://loja.example/s10.jpg"),))) == []


@pytest.mark.parametrize(
    ("kind", "value", "cell"),
    [
        ("DECIMAL", "1,5", "1.5"),
        ("INTEGER", "20", "20"),
        ("DATE", "2026-11-23T10:00:00", "2026-11-23"),
        ("BOOLEAN", "Sim", "true"),
        ("NEVER_HEARD_OF", "20 W", "20 W"),
    ],
)
def test_a_value_is_sent_in_the_form_of_its_type(kind, value, cell):
    rules = with_column("potencia", kind=kind)
    sku = speaker(specifications=(Specification("Cor", ("Preto",)), Specification("Potência", (value,))))
    assert MK.map(sku, rules).payload["row"]["potencia"] == cell


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("DECIMAL", "vinte", "attribute.not_a_number"),
        ("INTEGER", "1,5", "attribute.not_a_number"),
        ("DATE", "2026-13-40", "attribute.not_a_date"),
        ("BOOLEAN", "talvez", "attribute.not_listed"),
    ],
)
def test_a_wrong_value_blocks_where_it_is_required_and_is_left_out_elsewhere(kind, value, code):
    sku = speaker(specifications=(Specification("Cor", ("Preto",)), Specification("Potência", (value,))))
    (wanted,) = found(sku, with_column("potencia", kind=kind, level="REQUIRED"))
    assert wanted.endswith(code)
    optional = with_column("potencia", kind=kind)
    assert found(sku, optional) == [f"{wanted} warning"]
    assert "potencia" not in MK.map(sku, optional).payload["row"]


def test_a_list_takes_code_or_label_without_case_and_several_where_it_may():
    for value in ("preto", "PRETO", "Preto"):
        sku = speaker(specifications=(Specification("Cor", (value,)),))
        assert MK.map(sku, RULES).payload["row"]["color"] == "preto"
    both = speaker(specifications=(Specification("Cor", ("Preto", "Branco")),))
    assert MK.map(both, with_column("color", kind="LIST_MULTIPLE_VALUES")).payload["row"]["color"] == "preto|branco"


def test_a_persons_rule_goes_before_role_and_specification():
    rules = ruled("attributes:", "  color: branco", "  brand: {from: reference}")
    row = MK.map(ORDINARY, rules).payload["row"]
    assert (row["color"], row["brand"]) == ("branco", "AUR-S10-PT")


def test_the_operators_columns_are_named_by_the_settings():
    rules = ruled(column_title="color", column_brand="potencia")
    assert MK.map(ORDINARY, rules).payload["row"]["potencia"] == "Aurora"


def test_the_offer_is_whole_and_has_the_operators_own_fields():
    rules = ruled(
        "options: {leadtime_to_ship: '2', logistic_class: S, state_code: '10'}",
        "attributes: {'offer:ncm': '85182100'}",
    )
    offer = MK.map(ORDINARY, rules).payload["offer"]
    assert (offer["leadtime_to_ship"], offer["logistic_class"], offer["state_code"]) == (2, "S", "10")
    assert offer["offer_additional_fields"] == [{"code": "ncm", "value": "85182100"}]
    assert (offer["price"], offer["quantity"], offer["update_delete"]) == (199.9, 12, "update")


def test_a_condition_that_the_operator_does_not_take_is_told():
    assert found(ORDINARY, ruled("options: {state_code: '99'}")) == [
        "ATTRIBUTE_MAPPING state_code attribute.not_listed"
    ]


def test_categories_are_suggested_by_their_own_words_before_those_above():
    tree = {"hierarchies": {"1": ["Som", ""], "2": ["Caixas de som", "1"], "3": ["Cabos de som", "1"]}}
    rules = type(RULES)(RULES.mapping, {}, tree)
    conversation = MK.suggest("Caixa de som portátil", rules)
    with pytest.raises(StopIteration) as end:
        next(conversation)
    assert end.value.value[0].category == "2"
    assert end.value.value[0].path == ("Som", "Caixas de som")


def test_a_list_that_is_too_large_to_read_leaves_the_value_to_the_operator():
    catalogue = json.loads(json.dumps(RULES.facts["catalogue"]))
    catalogue["values"] = {}
    rules = replace(RULES, facts={"catalogue": catalogue})
    assert found(speaker(), rules) == []
    assert MK.map(speaker(), rules).payload["row"]["color"] == "Preto"
    translated = replace(rules, mapping=ruled("attributes:", "  color: {values: {Preto: preto}}").mapping)
    assert MK.map(speaker(), translated).payload["row"]["color"] == "preto"
