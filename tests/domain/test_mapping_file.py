"""Mapping files: what is read, and every error with its line."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.domain.mapping import BrandRule, CategoryRule, Mapping, PriceRule, StockRule, TitleRule, ValueRule
from ponte.domain.mapping_errors import MAX_ERRORS, MappingFlaw
from ponte.domain.mapping_file import minimal_example, parse_mapping
from ponte.domain.mapping_units import UnitRule
from ponte.domain.mapping_yaml import MAX_BYTES, MAX_DEPTH

FLAW = MappingFlaw
PAGE = Path(__file__).parents[2] / "docs" / "mapping.md"
USABLE = "version: 1\ndefault_category: MLB1\n"


def read(text):
    """Return the mapping of a file without errors or warnings."""
    found = parse_mapping(text)
    assert (found.errors, found.warnings) == ((), ())
    return found.mapping


def flaws(text):
    """Return (line, flaw) of each error."""
    found = parse_mapping(text)
    assert (found.mapping is None) is bool(found.errors)
    return [(error.line, error.code) for error in found.errors]


def doubts(text):
    found = parse_mapping(text)
    assert found.errors == ()
    return [(warning.line, warning.code) for warning in found.warnings]


def test_the_example_in_the_manual_is_read_whole():
    example = re.search(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[1]
    line = {row.split(":")[0].strip().strip('"'): number for number, row in enumerate(example.splitlines(), 1)}
    mapping = read(example)
    own = TitleRule("{brand} {product_name} {specification:Cor}", cut=True, line=7)
    usual = TitleRule("{name} {specification:Voltagem}", cut=True, line=3, categories={"MLB23332": own})
    assert mapping.title == usual
    assert mapping.price == PriceRule(Decimal("12.5"), Decimal("3.90"), line=line["price"])
    assert mapping.stock == StockRule(2, 50, line=line["stock"])
    assert mapping.categories == {
        "118": CategoryRule("MLB31447", line["118"]),
        "120": CategoryRule("MLB23332", line["120"]),
    }
    assert mapping.default_category == CategoryRule("MLB1953", line["default_category"])
    colours = {"Off white": "Branco", "Grafite": "Cinza-escuro"}
    assert mapping.attributes == {
        "BRAND": ValueRule(("brand",), line=line["BRAND"]),
        "MODEL": ValueRule(("specification:Modelo", "reference"), "Único", line=line["MODEL"]),
        "COLOR": ValueRule(("specification:Cor",), values=colours, line=line["MODEL"] + 1),
        "ITEM_CONDITION": ValueRule(default="Novo", line=line["ITEM_CONDITION"]),
        "LINE": ValueRule(template="{brand} {specification:Modelo}", line=line["LINE"]),
        "MAX_WEIGHT": ValueRule(ignore=True, line=line["MAX_WEIGHT"]),
    }
    gender = ValueRule(("specification:Gênero",), "Sem gênero", line=line["GENDER"])
    sand = ValueRule(values={"Areia": "Bege"}, line=line["GENDER"] + 1)
    assert mapping.category_attributes == {"MLB23332": {"GENDER": gender, "COLOR": sand}}
    assert mapping.brands == {"lumen casa": BrandRule("LUMEN", line["Lumen Casa"])}
    assert mapping.units["HEIGHT"] == UnitRule("cm", "mm", Decimal(10), 0, line=line["HEIGHT"])
    assert mapping.units["FABRIC_WEIGHT"].factor == Decimal("33.906")
    assert mapping.options["warranty_time"] == "90 dias"


def test_every_section_is_in_the_manual():
    page = PAGE.read_text("utf-8")
    for name in ("template", "cut", "markup_percent", "add", "reserve", "cap", *Mapping.__dataclass_fields__):
        assert name in page, name


def test_the_minimal_example_is_read_without_a_word():
    assert read(minimal_example()).title == TitleRule("{name}", cut=True, line=3)


def test_an_empty_file_is_the_usual_rules_with_a_warning_that_nothing_is_mapped():
    for text in ("", "# nothing yet\n", "---\n", "\ufeff"):
        assert parse_mapping(text).mapping == Mapping()
        assert doubts(text) == [(1, FLAW.VERSION_MISSING), (1, FLAW.NOTHING_MAPPED)]


def test_sections_and_fields_left_empty_are_the_usual_ones():
    mapping = parse_mapping(USABLE + "title:\nprice: {}\nstock:\nattributes:\ncategories:\noptions:\n").mapping
    assert mapping.title == TitleRule(line=3)
    assert mapping.stock == StockRule(line=5)
    assert (mapping.attributes, mapping.categories, mapping.options) == ({}, {}, {})


def test_every_scalar_is_the_text_that_was_written():
    text = USABLE + "options: {a: NO, b: 0123, c: 1_000, d: 2026-11-23, e: ~, f: 1e3, g: 'x ', h: null, 0x1: on}\n"
    assert read(text).options == {
        "a": "NO",
        "b": "0123",
        "c": "1_000",
        "d": "2026-11-23",
        "e": "~",
        "f": "1e3",
        "g": "x",
        "h": "null",
        "0x1": "on",
    }


def test_a_category_id_keeps_its_zeros():
    assert read("version: 1\ncategories: {0118: 0001}\n").categories == {"0118": CategoryRule("0001", 2)}


@pytest.mark.parametrize(
    ("written", "sources"),
    [
        ("brand", ("brand",)),
        ("[brand, sku_id]", ("brand", "sku_id")),
        ("specification:Cor", ("specification:Cor",)),
        ('"specification: Cor do produto"', ("specification:Cor do produto",)),
        ("[specification: Cor, brand]", ("specification:Cor", "brand")),
        ("{specification: Cor}", ("specification:Cor",)),
    ],
)
def test_sources_are_read_as_they_are_meant(written, sources):
    assert read(USABLE + f"attributes: {{COLOR: {{from: {written}}}}}\n").attributes["COLOR"].sources == sources


@pytest.mark.parametrize(
    ("word", "cut"), [("true", True), ("SIM", True), ("yes", True), ("false", False), ("não", False), ("No", False)]
)
def test_yes_and_no_are_understood_in_the_languages_of_the_screen(word, cut):
    assert read(USABLE + f"title: {{cut: {word}}}\n").title.cut is cut


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("version: 2", [(1, FLAW.BAD_VERSION)]),
        ("version: [1]", [(1, FLAW.NOT_A_TEXT)]),
        ("version:", [(1, FLAW.EMPTY_VALUE)]),
        ("just a text", [(1, FLAW.NOT_A_TABLE)]),
        ("[a, b]", [(1, FLAW.NOT_A_TABLE)]),
        ("titulo: {}", [(1, FLAW.UNKNOWN_KEY)]),
        ("title: {size: 1}", [(1, FLAW.UNKNOWN_KEY)]),
        ("title: text", [(1, FLAW.NOT_A_TABLE)]),
        ("title: {cut: perhaps}", [(1, FLAW.NOT_A_FLAG)]),
        ("title: {template: ''}", [(1, FLAW.EMPTY_VALUE)]),
        ("title: {template: [a]}", [(1, FLAW.NOT_A_TEXT)]),
        ("title: {template: Oferta}", [(1, FLAW.CONSTANT_TITLE)]),
        ("title: {template: '{size}'}", [(1, FLAW.UNKNOWN_PLACEHOLDER)]),
        ("title: {template: '{name} {'}", [(1, FLAW.BAD_BRACES)]),
        ("title: {template: '{specification:}'}", [(1, FLAW.EMPTY_SPECIFICATION)]),
        ("title: {template: '{nome} }{marca}'}", [(1, FLAW.BAD_BRACES), *[(1, FLAW.UNKNOWN_PLACEHOLDER)] * 2]),
        ("price: {markup_percent: -5}", [(1, FLAW.NEGATIVE)]),
        ("price: {markup_percent: 1001}", [(1, FLAW.NUMBER_TOO_LARGE)]),
        ("price: {add: -0.01}", [(1, FLAW.NEGATIVE)]),
        ("price: {add: []}", [(1, FLAW.NOT_A_TEXT)]),
        ("stock: {reserve: -1}", [(1, FLAW.NEGATIVE)]),
        ("stock: {cap: 1.5}", [(1, FLAW.NOT_WHOLE)]),
        ("stock: {cap: 10000000}", [(1, FLAW.NUMBER_TOO_LARGE)]),
        ("stock: {cap: many}", [(1, FLAW.NOT_WHOLE)]),
        ("stock: {cap: {}}", [(1, FLAW.NOT_A_TEXT)]),
        ("categories: {1: }", [(1, FLAW.EMPTY_VALUE)]),
        ("categories: {1: [MLB1]}", [(1, FLAW.NOT_A_TEXT)]),
        ("categories: MLB1", [(1, FLAW.NOT_A_TABLE)]),
        ("default_category: {a: b}", [(1, FLAW.NOT_A_TEXT)]),
        ("attributes: [BRAND]", [(1, FLAW.NOT_A_TABLE)]),
        ("attributes: {BRAND: }", [(1, FLAW.EMPTY_VALUE)]),
        ("attributes: {BRAND: {}}", [(1, FLAW.EMPTY_RULE)]),
        ("attributes: {BRAND: [brand]}", [(1, FLAW.NOT_A_TABLE)]),
        ("attributes: {BRAND: {from: }}", [(1, FLAW.EMPTY_VALUE)]),
        ("attributes: {BRAND: {from: []}}", [(1, FLAW.EMPTY_VALUE)]),
        ("attributes: {BRAND: {from: [[brand]]}}", [(1, FLAW.NOT_A_SOURCE)]),
        ("attributes: {BRAND: {from: {brand: x}}}", [(1, FLAW.NOT_A_SOURCE)]),
        ("attributes: {BRAND: {from: {a: x, b: y}}}", [(1, FLAW.NOT_A_SOURCE)]),
        ("attributes: {BRAND: {from: marca}}", [(1, FLAW.UNKNOWN_SOURCE)]),
        ("attributes: {BRAND: {from: 'specification: '}}", [(1, FLAW.EMPTY_SPECIFICATION)]),
        ("attributes: {BRAND: {form: brand}}", [(1, FLAW.EMPTY_RULE), (1, FLAW.UNKNOWN_KEY)]),
        ("attributes: {BRAND: {from: brand, values: [a]}}", [(1, FLAW.NOT_A_TABLE)]),
        ("attributes: {BRAND: {from: brand, values: {a: }}}", [(1, FLAW.EMPTY_VALUE)]),
        ("category_attributes: {MLB1: BRAND}", [(1, FLAW.NOT_A_TABLE)]),
        ("options: {a: [b]}", [(1, FLAW.NOT_A_TEXT)]),
        ("'': x", [(1, FLAW.EMPTY_KEY)]),
        ("? [a, b]\n: c", [(1, FLAW.KEY_NOT_TEXT)]),
        ("price: {}\nprice: {}", [(2, FLAW.DUPLICATE_KEY)]),
        ("options: &a {}", [(1, FLAW.ANCHOR)]),
        ("options: *a", [(1, FLAW.ALIAS), (1, FLAW.NOT_A_TABLE)]),
        ("options: {a: !!python/name:os.system x}", [(1, FLAW.TAG)]),
        ("options: !!map {a: ! x}", [(1, FLAW.TAG), (1, FLAW.TAG)]),
        ("options: {<<: {a: b}}", [(1, FLAW.MERGE_KEY)]),
        ("a: b: c", [(1, FLAW.COLON)]),
        ("price:\n\tadd: 1", [(2, FLAW.TAB)]),
        ("options: {a: 'b}", [(1, FLAW.SYNTAX)]),
        ("options: [}", [(1, FLAW.SYNTAX)]),
        ('options: {a: "\\UFFFFFFFF"}', [(1, FLAW.SYNTAX)]),
        ("%YAML 1." + "1" * 5000 + "\n---\na: b", [(1, FLAW.SYNTAX)]),
        ("version: 1\n---\nversion: 1", [(2, FLAW.SEVERAL_DOCUMENTS)]),
        ("version: 1\n...\nversion: 1", [(3, FLAW.SEVERAL_DOCUMENTS)]),
        ("version: 1\n\noptions: {a: \x00}", [(3, FLAW.BAD_CHARACTER)]),
        ("version: 1\noptions: {a: \ud800}", [(2, FLAW.BAD_CHARACTER)]),
        ('options: {a: "\\0"}', [(1, FLAW.BAD_CHARACTER)]),
        ('options: {a: "\\ud800"}', [(1, FLAW.BAD_CHARACTER)]),
        ("[" * (MAX_DEPTH + 1), [(1, FLAW.TOO_DEEP)]),
        ("[" * 100_000, [(1, FLAW.TOO_DEEP)]),
        ("? " * 1000, [(1, FLAW.TOO_DEEP)]),
        ("#" * (MAX_BYTES + 1), [(1, FLAW.TOO_LARGE)]),
        ("#" + "é" * (MAX_BYTES // 2), [(1, FLAW.TOO_LARGE)]),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_each_mistake_is_an_error_with_its_line(text, expected):
    assert sorted(flaws(text)) == sorted(expected)


@pytest.mark.parametrize("number", ["10,5", "1e3", "NaN", "٣", "1_000", "10%", "--1", "1.", "9" * 30, "0x10", "+ 1"])
def test_an_odd_number_is_refused_and_never_guessed(number):
    (error,) = parse_mapping(USABLE + f"price:\n  add: '{number}'\n").errors
    assert (error.line, error.column, error.code) == (4, 3, FLAW.NOT_A_NUMBER)
    assert error.params == {"key": "add", "value": number}


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("categoris: {}", "categories"),
        ("TITLE: {}", "title"),
        ("attributes: {X: {from: marca}}", "brand"),
        ("attributes: {X: {from: Referência}}", "reference"),
        ("attributes: {X: {from: brnd}}", "brand"),
        ("attributes: {X: {from: 'especificação: Cor'}}", "specification:Cor"),
        ("title: {template: '{nome}'}", "name"),
        ("price: {markup: 3}", "markup_percent"),
    ],
)
def test_what_was_probably_meant_is_suggested(text, suggestion):
    (error,) = parse_mapping(text).errors
    assert error.params["suggestion"] == suggestion


def test_nothing_is_suggested_for_what_is_like_nothing():
    (error,) = parse_mapping("zzzzzz: 1").errors
    assert "suggestion" not in error.params


def test_all_errors_come_at_once_in_the_order_of_the_file():
    text = """\
version: 3
price: {add: '1,5'}
titel: {}
stock: {cap: x}
categories:
  "12": MLB1
  "12": MLB2
attributes:
  COLOR: {from: [cor, "specification:"]}
  SIZE: &s {}
"""
    assert flaws(text) == [
        (1, FLAW.BAD_VERSION),
        (2, FLAW.NOT_A_NUMBER),
        (3, FLAW.UNKNOWN_KEY),
        (4, FLAW.NOT_WHOLE),
        (7, FLAW.DUPLICATE_KEY),
        (9, FLAW.UNKNOWN_SOURCE),
        (9, FLAW.EMPTY_SPECIFICATION),
        (10, FLAW.EMPTY_RULE),
        (10, FLAW.ANCHOR),
    ]


def test_a_repeated_name_tells_where_it_was_first():
    (error,) = parse_mapping("options:\n  a: x\n\n  a: y\n").errors
    assert (error.line, error.column, error.params) == (4, 3, {"key": "a", "first_line": "2"})


def test_errors_without_end_are_cut_off_and_it_is_said():
    found = parse_mapping("".join(f"key{number}: x\n" for number in range(5000)))
    assert len(found.errors) == MAX_ERRORS + 1
    assert (found.errors[-1].line, found.errors[-1].code) == (MAX_ERRORS + 1, FLAW.TOO_MANY_ERRORS)


def test_the_cut_is_said_once_however_many_errors_follow():
    found = parse_mapping("options:\n" + "".join(f"  a{number}:\n" for number in range(300)))
    assert [error.code for error in found.errors].count(FLAW.TOO_MANY_ERRORS) == 1
    assert len(found.errors) == MAX_ERRORS + 1


def test_warnings_without_end_are_cut_off_too():
    lines = "".join(f"  name{number}: MLB1\n" for number in range(500))
    assert len(parse_mapping("version: 1\ncategories:\n" + lines).warnings) == MAX_ERRORS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("default_category: MLB1", [(1, FLAW.VERSION_MISSING)]),
        ("version: 1", [(1, FLAW.NOTHING_MAPPED)]),
        ("version: 1\ncategories: {Tênis: MLB1}", [(2, FLAW.ODD_CATEGORY)]),
        ("version: 1\ncategories: {٣: MLB1}", [(2, FLAW.ODD_CATEGORY)]),
        (USABLE + "category_attributes:\n  MLB2: {BRAND: x}\n  MLB1: {BRAND: x}", [(4, FLAW.UNUSED_CATEGORY)]),
    ],
)
def test_what_does_nothing_is_a_warning_and_the_mapping_is_used(text, expected):
    assert doubts(text) == expected


PIECES = st.sampled_from(
    [
        *(
            "version: 1\n",
            "title:\n",
            "  template: ",
            "'{name}'",
            "\n",
            "price: ",
            "{",
            "}",
            "[",
            "]",
            ", ",
            ": ",
            "- ",
        ),
        *("&a ", "*a", "!!str ", "<<: ", '"', "'", "|\n", "#", "\t", "? ", "---\n", "...\n", "%YAML 9\n", "é", "\\u"),
        *(
            "attributes:\n",
            "  BRAND: ",
            "from: ",
            "brand",
            "specification:",
            "values: ",
            "-1",
            "1,5",
            "\x00",
            "\ud800",
        ),
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)))
def test_no_text_makes_the_reader_raise_and_every_error_has_a_place_in_it(text):
    found = parse_mapping(text)
    assert (found.mapping is None) is bool(found.errors)
    for error in (*found.errors, *found.warnings):
        assert error.line >= 1
        assert error.column >= 1
        assert isinstance(error.code, MappingFlaw)
