"""What a sentence of any marketplace says, when no table knows it. The words are ours, in three languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.connectors import get
from ponte.connectors.rulebook import read_rulebook
from ponte.connectors.words import of_any, of_attribute, of_topic
from ponte.domain.message import Response
from ponte.domain.problem import ProblemClass

SAID = [
    ("O EAN está incorreto", "IDENTIFIER_INVALID", "ean"),
    ("You need a GTIN for this item", "IDENTIFIER_MISSING", "ean"),
    ("El GTIN pertenece a otro artículo", "DUPLICATE_IDENTIFIER", "ean"),
    ("Não foi possível baixar a foto", "IMAGE_UNREACHABLE", "images"),
    ("The main picture is missing", "IMAGE_MISSING", "images"),
    ("La imagen es inferior a 500 px", "IMAGE_INVALID", "images"),
    ("A categoria não existe", "CATEGORY_MAPPING", "category"),
    ("The price is too low for this category", "PRICE_INVALID", "price"),
    ("O preço da categoria: acima do máximo", "PRICE_INVALID", "price"),
    ("Título excede o limite", "TITLE_INVALID", "title"),
    ("La descripción está vacía", "DESCRIPTION_INVALID", "description"),
    ("O peso deve ser maior que zero", "DIMENSIONS_INVALID", "package"),
    ("Quantidade em estoque negativa", "STOCK_INVALID", "stock"),
    ("Variação repetida", "VARIATION_INVALID", "variations"),
    ("A marca não foi identificada: não existe", "BRAND_MAPPING", "brand"),
    ("Marca precisa ser autorizada", "POLICY_BRAND", "brand"),
    ("Sem permissão para vender isto", "POLICY_RESTRICTED", ""),
    ("É proibida a venda deste item", "POLICY_RESTRICTED", ""),
    ("O atributo Cor é obrigatório", "ATTRIBUTE_MISSING", "ids"),
    ("O atributo peso é inválido", "DIMENSIONS_INVALID", "package"),
    ("Valor fora da lista", "ATTRIBUTE_MAPPING", "ids"),
    ("Este anúncio já existe", "DUPLICATE", ""),
    ("Registro da Anvisa inválido", "COMPLIANCE", ""),
    ("Falha interna, espere", "MARKETPLACE_OUTAGE", ""),
    ("The data differ from our catalogue", "CATALOG_CONFLICT", ""),
    ("Request body is malformed JSON", "PAYLOAD_INVALID", ""),
    ("Your seller account has been suspended", "ACCOUNT_BLOCKED", ""),
    ("A loja foi temporariamente bloqueada", "ACCOUNT_BLOCKED", ""),
    ("La cuenta está inactiva", "ACCOUNT_BLOCKED", ""),
    ("O mesmo EAN em duas linhas", "DUPLICATE_IDENTIFIER", "ean"),
    ("GTIN sent more than once", "DUPLICATE_IDENTIFIER", "ean"),
    ("El producto está vinculado a otro código", "DUPLICATE", ""),
    ("O EAN é de outro produto do catálogo", "CATALOG_CONFLICT", ""),
    ("A marca não consta no cadastro", "BRAND_MAPPING", "brand"),
    ("'48' is not a valid enumeration value", "ATTRIBUTE_MAPPING", "ids"),
    ("La condición no es válida", "ATTRIBUTE_INVALID", "condition"),
    ("A venda destes itens não é permitida", "POLICY_RESTRICTED", ""),
    ("Categoria errada", "CATEGORY_MAPPING", "category"),
    ("La oferta fue eliminada", "LISTING_CLOSED", ""),
    ("You exceeded the maximum number of listings", "LISTING_QUOTA", ""),
    ("A marca não pertence à lista", "BRAND_MAPPING", "brand"),
    ("Foto com menos de 500 pontos", "IMAGE_INVALID", "images"),
    ("Item blocked for sale", "POLICY_RESTRICTED", ""),
    ("You must have a shipping mode", "SHIPPING_RULE", "shipping"),
    ("O peso excede o do frete", "DIMENSIONS_INVALID", "package"),
    ("The field cannot be changed", "PAYLOAD_INVALID", ""),
    ("A foto falhou: conexão recusada", "IMAGE_UNREACHABLE", "images"),
    ("Marca: venda só pelo titular", "POLICY_BRAND", "brand"),
    ("GTIN belongs to a brand of others", "IDENTIFIER_INVALID", "ean"),
    ("O EAN pertence a outra marca", "IDENTIFIER_INVALID", "ean"),
    ("Atributo Largo: somente números", "ATTRIBUTE_INVALID", "ids"),
    ("This UPC ya fue utilizado", "DUPLICATE_IDENTIFIER", "ean"),
    ("A capa precisa de fundo branco", "IMAGE_INVALID", "images"),
    ("Valor não reconhecido", "ATTRIBUTE_MAPPING", "ids"),
    ("Especificação incompleta", "ATTRIBUTE_MISSING", "ids"),
    ("This violates our policies", "POLICY_MODERATION", ""),
    ("Suspenso pelo operador", "POLICY_MODERATION", ""),
]
SILENT = [
    "",
    "ok",
    "Imagem enviada",
    "Price updated",
    "Categoria e marca",
    "O título mudou. Faltam dois dias",
    "invalid",
    "Seller SKU is inactive",
    "Your account manager sent it",
    "O anúncio saiu do ar",
]


@pytest.mark.parametrize(("message", "kind", "subject"), SAID)
def test_a_topic_with_what_is_wrong_with_it_has_a_class(message, kind, subject):
    rule = of_any(message, "")
    assert rule is not None
    assert (rule.kind.name, rule.subject) == (kind, subject)


@pytest.mark.parametrize("message", SILENT)
def test_a_topic_or_a_complaint_alone_says_nothing(message):
    assert of_any(message, "") is None


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("The value '500' exceeds what is taken", "ATTRIBUTE_INVALID"),
        ("O valor não foi informado", "ATTRIBUTE_MISSING"),
        ("The weight is too high", "DIMENSIONS_INVALID"),
        ("Thank you", None),
    ],
)
def test_of_an_attribute_that_is_named_beside_the_complaint_is_enough(message, kind):
    rule = of_attribute(message)
    assert (rule and rule.kind.name) == kind


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("A categoria já não serve", "CATEGORY_MAPPING"),
        ("Foto e preço", None),
        ("O produto mudou", None),
        ("Thank you", None),
    ],
)
def test_in_a_complaint_one_topic_alone_is_enough(message, kind):
    rule = of_topic(message)
    assert (rule and rule.kind.name) == kind


def test_a_code_in_words_helps_where_the_message_does_not():
    rule = of_any("x", "INVALID_CATEGORY")
    assert rule is not None
    assert rule.kind is ProblemClass.CATEGORY_MAPPING
    assert of_any("x", "invalidCategory") == rule


def test_a_table_is_asked_first_and_may_be_asked_alone():
    book = read_rulebook("ponte.connectors.amazon", last=of_any)
    assert book.classify("8541", "the image is missing").kind is ProblemClass.CATALOG_CONFLICT
    assert book.classify("0", "the image is missing").kind is ProblemClass.IMAGE_MISSING
    assert book.classify("0", "the image is missing", own=True) is None


@pytest.mark.parametrize("connector", ["amazon", "magalu", "mercadolivre", "mirakl", "vtex"])
def test_a_page_of_somebody_else_says_nothing_whatever_words_are_on_it(connector):
    page = b"<html><body>The password is required. The image is missing.</body></html>"
    endpoints = {"amazon": "PUT /listings/2021-08-01/items/A/1", "mirakl": "POST /api/offers"}
    outcome = get(connector).classify(endpoints.get(connector, "POST /items"), Response(400, {}, page))
    assert outcome.problem.kind is ProblemClass.RESPONSE_UNREADABLE


@given(st.text(), st.text())
def test_no_words_are_too_strange(message, code):
    rule = of_any(message, code)
    assert rule is None or isinstance(rule.kind, ProblemClass)
