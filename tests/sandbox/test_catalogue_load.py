import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest

from ponte.sandbox.catalogue import Unread, load_catalogue
from ponte.sources.vtex.sku import read_answer

DATA = Path(__file__).parents[2] / "../shared/data"
needs_shared = pytest.mark.skipif(
    not DATA.is_dir(), reason="the collection of shared data is not beside the repository"
)

OFFER = {"Price": 1799.99, "ListPrice": 1999.9, "AvailableQuantity": 9}
ITEM = {
    "itemId": "35078",
    "name": "Preto 38",
    "nameComplete": "Tênis Wave Preto 38",
    "ean": "7893659822931",
    "referenceId": [{"Key": "RefId", "Value": "102-38"}],
    "measurementUnit": "un",
    "unitMultiplier": 1,
    "isKit": False,
    "images": [{"imageId": "235404", "imageUrl": "https://x.vteximg.com.br/a.jpg", "imageText": "frente"}],
    "Cor": ["Preto"],
    "Tamanho": ["38"],
    "variations": ["Cor", "Tamanho"],
    "sellers": [{"sellerId": "1", "sellerDefault": True, "commertialOffer": OFFER}],
}
PRODUCT = {
    "productId": "6974",
    "productName": "Tênis Wave",
    "brand": "Mizuno",
    "brandId": 2000000,
    "linkText": "tenis-wave",
    "productReference": "102",
    "categoryId": "18",
    "categories": ["/Masculino/", "/Masculino/Calçados/Corrida/", "/Masculino/Calçados/"],
    "categoriesIds": ["/1/", "/1/5/18/", "/1/5/"],
    "Linha": ["Running"],
    "allSpecifications": ["Linha", "Cor"],
    "description": "<p>Leve</p>",
    "items": [ITEM],
}


@pytest.fixture
def load(tmp_path):
    def write_and_load(document, name="store.json"):
        (tmp_path / name).write_text(json.dumps(document))
        return load_catalogue(tmp_path / name)

    return write_and_load


def test_a_product_of_the_search_becomes_skus(load):
    catalogue = load([PRODUCT])
    raw = catalogue.skus["35078"]
    assert (raw.price, raw.list_price, raw.stock) == (Decimal("1799.99"), Decimal("1999.9"), 9)
    sku = read_answer(raw.body)
    assert (sku.id, sku.product_id, sku.name, sku.brand, sku.brand_id) == (
        "35078",
        "6974",
        "Tênis Wave Preto 38",
        "Mizuno",
        "2000000",
    )
    assert (sku.ean, sku.reference, sku.description, sku.detail_path) == (
        "7893659822931",
        "102-38",
        "<p>Leve</p>",
        "/tenis-wave/p",
    )
    assert (sku.category_ids, sku.category_names) == (("1", "5", "18"), ("Masculino", "Calçados", "Corrida"))
    assert [(one.name, one.values, one.of_sku) for one in sku.specifications] == [
        ("Cor", ("Preto",), True),
        ("Tamanho", ("38",), True),
        ("Linha", ("Running",), False),
    ]
    assert [image.url for image in sku.images] == ["https://x.vteximg.com.br/a.jpg"]
    assert (catalogue.report.files, catalogue.report.products, catalogue.report.skus) == (1, 1, 1)
    assert catalogue.report.unread == []


def test_what_the_search_does_not_tell_stays_missing(load):
    body = load([PRODUCT]).skus["35078"].body
    assert not {"Dimension", "IsActive", "IsProductActive", "SalesChannels"} & set(body)


def test_the_newer_search_has_pairs_and_groups(load):
    item = {
        "itemId": "144302",
        "name": "P",
        "variations": [{"name": "Tamanho", "values": ["P"]}],
        "images": {"imageUrl": "https://x/a.jpg"},
        "sellers": {"sellerId": "1", "commertialOffer": {"Price": 10, "ListPrice": 10}},
    }
    group = {"name": "Geral", "specifications": [{"name": "Tecido", "values": ["Linho"]}]}
    everything = {"name": "allSpecifications", "specifications": [{"name": "Oculta", "values": ["x"]}]}
    product = {"productId": "1", "categoryId": "5", "categories": ["/Loja/Blusas/"]}
    found = load({"data": {"product": {**product, "items": [item], "specificationGroups": [everything, group]}}})
    raw = found.skus["144302"]
    assert (raw.price, raw.stock) == (Decimal(10), None)
    sku = read_answer(raw.body)
    assert [(one.name, one.values) for one in sku.specifications] == [("Tamanho", ("P",)), ("Tecido", ("Linho",))]
    assert (sku.category_ids, sku.category_names, sku.ean) == (("5",), ("Blusas",), "")


def test_the_offer_is_the_default_sellers(load):
    def seller(seller_id, price, *, default=False):
        return {"sellerId": seller_id, "sellerDefault": default, "commertialOffer": {"Price": price}}

    def price(*sellers):
        return load([{**PRODUCT, "items": [{**ITEM, "sellers": list(sellers)}]}]).skus["35078"].price

    assert price(seller("outro", 5), seller("1", 6)) == 6
    assert price(seller("1", 6), seller("outro", 5, default=True)) == 5
    assert price(seller("outro", 5), seller("mais", 7)) == 5
    assert price() is None


def test_a_price_of_0_stays_0_and_text_is_no_price(load):
    def price(told):
        offer = {"commertialOffer": {"Price": told}}
        return load([{**PRODUCT, "items": [{**ITEM, "sellers": [offer]}]}]).skus["35078"].price

    assert price(0) == 0
    assert price("1.234,56") is None


def test_lines_with_the_answers_of_the_private_call_are_taken_as_they_are(tmp_path):
    body = {"Id": 1634, "ProductId": 1634, "SkuName": "15ml", "SkuSellers": [{"SkuCommercialOffer": OFFER}]}
    lines = [
        {"kind": "sku_context", "body": body},
        {"kind": "price", "body": {}},
        {"kind": "sku_context", "body": body},
    ]
    with gzip.open(tmp_path / "sku.jsonl.gz", "wt") as file:
        file.write("\n".join(map(json.dumps, lines)))
    catalogue = load_catalogue(tmp_path)
    raw = catalogue.skus["1634"]
    assert (raw.body, raw.stock, raw.price) == (body, 9, Decimal("1799.99"))
    assert catalogue.report.repeated == 1
    assert catalogue.report.unread == [Unread("sku.jsonl.gz", "line 2", "a record of kind 'price' is no SKU")]


def test_nothing_is_left_out_silently(tmp_path):
    other = {**ITEM, "name": "another"}
    files = {
        "a.json": [PRODUCT, {**PRODUCT, "items": [other, {"itemId": "x"}, None]}],
        "b.json": [1, {"n": "flat"}, {"n": "flat"}],
        "d.json": {"Id": 1, "ProductId": 2, "Name": "another call's answer"},
    }
    for name, document in files.items():
        (tmp_path / name).write_text(json.dumps(document))
    (tmp_path / "c.json").write_text("{")
    (tmp_path / "notes.txt").write_text("x")
    catalogue = load_catalogue(tmp_path)
    assert list(catalogue.skus) == ["35078"]
    told = [(one.file, one.place, one.reason) for one in catalogue.report.unread]
    assert told == [
        (
            "a.json",
            "[1]",
            "an item has no itemId of digits; an item is not an object; another SKU with this id was read before",
        ),
        ("b.json", "[0]", "not an object"),
        ("b.json", "[1] and 1 more", "it is no answer that tells a SKU"),
        ("c.json", "", "cannot be read: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("d.json", "", "it is no answer that tells a SKU"),
        ("notes.txt", "", "not a file of JSON"),
    ]


def test_the_tree_is_what_the_paths_tell(load):
    catalogue = load([PRODUCT])
    assert list(catalogue.leaves()) == [("18", "Corrida")]
    assert catalogue.categories[0]["children"][0]["hasChildren"]


@pytest.mark.parametrize(
    "folder", ["catalog_system_search", "intelligent_search_graphql", "storefront_state", "sku_items_partial"]
)
@pytest.mark.shared
@needs_shared
def test_every_product_of_real_stores_is_read(folder):
    """Each item of each record becomes a SKU that the source reads, or is in the report."""
    report_of_all = 0
    for path in sorted((DATA / "vtex-products" / folder).glob("*.json")):
        records = json.loads(path.read_text(encoding="utf-8"))
        items = [item for record in records for item in record.get("items", [record])]
        catalogue = load_catalogue(path)
        report = catalogue.report
        assert report.skus + report.repeated == len(items), path.name
        assert all("read before" in one.reason for one in report.unread), report.unread
        by_id = {item["itemId"]: item for item in reversed(items)}
        assert set(by_id) == set(catalogue.skus)
        for sku_id, raw in catalogue.skus.items():
            sku = read_answer(raw.body)
            assert (sku.id, sku.ean) == (sku_id, (by_id[sku_id].get("ean") or "").strip())
        report_of_all += report.skus
    assert report_of_all >= 15


@pytest.mark.shared
@needs_shared
def test_the_rows_of_scrapers_are_told_as_unread():
    report = load_catalogue(DATA / "vtex-products/flat_not_api_shape").report
    assert report.skus == 0
    assert len({one.file for one in report.unread}) == report.files > 0
