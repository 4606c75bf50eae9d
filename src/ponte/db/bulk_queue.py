"""What the page of the queue reads: what runs, what comes next, what waits for later, how fast each channel is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from django.db.models import Q

from ponte.db.models import Attempt, Integration, Lane, LaneState, User, Work
from ponte.db.scope import Scope
from ponte.db.sql import fetch, moment_read
from ponte.domain.lifecycle import Priority

PRIORITIES: Final = (Priority.PERSON, Priority.LIVE, Priority.BULK, Priority.RETRY, Priority.SYNC)
NEXT: Final = 20
RUNNING: Final = 20
LATER: Final = 10
LOOKED_THROUGH: Final = 500
PACE_SECONDS: Final = 60
LAST_TRIES: Final = 2_000
LAST_REQUESTS: Final = 4_000
# The newest by their ids, and of those the ones of the last minute: no index is by time, and none has to be.
TRIES: Final = """SELECT channel_id, count(*), min(started_at)
    FROM (SELECT channel_id, started_at FROM db_attempt ORDER BY id DESC LIMIT %s) AS newest
    WHERE started_at >= %s AND channel_id IS NOT NULL GROUP BY channel_id"""
REQUESTS: Final = """SELECT tried.channel_id, count(*), min(newest.started_at)
    FROM (SELECT attempt_id, started_at FROM db_exchange WHERE side = 'marketplace'
        ORDER BY id DESC LIMIT %s) AS newest
    JOIN db_attempt AS tried ON tried.id = newest.attempt_id
    WHERE newest.started_at >= %s AND tried.channel_id IS NOT NULL GROUP BY tried.channel_id"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record in the queue with its work; `place` counts from 1, 0 for what has none.

    `begun` is when its try began, None where none is under way.
    """

    record: Integration
    work: Work
    place: int
    by: str
    begun: datetime | None = None


@dataclass(frozen=True, slots=True)
class Speed:
    """What a channel did in the last minute: products tried, requests sent to the marketplace."""

    products: float = 0.0
    requests: float = 0.0


def coming(scope: Scope) -> list[Waiting]:
    """Return the next works by priority and age, those of lanes that stand still after all others."""
    lanes = _lanes(scope)
    if not lanes:
        return []
    now = int(time.time() * 1000)
    stopped = Lane.objects.filter(~Q(state=LaneState.OPEN) | Q(breaker_until_ms__gt=now), pk__in=lanes)
    halted = set(stopped.values_list("pk", flat=True))
    part = """SELECT * FROM (SELECT integration_id, priority, due_at_ms, %s AS halted FROM db_work
        WHERE lane_id = %s AND lease_epoch = 0 AND deaths = 0 AND priority = %s AND due_at_ms <= %s
        ORDER BY due_at_ms LIMIT %s) AS head"""
    pairs = [(lane, priority) for lane in lanes for priority in PRIORITIES]
    params = [value for lane, priority in pairs for value in (int(lane in halted), lane, priority, now, NEXT)]
    heads = " UNION ALL ".join([part] * len(pairs))
    found = fetch(f"{heads} ORDER BY halted, priority, due_at_ms, integration_id LIMIT %s", [*params, NEXT])
    return _waiting([int(row[0]) for row in found], numbered=True)


def running(scope: Scope) -> list[Waiting]:
    """Return what is being worked on now."""
    held = Work.objects.filter(lane_id__in=_lanes(scope), lease_epoch__gt=0)
    found = _waiting(list(held.order_by("lane_id", "queued_at_ms").values_list("pk", flat=True)[:RUNNING]))
    tries = Attempt.objects.filter(integration_id__in=[one.record.pk for one in found], ended_at=None)
    begun = dict(tries.order_by("number").values_list("integration_id", "started_at"))
    return [replace(one, begun=begun.get(one.record.pk)) for one in found]


def later(scope: Scope) -> list[Waiting]:
    """Return what waits for its time, the nearest first: next tries, and answers of a marketplace to look after.

    Looks after what went well are left out; only the nearest works are looked through.
    """
    lanes = _lanes(scope)
    if not lanes:
        return []
    now = int(time.time() * 1000)
    part = """SELECT * FROM (SELECT integration_id, due_at_ms FROM db_work WHERE lane_id = %s AND lease_epoch = 0
        AND due_at_ms > %s ORDER BY due_at_ms LIMIT %s) AS head"""
    params = [value for lane in lanes for value in (lane, now, LOOKED_THROUGH)]
    heads = " UNION ALL ".join([part] * len(lanes))
    found = fetch(
        f"""SELECT near.integration_id FROM ({heads}) AS near
            JOIN db_integration record ON record.id = near.integration_id
            WHERE record.status IN ('pending', 'error') AND record.removed_at IS NULL
            ORDER BY near.due_at_ms, near.integration_id LIMIT %s""",
        [*params, LATER],
    )
    return _waiting([int(row[0]) for row in found])


def speeds(channel_ids: Sequence[int]) -> dict[int, Speed]:
    """Return how fast channels went in the last minute, by the newest tries and requests of everybody."""
    since = time.time() - PACE_SECONDS
    tried = _rates(_fresh(TRIES, LAST_TRIES, since), LAST_TRIES)
    sent = _rates(_fresh(REQUESTS, LAST_REQUESTS, since), LAST_REQUESTS)
    return {number: Speed(tried.get(number, 0.0), sent.get(number, 0.0)) for number in channel_ids}


def alive(scope: Scope) -> bool:
    """Say whether a worker holds any lane of the store."""
    now = int(time.time() * 1000)
    return Lane.objects.filter(channel__store_id=scope.store_id, lease_until_ms__gt=now).exists()


def _lanes(scope: Scope) -> list[int]:
    own = Lane.objects.filter(channel__in=scope.channels().values("pk"))
    return list(own.order_by("pk").values_list("pk", flat=True))


def _waiting(ids: Sequence[int], *, numbered: bool = False) -> list[Waiting]:
    works = Work.objects.filter(pk__in=ids)
    found = works.select_related("integration__channel").defer(
        "integration__listing",
        "integration__search_text",
        "integration__problems",
        "integration__channel__mapping_text",
        "integration__channel__secrets_sealed",
    )
    by_id = {work.pk: work for work in found}
    people = {work.actor_id for work in by_id.values() if work.actor_id}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "username")) if people else {}
    shown = [by_id[number] for number in ids if number in by_id]
    return [
        Waiting(work.integration, work, place if numbered else 0, names.get(work.actor_id or 0, ""))
        for place, work in enumerate(shown, 1)
    ]


def _fresh(statement: str, most: int, since: float) -> list[tuple[int, int, float]]:
    """Return (channel, how many, the first's moment) of what began since a moment, among the newest."""
    rows = fetch(statement, [most, datetime.fromtimestamp(since, UTC)])
    return [(int(channel), int(count), moment_read(first).timestamp()) for channel, count, first in rows]


def _rates(fresh: Sequence[tuple[int, int, float]], most: int) -> dict[int, float]:
    """Return how many a minute each channel had. Where the newest fill less than a minute, they stand for it."""
    full = sum(count for _, count, _ in fresh) >= most
    span = max(1.0, time.time() - min(first for _, _, first in fresh)) if full else PACE_SECONDS
    return {channel: count * PACE_SECONDS / span for channel, count, _ in fresh}
