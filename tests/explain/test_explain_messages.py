"""What words alone suggest; the words here are ours, in the manner of marketplaces and of VTEX's connectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.domain.problem import ProblemClass
from ponte.explain.messages import folded, suggest

K = ProblemClass
SAID = [
    ("O EAN do produto é inválido", "", K.IDENTIFIER_INVALID),
    ("Falta preencher o código de barras", "", K.IDENTIFIER_MISSING),
    ("EAN already used by another offer", "", K.DUPLICATE_IDENTIFIER),
    ("La imagen principal no cumple: demasiado chica, menor a 500 px", "", K.IMAGE_INVALID),
    ("At least one picture is mandatory", "", K.IMAGE_MISSING),
    ("Could not download the image https://x.test/1.jpg", "", K.IMAGE_UNREACHABLE),
    ("El título supera el máximo de 60 caracteres", "", K.TITLE_INVALID),
    ("Descrição muito longa: limite de 4000", "", K.DESCRIPTION_INVALID),
    ("O peso da embalagem está acima do permitido", "", K.DIMENSIONS_INVALID),
    ("Preço de venda menor que o mínimo da categoria", "", K.PRICE_INVALID),
    ("Sku sem preço na política 3", "", K.VTEX_PRICE_MISSING),
    ("Produto inativo", "", K.VTEX_SKU_INACTIVE),
    ("SKU fora da política comercial", "", K.VTEX_NOT_IN_TRADE_POLICY),
    ("Categoria sem mapeamento", "", K.CATEGORY_MAPPING),
    ("La categoría no existe", "", K.CATEGORY_MAPPING),
    ("Atributo obrigatório Voltagem não informado", "", K.ATTRIBUTE_MISSING),
    ("The value of attribute material is not accepted", "", K.ATTRIBUTE_INVALID),
    ("Variação duplicada: Azul / 38", "", K.VARIATION_INVALID),
    ("Seller account is suspended", "", K.ACCOUNT_BLOCKED),
    ("Your refresh token has expired", "", K.AUTH_INVALID),
    ("Too many requests", "", K.THROTTLED),
    ("Registro da Anatel ausente", "", K.COMPLIANCE),
    ("This listing is under review", "", K.POLICY_MODERATION),
    ("O anúncio foi encerrado e está finalizado", "", K.LISTING_CLOSED),
    ("Product was not found", "", K.LISTING_NOT_FOUND),
    ("Este produto já existe", "", K.DUPLICATE),
    ("Brand id is wrong for this category", "", K.BRAND_MAPPING),
    ("Sem permissão para vender na categoria", "", K.POLICY_RESTRICTED),
    ("A marca exige autorização", "", K.POLICY_BRAND),
    ("Credenciais incorretas", "", K.AUTH_INVALID),
    ("Limite de chamadas excedido", "", K.THROTTLED),
    ("Não conseguimos acessar a foto", "", K.IMAGE_UNREACHABLE),
    ("La imagen no cumple las reglas", "", K.IMAGE_INVALID),
    ("Falta el código universal", "", K.IDENTIFIER_MISSING),
    ("O EAN pertence a outro item", "", K.DUPLICATE_IDENTIFIER),
    ("No shipping method for this item", "", K.SHIPPING_RULE),
    ("Seller is not verified yet", "", K.ACCOUNT_BLOCKED),
    ("Pausado por infração", "", K.POLICY_MODERATION),
    ("Loja com pendência cadastral", "", K.ACCOUNT_BLOCKED),
    ("SKU não mapeado", "", K.NOT_MAPPED),
    ("El título es demasiado corto", "", K.TITLE_INVALID),
    ("Precisa de pelo menos duas fotos", "", K.IMAGE_INVALID),
    ("Anúncio duplicado", "", K.DUPLICATE),
    ("Too many listings in the account", "", K.LISTING_QUOTA),
    ("Erro interno, tente novamente mais tarde", "", K.MARKETPLACE_OUTAGE),
    ("Object reference not set to an instance of an object", "", K.PAYLOAD_INVALID),
    ("", "MISSING_IMAGE", K.IMAGE_MISSING),
    ("", "item.price.invalid", K.PRICE_INVALID),
    ("Request failed", "InvalidBarcode", K.IDENTIFIER_INVALID),
]


@pytest.mark.parametrize(("message", "code", "kind"), SAID)
def test_words_in_three_languages_suggest_a_class(message, code, kind):
    found = suggest(message, code)
    assert found is not None
    assert found.kind is kind


@pytest.mark.parametrize(
    "message",
    [
        "",
        "ok",
        "Error",
        "O pedido foi cancelado pelo comprador",
        "E-mail inválido",
        "Nota fiscal com quantidade inválida",
        "Order item quantity is wrong",
        "💥",
    ],
)
def test_words_that_fit_nothing_suggest_nothing(message):
    assert suggest(message) is None


def test_case_accents_tags_and_contractions_do_not_matter():
    assert folded("<b>Preço</b>  NÃO aceito, it isn\u2019t") == "preco nao aceito, it is not"


@given(st.text(max_size=400), st.text(max_size=40))
def test_no_text_makes_a_suggestion_fail(message, code):
    suggest(message, code)
