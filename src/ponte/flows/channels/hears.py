"""What marketplaces post: a channel's address for it, and the looks that posts ask for.

A post is a hint, never data: it has listings looked at that we know already, and nothing it says is written down.
"""

from __future__ import annotations

import secrets as random_secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ponte.config import config
from ponte.connectors import Broken, get
from ponte.db import sealed
from ponte.db.audit import note_one
from ponte.db.clock import now_ms
from ponte.db.integrations import lanes_of, places_by_id
from ponte.db.models import Channel, Ear, Integration
from ponte.domain.connector import Hears
from ponte.flows.channels.stores import digest_of
from ponte.queue.looks import look
from ponte.queue.wake import wake
from ponte.queue.work import Wanted

ADDRESS = "/marketplaces/notifications/"
LISTING = "listing:"
UNSIGNED_WAIT_MS = 10_000
"""Anybody who knows the address may send an unsigned post: all that come within so long are one look."""
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Door:
    """What the address needs to know of a channel. `sealed_secrets` are opened only to check a signature."""

    channel_id: int
    connector: str
    uid: str
    sealed_secrets: str = field(default="", repr=False)

    def secret(self, name: str) -> str:
        """Open one secret of the channel, "" when it is not set. Raises `WrongKeyError`."""
        return sealed.unseal_all(self.sealed_secrets, row=f"channel:{self.uid}", field="secrets").get(name, "")


@dataclass(frozen=True, slots=True)
class Look:
    """One post: the seller's SKUs it is about, or "listing:ID"."""

    channel_id: int
    about: tuple[str, ...]
    signed: bool = False


def hears(code: str) -> bool:
    """Say whether a connector understands what its marketplace posts."""
    connector = get(code)
    return not isinstance(connector, Broken) and isinstance(connector, Hears)


def doors() -> dict[str, Door]:
    """Return every channel that listens by the SHA-256 (hex) of its key, the one before a rotation included."""
    found: dict[str, Door] = {}
    ears = Ear.objects.filter(channel__archived_at=None).values_list(
        "digest", "digest_before", "channel_id", "channel__connector", "channel__uid", "channel__secrets_sealed"
    )
    for digest, before, channel_id, connector, uid, secrets in ears:
        door = Door(channel_id, connector, str(uid), secrets)
        found |= {one: door for one in (digest, before) if one}
    return found


def address_of(key: str) -> str:
    """Return what is entered at the marketplace."""
    return f"{config().base_url}{ADDRESS}{quote(key)}"


def new_key(channel: Channel, *, actor_id: int | None) -> str:
    """Make a channel's address, shown this once; the one before stays valid until the next is made."""
    key = random_secrets.token_urlsafe(32)
    with transaction.atomic():
        Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
        before = Ear.objects.filter(channel=channel).values_list("digest", flat=True).first() or ""
        now = timezone.now()
        told = {"digest": digest_of(key), "digest_before": before, "made_at": now}
        Ear.objects.update_or_create(channel=channel, defaults=told)
        note_one("notification address", f"channel:{channel.code}", store_id=channel.store_id, actor_id=actor_id)
    return key


def look_again(looks: Sequence[Look]) -> None:
    """Have the listings that posts are about looked at; durable when it returns.

    What we have no listing of is passed over: a post makes nothing.
    """
    now = timezone.now()
    with transaction.atomic():
        wanted: dict[bool, dict[int, Wanted]] = {True: {}, False: {}}
        for channel_id, signed, about in _by_channel(looks):
            wanted[signed] |= {item.integration_id: item for item in _known(channel_id, about)}
        places_by_id(sorted({*wanted[True], *wanted[False]}))  # locked before their work, as by everybody
        for signed, items in wanted.items():
            look([*items.values()], now=now_ms(), due=now_ms() + (0 if signed else UNSIGNED_WAIT_MS))
        _count_heard(looks, now)
        wake({item.lane_id for items in wanted.values() for item in items.values()})


def _by_channel(looks: Iterable[Look]) -> list[tuple[int, bool, list[str]]]:
    """Return what is asked about, once each, in portions."""
    gathered: dict[tuple[int, bool], dict[str, None]] = {}
    for one in looks:
        gathered.setdefault((one.channel_id, one.signed), {}).update(dict.fromkeys(one.about))
    return [
        (channel_id, signed, names[start : start + AT_ONCE])
        for (channel_id, signed), about in sorted(gathered.items())
        for names in (list(about),)
        for start in range(0, len(names), AT_ONCE)
    ]


def _known(channel_id: int, about: Sequence[str]) -> list[Wanted]:
    """Return the records with a listing that a channel's posts are about."""
    lanes = {kind: lane_id for (_, kind), (lane_id, _) in lanes_of([channel_id]).items()}
    listings = [one.removeprefix(LISTING) for one in about if one.startswith(LISTING)]
    skus = [one for one in about if not one.startswith(LISTING)]
    known = Integration.objects.filter(channel_id=channel_id, kind__in=sorted(lanes)).exclude(listing_id="")
    found = {
        **dict(known.filter(sku__in=skus).values_list("pk", "kind")),
        **dict(known.filter(listing_id__in=listings).values_list("pk", "kind")),
    }
    return [Wanted(integration_id, lanes[kind]) for integration_id, kind in found.items()]


def _count_heard(looks: Sequence[Look], now: datetime) -> None:
    for channel_id in sorted({one.channel_id for one in looks}):
        posts = sum(one.channel_id == channel_id for one in looks)
        Ear.objects.filter(channel_id=channel_id).update(heard=F("heard") + posts, heard_at=now)


def count_refused(refused: Mapping[int, int]) -> None:
    """Add to the posts of each channel whose signature did not fit."""
    now = timezone.now()
    for channel_id, count in sorted(refused.items()):
        Ear.objects.filter(channel_id=channel_id).update(refused=F("refused") + count, refused_at=now)
