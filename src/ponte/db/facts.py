"""What was learnt from marketplaces, as it is kept: with its age, its version, and what it was before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from ponte.db.models import Channel, Fact
from ponte.db.records import problem_to_json
from ponte.domain.message import JSON
from ponte.domain.problem import Problem

KEPT = timedelta(hours=24)
REFRESHED_AFTER = timedelta(hours=18)
"""In the background, before the day is over: no product waits for what was known already."""
TRIED_AGAIN_AFTER = timedelta(minutes=30)
UNUSED_AFTER = timedelta(days=30)
USED_EVERY = timedelta(hours=12)
MAX_KEY = 160

_plain = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Known:
    """One fact. `fresh` says that it need not be asked for again; `use_noted` that its use is on record."""

    value: JSON
    fresh: bool
    use_noted: bool


@dataclass(frozen=True, slots=True)
class Learnt:
    """A fact as it is kept; without `learnt_at` it was learnt now."""

    key: str
    value: JSON
    learnt_at: datetime | None = None


def digest_of(value: JSON) -> str:
    return hashlib.blake2b(_plain(value).encode(), digest_size=16).hexdigest()


def fact(channel_id: int, key: str) -> Known | None:
    """Return a fact, however old; None when it was never learnt."""
    columns = ("value", "learnt_at", "used_at", "stale")
    row = Fact.objects.filter(channel_id=channel_id, key=key[:MAX_KEY]).values_list(*columns).first()
    if row is None:
        return None
    value, learnt_at, used_at, stale = row
    now = timezone.now()
    return Known(value, not stale and learnt_at > now - KEPT, used_at is not None and used_at > now - USED_EVERY)


def read_facts(channel_id: int) -> dict[str, JSON]:
    """Return a channel's facts that are young enough."""
    young = Fact.objects.filter(channel_id=channel_id, learnt_at__gt=timezone.now() - KEPT, stale=False)
    return dict(young.values_list("key", "value"))


def note_use(channel_id: int, key: str) -> None:
    Fact.objects.filter(channel_id=channel_id, key=key[:MAX_KEY]).update(used_at=timezone.now())


def keep_fact(channel_id: int, key: str, value: JSON, *, learnt_at: datetime | None = None) -> bool:
    """Keep what was learnt; True when it differs from what was known, which is kept beside it."""
    return bool(keep_facts(channel_id, [Learnt(key, value, learnt_at)]))


def keep_facts(channel_id: int, learnt: Sequence[Learnt]) -> list[str]:
    """Keep what was learnt, in one transaction; returns the keys of what differs from what was known."""
    now = timezone.now()
    newest = {one.key[:MAX_KEY]: one for one in learnt}
    with transaction.atomic():
        rows = Fact.objects.select_for_update().filter(channel_id=channel_id, key__in=[*newest]).order_by("key")
        known = {row.key: row for row in rows}
        # Another worker may learn the same in this moment: what it brought is as good.
        Fact.objects.bulk_create(
            [
                Fact(
                    channel_id=channel_id,
                    key=key,
                    value=one.value,
                    digest=digest_of(one.value),
                    learnt_at=one.learnt_at or now,
                    used_at=now,
                )
                for key, one in newest.items()
                if key not in known
            ],
            ignore_conflicts=True,
        )
        return [key for key, row in known.items() if _keep_again(row, newest[key], now)]


def _keep_again(row: Fact, learnt: Learnt, now: datetime) -> bool:
    digest = digest_of(learnt.value)
    changes: dict[str, Any] = {
        "learnt_at": learnt.learnt_at or now,
        "stale": False,
        "failed_at": None,
        "trouble": None,
        "digest": digest,
    }
    changed = (row.digest or digest_of(row.value)) != digest
    if changed:
        changes |= {"value": learnt.value, "previous": row.value, "version": row.version + 1, "changed_at": now}
    Fact.objects.filter(pk=row.pk).update(**changes)
    return changed


def note_trouble(channel_id: int, key: str, problem: Problem) -> None:
    """Note that a fact could not be learnt anew; the one there is stays."""
    Fact.objects.filter(channel_id=channel_id, key=key[:MAX_KEY]).update(
        failed_at=timezone.now(), trouble=problem_to_json(problem)
    )


def borrowed(channel_id: int, key: str) -> Learnt | None:
    """Return a public fact as another channel learnt it: of the same store, connector, address and settings."""
    own = Channel.objects.get(pk=channel_id)
    others = Fact.objects.filter(
        channel__store_id=own.store_id,
        channel__connector=own.connector,
        channel__base_url=own.base_url,
        channel__archived_at=None,
        key=key[:MAX_KEY],
        stale=False,
        learnt_at__gt=timezone.now() - KEPT,
    ).exclude(channel_id=channel_id)
    rows = others.order_by("-learnt_at").values_list("value", "learnt_at", "channel__settings")[:10]
    return next((Learnt(key, value, at) for value, at, settings in rows if settings == own.settings), None)


def forget_facts(channel_id: int, *, public: str = "") -> None:
    """Forget what was learnt for a channel: the next product asks anew.

    What begins like a `public` key, a category's sheet, stays with its history, and is asked for again too.
    """
    facts = Fact.objects.filter(channel_id=channel_id)
    if public:
        facts.filter(key__startswith=public).update(stale=True)
        facts = facts.exclude(key__startswith=public)
    facts.delete()


def aging(limit: int) -> list[tuple[int, str]]:
    """Return some facts in use that should be asked for again, the oldest first, as (channel, key)."""
    now = timezone.now()
    due = Fact.objects.filter(
        Q(stale=True) | Q(learnt_at__lt=now - REFRESHED_AFTER),
        Q(failed_at=None) | Q(failed_at__lt=now - TRIED_AGAIN_AFTER),
        used_at__gt=now - UNUSED_AFTER,
        channel__archived_at=None,
        channel__store__paused=False,
        channel__lanes__state="open",
    )
    ordered = due.order_by(F("learnt_at").asc()).distinct()
    return [(channel_id, key) for channel_id, key, _ in ordered.values_list("channel_id", "key", "learnt_at")[:limit]]


def take_up(channel_id: int, key: str) -> bool:
    """Note that somebody asks for a fact now; False when another did so a moment ago."""
    now = timezone.now()
    free = Q(failed_at=None) | Q(failed_at__lt=now - TRIED_AGAIN_AFTER)
    return bool(Fact.objects.filter(free, channel_id=channel_id, key=key).update(failed_at=now))


def refresh_soon(channel_id: int, keys: Sequence[str]) -> int:
    """Ask for these again soon, whatever their age; returns how many there are."""
    facts = Fact.objects.filter(channel_id=channel_id, key__in=keys)
    return facts.update(stale=True, failed_at=None, used_at=timezone.now())
