"""The offer: the body of the item in both selling models, with the origin of every field."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.ml_cast import (
    BRAND,
    COLOR,
    GTIN,
    ML,
    MODEL,
    POWER,
    REASON,
    attribute,
    from_default,
    rules,
    sheet,
    sku,
)
from ponte.connectors.exam.samples import ODD, ORDINARY
from ponte.connectors.texts import plain_text
from ponte.domain.connector import Rules
from ponte.domain.mapping import Mapping, PriceRule, StockRule, TitleRule, ValueRule
from ponte.domain.sku import Dimensions, Image, Specification


def body(one=ORDINARY, by=None):
    return ML.map(one, by or rules()).payload["item"]


def attributes(one=ORDINARY, by=None):
    return {row["id"]: row for row in body(one, by)["attributes"]}


def origins(one=ORDINARY, by=None):
    return {line.field: line for line in ML.map(one, by or rules()).provenance}


def test_the_classic_body_is_whole():
    assert ML.map(ORDINARY, rules(sheet(BRAND, MODEL, COLOR, GTIN, POWER))).payload == {
        "item": {
            "title": "Caixa de Som Aurora S10 Preta",
            "category_id": "MLB1676",
            "price": 199.9,
            "currency_id": "BRL",
            "available_quantity": 12,
            "buying_mode": "buy_it_now",
            "condition": "new",
            "listing_type_id": "gold_special",
            "pictures": [
                {"source": "https://aurora.example/arquivos/ids/1/s10.jpg"},
                {"source": "https://aurora.example/arquivos/ids/2/s10.jpg"},
            ],
            "attributes": [
                {"id": "BRAND", "value_name": "Aurora"},
                {"id": "MODEL", "value_name": "S10"},
                {"id": "COLOR", "value_id": "52049"},
                {"id": "GTIN", "value_name": "7891000315507"},
                {"id": "POWER", "value_name": "20 W"},
                {"id": "SELLER_SKU", "value_name": "2000123"},
                {"id": "SELLER_PACKAGE_HEIGHT", "value_name": "12 cm"},
                {"id": "SELLER_PACKAGE_WIDTH", "value_name": "20 cm"},
                {"id": "SELLER_PACKAGE_LENGTH", "value_name": "15 cm"},
                {"id": "SELLER_PACKAGE_WEIGHT", "value_name": "900 g"},
            ],
            "shipping": {"mode": "me2", "local_pick_up": False, "free_shipping": False},
            "sale_terms": [
                {"id": "WARRANTY_TYPE", "value_name": "Garantia do vendedor"},
                {"id": "WARRANTY_TIME", "value_name": "90 dias"},
            ],
        },
        "description": "Caixa de som portátil.\n\n- 20 W\n- Bluetooth 5.3",
    }


def test_an_account_of_user_products_gets_a_family_name_and_no_title():
    item = body(by=rules(user_products=True))
    assert item["family_name"] == ORDINARY.name
    assert {"title", "variations"} & item.keys() == set()


def test_every_field_has_its_origin_and_its_line():
    lines = origins(by=rules(sheet(BRAND, MODEL, COLOR, GTIN), attributes={"BRAND": from_default("Aurora Som")}))
    assert {
        "category",
        "title",
        "price",
        "available_quantity",
        "BRAND",
        "MODEL",
        "COLOR",
        "GTIN",
        "SELLER_SKU",
        "SELLER_PACKAGE_WEIGHT",
        "pictures",
        "description",
        "listing_type",
        "condition",
        "warranty_type",
        "warranty_time",
        "shipping_mode",
        "free_shipping",
    } <= lines.keys()
    assert (lines["category"].sent, lines["category"].line) == ("MLB1676", 7)
    assert (lines["BRAND"].rule, lines["BRAND"].sent, lines["BRAND"].line) == ("default", "Aurora Som", 9)
    assert (lines["MODEL"].source, lines["COLOR"].source) == ("specification:Modelo", "specification:Cor")
    assert (lines["SELLER_PACKAGE_HEIGHT"].found, lines["SELLER_PACKAGE_HEIGHT"].sent) == ("11.2", "12 cm")


def test_options_of_the_mapping_file_are_obeyed():
    options = {
        "listing_type": "gold_pro",
        "condition": "used",
        "warranty_type": "",
        "warranty_time": "",
        "shipping_mode": "custom",
        "free_shipping": "sim",
    }
    item = body(by=rules(options=options))
    assert (item["listing_type_id"], item["condition"]) == ("gold_pro", "used")
    assert item["shipping"] == {"mode": "custom", "local_pick_up": False, "free_shipping": True}
    assert "sale_terms" not in item
    assert origins(by=rules(options=options))["listing_type"].rule == "option"


def test_the_model_is_the_reference_where_no_specification_names_it():
    assert attributes(sku(specifications=()))["MODEL"]["value_name"] == "AUR-S10-PT"


def test_a_rule_goes_before_the_usual_source():
    by = rules(attributes={"MODEL": ValueRule(sources=("sku_name",)), "GTIN": from_default("12345670")})
    assert attributes(by=by)["MODEL"]["value_name"] == "Preta"
    assert attributes(by=by)["GTIN"]["value_name"] == "12345670"


def test_a_rule_of_the_category_goes_before_the_general_one_and_may_name_what_the_sheet_lacks():
    by = rules(
        attributes={"MODEL": from_default("A"), "NOWHERE": from_default("x")},
        category_attributes={"MLB1676": {"MODEL": from_default("B"), "EXTRA": from_default("C")}},
    )
    sent = attributes(by=by)
    assert (sent["MODEL"]["value_name"], sent["EXTRA"]["value_name"]) == ("B", "C")
    assert "NOWHERE" not in sent


@pytest.mark.parametrize("value", ["preto", "PRETO", " Préto ", "52049"])
def test_a_closed_list_is_matched_without_case_or_accents_or_by_id(value):
    assert attributes(by=rules(sheet(COLOR), attributes={"COLOR": from_default(value)}))["COLOR"] == {
        "id": "COLOR",
        "value_id": "52049",
    }


@pytest.mark.parametrize(("value", "sent"), [("Sim", "1"), ("true", "1"), ("não", "2"), ("0", "2")])
def test_yes_and_no_are_understood(value, sent):
    wireless = attribute("WIRELESS", "Sem fio", value_type="boolean", values=[["1", "Sim"], ["2", "Não"]])
    assert (
        attributes(by=rules(sheet(wireless), attributes={"WIRELESS": from_default(value)}))["WIRELESS"]["value_id"]
        == sent
    )


def test_several_values_of_a_closed_list_go_as_values():
    uses = attribute("USES", "Usos", "multivalued", value_type="list", values=[["1", "Casa"], ["2", "Praia"]])
    one = sku(specifications=(Specification("Usos", ("Praia", "Casa")),))
    assert attributes(one, rules(sheet(uses)))["USES"] == {"id": "USES", "values": [{"id": "2"}, {"id": "1"}]}


@pytest.mark.parametrize(("value", "sent"), [("1,5 kw", "1.5 kW"), ("20W", "20 W"), ("-3 W", "-3 W")])
def test_a_measure_is_sent_in_the_sheet_s_own_unit(value, sent):
    assert (
        attributes(by=rules(sheet(POWER), attributes={"POWER": from_default(value)}))["POWER"]["value_name"] == sent
    )


def test_an_attribute_that_does_not_apply_is_said_so():
    by = rules(sheet(MODEL), attributes={"MODEL": from_default("-1")})
    assert attributes(by=by)["MODEL"] == {"id": "MODEL", "value_id": "-1", "value_name": None}


def test_what_the_marketplace_infers_is_not_filled_from_a_specification():
    inferred = attribute("COLOR", "Cor", "inferred")
    assert "COLOR" not in attributes(by=rules(sheet(inferred)))


def test_the_reason_for_no_gtin_goes_where_the_category_offers_it():
    by = rules(sheet(GTIN, REASON), options={"empty_gtin_reason": "Não tem código"})
    sent = attributes(sku(ean="SEM GTIN"), by)
    assert sent["EMPTY_GTIN_REASON"] == {"id": "EMPTY_GTIN_REASON", "value_id": "17055160"}
    assert "GTIN" not in sent
    assert "EMPTY_GTIN_REASON" not in attributes(by=by)


def test_pictures_are_https_once_each_and_no_more_than_the_category_takes():
    urls = [
        "http://a.example/1.jpg",
        "https://a.example/1.jpg",
        "//a.example/2.jpg",
        "javascript:x",
        "HTTPS://a.example/3.jpg",
        "https://a.example/4.jpg",
    ]
    sent = [row["source"] for row in body(sku(images=tuple(Image(url) for url in urls)))["pictures"]]
    assert sent == ["https://a.example/1.jpg", "https://a.example/2.jpg", "HTTPS://a.example/3.jpg"]


def test_price_and_stock_follow_the_channel_s_rules():
    by = rules(price=PriceRule(markup_percent=Decimal("12.5")), stock=StockRule(reserve=2, cap=5))
    item = body(by=by)
    assert (item["price"], item["available_quantity"]) == (224.89, 5)
    assert body(sku(stock=None))["available_quantity"] == 0
    assert body(sku(stock=-4))["available_quantity"] == 0


def test_a_title_is_cut_only_where_the_rule_allows_it_and_the_origin_says_so():
    by = rules(sheet(max_title=20), title=TitleRule(cut=True))
    assert body(by=by)["title"] == "Caixa de Som Aurora"
    assert origins(by=by)["title"].rule == "cut"


def test_measures_are_rounded_up():
    odd = Dimensions(Decimal("0.1"), Decimal("20.01"), Decimal(15), Decimal("899.5"))
    sent = attributes(sku(dimensions=odd))
    assert [sent[f"SELLER_PACKAGE_{side}"]["value_name"] for side in ("HEIGHT", "WIDTH", "LENGTH", "WEIGHT")] == [
        "1 cm",
        "21 cm",
        "15 cm",
        "900 g",
    ]


@pytest.mark.parametrize("one", ODD.values(), ids=ODD)
def test_an_odd_sku_makes_an_offer_that_can_be_sent_and_kept(one):
    for by in (rules(), Rules(Mapping()), rules(user_products=True)):
        offer = ML.map(one, by)
        assert len(offer.digest) == 32
        json.dumps(offer.payload, allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("a &amp; b", "a & b"),
        ("<p>um</p><p>dois</p>", "um\n\ndois"),
        ("um<br>dois<BR/>três", "um\ndois\ntrês"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<script>alert('x')</script>fim", "fim"),
        ("<style>p{}</style><iframe src=x>y</iframe>fim", "fim"),
        ("<b>sem <i>fechar", "sem fechar"),
        ("1 < 2 e 3 > 2", "1 < 2 e 3 > 2"),
        ("&lt;b&gt;forte&lt;/b&gt;", "forte"),
        ("a\r\nb\tc\x00d", "a\nb cd"),
        ("x\ud800y", "xy"),
        ("&nbsp;&nbsp;a&nbsp;&nbsp;b", "a b"),
    ],
)
def test_a_description_becomes_plain_text(html, text):
    assert plain_text(html) == text


def test_a_description_of_five_megabytes_is_read_in_part():
    assert len(plain_text("<p>palavra</p>" * 400_000)) <= 500_000


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_text_makes_the_reader_raise_and_what_it_gives_can_be_sent(text):
    plain_text(text).encode("utf-8")


@given(name=st.text(max_size=80), value=st.text(max_size=80), ean=st.text(max_size=20))
@settings(max_examples=150, deadline=None)
def test_no_text_of_a_sku_makes_check_or_map_raise(name, value, ean):
    one = sku(name=name, brand=value, ean=ean, description=value, specifications=(Specification(name, (value,)),))
    by = rules(sheet(BRAND, MODEL, COLOR, GTIN, POWER))
    assert isinstance(ML.check(one, by), tuple)
    json.dumps(ML.map(one, by).payload, ensure_ascii=False).encode("utf-8")
