"""Links into the VTEX Admin."""

from __future__ import annotations

import pytest

from ponte.sources.vtex.admin import AdminPage, admin_base, admin_links


def urls(base_url="https://minhaloja.vtexcommercestable.com.br", sku="118204", product="41877"):
    return {link.page: link.url for link in admin_links("minhaloja", base_url, sku_id=sku, product_id=product)}


def test_an_account_of_vtex_opens_at_myvtex():
    assert urls() == {
        AdminPage.SKU: "https://minhaloja.myvtex.com/admin/Site/SkuForm.aspx?idSku=118204",
        AdminPage.PRODUCT: "https://minhaloja.myvtex.com/admin/Site/ProdutoForm.aspx?id=41877",
        AdminPage.PRICE: "https://minhaloja.myvtex.com/admin/pricing/#/prices/?productId=41877",
        AdminPage.STOCK: "https://minhaloja.myvtex.com/admin/inventory/?skuId=118204",
        AdminPage.TRADE_POLICY: "https://minhaloja.myvtex.com/admin/Site/ProdutoForm.aspx?id=41877",
    }


def test_another_address_is_the_accounts_own():
    assert admin_base("minhaloja", "http://127.0.0.1:9000/api") == "http://127.0.0.1:9000"
    assert admin_base("minhaloja", "https://evilmyvtex.com") == "https://evilmyvtex.com"


@pytest.mark.parametrize(
    "base_url",
    [
        "javascript:alert(1)",
        "https://user:pass@host",
        "//host",
        "",
        "https://[",
        'https://a"b',
        "https://a b",
        "data:x",
    ],
)
def test_an_address_that_no_link_may_hold_gives_none(base_url):
    assert urls(base_url) == {}


def test_an_account_that_is_no_name_gives_none():
    assert admin_base('x"y', "https://minhaloja.vtexcommercestable.com.br") == ""
    assert admin_base("evil.example/", "https://minhaloja.vtexcommercestable.com.br") == ""


def test_ids_are_quoted_and_unknown_ones_left_out():
    found = urls(sku="1&x=\"<'/", product="")
    assert set(found) == {AdminPage.SKU, AdminPage.STOCK}
    assert found[AdminPage.SKU].endswith("idSku=1%26x%3D%22%3C%27%2F")
    assert AdminPage.SKU not in urls(sku="9" * 41)
