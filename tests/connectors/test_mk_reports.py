"""Reports as operators write them, and as nobody should: read, or owned up to; never an exception."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mk_cast import MK, RULES, answer, classed
from ponte.connectors.mirakl.csvfile import read, sendable_lines, write
from ponte.connectors.mirakl.problems import Reading, reading_of
from ponte.connectors.mirakl.profile import DEFAULTS
from ponte.domain.connector import Rules
from ponte.domain.mapping import Mapping
from ponte.domain.message import Response
from ponte.domain.outcome import Accepted, Blocked, Pending, Postponed, Rejected

ERRORS = "GET /api/products/imports/{import}/error_report"
TAKEN = "GET /api/products/imports/{import}/new_product_report"
REPORTS = (
    ERRORS,
    TAKEN,
    "GET /api/products/imports/{import}/transformation_error_report",
    "GET /api/offers/imports/{import}/error_report",
)
OUTCOMES = (Accepted, Rejected, Postponed, Pending, Blocked)
ROW = "EAN inválido"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_separator_and_encoding_is_read(separator, encoding):
    text = f'"shop_sku"{separator}"errors"\r\n"1"{separator}"{ROW}"\r\n'
    assert classed(MK.classify(ERRORS, Response(200, {}, text.encode(encoding)))) == ["IDENTIFIER_INVALID"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"\x00" * 500,
        b'"shop_sku";"errors"',
        b'"shop_sku";"errors"\n"1"',
        b'"shop_sku";"errors"\n"1";"never closed',
        b'"shop_sku";"errors"\n' + b'"1";"' + b"x" * 300_000 + b'"\n"2";"EAN invalido"\n',
        b"a;" * 50_000 + b"\n" + b"b;" * 50_000,
        b"<html><body>504</body></html>",
        b'{"status":500,"message":"no"}',
        b'"shop_sku";"shop_sku";"errors"\n"1";"2";"x"',
        b"\n\n\n;;;\n",
    ],
)
def test_a_hostile_report_is_an_outcome(body):
    for endpoint in REPORTS:
        assert isinstance(MK.classify(endpoint, Response(200, {}, body)), OUTCOMES)


@given(st.binary(max_size=400))
def test_any_bytes_are_an_outcome(body):
    for endpoint in REPORTS:
        assert isinstance(MK.classify(endpoint, Response(200, {}, body)), OUTCOMES)


@given(st.text(max_size=300))
def test_any_words_are_problems(text):
    assert all(one.message is not None for one in reading_of(RULES).problems((text,)))


def test_a_line_that_is_too_long_does_not_hide_the_next():
    body = b'"shop_sku";"errors"\n"1";"' + b"x" * 300_000 + b'"\n"2";"EAN invalido"\n'
    assert "IDENTIFIER_INVALID" in classed(MK.classify(ERRORS, Response(200, {}, body)))


def test_columns_that_nobody_told_of_are_owned_up_to():
    assert classed(MK.classify(ERRORS, answer("SKU,Motivo\n1,?\n"))) == ["REPORT_UNREADABLE"]


def test_who_stands_among_the_taken_is_taken_even_with_warnings():
    told = MK.classify(TAKEN, answer('"shop_sku";"warnings"\n"1";"MCM-05000|The \'x\' attribute is required."\n'))
    assert isinstance(told, Accepted)
    assert not any(one.blocking for one in told.warnings)


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=40), min_size=1, max_size=4))
def test_a_product_file_says_exactly_what_it_was_given(row):
    row = {sendable_lines(name).strip() or "a": value for name, value in row.items()}
    lines = list(csv.reader(io.StringIO(write([row]).decode(), newline=""), delimiter=";"))
    assert lines == [list(row), [sendable_lines(value) for value in row.values()]]


def test_what_looks_like_a_formula_stays_as_it_is():
    assert write([{"a": "=1+1"}, {"b": '@"x"'}]) == b'"a";"b"\n"=1+1";""\n"";"@""x"""\n'


def test_a_report_is_read_by_column_whatever_their_order_and_case():
    sheet = read(b"ERRORS ; Shop_SKU\nx;1\n")
    assert sheet.rows == ({"errors": "x", "shop_sku": "1"},)
    assert sheet.column(("errors",)) == "errors"
    assert sheet.column(("nothing",)) == ""


WORDS = [
    ("1001|Category 5699 is unknown", "CATEGORY_MAPPING", "category"),
    ("1000|The attribute 'color' is required", "ATTRIBUTE_MISSING", "color"),
    ("1000|The attribute 'ean' is required", "IDENTIFIER_MISSING", "ean"),
    ("MCM-04012|A foto principal deve ter fundo branco", "POLICY_MODERATION", ""),
    ("O atributo 'Cor' é obrigatório", "ATTRIBUTE_MISSING", "color"),
    ("El atributo 'color' es obligatorio", "ATTRIBUTE_MISSING", "color"),
    ('L\'attribut "color" est obligatoire', "ATTRIBUTE_MISSING", "color"),
    ("Le valeur de [color] n'est pas dans la liste", "ATTRIBUTE_MAPPING", "color"),
    ("EAN inválido", "IDENTIFIER_INVALID", "ean"),
    ("O código de barras já está em uso por outro produto", "DUPLICATE_IDENTIFIER", "ean"),
    ("El EAN es incorrecto", "IDENTIFIER_INVALID", "ean"),
    ("Le code-barres n'est pas valide pas", "IDENTIFIER_INVALID", "ean"),
    ("A imagem não pôde ser baixada", "IMAGE_UNREACHABLE", "image"),
    ("Impossible de télécharger l'image", "IMAGE_UNREACHABLE", "image"),
    ("Imagem principal obrigatória", "IMAGE_MISSING", "image"),
    ("La imagen debe tener fondo blanco", "IMAGE_INVALID", "image"),
    ("Título com mais de 120 caracteres", "TITLE_INVALID", "title"),
    ("La descripción contiene HTML", "DESCRIPTION_INVALID", "description"),
    ("The price must be greater than 0", "PRICE_INVALID", "price"),
    ("Le prix est inférieur au minimum", "PRICE_INVALID", "price"),
    ("Quantidade inválida", "STOCK_INVALID", "quantity"),
    ("The logistic class XL is unknown", "SHIPPING_RULE", "logistic_class"),
    ("A marca Aurora não é autorizada nesta loja, marca não autorizada", "POLICY_BRAND", "brand"),
    ("Marca não cadastrada", "BRAND_MAPPING", "brand"),
    ("Produto proibido", "POLICY_RESTRICTED", ""),
    ("Falta o número de homologação da Anatel", "COMPLIANCE", ""),
    ("The product does not exist", "DEPENDENCY_PENDING", "product"),
    ("Produto ainda não foi catalogado no Carrefour.", "DEPENDENCY_PENDING", "product"),
    ("Produto reprovado", "POLICY_MODERATION", ""),
    ("Something nobody has a rule for", "UNKNOWN", ""),
]


@pytest.mark.parametrize(("text", "kind", "subject"), WORDS)
def test_words_in_four_languages_have_their_class_and_field(text, kind, subject):
    (problem,) = reading_of(RULES).problems((text,))
    assert (problem.kind.name, problem.subject) == (kind, subject)


@pytest.mark.parametrize(
    ("text", "kind", "subject"),
    [
        ("1000|The attribute 'modelo' is required", "ATTRIBUTE_MISSING", "modelo"),
        ("1000|The attribute 'ean' is required", "IDENTIFIER_MISSING", "ean"),
        ("2004|O valor \"Petróleo\" não está na lista do atributo 'cor'", "ATTRIBUTE_MAPPING", "cor"),
        ("MCM-05000|The 'image_2' attribute is recommended.", "IMAGE_MISSING", "image_2"),
        ("2005|O atributo 'product_title' tem mais de 80 caracteres", "TITLE_INVALID", "product_title"),
        ("O valor 'x y' de 'z w' não está na lista", "ATTRIBUTE_MAPPING", ""),
    ],
)
def test_without_the_operators_catalogue_an_attribute_is_known_by_how_it_is_called(text, kind, subject):
    (problem,) = Reading().problems((text,))
    assert (problem.kind.name, problem.subject) == (kind, subject)


def test_an_unknown_text_is_shown_whole_and_its_code_kept():
    (problem,) = Reading().problems(("7777|Nobody knows this",))
    assert (problem.kind.name, problem.code, problem.message) == ("UNKNOWN", "7777", "Nobody knows this")


def test_several_errors_in_one_cell_are_several_problems():
    cell = "1001|Category 5699 is unknown\n1000|The attribute 'color' is required"
    assert [one.kind.name for one in reading_of(RULES).problems((cell,))] == ["CATEGORY_MAPPING", "ATTRIBUTE_MISSING"]


def test_an_operators_own_words_go_first():
    text = "Rejeitado: preço"
    own = reading_of(Rules(Mapping(), {**DEFAULTS, "operator": "leroymerlin"}))
    assert [one.kind.name for one in own.problems((text,))] == ["POLICY_MODERATION"]
    assert [one.kind.name for one in Reading().problems((text,))] == ["PRICE_INVALID"]


def test_a_refusal_under_a_success_status_is_a_refusal():
    assert classed(MK.classify("any", answer({"status": 401, "message": "Unauthorized"}))) == ["AUTH_INVALID"]
