from pathlib import Path

import pytest
from vtex_stage import KEYS, Stage, play

from ponte.domain.outcome import Accepted, Blocked, Postponed, Rejected
from ponte.domain.sku import Sku
from ponte.sandbox.catalogue import Defect, load_catalogue
from ponte.sources.vtex.read import list_skus, probe, read_category_tree, read_product, read_sku, simulate

OLD = "/api/catalog_system/pvt"
DATA = Path(__file__).parents[2] / "../shared/data"


def test_a_sku_is_told_as_the_source_reads_it():
    async def scene(stage: Stage):
        sku = await stage.talk(read_sku("2001001", "2"))
        assert isinstance(sku, Sku)
        assert sku.flaws == ()
        assert sku.images[0].url.startswith(f"{stage.base}/arquivos/ids/155001/")
        async with stage.client.get(sku.images[0].url) as picture:
            assert (picture.status, picture.content_type) == (200, "image/png")

    play(scene)


def test_an_unknown_sku_is_404():
    async def scene(stage: Stage):
        assert isinstance(await stage.talk(read_sku("9", "2")), Rejected)
        assert isinstance(await stage.talk(read_sku("02001001", "2")), Rejected)
        assert isinstance(await stage.talk(read_product("9")), Rejected)

    play(scene)


@pytest.mark.parametrize("keys", [{}, {**KEYS, "X-VTEX-API-AppToken": "x"}, {"X-VTEX-API-AppKey": "x"}])
def test_without_the_pair_of_keys_it_is_401_but_the_public_calls_are_open(keys):
    async def scene(stage: Stage):
        assert isinstance(await stage.talk(read_sku("2001001", "2")), Blocked)
        assert await stage.status("POST", "/api/fulfillment/pvt/orderForms/simulation", json={}) == 401
        assert await stage.status("GET", "/api/fulfillment/pvt/affiliates") == 401
        items = {"items": [{"id": "2001001"}]}
        assert await stage.status("POST", "/api/checkout/pub/orderForms/simulation", json=items) == 200
        assert await stage.status("GET", "/api/catalog_system/pub/category/tree/1") == 200

    play(scene, keys=keys)


@pytest.mark.parametrize(
    ("family", "path"),
    [
        ("catalog", f"{OLD}/sku/stockkeepingunitbyid/2001001"),
        ("logistics", "/api/logistics/pvt/inventory/skus/2001001"),
        ("pricing", "/lojamodelo/pricing/prices/2001001"),
        ("affiliates", "/api/fulfillment/pvt/affiliates"),
    ],
)
def test_a_key_without_the_resource_is_403(family, path):
    async def scene(stage: Stage):
        assert await stage.status("GET", path) == 200
        await stage.post("/_sandbox/settings", {"forbidden": [family]})
        assert await stage.status("GET", path) == 403

    play(scene)


def test_the_list_of_a_trade_policy_is_paged_to_its_end():
    async def scene(stage: Stage):
        assert await stage.talk(list_skus("2", 7)) == tuple(stage.shop.catalogue.skus)
        assert await stage.get(f"{OLD}/sku/stockkeepingunitidsbysaleschannel?sc=2&page=9&pageSize=7") == [
            2001057,
            2001058,
            2001059,
            2001060,
        ]
        assert await stage.get(f"{OLD}/sku/stockkeepingunitidsbysaleschannel?sc=2&page=10&pageSize=7") == []
        assert len(await stage.get(f"{OLD}/sku/stockkeepingunitidsbysaleschannel?sc=2")) == 60
        assert await stage.get(f"{OLD}/sku/stockkeepingunitidsbysaleschannel?sc=9") == []
        assert await stage.status("GET", f"{OLD}/sku/stockkeepingunitidsbysaleschannel") == 400

    play(scene)


def test_the_list_forgets_late_unless_told_otherwise():
    async def scene(stage: Stage):
        gone = {one for one, defect in stage.shop.catalogue.defects.items() if defect is Defect.OUT_OF_TRADE_POLICY}
        assert gone
        assert gone <= set(await stage.talk(list_skus("2")))
        stage.shop.settings.list_forgets_late = False
        assert not gone & set(await stage.talk(list_skus("2")))

    play(scene)


def test_the_list_of_all_skus_wants_its_paging():
    async def scene(stage: Stage):
        path = f"{OLD}/sku/stockkeepingunitids"
        assert await stage.get(f"{path}?page=2&pagesize=50") == list(range(2001051, 2001061))
        assert await stage.get(f"{path}?page=3&pagesize=50") == []
        for query in ("", "?page=1", "?pagesize=10", "?page=0&pagesize=10", "?page=1&pagesize=1001"):
            assert await stage.status("GET", path + query) == 400, query

    play(scene)


def test_products_with_their_skus_come_at_most_250_at_once():
    async def scene(stage: Stage):
        path = f"{OLD}/products/GetProductAndSkuIds"
        told = await stage.get(f"{path}?_from=1&_to=3")
        assert told["data"] == {
            product: [int(one) for one in skus] for product, skus in list(stage.shop.catalogue.products().items())[:3]
        }
        assert (await stage.get(f"{path}?categoryId=999999"))["range"]["total"] == 0
        assert await stage.status("GET", f"{path}?_from=1&_to=251") == 400

    play(scene)


def test_a_sku_is_found_by_its_other_names():
    async def scene(stage: Stage):
        body = await stage.get(f"{OLD}/sku/stockkeepingunitbyid/2001010")
        ean, reference = body["AlternateIds"]["Ean"], body["AlternateIds"]["RefId"]
        assert await stage.get(f"{OLD}/sku/stockkeepingunitbyean/{ean}") == body
        assert await stage.get(f"{OLD}/sku/stockkeepingunitbyalternateId/{reference}") == body
        assert await stage.get(f"{OLD}/sku/stockkeepingunitidbyrefid/{reference}") == "2001010"
        assert await stage.status("GET", f"{OLD}/sku/stockkeepingunitbyean/0") == 404

    play(scene)


def test_a_product_a_tree_and_the_trade_policies_are_told():
    async def scene(stage: Stage):
        product = await stage.talk(read_product(stage.shop.catalogue.skus["2001010"].product_id))
        assert product.trade_policies == ("1", "2")
        assert product.brand_id
        tree = await stage.talk(read_category_tree(2))
        assert {path[-1].name for root in tree for path in root.paths()} >= {"Tênis", "Pet", "Outlet"}
        assert all(not root.children for root in await stage.talk(read_category_tree(1)))
        assert await stage.talk(probe("2")) == Accepted(None)
        assert isinstance(await stage.talk(probe("7")), Rejected)

    play(scene)


def test_the_pricing_api_tells_units_of_the_currency_and_its_rate():
    async def scene(stage: Stage):
        sku = stage.shop.catalogue.skus["2001010"]
        async with stage.client.get(f"{stage.base}/lojamodelo/pricing/prices/2001010/computed/2") as answer:
            told = await answer.json()
            assert (told["sellingPrice"], told["tradePolicyId"]) == (float(sku.price), "2")
            assert answer.headers["Ratelimit-Remaining"] == "499"
        await stage.change("2001010", price=None)
        assert await stage.status("GET", "/lojamodelo/pricing/prices/2001010") == 404

    play(scene)


def test_the_index_lags_for_as_long_as_told():
    async def scene(stage: Stage):
        before = (await stage.talk(read_sku("2001010", "2"))).name
        await stage.change("2001010", name="Nome novo")
        assert (await stage.talk(read_sku("2001010", "2"))).name == before
        stage.clock.now += 59
        assert (await stage.talk(read_sku("2001010", "2"))).name == before
        stage.clock.now += 1
        assert (await stage.talk(read_sku("2001010", "2"))).name == "Nome novo"

    play(scene, indexer_lag_seconds=60)


def test_faults_are_armed_for_one_sku_with_and_without_a_wait():
    async def scene(stage: Stage):
        stage.board.arm({"kind": "status", "status": 429, "retry_after": "30", "sku": "2001010", "count": 1})
        stage.board.arm({"kind": "status", "status": 429, "sku": "2001010"})
        assert isinstance(await stage.talk(read_sku("2001011", "2")), Sku)
        first, second = [await stage.talk(read_sku("2001010", "2")) for _ in range(2)]
        assert isinstance(first, Postponed)
        assert (first.retry_in, second.retry_in) == (30.0, None)

    play(scene)


def test_affiliates_are_created_by_put_read_changed_and_deleted():
    async def scene(stage: Stage):
        path = "/api/fulfillment/pvt/affiliates"
        assert await stage.get(path) == []
        assert await stage.status("GET", f"{path}/MLC") == 404
        url = "https://ponte.exemplo/vtex/notify?an=loja&lt=gold_special"
        raw = {"name": "Ponte", "SalesChannel": 2, "SearchURIEndpoint": url, "SearchURIEndpointVersion": "1.x.x"}
        assert await stage.status("PUT", f"{path}/MLC", json=raw) == 204
        told = await stage.get(f"{path}/MLC")
        assert (told["id"], told["salesChannel"], told["searchURIEndpoint"]) == ("MLC", "2", url)
        assert await stage.status("PUT", f"{path}/MLC", json={"name": "Outro"}) == 204
        assert [(one["name"], one["salesChannel"]) for one in await stage.get(path)] == [("Outro", "2")]
        assert await stage.status("DELETE", f"{path}/MLC") == 204
        assert await stage.status("DELETE", f"{path}/MLC") == 404

    play(scene)


@pytest.mark.parametrize("wrong", ["MLA", "ML", "MLCC", "mlc", "M1C"])
def test_an_affiliates_id_is_three_consonants(wrong):
    async def scene(stage: Stage):
        assert await stage.status("PUT", f"/api/fulfillment/pvt/affiliates/{wrong}", json={}) == 400

    play(scene)


@pytest.mark.shared
@pytest.mark.skipif(not DATA.is_dir(), reason="the collection of shared data is not beside the repository")
@pytest.mark.parametrize("folder", ["vtex-products", "vtex-private"])
def test_a_catalogue_of_real_stores_is_served_whole(folder):
    catalogue = load_catalogue(DATA / folder)

    async def scene(stage: Stage):
        ids = await stage.talk(list_skus("2"))
        assert ids
        assert set(ids) == {sku.id for sku in catalogue.skus.values() if 2 in sku.trade_policies}
        for sku_id in catalogue.skus:
            sku = await stage.talk(read_sku(sku_id, "2"))
            assert isinstance(sku, Sku)
            assert sku.id == sku_id
            if sku.product_id:
                assert (await stage.talk(read_product(sku.product_id))).id == sku.product_id
        found = await stage.talk(simulate(ids, "2"))
        for sku_id, one in found.items():
            raw = catalogue.skus[sku_id]
            assert one.problem is not None or (one.price, one.stock) == (raw.price, raw.stock)
        assert await stage.status("GET", f"{OLD}/products/GetProductAndSkuIds?categoryId=5") == 200
        assert await stage.change(ids[0], name="Outro", specification={"Cor": "Azul"}, ean="") == 0

    play(scene, catalogue=catalogue)
