"""The connector against the fake, SKU by SKU of the sandbox's shop: what is found before, what comes late."""

from __future__ import annotations

from collections import Counter

from magalu_stage import Channel, problems, staged, vtex_sku

from ponte.domain.outcome import Accepted, Rejected
from ponte.domain.problem import headline
from ponte.sandbox.fate import Standing, unsellable
from ponte.sandbox.magalu import truth


@staged(skus=400)
async def test_what_check_finds_is_what_the_marketplace_would_refuse(channel: Channel) -> None:
    seen: Counter[str] = Counter()
    for one in channel.catalogue.skus.values():
        if unsellable(one) is not None:
            continue
        fate = truth(one, channel.app)
        found = await channel.offer_of(vtex_sku(one))
        blocking = [problem for problem in found if problem.blocking]
        word = "alarm" if blocking and fate.standing is Standing.LIVE else "caught" if blocking else "passed"
        seen[f"{fate.standing} {word}"] += 1
        if blocking:
            first = headline(found)
            assert first is not None
            assert first.kind in fate.kinds, (one.id, channel.catalogue.defects.get(one.id), found, fate)
    assert "live alarm" not in seen, seen
    assert "refused passed" not in seen, seen
    # What only the marketplace can see: an EAN that a category asks for, a picture's size.
    assert seen["late caught"] > 0
    assert seen["late passed"] < 0.35 * (seen["refused caught"] + seen["late caught"] + seen["late passed"]), seen


@staged(skus=200)
async def test_every_sku_ends_as_the_rules_of_the_marketplace_say(channel: Channel) -> None:
    wrong = []
    for one in channel.catalogue.skus.values():
        sku, fate = vtex_sku(one), truth(one, channel.app)
        if unsellable(one) is not None or any(problem.blocking for problem in await channel.offer_of(sku)):
            continue
        outcome = await channel.settled(await channel.send(sku))
        match fate.standing, outcome:
            case Standing.LIVE, Accepted(listing) if listing and listing.state == "PUBLISHED" and listing.url:
                continue
            case Standing.LATE, Rejected(found) if found[0].kind in fate.kinds:
                continue
        wrong.append((one.id, fate, problems(outcome)))
    assert wrong == []
