"""Amazon's vocabulary, what is kept of a schema, and what its errors say."""

import pytest
from amazon_cast import definition, listed
from hypothesis import given, settings
from hypothesis import strategies as st

from ponte.connectors.amazon.compact import compact
from ponte.connectors.amazon.definition import Definition, split_key
from ponte.connectors.amazon.flaws import flaws_of
from ponte.connectors.amazon.sheets import sheet
from ponte.connectors.amazon.vocabulary import AmazonValidator
from ponte.domain.sheet import Need


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"maxUtf8ByteLength": 4}, "ação"[:2], "ação"),
        ({"minUtf8ByteLength": 3}, "ãb", "ab"),
        ({"maxUniqueItems": 1, "selectors": ["m"]}, [{"m": 1}, {"m": 2}], [{"m": 1}, {"m": 1}]),
        ({"minUniqueItems": 2, "selectors": ["m"]}, [{"m": 1}, {"m": 1}], [{"m": 1}, {"m": 2}]),
        ({"maxUniqueItems": 2}, [1, 2], [1, 2, 3]),
        ({"pattern": "^[^<]*$"}, "a", "<a"),
    ],
)
def test_the_vocabulary_says_yes_and_no(schema, good, bad):
    assert list(AmazonValidator(schema).iter_errors(good)) == []
    assert list(AmazonValidator(schema).iter_errors(bad)) != []


def test_only_what_is_known_and_harmless_is_kept():
    kept = compact(
        {
            "$schema": "https://schemas.example/",
            "$defs": {"a": {"type": "string", "$ref": "#/$defs/a"}},
            "type": "object",
            "required": ["a", 3, "a"],
            "properties": {
                "a": {"$ref": "#/$defs/a", "editable": True, "maxLength": 3},
                "b": {
                    "$ref": "https://evil.example/x",
                    "pattern": "^(a+)+$",
                    "minItems": -1,
                    "type": ["string", "odd"],
                },
                "c": {"pattern": "^[^<]*$", "enum": [1, {"no": 1}], "multipleOf": 0, "minItems": -1},
            },
            "unevaluatedProperties": False,
        }
    )
    assert kept == {
        "$defs": {"a": {"type": "string"}},
        "type": "object",
        "required": ["a"],
        "properties": {
            "a": {"$ref": "#/$defs/a", "maxLength": 3},
            "b": {"type": "string"},
            "c": {"pattern": "^[^<]*$", "enum": [1]},
        },
    }


KEYWORDS = (
    "type",
    "properties",
    "items",
    "enum",
    "anyOf",
    "allOf",
    "if",
    "then",
    "required",
    "$ref",
    "$defs",
    "not",
    "pattern",
    "maxUtf8ByteLength",
    "maxUniqueItems",
    "selectors",
    "const",
    "additionalProperties",
    "title",
)
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYWORDS), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(JSONS, JSONS)
def test_no_schema_makes_a_check_or_a_sheet_raise(schema, value):
    kept = compact(schema)
    flaws_of({"a": value, "b": [{"value": value}]}, Definition("X", "X", "", kept))
    sheet("X", {"schema": kept, "name": "X"})


def words(found):
    return {(flaw.attribute, flaw.word) for flaw in found}


def test_each_fault_has_its_word():
    number = {"type": "number", "minimum": 1, "maximum": 9}
    unit = {"type": "string", "enum": ["grams"], "enumNames": ["Gramas"]}
    known = definition(
        text=listed("Texto", value={"type": "string", "minLength": 2, "maxLength": 4}),
        choice=listed("Lista", value={"type": "string", "enum": ["a"], "enumNames": ["Azul"]}),
        weight=listed("Peso", unit=unit, value=number),
        many=listed("Muitos", value={"type": "string"}),
    )
    found = flaws_of(
        {
            "text": [{"value": "longo"}],
            "choice": [{"value": "verde"}],
            "weight": [{"value": "dez"}],
            "many": [{"value": "a"}, {"value": "b"}],
            "strange": [],
        },
        known,
    )
    assert words(found) == {
        ("text", "too_long"),
        ("choice", "not_listed"),
        ("weight", "unit_missing"),
        ("weight", "not_a_number"),
        ("many", "too_many"),
        ("strange", "unknown"),
    }
    assert words(flaws_of({"text": [{"value": "x"}], "weight": [{"unit": "tons", "value": 0}]}, known)) == {
        ("text", "too_short"),
        ("weight", "unit"),
        ("weight", "too_low"),
    }
    shown = {flaw.word: dict(flaw.params) for flaw in found}
    assert shown["not_listed"] == {"value": "verde", "allowed": "Azul"}
    assert shown["too_long"] == {"value": "longo", "limit": "4", "length": "5"}


def test_of_several_ways_the_first_is_told():
    schema = {"anyOf": [{"required": ["a"]}, {"required": ["b"]}], "properties": {"a": {}, "b": {}}}
    assert words(flaws_of({}, Definition("X", "X", "", compact(schema)))) == {("a", "missing")}


def test_a_circle_of_references_ends():
    schema = {"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}}
    assert flaws_of({"a": 1}, Definition("X", "X", "", schema)) == ()


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("product_type/LUGGAGE", ("LUGGAGE", "LISTING")),
        ("product_type/LUGGAGE/LISTING_OFFER_ONLY", ("LUGGAGE", "LISTING_OFFER_ONLY")),
        ("product_type/luggage", None),
        ("product_type/LUGGAGE/ALL", None),
        ("product_type/../x", None),
        ("category/LUGGAGE", None),
    ],
)
def test_a_key_names_a_product_type_and_what_is_required(key, found):
    assert split_key(key) == found


def test_a_sheet_shows_needs_kinds_lists_and_units():
    schema = {
        "required": ["size"],
        "properties": {
            "color": listed("Cor", {"maxUniqueItems": 3}, value={"type": "string", "maxUtf8ByteLength": 50}),
            "size": listed("Tamanho", value={"type": "string", "enum": ["p"], "enumNames": ["Pequeno"]}),
            "weight": listed("Peso", unit={"enum": ["grams"], "enumNames": ["Gramas"]}, value={"type": "number"}),
            "open": listed("Aberta", value={"anyOf": [{"type": "string"}, {"type": "string", "enum": ["x"]}]}),
            "main_product_image_locator": listed("Imagem", media_location={"type": "string"}),
            "wireless": listed("Sem fio", value={"type": "boolean"}),
        },
        "allOf": [{"if": {}, "then": {"required": ["weight"]}}],
    }
    told = sheet("TEST", {"name": "Teste", "version": "7", "schema": compact(schema)})
    assert told is not None
    assert (told.name, told.version, [one.id for one in told.fields][:2]) == ("Teste", "7", ["size", "weight"])
    fields = {one.id: one for one in told.fields}
    assert fields["size"].need is Need.REQUIRED
    assert fields["size"].values == (("p", "Pequeno"),)
    assert (fields["weight"].need, fields["weight"].kind, fields["weight"].units) == (
        Need.CONDITIONAL,
        "quantity",
        ("Gramas",),
    )
    assert (fields["color"].several, fields["color"].max_length, fields["color"].kind) == (True, 50, "text")
    assert (fields["open"].values, fields["open"].kind) == ((), "list")
    assert fields["main_product_image_locator"].kind == "image"
    assert fields["wireless"].kind == "boolean"
    assert sheet("TEST", None) is None
