"""What is known before sending: all problems at once, read from the category's sheet."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.ml_cast import (
    BRAND,
    CATEGORY,
    COLOR,
    GTIN,
    ML,
    MODEL,
    POWER,
    REASON,
    attribute,
    found,
    from_default,
    rules,
    sheet,
    sku,
)
from ponte.connectors.exam.samples import EMPTY, FLAWED, ORDINARY
from ponte.domain.connector import Rules
from ponte.domain.mapping import CategoryRule, Mapping, PriceRule, TitleRule
from ponte.domain.problem import ProblemClass, Severity, Stage
from ponte.domain.sku import Dimensions, Image, Specification


def test_an_ordinary_sku_has_no_problem():
    assert found(ORDINARY) == {}


def test_all_problems_are_told_at_once():
    mapped = replace(EMPTY, category_ids=("123",), category_names=("Portáteis",))
    assert set(found(mapped)) == {
        "title title.empty",
        "BRAND attribute.missing",
        "MODEL attribute.missing",
        "GTIN gtin.missing",
        "pictures pictures.missing",
        "price price.missing",
    }


def test_flaws_of_vtex_come_first_and_are_not_repeated():
    assert ML.check(FLAWED, rules()) == FLAWED.flaws


# ---------------------------------------------------------------------- category


def test_an_unmapped_category_names_the_store_s_own():
    problem = found(sku(category_ids=("5", "50")))["50 category.unmapped"]
    assert (problem.kind, problem.stage) == (ProblemClass.CATEGORY_MAPPING, Stage.MAPPING)
    assert problem.params == {"category": "Áudio > Caixas de som > Portáteis", "category_id": "50"}


def test_a_channel_without_any_category_rule_is_not_mapped():
    problem = found(ORDINARY, Rules(Mapping()))["123 category.unmapped"]
    assert problem.kind is ProblemClass.NOT_MAPPED


def test_a_mapped_category_that_does_not_exist_is_told():
    unknown = Rules(rules().mapping, {}, {f"category/{CATEGORY}": None})
    problem = found(ORDINARY, unknown)[f"{CATEGORY} category.unknown"]
    assert problem.kind is ProblemClass.CATEGORY_MAPPING
    assert problem.params["vtex_category_id"] == "123"


def test_a_category_that_was_not_learnt_is_not_judged():
    assert found(ORDINARY, Rules(rules().mapping)) == {}


@pytest.mark.parametrize(
    ("setting", "code"),
    [({"leaf": False}, "category.not_leaf"), ({"listing_allowed": False}, "category.not_allowed")],
)
def test_a_category_that_takes_no_listings_is_told(setting, code):
    problem = found(ORDINARY, rules(sheet(**setting)))[f"{CATEGORY} {code}"]
    assert problem.params["category"] == "Caixas de som (MLB1676)"


# ---------------------------------------------------------------------- title


def test_the_title_s_limit_is_the_category_s():
    problem = found(ORDINARY, rules(sheet(max_title=20)))["title title.too_long"]
    assert problem.params == {"value": ORDINARY.name, "limit": "20", "length": "29"}
    assert found(ORDINARY, rules(sheet(max_title=29))) == {}


def test_a_title_that_may_be_cut_is_no_problem():
    assert found(ORDINARY, rules(sheet(max_title=20), title=TitleRule(cut=True))) == {}


def test_a_sheet_without_a_limit_limits_nothing():
    assert found(sku(name="n" * 500), rules(sheet(max_title=None))) == {}


def test_a_title_without_a_letter_is_told():
    assert found(sku(name="🔊 ✨"))["title title.no_words"].kind is ProblemClass.TITLE_INVALID


def test_an_account_of_user_products_is_told_about_its_family_name():
    assert "family_name title.empty" in found(sku(name=" "), rules(user_products=True))


# ---------------------------------------------------------------------- attributes


def test_each_missing_attribute_is_a_problem_with_its_name_from_the_sheet():
    by = rules(sheet(BRAND, MODEL, attribute("LINE", "Linha", "required")))
    missing = found(sku(brand="", reference="", specifications=()), by)
    assert {key: one.params["name"] for key, one in missing.items()} == {
        "BRAND attribute.missing": "Marca",
        "MODEL attribute.missing": "Modelo",
        "LINE attribute.missing": "Linha",
    }
    assert {one.kind for one in missing.values()} == {ProblemClass.ATTRIBUTE_MISSING}


def test_what_is_required_of_new_products_is_required_when_ours_is_new():
    by = sheet(attribute("LINE", "Linha", "new_required"))
    assert "LINE attribute.missing" in found(ORDINARY, rules(by))
    assert found(ORDINARY, rules(by, options={"condition": "used"})) == {}


def test_what_is_required_on_a_condition_is_a_warning():
    problem = found(ORDINARY, rules(sheet(attribute("LINE", "Linha", "conditional_required"))))[
        "LINE attribute.conditional"
    ]
    assert problem.severity is Severity.WARNING


def test_a_blank_rule_or_specification_is_missing():
    by = rules(sheet(attribute("LINE", "Linha", "required")), attributes={"LINE": from_default("  ")})
    assert "LINE attribute.missing" in found(sku(specifications=(Specification("Linha", (" ",)),)), by)


def test_a_value_outside_a_closed_list_is_told_with_the_list():
    required = {**COLOR, "tags": ["required"]}
    purple = sku(specifications=(Specification("Cor", ("Roxo",)),))
    problem = found(purple, rules(sheet(required)))["COLOR attribute.not_listed"]
    assert (problem.kind, problem.stage) == (ProblemClass.ATTRIBUTE_MAPPING, Stage.MAPPING)
    assert problem.params == {"name": "Cor", "value": "Roxo", "allowed": "Preto, Branco"}


def test_a_value_nobody_asked_for_is_left_out_with_a_warning():
    purple = sku(specifications=(Specification("Cor", ("Roxo",)),))
    assert found(purple, rules(sheet(COLOR)))["COLOR attribute.not_listed"].severity is Severity.WARNING


def test_a_brand_outside_a_closed_list_is_a_matter_of_the_brand_s_mapping():
    brands = {**BRAND, "value_type": "list", "values": [["1", "Outra"]]}
    assert found(ORDINARY, rules(sheet(brands)))["BRAND attribute.not_listed"].kind is ProblemClass.BRAND_MAPPING


def test_a_value_that_is_too_long_is_told_with_the_limit():
    problem = found(sku(specifications=(Specification("Modelo", ("M" * 31,)),)))["MODEL attribute.too_long"]
    assert problem.kind is ProblemClass.ATTRIBUTE_INVALID
    assert (problem.params["limit"], problem.params["length"]) == ("30", "31")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("20", "attribute.unit_missing"),
        ("20 cv", "attribute.unit"),
        ("vinte W", "attribute.not_a_number"),
        ("1.000,5 W", "attribute.unit"),
        ("٢٠ W", "attribute.not_a_number"),
    ],
)
def test_a_measure_that_cannot_be_read_is_told_and_never_guessed(value, code):
    by = rules(sheet(POWER), attributes={"POWER": from_default(value)})
    problem = found(ORDINARY, by)[f"POWER {code}"]
    assert problem.blocking
    assert problem.params["allowed"] == "W, kW"


@pytest.mark.parametrize("value", ["doze", "1.234,5", "1e5", ""])
def test_a_number_that_is_none_is_told(value):
    by = rules(
        sheet(attribute("UNITS", "Unidades", "required", value_type="number")),
        attributes={"UNITS": from_default(value)},
    )
    assert {one.kind.name for one in found(ORDINARY, by).values()} <= {"ATTRIBUTE_INVALID", "ATTRIBUTE_MISSING"}
    assert found(ORDINARY, by)


# ---------------------------------------------------------------------- GTIN


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("7891000315508", "gtin.check_digit"),
        ("789100031550", "gtin.check_digit"),
        ("78910003155", "gtin.length"),
        ("789 1000 315507", "gtin.not_digits"),
        ("7891000A15507", "gtin.not_digits"),
        ("٧٨٩١٠٠٠٣١٥٥٠٧", "gtin.not_digits"),
    ],
)
def test_a_wrong_gtin_is_told_with_its_value(value, code):
    problem = found(sku(ean=value))[f"GTIN {code}"]
    assert problem.kind is ProblemClass.IDENTIFIER_INVALID
    assert problem.params["value"] == value


@pytest.mark.parametrize("value", ["", "  ", "SEM GTIN", "sem ean", "N/A", "0000000000000", "Não tem"])
def test_no_gtin_is_told_however_it_is_written(value):
    assert found(sku(ean=value))["GTIN gtin.missing"].kind is ProblemClass.IDENTIFIER_MISSING


def test_no_gtin_is_no_problem_where_none_is_asked_for():
    assert found(sku(ean=""), rules(sheet({**GTIN, "tags": []}))) == {}


def test_no_gtin_is_no_problem_when_the_seller_gave_the_reason():
    by = rules(sheet(GTIN, REASON), options={"empty_gtin_reason": "não tem codigo"})
    assert found(sku(ean="SEM GTIN"), by) == {}


def test_a_reason_that_the_category_does_not_offer_is_told():
    by = rules(sheet(GTIN, REASON), options={"empty_gtin_reason": "porque sim"})
    assert "EMPTY_GTIN_REASON attribute.not_listed" in found(sku(ean=""), by)


# ---------------------------------------------------------------------- pictures, description


@pytest.mark.parametrize("urls", [(), ("",), ("javascript:alert(1)", "file:///etc/passwd", "/x.jpg", "ftp://a/b")])
def test_no_usable_picture_is_told(urls):
    images = tuple(Image(url) for url in urls)
    assert found(sku(images=images))["pictures pictures.missing"].kind is ProblemClass.IMAGE_MISSING


def test_too_many_pictures_are_a_warning_with_both_numbers():
    problem = found(sku(images=tuple(Image(f"https://a.example/{n}.jpg") for n in range(5))))[
        "pictures pictures.too_many"
    ]
    assert (problem.severity, problem.params) == (Severity.WARNING, {"limit": "3", "count": "5"})


def test_the_description_s_limit_counts_plain_text():
    assert found(sku(description="<p>" + "<b></b>" * 2_000 + "a" * 5_000 + "</p>")) == {}
    problem = found(sku(description="a" * 5_001))["description description.too_long"]
    assert problem.params == {"limit": "5000", "length": "5001"}


def test_no_description_is_no_problem():
    assert found(sku(description="")) == {}


# ---------------------------------------------------------------------- price


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ("0", "price.zero"),
        ("-1", "price.negative"),
        ("-99999999999", "price.negative"),
        ("7.99", "price.too_low"),
        ("9999999999", "price.too_high"),
        ("99999999999.99", "price.too_high"),
        ("1e40", "price.too_high"),
        ("Infinity", "price.too_high"),
        ("NaN", "price.not_a_number"),
        ("-Infinity", "price.negative"),
    ],
)
def test_a_price_that_cannot_be_is_told_with_its_value(price, code):
    (problem,) = found(sku(price=Decimal(price))).values()
    assert (problem.kind, problem.code) == (ProblemClass.PRICE_INVALID, code)
    assert Decimal(problem.params["value"]).compare_total(Decimal(price)) == 0 or code in {
        "price.too_low",
        "price.too_high",
    }


def test_the_price_after_markup_is_the_one_that_counts():
    by = rules(price=PriceRule(markup_percent=Decimal(10)))
    assert found(sku(price=Decimal("7.30")), by) == {}
    assert "price price.zero" in found(sku(price=Decimal(5)), rules(price=PriceRule(add=Decimal(-5))))


def test_the_price_s_limits_are_the_category_s():
    assert found(sku(price=Decimal("0.01")), rules(sheet(minimum_price=None))) == {}
    assert "price price.too_high" in found(ORDINARY, rules(sheet(maximum_price=100)))


def test_no_price_is_told_once():
    assert found(sku(price=None))["price price.missing"].kind is ProblemClass.VTEX_PRICE_MISSING


# ---------------------------------------------------------------------- dimensions


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("0", "dimensions.not_positive"),
        ("-3", "dimensions.not_positive"),
        ("NaN", "dimensions.not_positive"),
        ("1000000000", "dimensions.too_large"),
    ],
)
def test_a_measure_that_no_parcel_has_is_told(value, code):
    odd = Dimensions(Decimal(value), Decimal(20), Decimal(15), Decimal(900))
    problem = found(sku(dimensions=odd))[f"SELLER_PACKAGE_HEIGHT {code}"]
    assert problem.kind is ProblemClass.DIMENSIONS_INVALID
    assert problem.params["unit"] == "cm"


def test_a_missing_measure_is_told_where_the_category_asks_for_it():
    none = sku(dimensions=Dimensions(None, None, None, None))
    assert found(none) == {}
    weight = attribute(
        "SELLER_PACKAGE_WEIGHT", "Peso da embalagem", "required", value_type="number_unit", units=["g", "kg"]
    )
    problem = found(none, rules(sheet(weight)))["SELLER_PACKAGE_WEIGHT dimensions.missing"]
    assert problem.kind is ProblemClass.DIMENSIONS_INVALID


def test_some_measures_without_the_others_are_told():
    flat = sku(dimensions=Dimensions(None, Decimal(20), Decimal(15), None))
    assert set(found(flat)) == {
        "SELLER_PACKAGE_HEIGHT dimensions.missing",
        "SELLER_PACKAGE_WEIGHT dimensions.missing",
    }


def test_the_category_of_another_line_is_not_asked():
    by = rules(categories={"12": CategoryRule("MLB1000", 3), "123": CategoryRule(CATEGORY, 4)})
    assert ML.needs(ORDINARY, by) == ("account", f"category/{CATEGORY}")
    assert ML.needs(sku(category_ids=("9",)), by) == ("account",)


@pytest.mark.parametrize(
    ("takes", "option", "refused"),
    [(["new", "used"], {}, False), (["used"], {}, True), (["new"], {"condition": "used"}, True), ([], {}, False)],
)
def test_a_condition_is_one_of_those_the_category_takes(takes, option, refused):
    problems = found(sku(), rules(sheet(conditions=takes), options=option))
    assert ("condition condition.not_allowed" in problems) is refused
    if refused:
        assert problems["condition condition.not_allowed"].params["allowed"] == ", ".join(takes)


@pytest.mark.parametrize("ending", ["webp", "GIF", "svg", "webp?v=63", "avif#x"])
def test_a_picture_in_another_format_is_left_out_and_told(ending):
    odd, good = Image(f"https://a.example/1.{ending}"), Image("https://a.example/2.jpg")
    both = sku(images=(odd, good))
    problem = found(both)["pictures pictures.format"]
    assert (problem.blocking, problem.params["value"]) == (False, odd.url)
    assert ML.map(both, rules()).payload["item"]["pictures"] == [{"source": good.url}]
    alone = found(sku(images=(odd,)))
    assert alone["pictures pictures.format"].blocking
    assert "pictures pictures.missing" not in alone


@pytest.mark.parametrize(
    "address", ["https://a.example/1.jpeg", "https://a.example/1", "https://a.webp/1.PNG?x=.gif"]
)
def test_an_address_that_tells_no_other_format_is_sent(address):
    assert "pictures pictures.format" not in found(sku(images=(Image(address),)))
