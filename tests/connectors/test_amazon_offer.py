"""From a SKU to the listing's attributes, and everything that would be refused."""

from dataclasses import replace
from decimal import Decimal

import pytest
from amazon_cast import AMAZON, EVERYDAY, PLACE, RULES, SKU, attributes, checked, definition, listed, rules_with

from ponte.connectors.amazon.seller import Seller
from ponte.connectors.amazon.shaping import Shaper
from ponte.domain.connector import Rules
from ponte.domain.problem import Severity, Stage
from ponte.domain.sku import Dimensions, Image, Specification

IDENTIFIER = "externally_assigned_product_identifier"
TEXTS = {"type": "array", "items": {"type": "string"}}
EXEMPTION = "  supplier_declared_has_product_identifier_exemption: sim"
ASIN = "  merchant_suggested_asin: B071VG5N9D"
MARKS = {"language_tag": "pt_BR", "marketplace_id": PLACE}
SHAPER = Shaper(
    Seller("A1", PLACE),
    definition(
        plain=listed("Texto", value={"type": "string"}),
        choice=listed("Lista", value={"type": "string", "enum": ["new_blue"], "enumNames": ["Azul claro"]}),
        power=listed("Potência", unit={"type": "string", "enum": ["watts"]}, value={"type": "number"}),
        count=listed("Peças", value={"type": "integer"}),
        flag=listed("Sem fio", value={"type": "boolean"}),
        size=listed(
            "Medidas",
            length={"type": "object", "properties": {"unit": {"enum": ["centimeters"]}, "value": {"type": "number"}}},
        ),
        colour=listed("Cor", value={"type": "string"}, standardized_values=TEXTS),
        several=listed("Vários", {"maxUniqueItems": 3}, value={"type": "string"}),
    ),
)


@pytest.mark.parametrize(
    ("name", "values", "row"),
    [
        ("plain", ["a"], {"value": "a"}),
        ("choice", ["AZUL CLARO"], {"value": "new_blue"}),
        ("choice", ["new blue"], {"value": "new_blue"}),
        ("choice", ["roxo"], {"value": "roxo"}),
        ("power", ["20,5 W"], {"value": 20.5, "unit": "watts"}),
        ("power", ["20"], {"value": 20}),
        ("count", ["3"], {"value": 3}),
        ("count", ["três"], {"value": "três"}),
        ("flag", ["Não"], {"value": False}),
        ("colour", ["Azul"], {"value": "Azul", "standardized_values": ["Azul"]}),
        ("plain", ["a", "b"], {"value": "a, b"}),
    ],
)
def test_a_text_takes_the_form_of_its_schema(name, values, row):
    assert SHAPER.attribute(name, values) == [{**row, "marketplace_id": PLACE}]


def test_several_values_are_several_rows_where_the_schema_takes_them():
    assert [row["value"] for row in SHAPER.attribute("several", ["a", "b"])] == ["a", "b"]


def test_a_path_leads_to_a_value_within():
    once = SHAPER.inner("size", ["length"], "12 cm", None)
    assert once == [{"length": {"unit": "centimeters", "value": 12}, "marketplace_id": PLACE}]


def test_without_a_schema_the_usual_form_is_taken():
    assert Shaper(Seller("A1", PLACE), None).attribute("x", ["a"]) == [{"value": "a", **MARKS}]


def test_the_everyday_offer_is_the_recorded_one():
    offer = AMAZON.map(SKU, RULES)
    assert offer.payload["body"] == EVERYDAY.raw["exchanges"][0]["request"]["json"]
    assert AMAZON.check(SKU, RULES) == ()
    origins = {line.field: (line.source, line.rule) for line in offer.provenance}
    assert origins["item_name"] == ("name", "template")
    assert origins["color"] == ("specification:Cor", "same name")
    assert origins["wattage"] == ("specification:Potência", "same name")
    assert origins["country_of_origin"] == ("", "default")
    assert offer.payload["body"]["attributes"].keys() <= origins.keys()


def test_a_persons_rule_goes_before_the_standard_source():
    rules = rules_with('  brand: "Outra marca"\n  condition_type: new_new\n  bullet_point: "Um destaque"')
    found = attributes(rules=rules)
    assert found["brand"][0]["value"] == "Outra marca"
    assert [row["value"] for row in found["bullet_point"]] == ["Um destaque"]


def test_bullet_points_are_the_descriptions_list_else_the_specifications():
    assert [row["value"] for row in attributes()["bullet_point"]] == ["20 W", "Bluetooth 5.3"]
    without = attributes(replace(SKU, description="<p>Texto.</p>"))
    assert [row["value"] for row in without["bullet_point"]] == ["Cor: Preto", "Modelo: S10", "Potência: 20 W"]


def test_a_guess_that_does_not_fit_is_left_out_with_a_warning():
    sku = replace(SKU, specifications=(Specification("Potência", ("vinte watts",)),))
    problem = checked(sku)["ATTRIBUTE_INVALID", "attribute.not_a_number"]
    assert (problem.severity, problem.subject, problem.params["name"]) == (Severity.WARNING, "wattage", "Potência")
    assert "wattage" not in attributes(sku)
    ruled = rules_with("  wattage: {from: [specification:Potência]}")
    assert checked(sku, ruled)["ATTRIBUTE_INVALID", "attribute.not_a_number"].blocking


def test_a_rule_for_this_product_type_is_obeyed_and_told_when_the_type_does_not_know_the_attribute():
    rules = rules_with("category_attributes:\n  SPEAKERS:\n    tamanho: P")
    problem = checked(rules=rules)["ATTRIBUTE_MAPPING", "attribute.unknown"]
    assert (problem.subject, problem.stage) == ("tamanho", Stage.MAPPING)
    assert "tamanho" not in attributes(rules=rules_with("  tamanho: P"))


@pytest.mark.parametrize(
    ("changes", "kind", "code", "subject"),
    [
        ({"name": ""}, "TITLE_INVALID", "title.empty", "item_name"),
        ({"name": "!!"}, "TITLE_INVALID", "title.no_words", "item_name"),
        ({"name": "ã" * 101}, "TITLE_INVALID", "title.too_long", "item_name"),
        ({"brand": ""}, "ATTRIBUTE_MISSING", "attribute.missing", "brand"),
        ({"ean": ""}, "IDENTIFIER_MISSING", "gtin.missing", IDENTIFIER),
        ({"ean": "SEM GTIN"}, "IDENTIFIER_MISSING", "gtin.missing", IDENTIFIER),
        ({"ean": "239"}, "IDENTIFIER_INVALID", "gtin.length", IDENTIFIER),
        (
            {"ean": "7891000315500"},
            "IDENTIFIER_INVALID",
            "gtin.check_digit",
            IDENTIFIER,
        ),
        ({"images": ()}, "IMAGE_MISSING", "pictures.missing", "main_product_image_locator"),
        ({"description": ""}, "DESCRIPTION_INVALID", "description.empty", "product_description"),
        ({"description": "ã" * 1_500}, "DESCRIPTION_INVALID", "description.too_long", "product_description"),
        ({"price": Decimal(0)}, "PRICE_INVALID", "price.zero", "purchasable_offer"),
        ({"price": Decimal(-1)}, "PRICE_INVALID", "price.negative", "purchasable_offer"),
        ({"price": None}, "VTEX_PRICE_MISSING", "price.missing", "purchasable_offer"),
        (
            {"dimensions": Dimensions(None, None, None, None)},
            "DIMENSIONS_INVALID",
            "dimensions.missing",
            "item_package_weight",
        ),
        (
            {"dimensions": Dimensions(None, None, None, Decimal(0))},
            "DIMENSIONS_INVALID",
            "dimensions.not_positive",
            "item_package_weight",
        ),
        ({"category_ids": ("1",)}, "CATEGORY_MAPPING", "category.unmapped", "1"),
    ],
)
def test_what_would_be_refused_is_told_before_sending_once(changes, kind, code, subject):
    found = AMAZON.check(replace(SKU, **changes), RULES)
    assert [(one.kind.name, one.code, one.subject) for one in found if one.blocking] == [(kind, code, subject)]


def test_a_value_that_is_not_in_the_list_is_the_mappings_matter():
    rules = rules_with("")
    wrong = rules_with("category_attributes:\n  SPEAKERS:\n    country_of_origin: Marte")
    problem = checked(rules=wrong)["ATTRIBUTE_MAPPING", "attribute.not_listed"]
    assert problem.stage is Stage.MAPPING
    assert dict(problem.params) == {"name": "País de origem", "value": "Marte", "allowed": "Brasil, China"}
    by_name = rules_with("category_attributes:\n  SPEAKERS:\n    country_of_origin: brasil")
    assert attributes(rules=by_name)["country_of_origin"] == attributes(rules=rules)["country_of_origin"]


def test_everything_wrong_is_told_at_once():
    sku = replace(SKU, brand="", ean="1", images=(), description="", price=Decimal(0))
    kinds = {one.kind.name for one in AMAZON.check(sku, RULES)}
    assert kinds == {
        "ATTRIBUTE_MISSING",
        "IDENTIFIER_INVALID",
        "IMAGE_MISSING",
        "DESCRIPTION_INVALID",
        "PRICE_INVALID",
    }


def test_an_exemption_or_an_asin_in_the_mapping_stands_for_the_ean():
    for line in (EXEMPTION, ASIN):
        assert checked(replace(SKU, ean=""), rules_with(line)) == {}
    exempt = attributes(replace(SKU, ean=""), rules_with(EXEMPTION))
    assert exempt["supplier_declared_has_product_identifier_exemption"][0]["value"] is True


def test_a_title_is_cut_to_the_limit_in_bytes_where_the_mapping_allows_it():
    rules = rules_with("title:\n  cut: true")
    title = attributes(replace(SKU, name="ação " * 60), rules)["item_name"][0]["value"]
    assert 150 < len(title.encode()) <= 200
    assert title.endswith("ação")


def test_pictures_go_as_https_and_at_most_nine():
    many = replace(SKU, images=tuple(Image(f"//loja.example/{place}.jpg") for place in range(12)))
    found = attributes(many, Rules(RULES.mapping, RULES.settings))
    assert found["main_product_image_locator"][0]["media_location"] == "https://loja.example/0.jpg"
    assert "other_product_image_locator_8" in found
    assert "other_product_image_locator_9" not in found
    assert checked(many)["IMAGE_INVALID", "pictures.too_many"].severity is Severity.WARNING


def test_an_offer_on_an_existing_product_has_nothing_but_the_offer():
    rules = rules_with(f"{ASIN}\noptions:\n  requirements: LISTING_OFFER_ONLY", facts={})
    assert AMAZON.needs(SKU, rules) == ("product_type/SPEAKERS/LISTING_OFFER_ONLY",)
    offer = AMAZON.map(SKU, rules)
    assert offer.payload["body"]["requirements"] == "LISTING_OFFER_ONLY"
    assert set(offer.payload["body"]["attributes"]) == {
        "merchant_suggested_asin",
        "condition_type",
        "purchasable_offer",
        "fulfillment_availability",
    }


def test_another_marketplace_has_its_language_and_currency():
    found = attributes(rules=replace(RULES, settings={**RULES.settings, "marketplace_id": "A1AM78C64UM0Y8"}))
    assert found["item_name"][0]["language_tag"] == "es_MX"
    assert found["purchasable_offer"][0]["currency"] == "MXN"
