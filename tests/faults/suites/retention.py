"""Workers that are killed while they delete old attempts: none is left half, none that is needed is gone."""

from __future__ import annotations

import random
import time
from argparse import Namespace
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from faults.crew import Crew
from faults.oracle import logged
from faults.stage import Setting, Stage, set_stage

TRIES = 60
NEEDED = 5
EXCHANGES = 2
LOOK_SECONDS = 0.05


def run(told: Namespace) -> dict[str, Any]:
    stage = set_stage(Setting(told.database, told.channels, 1, told.lease, told.heartbeat))
    draw = random.Random(told.seed)
    begin = time.monotonic()
    try:
        _fill(stage, told.skus)
        halves = kills = 0
        for _ in range(told.kills):
            kills += _killed(stage, told, f"between_deletes:kill@{draw.randint(1, 3)}")
            halves = max(halves, _halves())
        swept = _sweep(stage, told)
        found = {
            "half_deleted": max(halves, _halves()),
            "needed_gone": told.skus * NEEDED - _needed(),
            "left": _tries() - told.skus * NEEDED,
            "unkilled": told.kills - kills,
            "unswept": int(not swept),
        }
        return {
            "kills": kills,
            "attempts": told.skus * TRIES,
            "seconds": round(time.monotonic() - begin, 1),
            "breaches": {name: value for name, value in found.items() if value},
            "logged": logged(stage),
        }
    finally:
        stage.close()


def _fill(stage: Stage, records: int) -> None:
    """Make records that were sent often, long ago; their newest tries are all that is needed."""
    from django.utils import timezone

    from ponte.db.models import Attempt, Channel, Exchange, Integration

    now = timezone.now()
    at = now - timedelta(days=500)
    channel = Channel.objects.get(pk=stage.lines[0].channel_id)
    made = Integration.objects.bulk_create(
        Integration(
            store_id=channel.store_id,
            channel=channel,
            sku=f"old-{place}",
            status="success",
            phase="idle",
            attempts=TRIES,
            requested_at=at,
            updated_at=at,
        )
        for place in range(records)
    )
    tries = Attempt.objects.bulk_create(
        Attempt(
            integration=one,
            channel=channel,
            number=number,
            trigger="sync",
            result="accepted",
            offer={},
            started_at=at,
        )
        for number in range(1, TRIES + 1)
        for one in made
    )
    Exchange.objects.bulk_create(
        Exchange(attempt=one, place=place, side="marketplace", method="GET", url="/", endpoint="/", started_at=now)
        for one in tries
        for place in range(EXCHANGES)
    )


def _crew(stage: Stage, told: Namespace, failpoint: str) -> Crew:
    extra = {"PONTE_KEEP_EXCHANGES_DAYS": "0", "PONTE_FAILPOINT": failpoint}
    rig = "no_transaction" if told.control else ""
    return Crew(stage, 1, rig=rig, respawn=False, extra=lambda: extra)


def _killed(stage: Stage, told: Namespace, failpoint: str) -> bool:
    """Let a worker tidy up until it dies; False when it had nothing to die of."""
    crew = _crew(stage, told, failpoint)
    crew.start()
    try:
        return any(crew.workers[0].poll() is not None or _rests() for _ in _looks(told.limit)) and not _rests()
    finally:
        crew.end()


def _sweep(stage: Stage, told: Namespace) -> bool:
    """Let a worker do the rest; says whether it came to the end."""
    crew = _crew(stage, told, "")
    crew.start()
    try:
        return any(_rests() for _ in _looks(told.limit))
    finally:
        crew.end()


def _looks(seconds: float) -> Iterator[None]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield
        time.sleep(LOOK_SECONDS)


def _rests() -> bool:
    from django.utils import timezone

    from ponte.db.models import Sweep

    return Sweep.objects.filter(name="attempts", due_at__gt=timezone.now() + timedelta(hours=1)).exists()


def _halves() -> int:
    """Count attempts that have lost some of what passed in them, and what passed in attempts that are gone."""
    from ponte.db.sql import fetch

    [(halves,)] = fetch(
        f"""SELECT count(*) FROM db_attempt tried
            WHERE (SELECT count(*) FROM db_exchange WHERE attempt_id = tried.id) <> {EXCHANGES}"""
    )
    [(orphans,)] = fetch("SELECT count(*) FROM db_exchange WHERE attempt_id NOT IN (SELECT id FROM db_attempt)")
    return int(halves + orphans)


def _needed() -> int:
    from ponte.db.models import Attempt

    return int(Attempt.objects.filter(number__gt=TRIES - NEEDED).count())


def _tries() -> int:
    from ponte.db.models import Attempt

    return int(Attempt.objects.count())
