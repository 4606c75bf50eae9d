import json
import re

import pytest
from vtex_stage import Stage, play

from ponte.sandbox.catalogue import Defect
from ponte.sandbox.vtex.change import apply_change


def family(stage: Stage, size: int = 2) -> list[str]:
    """The SKUs of a product with several."""
    return next(
        skus
        for skus in stage.shop.catalogue.products().values()
        if len(skus) >= size and not any(one in stage.shop.catalogue.defects for one in skus)
    )


def test_creating_an_affiliate_sends_nothing():
    async def scene(stage: Stage):
        await stage.listen()
        assert stage.heard == []

    play(scene)


def test_a_notification_has_vtexs_shape_and_keeps_the_addresss_query():
    async def scene(stage: Stage):
        await stage.listen(query="an=loja&key=a%2Fb")
        assert await stage.change("2001010", price=10) == 1
        path, raw = stage.heard[0]
        assert path == "/notify?an=loja&key=a%2Fb"
        body = json.loads(raw)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", body.pop("DateModified"))
        assert body == {
            "IdSku": "2001010",
            "ProductId": int(stage.shop.catalogue.skus["2001010"].product_id),
            "An": "lojamodelo",
            "IdAffiliate": "MLC",
            "Version": "0" * 32,
            "IsActive": True,
            "StockModified": False,
            "PriceModified": True,
            "HasStockKeepingUnitModified": False,
            "HasStockKeepingUnitRemovedFromAffiliate": False,
        }

    play(scene)


def test_a_change_of_the_registration_is_told_for_every_sku_of_the_product():
    async def scene(stage: Stage):
        await stage.listen()
        skus = family(stage)
        assert await stage.change(skus[0], description="<p>Nova</p>") == len(skus)
        hints = stage.hints()
        assert [one.sku_id for one in hints] == skus
        assert all(one.product_changed and not one.price_changed for one in hints)

    play(scene)


@pytest.mark.parametrize(("before", "after", "told"), [(16, 60, 0), (0, 23, 1), (15, 2, 1), (50, 20, 0), (6, 5, 1)])
def test_stock_alone_is_told_only_from_or_to_five_units(before, after, told):
    async def scene(stage: Stage):
        stage.shop.catalogue.skus["2001010"].stock = before
        await stage.listen()
        assert await stage.change("2001010", stock=after) == told
        assert [one.stock_changed for one in stage.hints()] == [True] * told

    play(scene)


def test_two_changes_of_stock_at_once_are_told_as_one():
    async def scene(stage: Stage):
        await stage.listen()
        assert [await stage.change("2001010", stock=number) for number in (5, 4)] == [1, 0]
        stage.clock.now += 120
        assert await stage.change("2001010", stock=3) == 1

    play(scene, merge_stock_seconds=120)


def test_leaving_the_trade_policy_is_told_once_and_then_nothing():
    async def scene(stage: Stage):
        await stage.listen()
        sku_id = family(stage)[0]
        await stage.change(sku_id, trade_policies=[1])
        removed = [one.sku_id for one in stage.hints() if one.removed_from_affiliate]
        assert removed == [sku_id]
        stage.heard.clear()
        await stage.change(sku_id, price=1)
        assert stage.heard == []

    play(scene)


def test_a_sku_outside_an_affiliates_policy_is_not_told():
    async def scene(stage: Stage):
        await stage.listen("MLC", policy="9")
        assert await stage.change("2001010", price=1) == 0

    play(scene)


def test_each_affiliate_is_told():
    async def scene(stage: Stage):
        await stage.listen("MLC")
        await stage.listen("SHP", query="x=1")
        assert await stage.change("2001010", price=1) == 2
        assert {one.affiliate for one in stage.hints()} == {"MLC", "SHP"}

    play(scene)


def test_a_reindexing_tells_everything_in_the_policy():
    async def scene(stage: Stage):
        await stage.listen()
        gone = list(stage.shop.catalogue.defects.values()).count(Defect.OUT_OF_TRADE_POLICY)
        assert (await stage.post("/_sandbox/reindex", {}))["notified"] == 60 - gone
        assert len({one.sku_id for one in stage.hints()}) == 60 - gone
        stage.heard.clear()
        assert (await stage.post("/_sandbox/reindex", {"skus": ["2001010", "9"]}))["notified"] == 1

    play(scene)


def test_an_inactive_sku_is_told_as_such():
    async def scene(stage: Stage):
        await stage.listen()
        await stage.change("2001010", active=False)
        assert {one.sku_id: one.active for one in stage.hints()}["2001010"] is False

    play(scene)


def test_notifications_can_be_dropped_doubled_reordered_and_muted():
    async def scene(stage: Stage):
        await stage.listen()
        skus = family(stage)
        for told, expected in [
            ({"notify_drop": 1.0}, []),
            ({"notify_drop": 0.0, "notify_duplicate": 1.0}, [one for one in skus for _ in range(2)]),
            ({"notify_duplicate": 0.0, "notify_reorder": True}, skus[::-1]),
            ({"notify_reorder": False, "notify": False}, []),
        ]:
            await stage.post("/_sandbox/settings", told)
            await stage.change(skus[0], description="x")
            assert [one.sku_id for one in stage.hints()] == expected, told
            stage.heard.clear()

    play(scene)


def test_a_delayed_notification_is_not_waited_for():
    async def scene(stage: Stage):
        await stage.listen()
        assert await stage.change("2001010", price=1) == 1
        assert stage.heard == []

    play(scene, notify_delay_seconds=3_600)


def test_a_delayed_notification_comes():
    async def scene(stage: Stage):
        await stage.listen()
        await stage.change("2001010", price=1)
        await stage.settled()
        assert len(stage.heard) == 1

    play(scene, notify_delay_seconds=0.01)


@pytest.mark.parametrize(("retries", "tries"), [(0, 1), (2, 3)])
def test_vtex_tries_again_only_when_told_to(retries, tries):
    async def scene(stage: Stage):
        await stage.listen()
        stage.listener_status = 503
        await stage.change("2001010", price=1)
        assert len(stage.heard) == tries
        sent = (await stage.get("/_sandbox/notifications"))["notifications"]
        assert [one["status"] for one in sent] == [503] * tries

    play(scene, notify_retries=retries)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "not an address", "ftp://x/y"])
def test_an_address_that_does_not_answer_harms_nobody(url):
    async def scene(stage: Stage):
        fields = {"searchURIEndpoint": url, "salesChannel": "2"}
        await stage.status("PUT", "/api/fulfillment/pvt/affiliates/MLC", json=fields)
        assert await stage.change("2001010", price=1) == 1
        assert (await stage.get("/_sandbox/notifications"))["notifications"][0]["status"] == 0

    play(scene)


def test_old_senders_leave_names_out_and_say_the_account_with_its_host():
    async def scene(stage: Stage):
        await stage.listen()
        await stage.change("2001010", price=1)
        body = json.loads(stage.heard[0][1])
        assert "ProductId" not in body
        assert body["An"] == "lojamodelo.myvtex"
        assert stage.hints()[0].account == "lojamodelo"

    play(scene, notify_omit=("ProductId", "Version"), account_suffix=".myvtex")


def test_a_change_shows_in_the_skus_answer():
    async def scene(stage: Stage):
        await stage.change(
            "2001010",
            name="Nome",
            ean="789",
            specification={"Cor": "Roxo", "Modelo": None},
            images=["https://x/y.jpg"],
            dimension={"weight": 1},
            description="D",
            product_active=False,
        )
        body = await stage.get("/api/catalog_system/pvt/sku/stockkeepingunitbyid/2001010")
        assert (body["NameComplete"], body["AlternateIds"]["Ean"], body["Dimension"]["weight"]) == ("Nome", "789", 1)
        specifications = [*body["SkuSpecifications"], *body["ProductSpecifications"]]
        assert [one["FieldValues"] for one in specifications if one["FieldName"] == "Cor"] == [["Roxo"]]
        assert not [one for one in specifications if one["FieldName"] == "Modelo"]
        assert [one["ImageUrl"] for one in body["Images"]] == ["https://x/y.jpg"]
        assert (body["IsProductActive"], body["ProductDescription"]) == (False, "D")
        summary = (await stage.get("/_sandbox/skus?from=9&size=1"))["skus"][0]
        assert (summary["sku"], summary["name"], summary["active"]) == ("2001010", "Nome", False)

    play(scene)


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": "x"},
        {"stock": 1.5},
        {"stock": "1"},
        {"active": 1},
        {"name": 1},
        {"images": "x"},
        {"specification": []},
        {"dimension": 1},
        {"color": "x"},
        {"unavailable": 5},
        {"sku": "9"},
    ],
)
def test_a_malformed_change_is_400_and_changes_nothing(wrong):
    async def scene(stage: Stage):
        before = await stage.get("/api/catalog_system/pvt/sku/stockkeepingunitbyid/2001010")
        body = {"sku": "2001010", "name": "x", **wrong}
        assert await stage.status("POST", "/_sandbox/change", json=body) == 400
        assert await stage.get("/api/catalog_system/pvt/sku/stockkeepingunitbyid/2001010") == before

    play(scene)


@pytest.mark.parametrize("wrong", [{"x": 1}, {"notify": 1}, {"notify_drop": -1}, {"notify_omit": "x"}, [], None])
def test_a_malformed_setting_is_400(wrong):
    async def scene(stage: Stage):
        assert await stage.status("POST", "/_sandbox/settings", json=wrong) == 400

    play(scene)


def test_a_change_of_price_and_stock_is_told_as_one():
    async def scene(stage: Stage):
        effect = apply_change(stage.shop.catalogue.skus["2001010"], {"price": 1, "stock": 90})
        assert (effect.price, effect.stock, effect.product, effect.only_stock) == (True, True, False, False)

    play(scene)
