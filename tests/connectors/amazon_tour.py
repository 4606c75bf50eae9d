"""A tour through everything the connector asks of Amazon, for judges that look at each exchange."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from amazon_talk import BACKPACK, Talk

from ponte.domain.message import Request
from ponte.domain.outcome import Link, Listing

PLACE = "A2Q3Y263D00KWC"


def asking(request: Request):
    """Ask one thing more, which the connector has no use for."""
    return (yield request)


async def tour(it: Talk) -> None:
    """Every operation, with its successes and its refusals."""
    await it.run(it.amazon.probe(it.rules))
    await it.run(it.amazon.suggest("Mochila escolar", it.rules))
    await it.run(it.amazon.suggest("nada disto", it.rules))
    await it.run(it.amazon.learn("product_type/NOTHING", it.rules))
    listing = await it.live()
    cheaper = replace(BACKPACK, price=Decimal("10.5"), stock=1)
    await it.send(cheaper, Link(listing))
    await it.send(replace(BACKPACK, brand="", images=()))
    await it.run(it.amazon.preview(it.amazon.map(BACKPACK, it.rules), it.rules))
    await it.run(it.amazon.preview(it.amazon.map(replace(BACKPACK, brand=""), it.rules), it.rules))
    for suffix in ("FOTO", "CONFLITO", "MARCA", "RESTRITO", "URL", "ISENTO"):
        await it.live(replace(BACKPACK, id=f"9-{suffix}"))
    await it.run(it.amazon.withdraw(Link(listing), it.rules))
    await it.run(it.amazon.withdraw(Link(Listing(listing.id)), it.rules))
    await it.run(it.amazon.find(BACKPACK.id, it.rules))
    await it.run(it.amazon.find("nobody", it.rules))
    await it.follow(listing)
    await it.follow(Listing("nobody"))
    await it.run(it.amazon.end(Link(listing), it.rules))
    await it.send(replace(BACKPACK, id="BadSKU"))
    for asin in ("B000000001", "BAD"):
        seller = it.rules.settings["seller_id"]
        query = (("asin", asin), ("sellerId", seller), ("marketplaceIds", PLACE))
        path = "/listings/2021-08-01/restrictions"
        await it.run(asking(Request("GET", path, f"GET {path}", query=query)))
    for status in (429, 500, 503, 403, 413, 415):
        it.market.switchboard.arm({"kind": "status", "status": status, "method": "PUT", "count": 1})
        await it.send()
    it.clock.now += 3_600
    await it.run(it.amazon.probe(it.rules))
