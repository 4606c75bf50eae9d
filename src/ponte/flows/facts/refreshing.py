"""Keep what was learnt fresh: in the background, before it is a day old, so that no product waits for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from django.db import transaction

from ponte.db.audit import note_one
from ponte.db.facts import aging, refresh_soon, take_up
from ponte.db.models import Channel
from ponte.domain.outcome import Blocked
from ponte.flows.pipeline.beside import rules_of
from ponte.flows.pipeline.channel import ChannelLine

AT_ONCE: Final = 20


def claim() -> dict[int, list[str]]:
    """Take some of what grows old, the oldest first: {channel: keys}.

    No other worker takes the same meanwhile; what is not answered, for whatever reason, comes again in half an hour.
    """
    found: dict[int, list[str]] = defaultdict(list)
    for channel_id, key in aging(AT_ONCE):
        if take_up(channel_id, key):
            found[channel_id].append(key)
    return found


async def refresh(line: ChannelLine, keys: Sequence[str]) -> None:
    """Ask for these anew; what cannot be had stays as it is. An account in trouble is not asked on."""
    for key in keys:
        if isinstance(await line.facts.refresh(key, rules_of(line), line.marketplace), Blocked):
            return


def ask_soon(channel: Channel, key: str, *, actor_id: int | None) -> None:
    """Have one fact asked for again soon, by a person's wish."""
    with transaction.atomic():
        if refresh_soon(channel.pk, [key]):
            detail = {"sheet": key}
            target = f"channel:{channel.code}"
            note_one("category refresh", target, store_id=channel.store_id, actor_id=actor_id, detail=detail)
