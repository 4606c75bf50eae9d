import unicodedata
from dataclasses import replace
from decimal import Decimal

import pytest

from ponte.domain.problem import ProblemClass, Severity, Stage
from ponte.domain.sku import Dimensions, Image, Specification
from ponte.sources.vtex.sku import MAX_DESCRIPTION, read_answer, sellable

ANSWER = {
    "Id": 2001773,
    "ProductId": 2001426,
    "NameComplete": "Tabela de Basquete Oficial",
    "ProductName": "Tabela de Basquete",
    "ProductDescription": "<p>Tabela oficial</p>\n<p>Nova</p>",
    "SkuName": "Oficial",
    "IsActive": True,
    "IsProductActive": True,
    "DetailUrl": "/tabela-de-basquete/p",
    "BrandId": "2000018",
    "BrandName": "Argolo",
    "Dimension": {"cubicweight": 81.6833, "height": 65, "length": 58.5, "weight": 10000.0, "width": 130},
    "IsKit": False,
    "SalesChannels": [1, 2, 10],
    "Images": [
        {"ImageUrl": "http://loja.vteximg.com.br/arquivos/ids/168952/a.jpg", "ImageName": "", "FileId": 168952},
        {"ImageUrl": "//loja.vteximg.com.br/arquivos/ids/2/b.jpg", "ImageName": None, "FileId": 2},
        {"ImageUrl": "http://loja.vteximg.com.br/arquivos/ids/168952/a.jpg", "ImageName": "again", "FileId": 3},
    ],
    "SkuSpecifications": [{"FieldId": 102, "FieldName": "Cor", "FieldValueIds": [266], "FieldValues": ["Padrão"]}],
    "ProductSpecifications": [{"FieldId": 23, "FieldName": "Fabricante", "FieldValues": ["Xalingo", None, 7]}],
    "ProductCategoryIds": "/1/10/",
    "ProductCategories": {"10": "Basquete", "1": "Esporte"},
    "AlternateIds": {"Ean": "7891234567895", "RefId": "878181"},
}


def read(**changes):
    told = {name: value for name, value in {**ANSWER, **changes}.items() if value is not ...}
    sku = read_answer(told)
    assert sku is not None
    return sku


def codes(sku):
    return [(flaw.code, flaw.subject) for flaw in sku.flaws]


def test_an_answer_is_read_whole():
    sku = read()
    assert (sku.id, sku.product_id, sku.brand, sku.brand_id) == ("2001773", "2001426", "Argolo", "2000018")
    assert (sku.name, sku.product_name, sku.sku_name) == (
        "Tabela de Basquete Oficial",
        "Tabela de Basquete",
        "Oficial",
    )
    assert sku.description == "<p>Tabela oficial</p>\n<p>Nova</p>"
    assert (sku.ean, sku.reference, sku.detail_path) == ("7891234567895", "878181", "/tabela-de-basquete/p")
    assert (sku.category_ids, sku.category_names) == (("1", "10"), ("Esporte", "Basquete"))
    assert sku.images == (
        Image("http://loja.vteximg.com.br/arquivos/ids/168952/a.jpg"),
        Image("https://loja.vteximg.com.br/arquivos/ids/2/b.jpg"),
    )
    assert sku.specifications == (
        Specification("Cor", ("Padrão",), of_sku=True),
        Specification("Fabricante", ("Xalingo", "7")),
    )
    assert sku.dimensions == Dimensions(Decimal(65), Decimal(130), Decimal("58.5"), Decimal(10000))
    assert str(sku.dimensions.weight_g) == "10000"
    assert (sku.trade_policies, sku.active, sku.product_active, sku.is_kit) == (("1", "2", "10"), True, True, False)
    assert (sku.price, sku.stock, sku.flaws) == (None, None, ())


def test_names_and_types_may_be_odd():
    def lower(value):
        if isinstance(value, dict):
            return {name[0].lower() + name[1:]: lower(inner) for name, inner in value.items()}
        return [lower(inner) for inner in value] if isinstance(value, list) else value

    odd = lower({**ANSWER, "BrandId": 2000018, "Id": "2001773", "SalesChannels": ["1", 2, 10], "IsActive": "true"})
    odd["dimension"] = {"height": "65", "length": "58.50", "weight": 10000, "width": 130.0}
    assert read_answer(odd) == read()


@pytest.mark.parametrize("answer", [None, {}, [], "", "<html>", 1, {"Id": None}, {"Id": "x"}, {"Id": True}])
def test_b33_what_is_no_sku_is_not_an_empty_product(answer):
    assert read_answer(answer) is None


def test_an_answer_of_nothing_but_its_id_is_a_bare_sku():
    sku = read_answer({"Id": 1})
    assert (sku.name, sku.images, sku.category_ids, sku.trade_policies) == ("", (), (), ())
    assert sku.dimensions == Dimensions(None, None, None, None)
    assert (sku.active, sku.product_active, sku.flaws) == (True, True, ())


@pytest.mark.parametrize("name", [name for name in ANSWER if name != "Id"])
@pytest.mark.parametrize("value", [None, ..., 0, -1, "", "x", [], {}, [None], [{}], [[]], True, 1.5, {"a": None}])
def test_no_field_of_any_type_stops_the_reading(name, value):
    sku = read(**{name: value})
    assert sku.id == "2001773"
    assert all(flaw.severity is Severity.WARNING for flaw in sku.flaws)


def test_without_the_full_name_both_names_are_the_name():
    assert read(NameComplete=None).name == "Tabela de Basquete Oficial"


def test_without_the_path_the_first_full_path_is_the_category():
    sku = read(ProductCategoryIds=None, CategoriesFullPath=["/1/10/", "/1/"])
    assert sku.category_ids == ("1", "10")


def test_a_category_without_a_name_keeps_its_place():
    assert read(ProductCategories={"10": "Basquete"}).category_names == ("", "Basquete")


def test_b04_an_inactive_sku_is_not_sellable():
    problem = sellable(read(IsActive=False), "2")
    assert (problem.kind, problem.stage, problem.subject) == (
        ProblemClass.VTEX_SKU_INACTIVE,
        Stage.VTEX,
        "sku",
    )


def test_b05_an_inactive_product_is_not_sellable_and_named_as_the_cause():
    problem = sellable(read(IsProductActive=False), "2")
    assert (problem.kind, problem.subject) == (ProblemClass.VTEX_SKU_INACTIVE, "product")


def test_b06_a_sku_outside_the_trade_policy_is_not_sellable():
    problem = sellable(read(), "3")
    assert (problem.kind, problem.subject) == (ProblemClass.VTEX_NOT_IN_TRADE_POLICY, "SalesChannels")
    assert problem.params == {"trade_policy": "3", "found": "1, 2, 10"}


def test_a_sku_of_the_trade_policy_is_sellable():
    assert sellable(read(), "2") is None
    assert sellable(read(), "10") is None


def test_an_old_answer_without_sales_channels_leaves_it_to_the_simulation():
    assert sellable(read(SalesChannels=...), "2") is None


@pytest.mark.parametrize(
    "name", ["\u202etxet", "a\u200bb", "👨‍👩‍👧", "a" + "\u0301" * 100, "<b>x</b>", "&amp;amp;", "x" * 10_000]
)
def test_b17_odd_but_legal_texts_are_kept(name):
    assert read(NameComplete=name).name == unicodedata.normalize("NFC", name)
    assert read(NameComplete=name).flaws == ()


@pytest.mark.parametrize("control", ["\x00", "\x01", "\x1b", "\x7f", "\x85", "\ud800"])
def test_b18_control_characters_are_removed_with_a_warning(control):
    sku = read(ProductName=f"Tab{control}ela", BrandName=f"{control}Argolo")
    assert (sku.product_name, sku.brand) == ("Tabela", "Argolo")
    assert codes(sku) == [
        ("vtex.control_characters_removed", "ProductName"),
        ("vtex.control_characters_removed", "BrandName"),
    ]
    assert {flaw.severity for flaw in sku.flaws} == {Severity.WARNING}


def test_b18_line_ends_in_a_name_become_blanks_without_a_warning():
    sku = read(ProductName=" Tabela\r\nde\tBasquete ")
    assert (sku.product_name, sku.flaws) == ("Tabela de Basquete", ())


def test_b19_both_forms_of_an_accent_are_one_text():
    decomposed = read(ProductName=unicodedata.normalize("NFD", "Óculos de Ação"))
    assert decomposed == read(ProductName="Óculos de Ação")


def test_b16_a_description_of_megabytes_is_cut_with_a_warning():
    sku = read(ProductDescription="<p>" * 1_000_000)
    assert len(sku.description) == MAX_DESCRIPTION
    assert codes(sku) == [("vtex.description_cut", "ProductDescription")]


@pytest.mark.parametrize("value", [0, 0.0, None, ""])
def test_a_size_nobody_filled_is_no_size(value):
    sku = read(Dimension={**ANSWER["Dimension"], "weight": value})
    assert (sku.dimensions.weight_g, sku.flaws) == (None, ())


@pytest.mark.parametrize("value", [-1, "10,5", "1.234,56", "10 kg", True, [], float("nan"), float("inf")])
def test_a_size_that_is_no_number_is_told(value):
    sku = read(Dimension={**ANSWER["Dimension"], "weight": value})
    assert sku.dimensions.weight_g is None
    assert codes(sku) == [("vtex.unusable_number", "Dimension.weight")]


@pytest.mark.parametrize(
    "url", ["~/arquivos/1.jpg", "javascript:alert(1)", "/a.jpg", "http://a b/c.jpg", "ftp://x/y"]
)
def test_a_picture_without_a_web_address_is_told(url):
    sku = read(Images=[{"ImageUrl": url}, *ANSWER["Images"]])
    assert len(sku.images) == 2
    assert codes(sku) == [("vtex.picture_address_unusable", "Images")]


def test_the_ean_is_told_as_it_stands():
    for ean in ("SEM GTIN", "123", "7891234567890"):
        assert read(AlternateIds={"Ean": ean}).ean == ean
    assert read(AlternateIds={"RefId": "1"}).ean == ""
    assert read(AlternateIds={"ean": 7891234567895}).ean == "7891234567895"


def test_b35_a_sku_is_nothing_but_its_own_data():
    """Two accounts may share an id: what one answer told never shows in the other."""
    one, other = read(), read(BrandName="Outra")
    assert replace(other, brand="Argolo") == one
