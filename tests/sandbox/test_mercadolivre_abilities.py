"""The connector's abilities against the fake Mercado Livre, over the wire: find, suggest, a category's sheet, end."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

from mercadolivre_stage import PRODUCTS, SELLER, Shop, staged

from ponte.connectors.exam.samples import ORDINARY
from ponte.connectors.mercadolivre import MercadoLivre
from ponte.domain.connector import Rules
from ponte.domain.mapping import CategoryRule, Mapping
from ponte.domain.outcome import Accepted, Link, Rejected
from ponte.domain.sheet import Need
from ponte.domain.sku import Image, Sku
from ponte.net.converse import Party, Record, converse
from ponte.net.pace import Pace
from ponte.net.transport import Line, Transport

ML = MercadoLivre()
PRODUCT = replace(
    ORDINARY,
    name="Caixa De Som Acme S10",
    brand="Acme",
    ean="7891000315507",
    images=(Image("https://acme.example/1.jpg"),),
    stock=12,
)
RULES = Rules(Mapping(), {}, {"account": {"user_id": str(SELLER), "user_products": False, "status_codes": []}})


async def say(shop: Shop, conversation: Any, *, seller: int = SELLER) -> Any:
    headers = {"Authorization": f"Bearer {shop.pairs[seller]['access_token']}"}
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


async def taught(shop: Shop, *, seller: int = SELLER, **mapping: Any) -> Rules:
    """Return the rules of a channel that has learnt the account and the category."""
    plain = Rules(Mapping(**{"categories": {"123": CategoryRule("MLB1676", 1)}, **mapping}))
    keys = ("account", "category/MLB1676")
    return replace(plain, facts={key: await say(shop, ML.learn(key, plain), seller=seller) for key in keys})


async def send(
    shop: Shop, rules: Rules, link: Link | None = None, sku: Sku = PRODUCT, *, seller: int = SELLER
) -> Any:
    return await say(shop, ML.send(ML.map(sku, rules), link or Link(), rules), seller=seller)


@staged()
async def test_a_price_reaches_a_listing_in_full_whose_stock_is_not_ours(shop: Shop) -> None:
    rules = await taught(shop)
    listing = (await send(shop, rules)).listing
    await shop.post(f"/_sandbox/items/{listing.id}", {"fulfillment": True})
    cheaper = replace(PRODUCT, price=Decimal(150), stock=3)
    outcome = await send(shop, rules, Link(listing), cheaper)
    assert (type(outcome), outcome.warnings) == (Accepted, ())
    body = (await shop.get(f"/items/{listing.id}")).json
    assert (body["price"], body["available_quantity"]) == (150, 12)
    await shop.post(f"/_sandbox/items/{listing.id}", {"fulfillment": False})
    await send(shop, rules, Link(outcome.listing), cheaper)
    assert (await shop.get(f"/items/{listing.id}")).json["available_quantity"] == 3


@staged(token_seconds=10**10)
async def test_what_ended_is_announced_again_and_only_once(shop: Shop) -> None:
    shop.clock.now = time.time()  # the answers' header tells the machine's time
    rules = await taught(shop)
    old = (await send(shop, rules)).listing
    await shop.post(f"/_sandbox/items/{old.id}", {"closed": "expired"})
    seen = await say(shop, ML.follow(Link(old), rules))
    assert isinstance(seen, Rejected)
    new = (await send(shop, rules, Link(uncertain_seconds=86_400 * 30))).listing
    body = (await shop.get(f"/items/{new.id}")).json
    assert (body["parent_item_id"], body["status"]) == (old.id, "active")
    assert (await shop.get(f"/items/{new.id}/description")).status == 200
    await shop.post(f"/_sandbox/items/{new.id}", {"closed": "suspended"})
    third = (await send(shop, rules, Link(uncertain_seconds=86_400 * 30))).listing
    assert "parent_item_id" not in (await shop.get(f"/items/{third.id}")).json


@staged()
async def test_a_family_is_named_anew_until_it_has_sold(shop: Shop) -> None:
    rules = await taught(shop, seller=PRODUCTS)
    listing = (await send(shop, rules, seller=PRODUCTS)).listing
    renamed = await send(shop, rules, Link(listing), replace(PRODUCT, name="Caixa Acme S11"), seller=PRODUCTS)
    assert renamed.warnings == ()
    assert (await shop.get(f"/items/{listing.id}")).json["family_name"] == "Caixa Acme S11"
    await shop.post(f"/_sandbox/items/{listing.id}", {"sold_quantity": 2})
    kept = await send(shop, rules, Link(renamed.listing), replace(PRODUCT, name="Caixa S12"), seller=PRODUCTS)
    assert [one.code for one in kept.warnings] == ["title.not_modifiable"]
    assert (await shop.get(f"/items/{listing.id}")).json["family_name"] == "Caixa Acme S11"


@staged()
async def test_the_mapping_s_listing_type_reaches_a_listing_once(shop: Shop) -> None:
    listing = (await send(shop, await taught(shop))).listing
    premium = await taught(shop, options={"listing_type": "gold_pro"})
    changed = await send(shop, premium, Link(listing))
    assert changed.warnings == ()
    assert (await shop.get(f"/items/{listing.id}")).json["listing_type_id"] == "gold_pro"
    back = await send(shop, await taught(shop, options={"listing_type": "gold_special"}), Link(changed.listing))
    assert [one.code for one in back.warnings] == ["listing_type.stays"]


@staged()
async def test_a_sellers_own_pause_is_an_alert_and_stays(shop: Shop) -> None:
    rules = await taught(shop)
    listing = (await send(shop, rules)).listing
    await shop.put(f"/items/{listing.id}", {"status": "paused"})
    seen = await send(shop, rules, Link(listing))
    assert [one.code for one in seen.warnings] == ["listing.paused_there"]
    assert (await shop.status_of(listing.id))[0] == "paused"
