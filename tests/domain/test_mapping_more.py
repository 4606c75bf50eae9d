"""Brands, units, templates, own titles, values of a category, and what is left out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.test_mapping import sku
from ponte.domain.mapping_errors import MappingFlaw
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.mapping_units import UnitRule, converted, known_factor
from ponte.domain.offer import Provenance
from ponte.domain.sku import Specification

USABLE = "version: 1\ndefault_category: MLB1\n"


def read(text):
    found = parse_mapping(USABLE + text)
    assert found.errors == ()
    return found.mapping


def flaws(text):
    return [(error.line, error.code) for error in parse_mapping(USABLE + text).errors]


def spec(name, *values):
    return Specification(name, values)


def test_a_brand_is_called_as_the_marketplace_calls_it_with_the_line_that_says_so():
    mapping = read("brands:\n  olýmpikus: OLYMPIKUS BR\nattributes:\n  BRAND: {from: brand}\n")
    assert mapping.branded(sku()) == Provenance("brand", "brand", "brand map", "Olympikus", "OLYMPIKUS BR", 4)
    assert mapping.attribute(sku(), "BRAND", "MLB1").sent == "OLYMPIKUS BR"
    assert mapping.branded(sku(brand="Outra")).rule == "as read"
    assert mapping.branded(sku(brand=" ")) is None


def test_values_of_an_attribute_go_before_the_brands():
    mapping = read("brands: {Olympikus: A}\nattributes:\n  BRAND:\n    from: brand\n    values: {Olympikus: B}\n")
    found = mapping.attribute(sku(), "BRAND", "MLB1")
    assert (found.sent, found.rule, found.line) == ("B", "value map", 7)


def test_a_template_builds_a_value_and_the_default_stands_in_when_nothing_is_filled():
    mapping = read('attributes:\n  LINE: {template: "{brand} {specification:Modelo}", default: Sem linha}\n')
    assert mapping.attribute(sku(), "LINE", "MLB1").sent == "Olympikus"
    assert mapping.attribute(sku(specifications=(spec("Modelo", "X3"),)), "LINE", "").sent == "Olympikus X3"
    assert mapping.attribute(sku(brand=""), "LINE", "MLB1").sent == "Sem linha"


def test_a_category_has_a_title_of_its_own():
    mapping = read(
        'title:\n  template: "{name}"\n  cut: true\n  categories:\n    MLB1: "{brand} {sku_name}"\n'
        "    MLB2: {cut: false}\n"
    )
    assert mapping.titled(sku(), 60).sent == "Olympikus Preto 41"
    assert mapping.titled(sku(), 60).line == 7
    assert mapping.titled(sku(), 12).sent == "Olympikus"
    assert mapping.title.categories["MLB2"].template == "{name}"


def test_the_values_of_a_category_go_first_and_the_rest_of_the_general_rule_stays():
    mapping = read(
        "attributes:\n  COLOR: {from: specification:Cor, values: {Areia: Branco, Gelo: Branco}}\n"
        "category_attributes:\n  MLB1:\n    COLOR: {values: {areia: Bege}}\n"
    )
    sand, ice = sku(specifications=(spec("Cor", "Areia"),)), sku(specifications=(spec("Cor", "Gelo"),))
    assert mapping.attribute(sand, "COLOR", "MLB1").sent == "Bege"
    assert mapping.attribute(ice, "COLOR", "MLB1").sent == "Branco"
    assert mapping.attribute(sand, "COLOR", "MLB9").sent == "Branco"


def test_values_alone_translate_what_the_connector_finds_by_itself():
    mapping = read("attributes:\n  COLOR: {values: {Areia: Bege}}\n")
    found = Provenance("COLOR", "specification:Cor", "same name", "Areia", "Areia")
    assert mapping.attribute(sku(), "COLOR", "MLB1") is None
    assert mapping.adjusted(found, "COLOR", "MLB1").sent == "Bege"
    assert mapping.adjusted(found, "SIZE", "MLB1") == found


def test_what_is_ignored_gives_nothing_and_says_so():
    mapping = read("attributes:\n  COLOR: {ignore: true}\ncategory_attributes:\n  MLB1:\n    COLOR: Preto\n")
    assert mapping.ignores("COLOR", "MLB9")
    assert not mapping.ignores("COLOR", "MLB1")
    assert mapping.attribute(sku(), "COLOR", "MLB9") is None


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("12,5", "125 mm"),
        ("12.5 cm", "125 mm"),
        ("0,5 m", "500 mm"),
        ("40 mm", "40 mm"),
        ("2 pol", "51 mm"),
        ("2 kg", "2 kg"),
        ("1.234,5", "1.234,5"),
        ("Mesa 120 cm", "Mesa 120 cm"),
        ("", ""),
    ],
)
def test_a_quantity_is_converted_and_nothing_else_is(text, sent):
    mapping = read("attributes: {H: {from: specification:Altura}}\nunits:\n  H: {from: cm, to: mm, decimals: 0}\n")
    found = mapping.attribute(sku(specifications=(spec("Altura", text),)), "H", "MLB1")
    assert (found.sent if found else "") == sent
    assert found is None or found.rule != "unit" or found.line == 5


def test_a_default_is_sent_as_it_is_written():
    assert read("attributes: {H: 12}\nunits: {H: {from: cm, to: mm}}\n").attribute(sku(), "H", "").sent == "12"


def test_decimals_are_rounded_half_up_and_the_unit_may_be_left_out():
    rule = UnitRule("cm", "m", Decimal("0.01"), decimals=2, number_only=True)
    assert converted("12,5", rule) == "0.13"
    assert converted("100", rule) == "1"


@given(st.decimals(0, 10**5, places=3, allow_nan=False), st.sampled_from([("cm", "mm"), ("kg", "g"), ("l", "ml")]))
def test_there_and_back_is_the_same(amount, units):
    there, back = (known_factor(*pair) for pair in (units, units[::-1]))
    sent = converted(f"{amount:f}", UnitRule(*units, there))
    again = converted(sent, UnitRule(units[1], units[0], back, number_only=True))
    assert Decimal(again) == amount


@given(st.text(max_size=30))
def test_no_text_breaks_a_conversion(text):
    assert isinstance(converted(text, UnitRule("cm", "mm", Decimal(10))), str)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("brands: {Ágata: A, agata: B}", [(3, MappingFlaw.SAME_BRAND)]),
        ("brands:\n  A:\n", [(4, MappingFlaw.EMPTY_VALUE)]),
        ("units:\n  H: {from: cm, to: kg}\n", [(4, MappingFlaw.UNKNOWN_UNITS)]),
        ("units:\n  H: {from: cm}\n", [(4, MappingFlaw.EMPTY_VALUE)]),
        ("units:\n  H: cm\n", [(4, MappingFlaw.NOT_A_TABLE)]),
        ("units:\n  H: {from: a, to: b, factor: 0}\n", [(4, MappingFlaw.NOT_A_NUMBER)]),
        ("units:\n  H: {from: a, to: b, factor: 1,5}\n", [(4, MappingFlaw.UNKNOWN_KEY)]),
        ("units:\n  H: {from: cm, to: mm, decimals: 7}\n", [(4, MappingFlaw.NUMBER_TOO_LARGE)]),
        ('attributes:\n  A: {template: "{marca}"}\n', [(4, MappingFlaw.UNKNOWN_PLACEHOLDER)]),
        ('attributes:\n  A: {template: "{brand"}\n', [(4, MappingFlaw.BAD_BRACES)]),
        ('attributes:\n  A: {template: "{brand}", from: brand}\n', [(4, MappingFlaw.TWO_ORIGINS)]),
        ("attributes:\n  A: {ignore: true, from: brand}\n", [(4, MappingFlaw.IGNORED_WITH_MORE)]),
        ("attributes:\n  A: {ignore: talvez}\n", [(4, MappingFlaw.NOT_A_FLAG)]),
        ("attributes:\n  A: {}\n", [(4, MappingFlaw.EMPTY_RULE)]),
        ("title: {categories: {MLB1: fixo}}\n", [(3, MappingFlaw.CONSTANT_TITLE)]),
    ],
)
def test_every_error_has_its_line(text, expected):
    assert flaws(text) == expected


def test_a_title_of_a_category_that_nothing_leads_to_is_a_warning():
    warnings = parse_mapping(USABLE + 'title: {categories: {MLB7: "{name}"}}\n').warnings
    assert [warning.code for warning in warnings] == [MappingFlaw.UNUSED_TITLE]
