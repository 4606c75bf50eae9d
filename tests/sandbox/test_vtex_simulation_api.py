from collections import defaultdict
from decimal import Decimal

import pytest
from vtex_stage import Stage, play

from ponte.domain.problem import ProblemClass
from ponte.sandbox.catalogue import Defect, make_catalogue
from ponte.sources.vtex.read import PRIVATE_SIMULATION, PUBLIC_SIMULATION, simulate


async def raw(stage: Stage, *ids: str, path: str = PRIVATE_SIMULATION, policy: str = "2"):
    return await stage.post(f"{path}?sc={policy}", {"items": [{"id": sku_id, "quantity": 1} for sku_id in ids]})


def clean_pair(stage: Stage) -> tuple[str, str]:
    """Two sound SKUs, an even and an odd one."""
    sound = [one for one in stage.shop.catalogue.skus if one not in stage.shop.catalogue.defects]
    return tuple(next(one for one in sound if int(one) % 2 == rest) for rest in (0, 1))


def clean(stage: Stage) -> str:
    return clean_pair(stage)[0]


def test_price_and_stock_of_the_whole_catalogue_are_read_in_lots():
    catalogue = make_catalogue(400, 7)

    async def scene(stage: Stage):
        ids = list(catalogue.skus)
        found = await stage.talk(simulate(ids, "2", "MLC"))
        assert set(found) == set(ids)
        kinds = defaultdict(set)
        for sku_id, one in found.items():
            sku, defect = catalogue.skus[sku_id], catalogue.defects.get(sku_id)
            kinds[defect].add(one.problem and one.problem.kind)
            if one.problem is None:
                assert (one.price, one.list_price, one.stock) == (sku.price, sku.list_price, sku.stock)
        assert kinds.pop(Defect.NO_PRICE) == {ProblemClass.VTEX_PRICE_MISSING}
        assert kinds.pop(Defect.INACTIVE) == {ProblemClass.VTEX_SKU_INACTIVE}
        assert kinds.pop(Defect.OUT_OF_TRADE_POLICY) == {ProblemClass.VTEX_PRICE_MISSING}
        assert {kind for found_kinds in kinds.values() for kind in found_kinds} == {None}
        assert stage.board.requests[f"POST {PRIVATE_SIMULATION}"] == 3, "400 items are halved once"

    play(scene, catalogue=catalogue)


def test_prices_are_whole_cents_and_stock_is_only_told_in_private():
    async def scene(stage: Stage):
        sku_id = clean(stage)
        sku = stage.shop.catalogue.skus[sku_id]
        private, public = await raw(stage, sku_id), await raw(stage, sku_id, path=PUBLIC_SIMULATION)
        assert private["items"][0]["price"] == int(sku.price * 100)
        assert type(private["items"][0]["price"]) is int
        assert private["logisticsInfo"][0]["stockBalance"] == sku.stock
        assert "stockBalance" not in public["logisticsInfo"][0]
        assert ("availability" in private["items"][0], public["items"][0]["availability"]) == (False, "available")

    play(scene)


@pytest.mark.parametrize("shape", [1, 2, 3, 4])
def test_each_of_the_four_shapes_can_be_chosen(shape):
    async def scene(stage: Stage):
        sku_id, other = clean_pair(stage)
        await stage.change(sku_id, unavailable=shape)
        told = await raw(stage, other, sku_id)
        mine = [one for one in told["items"] if one["id"] == sku_id]
        assert {
            1: lambda: told["items"] == [],
            2: lambda: not mine and len(told["items"]) == 1,
            3: lambda: (mine[0]["quantity"], told["logisticsInfo"][1]["stockBalance"]) == (0, 0),
            4: lambda: mine[0]["availability"] == told["messages"][0]["code"] == "cannotBeDelivered",
        }[shape]()
        await stage.change(sku_id, unavailable=None)
        assert (await raw(stage, sku_id))["items"][0]["quantity"] == 1

    play(scene)


def test_out_of_stock_is_seen_in_two_shapes_and_read_as_stock_0():
    async def scene(stage: Stage):
        ids = clean_pair(stage)
        for sku_id in ids:
            await stage.change(sku_id, stock=0)
        told = await raw(stage, *ids)
        assert {one.get("availability") for one in told["items"]} == {None, "withoutStock"}
        found = await stage.talk(simulate(ids, "2"))
        assert [(one.stock, one.problem) for one in found.values()] == [(0, None), (0, None)]

    play(scene)


def test_a_sku_of_another_trade_policy_is_missing():
    async def scene(stage: Stage):
        assert (await raw(stage, clean(stage), policy="9"))["items"] == []

    play(scene)


def test_the_old_price_shows_for_as_long_as_the_cache_lives():
    async def scene(stage: Stage):
        sku_id = clean(stage)
        before = stage.shop.catalogue.skus[sku_id].price
        await stage.change(sku_id, price=12.34)
        seen = []
        for _ in range(3):
            seen.append((await stage.talk(simulate([sku_id], "2")))[sku_id].price)
            stage.clock.now += 150
        assert seen == [before, before, Decimal("12.34")]

    play(scene, price_stale_seconds=300)


def test_without_the_private_address_price_and_stock_are_read_all_the_same():
    async def scene(stage: Stage):
        sku_id = clean(stage)
        sku = stage.shop.catalogue.skus[sku_id]
        found = (await stage.talk(simulate([sku_id], "2")))[sku_id]
        assert (found.price, found.stock, found.problem) == (sku.price, sku.stock, None)

    play(scene, private_simulation=False)


def test_a_stock_nobody_tells_is_a_problem():
    async def scene(stage: Stage):
        await stage.change("2001010", stock=None)
        found = await stage.talk(simulate(["2001010"], "2"))
        assert found["2001010"].problem.kind is ProblemClass.VTEX_STOCK_MISSING

    play(scene)


def test_more_items_than_allowed_are_refused_with_vtexs_code_and_halved_by_the_source():
    async def scene(stage: Stage):
        ids = list(stage.shop.catalogue.skus)
        async with stage.client.post(
            stage.base + PRIVATE_SIMULATION, json={"items": [{"id": one} for one in ids]}
        ) as answer:
            assert (answer.status, (await answer.json())["error"]["code"]) == (400, "CHK0062")
        assert set(await stage.talk(simulate(ids, "2"))) == set(ids)

    play(scene, max_simulation_items=10)


@pytest.mark.parametrize("wrong", [None, [], {}, {"items": []}, {"items": [{}]}, {"items": 1}])
def test_a_body_without_items_is_400(wrong):
    async def scene(stage: Stage):
        assert await stage.status("POST", PRIVATE_SIMULATION, json=wrong) == 400

    play(scene)
