import struct
import zlib
from collections import Counter

import orjson
import pytest

from ponte.domain.identifiers import GtinFlaw, gtin_flaw
from ponte.sandbox.catalogue import MARKETPLACE_CATEGORY, Defect, make_catalogue
from ponte.sandbox.catalogue.make import SHARES
from ponte.sandbox.mercadolivre.categories import load_catalog
from ponte.sandbox.vtex.picture import picture
from ponte.sandbox.vtex.shop import Shop
from ponte.sources.vtex.sku import read_answer, sellable


@pytest.fixture(scope="module")
def catalogue():
    return make_catalogue(1_000, 7)


@pytest.fixture(scope="module")
def skus(catalogue):
    shop = Shop(catalogue)
    return {sku_id: read_answer(orjson.loads(shop.answer(sku_id, "http://shop"))) for sku_id in catalogue.skus}


def clean(catalogue):
    return [sku_id for sku_id in catalogue.skus if sku_id not in catalogue.defects]


def with_defect(catalogue, defect):
    return [sku_id for sku_id, found in catalogue.defects.items() if found is defect]


def test_the_same_number_seed_and_account_make_the_same_catalogue(catalogue):
    again = make_catalogue(1_000, 7)
    assert (again.skus, again.defects, again.categories) == (catalogue.skus, catalogue.defects, catalogue.categories)


def test_another_seed_makes_another(catalogue):
    other = make_catalogue(1_000, 8)
    assert [sku.body["NameComplete"] for sku in other.skus.values()] != [
        sku.body["NameComplete"] for sku in catalogue.skus.values()
    ]


@pytest.mark.parametrize("number", [0, 1, 7, 199, 200])
def test_there_are_as_many_skus_as_asked_for(number):
    assert len(make_catalogue(number).skus) == number


def test_defects_have_their_shares_and_the_rest_is_clean(catalogue):
    assert catalogue.defect_counts() == Counter({defect: round(share * 1_000) for defect, share in SHARES.items()})
    assert 0.70 <= len(clean(catalogue)) / 1_000 <= 0.74


def test_from_200_skus_on_every_defect_occurs():
    assert set(make_catalogue(200).defect_counts()) == set(Defect)


def test_a_clean_sku_has_all_that_is_needed(catalogue, skus):
    for sku_id in clean(catalogue):
        sku, raw = skus[sku_id], catalogue.skus[sku_id]
        assert sellable(sku, "2") is None
        assert (sku.flaws, gtin_flaw(sku.ean), sku.ean[:3]) == ((), None, "789")
        assert 0 < len(sku.name) <= 60
        assert sku.images
        assert all((sku.brand, sku.description, sku.reference, *sku.category_names))
        assert raw.price > 0
        assert raw.list_price >= raw.price
        assert raw.stock > 0
        assert all(side > 0 for side in (sku.dimensions.height_cm, sku.dimensions.width_cm, sku.dimensions.weight_g))


def test_no_barcode_and_no_reference_occurs_twice(catalogue, skus):
    for field in ("ean", "reference"):
        told = [getattr(skus[sku_id], field) for sku_id in clean(catalogue)]
        assert len(set(told)) == len(told)


def test_every_leaf_but_the_outlet_has_a_domain_of_the_fake_marketplace(catalogue):
    names = {name for _, name in catalogue.leaves()}
    assert names - set(MARKETPLACE_CATEGORY) == {"Saldos diversos"}
    domains = {category.domain_id for category in load_catalog().leaves.values()}
    assert set(MARKETPLACE_CATEGORY.values()) <= domains


def test_a_clean_skus_specifications_are_what_the_fake_marketplace_asks_for(catalogue, skus):
    by_domain = {category.domain_id: category for category in load_catalog().leaves.values()}
    for sku_id in clean(catalogue):
        sku = skus[sku_id]
        category = by_domain[MARKETPLACE_CATEGORY[sku.category_names[-1]]]
        told = {specification.name: specification.values[0] for specification in sku.specifications}
        for attribute in category.required:
            rule = category.rules[attribute]
            if attribute == "BRAND":
                continue
            assert rule.name in told, (category.name, rule.name)
            if rule.values:
                assert told[rule.name] in rule.values.values(), (rule.name, told[rule.name])


CHECKS = {
    Defect.EAN_CHECK_DIGIT: lambda raw, sku: gtin_flaw(sku.ean) is GtinFlaw.CHECK_DIGIT,
    Defect.EAN_MISSING: lambda raw, sku: sku.ean == "" and "Ean" not in raw.body["AlternateIds"],
    Defect.EAN_TEXT: lambda raw, sku: sku.ean == "SEM GTIN",
    Defect.NO_PRICE: lambda raw, sku: raw.price is None,
    Defect.NO_STOCK: lambda raw, sku: raw.stock == 0,
    Defect.INACTIVE: lambda raw, sku: sellable(sku, "2").code == "vtex.sku_inactive",
    Defect.OUT_OF_TRADE_POLICY: lambda raw, sku: sellable(sku, "2").code == "vtex.not_in_trade_policy",
    Defect.TITLE_TOO_LONG: lambda raw, sku: len(sku.name) > 60,
    Defect.NO_PICTURE: lambda raw, sku: sku.images == (),
    Defect.TINY_PICTURE: lambda raw, sku: "-90-90/picture-too-small/" in raw.body["Images"][0]["ImageUrl"],
    Defect.UNMAPPED_CATEGORY: lambda raw, sku: sku.category_names == ("Outlet", "Saldos diversos"),
    Defect.ZERO_WEIGHT: lambda raw, sku: sku.dimensions.weight_g is None and sku.flaws == (),
    Defect.HTML_ONLY_DESCRIPTION: lambda raw, sku: sku.description.startswith("<div") and sku.description[-1] == ">",
}


@pytest.mark.parametrize("defect", CHECKS)
def test_a_defect_is_what_its_name_says(catalogue, skus, defect):
    for sku_id in with_defect(catalogue, defect):
        assert CHECKS[defect](catalogue.skus[sku_id], skus[sku_id]), skus[sku_id].name


def test_a_missing_attribute_is_one_the_marketplace_requires(catalogue, skus):
    by_domain = {category.domain_id: category for category in load_catalog().leaves.values()}
    for sku_id in with_defect(catalogue, Defect.ATTRIBUTE_MISSING):
        sku = skus[sku_id]
        category = by_domain[MARKETPLACE_CATEGORY[sku.category_names[-1]]]
        names = {category.rules[attribute].name for attribute in category.required} - {"Marca"}
        assert len(names - {specification.name for specification in sku.specifications}) == 1


def test_hostile_texts_stand_in_names_as_they_are(catalogue, skus):
    names = " ".join(skus[sku_id].name for sku_id in with_defect(catalogue, Defect.HOSTILE_TEXT))
    assert "<script>" in names


def test_bodies_are_json_and_told_in_vtexs_types(catalogue):
    for sku in catalogue.skus.values():
        body = orjson.loads(orjson.dumps(sku.body))
        assert (type(body["Id"]), type(body["ProductId"]), type(body["SalesChannels"])) == (int, int, list)
    kinds = {type(sku.body["BrandId"]) for sku in catalogue.skus.values()}
    assert kinds == {int, str}, "VTEX answers both"


@pytest.mark.parametrize(
    ("name", "size"), [("155001", (1000, 1000)), ("155001-55-40", (55, 40)), ("1-0-5", (1000, 5))]
)
def test_a_picture_is_a_whole_png_of_the_wanted_size(name, size):
    drawn = picture(name)
    assert drawn[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", drawn[16:24]) == size
    length = struct.unpack(">I", drawn[33:37])[0]
    assert len(zlib.decompress(drawn[41 : 41 + length])) == (size[0] + 1) * size[1]
    assert len(drawn) < 5_000


@pytest.mark.parametrize("name", ["", "x", "1-2", "../1", "１"])
def test_another_name_is_no_picture(name):
    assert picture(name) is None
