"""A mapping as rows and back: what changes is changed, what stays keeps its lines, order and comments."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ponte.domain.mapping_advice import FillAttribute, MapCategory, TranslateValue, advised
from ponte.domain.mapping_edit import put, rewrite, written
from ponte.domain.mapping_errors import MappingFlaw
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.mapping_merge import Filled, Kind, SheetFlaw, merge
from ponte.domain.mapping_rows import Sheet, rows_of
from ponte.domain.mapping_tree import tree_of

MANUAL = Path(__file__).parents[2] / "docs" / "mapping.md"
EXAMPLE = re.search(r"```yaml\n(.*?)```", MANUAL.read_text("utf-8"), re.DOTALL)[1]

# Names and values as people write them, and as nobody should.
TEXT = (
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff\u0085"), min_size=1)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text and "|" not in text and text not in {"*", "<<"})
)
TABLE = st.dictionaries(TEXT, TEXT, max_size=4)
RULE = st.one_of(
    TEXT,
    st.fixed_dictionaries({"from": st.sampled_from(["brand", ["specification:Cor", "reference"]])}),
    st.fixed_dictionaries({"from": st.just("brand"), "default": TEXT, "values": TABLE.filter(bool)}),
    st.fixed_dictionaries({"ignore": st.just("true")}),
    st.fixed_dictionaries({"template": st.just("{brand} {specification:Modelo}")}),
)
RULES = st.dictionaries(TEXT, RULE, max_size=3)
TREE = st.fixed_dictionaries(
    {"version": st.just("1"), "default_category": TEXT},
    optional={
        "categories": TABLE.filter(bool),
        "attributes": RULES.filter(bool),
        "category_attributes": st.dictionaries(TEXT, RULES.filter(bool), min_size=1, max_size=2),
        "brands": st.dictionaries(st.sampled_from(["Nike", "Água", "x: y", "# z"]), TEXT, min_size=1),
        "units": st.just({"H": {"from": "cm", "to": "mm", "decimals": "1", "number_only": "true"}}),
        "options": TABLE.filter(bool),
        "price": st.just({"add": "3.90"}),
    },
)


def filled(rows, start=2):
    return {sheet: [Filled(number, row) for number, row in enumerate(some, start)] for sheet, some in rows.items()}


@given(TREE)
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_back_and_a_round_trip_through_the_sheets_changes_nothing(tree):
    text = written(tree)
    assert tree_of(text) == tree
    done = merge(text, filled(rows_of(tree)), whole=True)
    assert (done.flaws, done.changes) == ((), ())
    assert done.text == text


@given(TREE, TREE)
@settings(max_examples=150, deadline=None)
def test_any_file_becomes_any_other(before, after):
    assert tree_of(rewrite(written(before), after)) == after


@given(TREE, TREE)
@settings(max_examples=80, deadline=None)
def test_the_rows_of_one_file_put_into_another_as_a_whole_make_it_the_same(before, after):
    done = merge(written(before), filled({sheet: rows_of(after).get(sheet, []) for sheet in Sheet}), whole=True)
    if not done.flaws:
        assert rows_of(tree_of(done.text)) == rows_of(after) or _in_another_order(done.text, after)


def _in_another_order(text, tree):
    def sorted_rows(rows):
        return {sheet: sorted(map(str, some)) for sheet, some in rows.items()}

    return sorted_rows(rows_of(tree_of(text))) == sorted_rows(rows_of(tree))


def test_the_example_of_the_manual_goes_out_and_in_untouched():
    assert merge(EXAMPLE, filled(rows_of(tree_of(EXAMPLE))), whole=True).text == EXAMPLE


def test_comments_order_and_untouched_lines_stay():
    tree = tree_of(EXAMPLE)
    put(tree, ("categories", "118"), "MLB1")
    put(tree, ("categories", "999"), "MLB9")
    put(tree, ("attributes", "COLOR", "values", "Areia"), "Bege")
    lines = rewrite(EXAMPLE, tree, {("categories", "999"): "nova"}).splitlines()
    before = EXAMPLE.splitlines()
    assert [line for line in before if line not in lines] == ['  "118": MLB31447']
    assert [line for line in lines if line not in before] == [
        '  "118": MLB1',
        '  "999": MLB9  # nova',
        "      Areia: Bege",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{version: 1, categories: {a: b}}",
        "version: 1\ncategories:  # aqui\nbrands: {} # ali\n# fim",
        "--- # cabeça\nversion: 1\ncategories:\n    ? '1'\n    : M\n...\n",
        "version: 1\ncategories: {a: b,\n  # dentro\n  c: d}\n",
        "version: |\n  1\ncategories:\n  a: >-\n    M\n\n\n# fim\n",
        "",
        "# só um comentário",
    ],
)
def test_odd_files_are_changed_rightly(text):
    tree = tree_of(text)
    put(tree, ("categories", "5"), "MLB5")
    put(tree, ("brands", "Nike"), "NIKE")
    assert tree_of(rewrite(text, tree)) == tree


def test_an_added_a_changed_and_an_emptied_row_are_told_apart():
    rows = {
        Sheet.CATEGORIES: [
            {"category": "118", "target": "MLB2"},
            {"category": "120"},
            {"category": "7", "target": "MLB7"},
            {"category": "8"},
        ]
    }
    done = merge(EXAMPLE, filled(rows))
    assert [(one.kind, one.key, one.row) for one in done.changes] == [
        (Kind.CHANGED, ("118",), 2),
        (Kind.REMOVED, ("120",), 3),
        (Kind.ADDED, ("7",), 4),
    ]
    assert tree_of(done.text)["categories"] == {"118": "MLB2", "7": "MLB7"}


def test_a_plain_default_keeps_its_value_when_values_come_to_it():
    rows = {Sheet.VALUES: [{"attribute": "ITEM_CONDITION", "found": "Usado", "sent": "Recondicionado"}]}
    rule = tree_of(merge(EXAMPLE, filled(rows)).text)["attributes"]["ITEM_CONDITION"]
    assert rule == {"default": "Novo", "values": {"Usado": "Recondicionado"}}


def test_numbers_with_a_comma_are_taken_in_sheets():
    rows = {Sheet.OPTIONS: [{"option": "price.add", "value": "4,50"}]}
    assert tree_of(merge(EXAMPLE, filled(rows)).text)["price"]["add"] == "4.50"


def test_every_flaw_has_its_row_and_nothing_changes():
    rows = {
        Sheet.CATEGORIES: [{"target": "MLB1"}, {"category": "1", "target": "A"}, {"category": "1", "target": "B"}],
        Sheet.OPTIONS: [{"option": "preço", "value": "1"}],
        Sheet.ATTRIBUTES: [{"attribute": "A", "ignore": "talvez"}, {"category": "M", "attribute": "B", "unit": "cm"}],
    }
    done = merge(EXAMPLE, filled(rows))
    assert done.text == EXAMPLE
    assert [(flaw.sheet, flaw.row, flaw.code) for flaw in done.flaws] == [
        ("Categorias", 2, SheetFlaw.KEY_MISSING),
        ("Categorias", 4, SheetFlaw.REPEATED),
        ("Atributos", 2, SheetFlaw.NOT_YES_OR_NO),
        ("Atributos", 3, SheetFlaw.UNITS_OF_CATEGORY),
        ("Opções", 2, SheetFlaw.UNKNOWN_OPTION),
    ]


def test_an_error_of_the_file_is_told_at_the_row_that_brought_it():
    rows = {
        Sheet.ATTRIBUTES: [{"attribute": "A", "from": "marca"}, {"attribute": "H", "unit": "cm", "to": "kg"}],
        Sheet.OPTIONS: [{"option": "title.categories.MLB23332.template", "value": "{nome}"}],
    }
    found = [(flaw.sheet, flaw.row, flaw.error.code) for flaw in merge(EXAMPLE, filled(rows)).flaws]
    assert sorted(found) == [
        ("Atributos", 2, MappingFlaw.UNKNOWN_SOURCE),
        ("Atributos", 3, MappingFlaw.UNKNOWN_UNITS),
        ("Opções", 2, MappingFlaw.UNKNOWN_PLACEHOLDER),
    ]


def test_suggestions_write_rules_with_a_note_and_keep_what_is_there():
    chosen = [
        MapCategory("77", "MLB77", "Tênis\n# x"),
        FillAttribute("MODEL", "specification:Linha"),
        FillAttribute("SIZE", "42", "MLB23332"),
        FillAttribute("ITEM_CONDITION", "specification:Estado"),
        TranslateValue("COLOR", "Areia", "Bege", "specification:Cor"),
        TranslateValue("GENDER", "Menina", "Feminino", "specification:Gênero"),
        TranslateValue("BRAND", "Nikee", "Nike", "brand", brand=True),
    ]
    text = advised(EXAMPLE, chosen, "por ana em 2026-01-02")
    tree = tree_of(text)
    assert parse_mapping(text).errors == ()
    assert '  "77": MLB77  # Tênis # x; por ana em 2026-01-02' in text
    assert tree["attributes"]["MODEL"]["from"] == ["specification:Modelo", "reference", "specification:Linha"]
    assert tree["category_attributes"]["MLB23332"]["SIZE"] == "42"
    assert tree["attributes"]["ITEM_CONDITION"] == {"default": "Novo", "from": "specification:Estado"}
    assert tree["attributes"]["COLOR"]["values"]["Areia"] == "Bege"
    assert tree["attributes"]["GENDER"] == {"from": "specification:Gênero", "values": {"Menina": "Feminino"}}
    assert tree["brands"]["Nikee"] == "Nike"


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=60))
@settings(deadline=None)
def test_whatever_is_chosen_the_file_stays_a_file(value, target, note):
    chosen = [TranslateValue("COLOR", value.strip() or "x", target.strip() or "y", "specification:Cor")]
    text = advised(EXAMPLE, chosen, "".join(char for char in note if char.isprintable()))
    found = parse_mapping(text)
    assert {error.code for error in found.errors} <= {MappingFlaw.BAD_CHARACTER, MappingFlaw.EMPTY_VALUE}
