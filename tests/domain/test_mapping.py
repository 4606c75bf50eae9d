"""A channel's rules applied to a SKU. The rows B14 and B15 of the bad-inputs catalogue are named in the tests."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.domain.mapping import (
    CategoryRule,
    Mapping,
    PriceRule,
    StockRule,
    TitleRule,
    ValueRule,
    apply_rule,
    cut_at_word,
    fill_template,
    plain,
    read_source,
)
from ponte.domain.offer import Provenance
from ponte.domain.sku import Dimensions, Sku, Specification


def sku(**changes):
    fields = {
        "id": "118204",
        "product_id": "5501",
        "name": "Tênis Corre 3 Preto 41",
        "product_name": "Tênis Corre 3",
        "sku_name": "Preto 41",
        "brand": "Olympikus",
        "brand_id": "7",
        "ean": "7909513284417",
        "reference": "REF-1",
        "description": "",
        "category_ids": ("1", "12", "118"),
        "category_names": ("Moda", "Calçados", "Tênis"),
        "images": (),
        "specifications": (),
        "dimensions": Dimensions(None, None, None, None),
        "trade_policies": ("1",),
        "active": True,
        "product_active": True,
    }
    return Sku(**(fields | changes))


def test_the_mapped_category_nearest_to_the_leaf_counts():
    mapping = Mapping(categories={"1": CategoryRule("MLB1", 3), "12": CategoryRule("MLB12", 4)})
    assert mapping.category(sku()) == Provenance("category", "category", "category map", "12", "MLB12", 4)


def test_the_default_category_takes_what_is_not_mapped_and_names_the_leaf():
    mapping = Mapping(default_category=CategoryRule("MLB9", 5))
    assert mapping.category(sku()) == Provenance("category", "category", "default", "118", "MLB9", 5)
    assert mapping.category(sku(category_ids=())) == Provenance("category", "category", "default", "", "MLB9", 5)


def test_without_any_rule_there_is_no_category():
    assert Mapping().category(sku()) is None


def test_an_attribute_comes_from_the_first_filled_source():
    rule = ValueRule(sources=("specification:Modelo", "reference"), default="X", line=8)
    mapping = Mapping(attributes={"MODEL": rule})
    assert mapping.attribute(sku(), "MODEL", "MLB1") == Provenance(
        "MODEL", "reference", "source", "REF-1", "REF-1", 8
    )


def test_a_default_stands_in_when_all_sources_are_empty():
    mapping = Mapping(attributes={"MODEL": ValueRule(sources=("reference",), default="Único", line=8)})
    told = mapping.attribute(sku(reference="  "), "MODEL", "MLB1")
    assert told == Provenance("MODEL", "", "default", "", "Único", 8)


def test_without_a_rule_or_a_default_there_is_no_value():
    assert Mapping().attribute(sku(), "MODEL", "MLB1") is None
    assert apply_rule(sku(ean=""), "GTIN", ValueRule(sources=("ean",))) is None


def test_a_rule_for_the_category_goes_before_the_general_one():
    mapping = Mapping(
        attributes={"GENDER": ValueRule(default="Unissex")},
        category_attributes={"MLB1": {"GENDER": ValueRule(default="Masculino")}},
    )
    assert mapping.attribute(sku(), "GENDER", "MLB1").sent == "Masculino"
    assert mapping.attribute(sku(), "GENDER", "MLB2").sent == "Unissex"


def test_values_are_translated_without_regard_to_case_accents_and_blanks():
    rule = ValueRule(sources=("specification:Cor",), values={"azul petróleo": "Azul"})
    found = sku(specifications=(Specification("COR", ("Azul  PETROLEO",)),))
    assert apply_rule(found, "COLOR", rule) == Provenance(
        "COLOR", "specification:Cor", "value map", "Azul  PETROLEO", "Azul"
    )


def test_a_value_that_is_not_listed_is_sent_as_it_is():
    rule = ValueRule(sources=("brand",), values={"Nike": "NIKE"})
    assert apply_rule(sku(), "BRAND", rule) == Provenance("BRAND", "brand", "source", "Olympikus", "Olympikus")


def test_a_skus_specification_goes_before_the_products_and_an_empty_one_does_not_count():
    found = sku(
        specifications=(
            Specification("Cor", ("Cinza",)),
            Specification("cór", ("Preto", "", "Branco"), of_sku=True),
            Specification("Cor", ("",), of_sku=True),
        )
    )
    assert read_source(found, "specification:COR") == "Preto, Branco"
    assert read_source(found, "specification:Tamanho") == ""


@pytest.mark.parametrize(
    ("source", "text"),
    [("sku_id", "118204"), ("product_id", "5501"), ("ean", "7909513284417"), ("description", ""), ("__class__", "")],
)
def test_only_known_sources_are_read(source, text):
    assert read_source(sku(), source) == text


def test_a_template_takes_fields_and_specifications_and_tidies_blanks():
    found = sku(specifications=(Specification("Voltagem", ("220 V",)),))
    filled = fill_template("{brand}  {product_name} {specification:Voltagem} {sku_name} {sku_id}", found)
    assert filled == "Olympikus Tênis Corre 3 220 V Preto 41 118204"


def test_a_value_that_looks_like_a_placeholder_is_not_filled_again():
    assert fill_template("{brand} {name}", sku(brand="{name}{sku_id}", name="X")) == "{name}{sku_id} X"


def test_braces_that_name_no_field_stay():
    assert fill_template("{size} {name}", sku(name="X")) == "{size} X"


def test_b14_a_long_name_is_cut_only_where_the_rule_says_so_and_the_rule_is_named():
    long = sku(name="palavra " * 1250)
    whole = Mapping(title=TitleRule(line=3)).titled(long, 60)
    assert (whole.rule, len(whole.sent), whole.line) == ("template", 9_999, 3)
    cut = Mapping(title=TitleRule(cut=True, line=3)).titled(long, 60)
    assert (cut.rule, cut.sent, cut.line) == ("cut", ("palavra " * 7).strip(), 3)
    assert cut.found == long.name


@pytest.mark.parametrize(("name", "sent"), [("A", "A"), ("   ", ""), ("👨‍👩‍👧", "👨‍👩‍👧"), ("", "")])
def test_b14_short_blank_and_emoji_names_are_kept_for_the_channel_to_judge(name, sent):
    told = Mapping(title=TitleRule(cut=True)).titled(sku(name=name), 60)
    assert (told.rule, told.sent) == ("template", sent)


@pytest.mark.parametrize("name", ["<b>Tênis</b>", "<script>alert(1)</script>", "Tênis &amp;amp; Meia"])
def test_b15_markup_in_a_name_is_neither_decoded_nor_taken_out(name):
    assert Mapping().titled(sku(name=name), 60).sent == name


def test_a_cut_is_at_a_words_end_in_the_last_third_and_else_at_the_limit():
    assert cut_at_word("um dois três", 20) == "um dois três"
    assert cut_at_word("um dois três quatro", 12) == "um dois três"
    assert cut_at_word("um dois três quatro", 14) == "um dois três"
    assert cut_at_word("um dois, - três", 12) == "um dois"
    assert cut_at_word("abcdefghijklmno", 10) == "abcdefghij"
    assert cut_at_word("a bcdefghijklmno", 10) == "a bcdefghi"


@given(st.text(max_size=100), st.integers(1, 80))
def test_a_cut_is_never_longer_than_the_limit_and_is_the_texts_beginning(text, limit):
    cut = cut_at_word(text, limit)
    assert len(cut) <= limit
    assert text.startswith(cut)


@pytest.mark.parametrize(
    ("price", "rule", "sent"),
    [
        ("100", PriceRule(), "100.00"),
        ("100", PriceRule(markup_percent=Decimal("12.5")), "112.50"),
        ("100", PriceRule(markup_percent=Decimal(10), add=Decimal("3.9")), "113.90"),
        ("19.995", PriceRule(), "20.00"),
        ("0.004", PriceRule(), "0.00"),
        ("0", PriceRule(), "0.00"),
        ("-1", PriceRule(), "-1.00"),
    ],
)
def test_a_price_is_raised_and_rounded_half_up_to_the_cent(price, rule, sent):
    assert Mapping(price=rule).priced(sku(price=Decimal(price))).sent == sent


def test_a_price_sent_as_read_says_so():
    assert Mapping(price=PriceRule(line=4)).priced(sku(price=Decimal("9.90"))) == Provenance(
        "price", "price", "as read", "9.90", "9.90", 4
    )
    assert Mapping(price=PriceRule(add=Decimal(1))).priced(sku(price=Decimal("9.90"))).rule == "markup"


@pytest.mark.parametrize("price", [None, "NaN", "sNaN", "Infinity", "-Infinity", "1E+12", "1E+300", "-1E+300"])
def test_a_price_that_is_none_or_impossible_makes_no_offer(price):
    assert Mapping().priced(sku(price=None if price is None else Decimal(price))) is None


@pytest.mark.parametrize(
    ("stock", "rule", "sent", "named"),
    [
        (10, StockRule(), "10", "as read"),
        (10, StockRule(reserve=3), "7", "reserve or cap"),
        (10, StockRule(cap=4), "4", "reserve or cap"),
        (2, StockRule(reserve=3), "0", "reserve or cap"),
        (0, StockRule(), "0", "as read"),
        (-5, StockRule(), "0", "reserve or cap"),
        (None, StockRule(), "0", "as read"),
        (10**12, StockRule(), "99999", "reserve or cap"),
    ],
)
def test_stock_keeps_its_reserve_back_and_stays_between_zero_and_the_cap(stock, rule, sent, named):
    told = Mapping(stock=rule).stocked(sku(stock=stock))
    assert (told.sent, told.rule, told.found) == (sent, named, str(stock or 0))


def test_texts_are_compared_plain():
    assert plain("  ÁGUA\tCom  Gás ") == plain("agua com gas")
