"""The connector's abilities against the fake Mercado Livre, over the wire: find, suggest, a category's sheet, end."""

from __future__ import annotations

import time
from typing import Any

from mercadolivre_stage import SELLER, Shop, staged

from ponte.connectors.mercadolivre import MercadoLivre
from ponte.domain.connector import Rules
from ponte.domain.mapping import Mapping
from ponte.domain.outcome import Accepted, Link
from ponte.domain.sheet import Need
from ponte.net.converse import Party, Record, converse
from ponte.net.pace import Pace
from ponte.net.transport import Line, Transport

ML = MercadoLivre()
RULES = Rules(Mapping(), {}, {"account": {"user_id": str(SELLER), "user_products": False, "status_codes": []}})


async def say(shop: Shop, conversation: Any) -> Any:
    headers = {"Authorization": f"Bearer {shop.pairs[SELLER]['access_token']}"}
    async with Transport(frozenset({shop.base.removeprefix("http://")})) as transport:
        pace = Pace(rate=1_000, burst=1_000, clock=time.monotonic)
        return await converse(conversation, Party("ml", transport, Line(shop.base, headers), pace), Record())


@staged(index_lag_seconds=0)
async def test_what_stands_is_found_ended_and_found_no_more(shop: Shop) -> None:
    made = await shop.list_one("2000123")
    [listing] = await say(shop, ML.find("2000123", RULES))
    assert listing.id == made["id"]
    assert await say(shop, ML.end(Link(listing), RULES)) == Accepted(None)
    assert (await shop.status_of(made["id"]))[0] == "closed"
    assert await say(shop, ML.find("2000123", RULES)) == ()


@staged()
async def test_a_title_gets_its_category_and_the_category_its_sheet(shop: Shop) -> None:
    found = await say(shop, ML.suggest("Caixa De Som Bluetooth Acme S10", RULES))
    assert found[0].category == "MLB1676"
    fact = await say(shop, ML.learn(ML.sheet_key(found[0].category), RULES))
    sheet = ML.sheet(found[0].category, fact)
    assert sheet.name == found[0].name
    assert {"BRAND", "MODEL"} <= {field.id for field in sheet.fields if field.need is Need.REQUIRED}
