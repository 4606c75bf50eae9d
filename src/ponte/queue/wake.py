"""Tell runners that a lane has work. A hint: lost or doubled, it harms nothing, for the work table is the truth.

On SQLite the runner on this machine sees every commit by itself (`PRAGMA data_version`). On PostgreSQL a
Procrastinate job carries the hint to whichever of the worker processes is free.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from django.db import connection

from ponte.db.sql import fetch, marks

QUIET_SECONDS = 0.5
_told: dict[int, float] = {}


def wake(lane_ids: Iterable[int]) -> None:
    """Say that these lanes have due work; part of the transaction that made the work."""
    lanes = sorted(set(lane_ids))
    if lanes and connection.vendor == "postgresql":
        _wake_by_job(lanes)


def _wake_by_job(lanes: list[int]) -> None:
    """Defer a drain of each lane that nobody drains now; a waiting twin is enough."""
    from ponte.queue.jobs import drain_job  # noqa: PLC0415 -- Procrastinate is there on PostgreSQL only

    now = time.monotonic()
    quiet = [lane_id for lane_id in lanes if _told.get(lane_id, 0.0) < now - QUIET_SECONDS]
    if not quiet:
        return
    _told.update(dict.fromkeys(quiet, now))
    for (lane_id,) in fetch(
        f"""SELECT id FROM db_lane WHERE id IN ({marks(len(quiet))})
            AND lease_until_ms < CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)""",
        quiet,
    ):
        drain_job(lane_id)
