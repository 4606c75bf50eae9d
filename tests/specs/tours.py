"""The tours: what is played at the fake of each marketplace, so that its connector asks everything it can ask."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ponte.domain.message import Answer, Conversation, Request
from ponte.domain.outcome import Link
from ponte.sandbox.magalu import Envelope
from ponte.sandbox.mercadolivre.settings import MODERATED_SUFFIXES
from ponte.sandbox.mirakl import Layout
from specs import scenes
from specs.stand import Stand, listing_of, stand
from specs.wire import Exchange

Scene = Callable[[Stand], Awaitable[None]]
BARE: dict[str, Any] = {"brand": "", "images": (), "ean": "", "specifications": ()}


def _meeting(*statuses: int) -> Scene:
    async def scene(at: Stand) -> None:
        await scenes.troubled(at, statuses)

    return scene


def _without(*changes: dict[str, Any]) -> Scene:
    async def scene(at: Stand) -> None:
        await scenes.spoilt(at, *changes)

    return scene


async def _amazon_own(at: Stand) -> None:
    """What comes late by the end of a SKU's code."""
    sku = at.sound()
    for suffix in ("FOTO", "CONFLITO", "MARCA", "RESTRITO", "URL", "ISENTO"):
        await at.live(replace(sku, id=f"9-{suffix}"))
    await at.send(replace(sku, id="BadSKU"))
    for asin in ("B000000001", "BAD"):
        await at.say(_restrictions(asin, at.rules.settings["seller_id"]))


def _restrictions(asin: str, seller: str) -> Conversation[Answer]:
    """Ask what the fake can answer and the connector has no use for."""
    query = (("asin", asin), ("sellerId", seller), ("marketplaceIds", "A2Q3Y263D00KWC"))
    path = "/listings/2021-08-01/restrictions"
    return _asking(Request("GET", path, f"GET {path}", query=query))


async def _moderated(at: Stand) -> None:
    """What Mercado Livre takes down later, by the end of a SKU's code."""
    sku = at.sound()
    for suffix in MODERATED_SUFFIXES:
        listing = await at.live(replace(sku, id=f"{sku.id}{suffix}"))
        at.clock.now += 60
        await at.look(listing, sku.id)


async def _announced_again(at: Stand) -> None:
    """A listing whose time was over comes back; Mercado Livre's answers tell the machine's time."""
    at.clock.now = time.time()
    listing = await at.live(at.sound())
    assert listing is not None
    await at.control(f"/items/{listing.id}", {"closed": "expired"})
    await at.send(at.sound(), uncertain_seconds=30 * 86_400.0)


async def _retyped(at: Stand) -> None:
    """Another type of listing, which Mercado Livre changes once."""
    listing = await at.live(at.sound())
    for kind in ("gold_pro", "gold_special"):
        at.choose(listing_type=kind)
        await at.send(at.sound(), listing)


async def _dear_first(at: Stand) -> None:
    """The list price with the selling price as its discount, without its days and with them."""
    sku = replace(at.sound(), list_price=Decimal(1_000))
    at.choose(discount="list_price")
    await at.live(sku)
    at.choose(discount_start="2026-11-20", discount_end="2026-12-31")
    await at.live(replace(sku, price=Decimal(900)))


async def _no_status(at: Stand) -> None:
    """A look at a SKU of which an operator with MCM knows nothing."""
    sku = at.sound()
    await at.learn(sku)
    path = "/api/mcm/products/sources/status/export"
    await at.say(_asking(Request("GET", path, f"GET {path}", query=(("provider_unique_identifier", sku.id),))))


def _asking(request: Request) -> Conversation[Answer]:
    return (yield request)


async def _suggestion_taken_back(at: Stand) -> None:
    """A suggestion is deleted before anybody decides."""
    sku = at.sound()
    for leave in (at.connector.withdraw, at.connector.end):
        sent = listing_of(await at.send(sku))
        await at.say(leave(Link(sent), at.rules), sku.id)


async def _offer_without_product(at: Stand) -> None:
    """An offer of a product that the operator took to be there, and is not: its import has an error report."""
    sku = at.sound()
    sent = listing_of(await at.send(sku))
    assert sent is not None
    known = replace(sent, memory={**sent.memory, "known": True, "product_import": ""})
    await at.settled(await at.send(sku, known), sku.id)


async def _worn_token(at: Stand) -> None:
    """A token that ran out in the middle, a refresh that is refused."""
    at.clock.now += 100_000
    await at.say(at.connector.probe(at.rules))
    await at.refresh()
    at.let_in({**at.secrets, "refresh_token": "spent"})
    await at.refresh()
    at.let_in({**at.secrets, "client_secret": "wrong"})
    await at.refresh()


async def _probe(at: Stand) -> None:
    await at.say(at.connector.probe(at.rules))


async def _probe_twice(at: Stand) -> None:
    await _probe(at)
    await _probe(at)


async def _twice(at: Stand) -> None:
    """What does not go well the first time is sent again."""
    sku = at.sound()
    listing = await at.live(sku)
    await at.settled(await at.send(sku, listing), sku.id)


def _wrong_key(name: str) -> Scene:
    async def scene(at: Stand) -> None:
        at.let_in({**at.secrets, name: "another"})
        await _probe(at)

    return scene


SHARED: tuple[tuple[dict[str, Any], Scene], ...] = (
    ({}, scenes.one_life),
    ({}, scenes.questions),
    ({}, scenes.whole_shop),
    ({}, _without(BARE, {"name": "x" * 400}, {"description": ""})),
    ({}, scenes.lost_answers),
)
TOURS: dict[str, tuple[tuple[dict[str, Any], Scene], ...]] = {
    "amazon": (
        *SHARED,
        ({}, _amazon_own),
        ({"processing_seconds": 90.0}, scenes.one_life),
        ({}, _worn_token),
        ({}, _meeting(400, 403, 413, 415, 429, 500, 503)),
    ),
    "mirakl": (
        *SHARED,
        *(({"layout": layout, "rejected": 0.3, "lost": 0.1, "warned": 0.5}, scenes.whole_shop) for layout in Layout),
        ({"mcm": True, "rejected": 0.3, "lost": 0.1}, scenes.whole_shop),
        ({"mcm": True}, _no_status),
        ({"mcm": True}, scenes.one_life),
        ({"hold_offers": True}, scenes.one_life),
        ({"known": 1.0}, scenes.one_life),
        ({"discount_dates": True}, _dear_first),
        ({"acceptance_seconds": 100_000.0}, _offer_without_product),
        ({"shop_state": "SUSPENDED"}, _probe),
        ({"forbidden": True}, _probe),
        ({"windows": {"GET /api/account": 60.0}}, _probe_twice),
        ({}, _wrong_key("shop_api_key")),
        ({}, _meeting(401, 403, 404, 429, 500, 503)),
    ),
    "magalu": (
        *SHARED,
        *(({"envelope": one}, scenes.whole_shop) for one in Envelope if one is not Envelope.MIXED),
        ({"trace_in_put": False}, scenes.one_life),
        ({"failing": ("",)}, _twice),
        ({"blocked": ("",)}, _twice),
        ({"requests_per_second": 1.0, "burst": 1}, _probe_twice),
        ({}, _worn_token),
        ({}, _meeting(400, 401, 403, 404, 409, 422, 429, 500, 503)),
    ),
    "vtex": (
        *SHARED,
        ({"auto_approve": True}, scenes.whole_shop),
        ({"may_suggest": False}, _twice),
        ({"matcher_seconds": 9_000.0}, _suggestion_taken_back),
        ({"requests_per_second": 0.001, "burst": 1}, _probe_twice),
        ({}, _wrong_key("app_token")),
        ({}, _meeting(400, 403, 404, 429, 500, 503)),
    ),
    "mercadolivre": (
        *SHARED,
        ({"picture_seconds": 90.0}, scenes.one_life),
        ({}, _moderated),
        ({}, _retyped),
        ({"token_seconds": 10**10}, _announced_again),
        ({}, _worn_token),
        ({}, _meeting(400, 401, 403, 429, 500)),
    ),
}


def play(code: str) -> list[Exchange]:
    """Play a marketplace's tour and return everything that passed."""
    exchanges: list[Exchange] = []
    asyncio.run(_play(code, exchanges))
    return exchanges


async def _play(code: str, exchanges: list[Exchange]) -> None:
    for settings, scene in TOURS[code]:
        async with stand(code, exchanges, **settings) as at:
            await scene(at)
