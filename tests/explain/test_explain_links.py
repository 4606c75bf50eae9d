"""Links lead to the VTEX Admin of the account, to our own pages, or to the listing; never elsewhere."""

import pytest

from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.explain import LinkKind, explain
from ponte.explain.links import address

CONTEXT = {
    "account": "lojamodelo",
    "sku_id": "118204",
    "product_id": "5501",
    "listing_url": "https://produto.mercadolivre.com.br/MLB-1",
    "mapping_url": "/canais/3/mapeamento",
    "channel_url": "/canais/3",
}


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        (LinkKind.VTEX_SKU, "https://lojamodelo.myvtex.com/admin/Site/SkuForm.aspx?idSku=118204"),
        (LinkKind.VTEX_PRODUCT, "https://lojamodelo.myvtex.com/admin/Site/ProdutoForm.aspx?id=5501"),
        (LinkKind.VTEX_STOCK, "https://lojamodelo.myvtex.com/admin/inventory/?skuId=118204"),
        (LinkKind.VTEX_PRICE, "https://lojamodelo.myvtex.com/admin/pricing/#/prices/?productId=5501"),
        (LinkKind.MAPPING, "/canais/3/mapeamento"),
        (LinkKind.CONNECTION, "/canais/3"),
        (LinkKind.LISTING, "https://produto.mercadolivre.com.br/MLB-1"),
    ],
)
def test_each_kind_has_its_address(kind, url):
    assert address(kind, CONTEXT) == url


@pytest.mark.parametrize("kind", LinkKind)
def test_a_link_whose_values_are_missing_is_left_out(kind):
    assert address(kind, {}) == ""


@pytest.mark.parametrize("account", ["evil.test/", "a b", "loja\n", "loja@evil", "-loja", "", "ł", "x" * 64])
def test_an_odd_account_makes_no_link(account):
    assert address(LinkKind.VTEX_SKU, CONTEXT | {"account": account}) == ""


def test_an_odd_sku_id_is_quoted_whole():
    found = address(LinkKind.VTEX_SKU, CONTEXT | {"sku_id": "1&x=2#/é\ud800"})
    assert found.endswith("idSku=1%26x%3D2%23%2F%C3%A9%3F")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "http://produto.mercadolivre.com.br/1",
        "https://",
        "https://user@evil.test/",
        "https://[bad/",
        "https://x.test/a b",
        'https://x.test/"onclick="',
        "https://x.test/\u202e",
        "https://x.test/" + "a" * 2000,
        "//evil.test",
    ],
)
def test_an_unsafe_listing_address_makes_no_link(url):
    assert address(LinkKind.LISTING, {"listing_url": url}) == ""


@pytest.mark.parametrize("path", ["https://evil.test/", "//evil.test", "/\\evil.test", "canais/3", "/a\nb"])
def test_only_a_path_of_ours_is_an_own_page(path):
    assert address(LinkKind.MAPPING, {"mapping_url": path}) == ""


def test_an_explanation_carries_the_links_of_its_place_with_labels():
    told = explain(Problem(ProblemClass.VTEX_STOCK_MISSING, Stage.VTEX), "pt-BR", CONTEXT)
    assert [(link.kind, link.label) for link in told.links] == [
        (LinkKind.VTEX_STOCK, "Abrir o estoque na VTEX"),
        (LinkKind.VTEX_SKU, "Abrir o SKU na VTEX"),
    ]
