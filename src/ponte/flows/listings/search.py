"""Look for the listings of every record of a channel that has none, some at a time, by a worker beside the lanes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from ponte.connectors import Broken, get
from ponte.db import links
from ponte.db.audit import note_one
from ponte.db.clock import now_ms
from ponte.db.models import Channel, Integration, ListingSearch
from ponte.db.models.identity import How
from ponte.db.records import problem_to_json
from ponte.db.scope import Scope
from ponte.domain.connector import Finds
from ponte.domain.outcome import Listing
from ponte.domain.problem import Problem
from ponte.flows.listings import deeds
from ponte.flows.listings.looks import Trouble, find
from ponte.flows.offline import Database
from ponte.flows.pipeline.channel import ChannelLine

CHUNK: Final = 50
AT_ONCE: Final = 4
LEASE_MS: Final = 120_000
PAUSE_MS: Final = 60_000
"""When the marketplace did not answer, the search waits so long before it goes on."""
MOST_COUNTED: Final = 200_000


def can_find(channel: Channel) -> bool:
    """Say whether the channel's connector finds listings by SKU."""
    connector = get(channel.connector)
    return not isinstance(connector, Broken) and isinstance(connector, Finds)


def start(channel: Channel, *, actor_id: int | None) -> ListingSearch | None:
    """Begin to look, or give the search that is under way; None where the connector cannot."""
    if not can_find(channel):
        return None
    now = timezone.now()
    try:
        with transaction.atomic():
            planned = unlisted(channel.pk)[:MOST_COUNTED].count()
            search = ListingSearch.objects.create(
                channel=channel, actor_id=actor_id, planned=planned, started_at=now, moved_at=now
            )
            target, detail = f"channel:{channel.code}", {"planned": planned}
            note_one("listings search", target, store_id=channel.store_id, actor_id=actor_id, detail=detail)
    except IntegrityError:
        return ListingSearch.objects.filter(channel=channel, ended_at=None).first()
    return search


def stop(channel: Channel, *, actor_id: int | None) -> bool:
    """End the search that is under way; what it adopted stays so."""
    now = timezone.now()
    with transaction.atomic():
        running = ListingSearch.objects.filter(channel=channel, ended_at=None)
        stopped = running.update(stopped=True, ended_at=now, moved_at=now)
        if stopped:
            note_one(
                "listings search stopped", f"channel:{channel.code}", store_id=channel.store_id, actor_id=actor_id
            )
    return bool(stopped)


def set_adopts(channel: Channel, *, adopts: bool, actor_id: int | None) -> None:
    """Choose whether the marketplace is asked for a listing of the SKU before one is made."""
    with transaction.atomic():
        if not Channel.objects.filter(pk=channel.pk).exclude(adopts=adopts).update(adopts=adopts):
            return
        verb = "adoption on" if adopts else "adoption off"
        note_one(verb, f"channel:{channel.code}", store_id=channel.store_id, actor_id=actor_id)


def unlisted(channel_id: int, after: str = "") -> QuerySet[Integration]:
    """Return the records of a channel without a listing, in the order of SKUs."""
    rows = Integration.objects.filter(channel_id=channel_id, listing_id="", sku__gt=after)
    return rows.order_by("sku")


def claim() -> tuple[ListingSearch, list[tuple[int, str]]] | None:
    """Take the next step of a search that nobody steps: its next records as (record, SKU)."""
    due = ListingSearch.objects.filter(
        ended_at=None,
        lease_until_ms__lte=now_ms(),
        channel__archived_at=None,
        channel__store__paused=False,
        channel__lanes__state="open",
    )
    for search in due.select_related("channel").order_by("moved_at")[:5]:
        mine = ListingSearch.objects.filter(pk=search.pk, ended_at=None, lease_until_ms=search.lease_until_ms)
        if mine.update(lease_until_ms=now_ms() + LEASE_MS):
            rows = unlisted(search.channel_id, search.cursor).filter(hold="")
            return search, list(rows.values_list("pk", "sku")[:CHUNK])
    return None


async def step(
    search: ListingSearch, records: Sequence[tuple[int, str]], line: ChannelLine, database: Database
) -> None:
    """Ask for each of these records, a few at a time, and write down what was found."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(sku: str) -> tuple[Listing, ...] | Trouble:
        async with room:
            return await find(sku, line)

    answers = await asyncio.gather(*(one(sku) for _, sku in records))
    await database.write(write, search, list(zip(records, answers, strict=True)))


def write(search: ListingSearch, answers: Sequence[tuple[tuple[int, str], tuple[Listing, ...] | Trouble]]) -> None:
    """Adopt what was found alone; go no further than the first that could not be asked about."""
    trouble: Problem | None = None
    cursor = search.cursor
    told: dict[int, tuple[Listing, ...]] = {}
    for (number, sku), found in answers:
        if isinstance(found, Trouble):
            trouble = found.problem
            break
        told[number], cursor = found, sku
    now = timezone.now()
    with transaction.atomic():
        mine = ListingSearch.objects.select_for_update().filter(pk=search.pk, ended_at=None, cursor=search.cursor)
        if not mine.exists():
            return  # stopped; or the step took longer than its lease, and another worker has taken it
        counts = Counter(_adopted(search, number, told[number]) for number in sorted(told))
        _note_step(search, counts, cursor, trouble, now, whole=len(answers) < CHUNK)


def _note_step(
    search: ListingSearch,
    counts: Counter[str],
    cursor: str,
    trouble: Problem | None,
    now: datetime,
    *,
    whole: bool,
) -> None:
    values: dict[str, object] = {
        "looked": F("looked") + sum(counts.values()),
        "adopted": F("adopted") + counts["adopted"],
        "several": F("several") + counts["several"],
        "taken": F("taken") + counts["taken"],
        "failed": F("failed") + counts["failed"],
        "cursor": cursor,
        "moved_at": now,
        "trouble": None if trouble is None else problem_to_json(trouble),
        "lease_until_ms": now_ms() + PAUSE_MS if trouble else 0,
    }
    if trouble is None and whole:
        values["ended_at"] = now
    ListingSearch.objects.filter(pk=search.pk, ended_at=None).update(**values)


def _adopted(search: ListingSearch, number: int, found: tuple[Listing, ...]) -> str:
    """Adopt one listing; several are for a person to choose from, and what is another's is left."""
    claims = links.claims_on(number, [listing.id for listing in found])
    free = [listing for listing in found if listing.id[:80] not in claims]
    if len(free) != 1:
        return "several" if free else "taken" if claims else "none"
    scope = Scope(search.channel.store_id)
    done = deeds.link(number, free[0], scope=scope, actor_id=search.actor_id, how=How.ADOPTED)
    match done:
        case deeds.Done():
            return "adopted"
        case deeds.Taken():
            return "taken"
        case _:
            return "failed"
