"""Write down that SKUs changed: their integrations exist and their work waits, in one transaction.

A notification is a hint, never data: what is sent later is read from VTEX then. Told twice, it is one piece of work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from ponte.db.clock import now_ms
from ponte.db.counts import Moves
from ponte.db.integrations import Key, Place, lanes_of, make, places_by_key, to_queued
from ponte.db.models import Channel, Quarantine, Store
from ponte.domain.lifecycle import Hold, Priority, Trigger
from ponte.domain.problem import ProblemClass
from ponte.net.redact import kept_body
from ponte.queue.wake import wake
from ponte.queue.work import MAX_DEATHS, Wanted, enqueue

CHUNK = 500


@dataclass(slots=True)
class Hint:
    """Something may have changed for this SKU in this channel.

    Not frozen, for one is made for each notification: that would cost three times as much.
    """

    channel_id: int
    kind: str
    sku: str
    product_id: str = ""


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """A notification that names nothing we can work on; `body` is as received."""

    store_id: int
    reason: str
    detail: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class ChannelDoor:
    """What the webhook needs to know of a channel; `affiliate_id` is in upper case, empty when it has none."""

    channel_id: int
    affiliate_id: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoreDoor:
    """What the webhook needs to know of a store; `account` is in lower case."""

    store_id: int
    account: str
    paused: bool
    channels: tuple[ChannelDoor, ...]


def doors() -> dict[str, StoreDoor]:
    """Return every store by the SHA-256 (hex) of its webhook key, the one before a rotation included."""
    by_store: dict[int, list[ChannelDoor]] = {}
    for channel in Channel.objects.filter(archived_at=None).prefetch_related("lanes"):
        kinds = tuple(sorted(lane.kind for lane in channel.lanes.all()))
        by_store.setdefault(channel.store_id, []).append(ChannelDoor(channel.pk, channel.affiliate_id.upper(), kinds))
    found: dict[str, StoreDoor] = {}
    for store in Store.objects.all():
        door = StoreDoor(store.pk, store.account.casefold(), store.paused, tuple(by_store.get(store.pk, ())))
        found |= {digest: door for digest in (store.hook_digest, store.hook_digest_before) if digest}
    return found


def take(
    hints: Sequence[Hint],
    *,
    trigger: Trigger = Trigger.NOTIFICATION,
    priority: int = Priority.LIVE,
    actor_id: int | None = None,
) -> int:
    """Make or refresh the integrations of these hints and queue them; durable when it returns.

    Returns how many integrations were touched; hints of one SKU count once. More than `CHUNK` take several
    transactions.
    """
    products = {(hint.channel_id, hint.kind, hint.sku): hint.product_id for hint in hints}
    keys = sorted(products)
    for start in range(0, len(keys), CHUNK):
        some = {key: products[key] for key in keys[start : start + CHUNK]}
        with transaction.atomic():
            take_in(some, trigger=trigger, priority=priority, actor_id=actor_id)
    return len(keys)


def take_in(products: Mapping[Key, str], *, trigger: Trigger, priority: int, actor_id: int | None = None) -> None:
    """Make or refresh these integrations ({key: product id}) and queue them, within the caller's transaction."""
    lanes = lanes_of(sorted({channel_id for channel_id, _, _ in products}))
    there = places_by_key([key for key in products if key[:2] in lanes])
    new = {key: product_id for key, product_id in products.items() if key[:2] in lanes and key not in there}
    # A listing that a person ended or unlinked does not come back by what VTEX tells.
    known = {key: place for key, place in there.items() if not Hold(place.hold).at_rest}
    moves = Moves()
    now = timezone.now()
    made = make(new, lanes, now, moves)
    to_queued(list(known.values()), now, moves)
    wanted = [Wanted(integration_id, lanes[key[:2]][0]) for key, integration_id in made.items()]
    wanted += [Wanted(place.id, lanes[key[:2]][0], _deaths(place, trigger)) for key, place in known.items()]
    wanted.sort(key=lambda item: item.integration_id)
    enqueue(wanted, trigger=trigger, priority=priority, now=now_ms(), actor_id=actor_id)
    moves.write(now)
    wake({item.lane_id for item in wanted})


def _deaths(place: Place, trigger: Trigger) -> int:
    """What took runners down three times gets one more chance after a change, alone; a person's wish, all three."""
    poison = place.headline_class == ProblemClass.WORKER_LOST.name and trigger is not Trigger.PERSON
    return MAX_DEATHS - 1 if poison else 0


def quarantine(items: Iterable[Unrecognised]) -> None:
    """Keep what was not understood, redacted and cut; equal bodies are one row with a count."""
    now = timezone.now()
    with transaction.atomic():
        for item in items:
            _keep(item, now)


def _keep(item: Unrecognised, now: datetime) -> None:
    row, made = Quarantine.objects.get_or_create(
        store_id=item.store_id,
        reason=item.reason[:40],
        digest=hashlib.blake2b(item.body, digest_size=16).hexdigest(),
        defaults={
            "detail": item.detail[:200],
            "content_type": item.content_type[:80],
            "body": kept_body(item.body),
            "first_at": now,
            "last_at": now,
        },
    )
    if not made:
        Quarantine.objects.filter(pk=row.pk).update(seen=row.seen + 1, last_at=now)
