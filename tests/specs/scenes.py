"""What every connector can be asked to do, one scene each; a scene leaves its exchanges with the recorder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ponte.domain.message import Conversation
from ponte.domain.outcome import Link, Listing
from ponte.domain.sku import Sku
from specs.stand import Stand, listing_of

NOBODY = "9999999"


async def one_life(at: Stand) -> None:
    """Ask beforehand, make, change price, change the rest, say all again, pause, resume, find, end, find no more."""
    connector, sku = at.connector, at.sound()
    await at.say(connector.probe(at.rules))
    await at.preview(sku)
    listing = await at.live(sku)
    assert listing is not None, "a sound SKU goes on sale"
    cheaper = replace(sku, price=Decimal("10.50"), list_price=None, stock=3)
    listing = listing_of(await at.settled(await at.send(cheaper, listing), sku.id)) or listing
    renamed = replace(cheaper, name=f"{sku.name} nova", description=f"{sku.description} Nova.")
    listing = listing_of(await at.settled(await at.send(renamed, listing), sku.id)) or listing
    listing = listing_of(await at.settled(await at.send(renamed, listing, restate=True), sku.id)) or listing
    listing = listing_of(await at.settled(await at.send(renamed, listing, uncertain_seconds=60.0), sku.id)) or listing
    paused = listing_of(await at.say(connector.withdraw(Link(listing), at.rules), sku.id)) or listing
    at.clock.now += 120
    paused = listing_of(await at.settled(await at.look(paused, sku.id), sku.id)) or paused
    listing = listing_of(await at.settled(await at.send(renamed, paused), sku.id)) or paused
    found = await at.say(connector.find(sku.id, at.rules))
    if isinstance(found, tuple) and found:
        await at.say(connector.withdraw(Link(found[0]), at.rules), sku.id)
    at.clock.now += 120
    await at.settled(await at.say(connector.end(Link(listing), at.rules), sku.id), sku.id)
    at.clock.now += 120
    await at.say(connector.find(sku.id, at.rules))
    await gone(at, listing)


async def gone(at: Stand, listing: Listing) -> None:
    """Ask again and again about what is not there."""
    for absent in (listing, Listing(NOBODY, memory=dict(listing.memory))):
        for ask in (at.connector.follow, at.connector.withdraw, at.connector.end):
            await at.say(ask(Link(absent), at.rules), absent.id)
            at.clock.now += 120
    await at.say(at.connector.find(NOBODY, at.rules))


async def questions(at: Stand) -> None:
    """Suggest, learn, and learn what is not there."""
    able = at.connector.manifest.capabilities
    for words in ("Mochila escolar preta", "Caixa de som Bluetooth", "nada disto"):
        if "suggests" in able:
            await at.say(at.connector.suggest(words, at.rules))
    await at.learn(at.sound())
    for key in (*at.rules.facts, *([at.connector.sheet_key(NOBODY)] if "sheets" in able else [])):
        await at.say(at.connector.learn(key, at.rules))


async def whole_shop(at: Stand) -> None:
    """Send every SKU of the shop past the checks, defects and all: refusals of each kind, early and late."""
    skus = [sku for sku in at.skus() if sku.active and sku.price is not None and at.is_mapped(sku)]
    if "gathers" in at.connector.manifest.capabilities:
        for sku in skus:
            await at.learn(sku)
        for fit in (True, False):
            await at.together([sku for sku in skus if at.is_fit(sku) is fit])
        return
    for sku in skus:
        await at.settled(await at.send(sku), sku.id)


async def spoilt(at: Stand, *changes: dict[str, Any]) -> None:
    """Send a sound SKU with something missing or wrong, once each."""
    for number, change in enumerate(changes):
        sku: Sku = replace(at.sound(), id=f"77{number}", **change)
        await at.preview(sku)
        await at.settled(await at.send(sku), sku.id)


async def troubled(at: Stand, statuses: Sequence[int]) -> None:
    """Meet each of the statuses in each of the conversations, at its first question and at those after it."""
    sku = at.sound()
    listing = await at.live(sku)
    for status in statuses:
        for questions_before in range(3):
            for conversation in _conversations(at, replace(sku, name=f"{sku.name} {status}"), listing):
                at.board.arm({"kind": "status", "status": status, "skip": questions_before, "count": 1})
                await at.say(conversation, sku.id)
                at.board.disarm()
                at.clock.now += 120


def _conversations(at: Stand, sku: Sku, listing: Listing | None) -> list[Conversation[Any]]:
    connector, able, offer = at.connector, at.connector.manifest.capabilities, at.connector.map(sku, at.rules)
    return [
        connector.probe(at.rules),
        connector.learn(next(iter(at.rules.facts), ""), at.rules),
        connector.send(offer, Link(None), at.rules),
        connector.send(offer, Link(listing), at.rules),
        connector.send(offer, Link(None, uncertain_seconds=300.0), at.rules),
        connector.follow(Link(listing), at.rules),
        connector.find(sku.id, at.rules),
        connector.withdraw(Link(listing), at.rules),
        connector.end(Link(listing), at.rules),
        *([connector.suggest("Mochila", at.rules)] if "suggests" in able else []),
        *([connector.preview(offer, at.rules)] if "previews" in able else []),
    ]


async def lost_answers(at: Stand) -> None:
    """A create whose answer is lost, and what clears the doubt."""
    sku = at.sound()
    await at.learn(sku)
    for method in ("POST", "PUT", "PATCH"):
        at.board.arm({"kind": "lost", "method": method, "count": 1})
        await at.send(sku)
        at.board.disarm()
        at.clock.now += 300
        await at.settled(await at.send(sku, uncertain_seconds=300.0), sku.id)
