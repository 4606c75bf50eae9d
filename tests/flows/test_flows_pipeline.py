from __future__ import annotations

import pytest
from pipeline_stage import Stage, play

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_told_product_is_listed_and_is_a_success():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        row = await stage.record(sku)
        assert await stage.shown(sku) == "success"
        [listing] = stage.listings(sku)
        assert (row.listing_id, row.attempts, row.creating_since) == (listing.id, 1, None)
        assert row.name
        assert await stage.asked(sku) == ["POST /items 201", "POST /items/{id}/description 201"]
        assert (await stage.work(sku)).task == "follow"

    play(scene)
