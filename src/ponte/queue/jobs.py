"""The PostgreSQL engine: Procrastinate carries `drain(lane)` to one of many worker processes.

Only `queueing_lock` is used, never `lock`: a killed worker's lock would stay and hold the lane up for ever
(procrastinate-org/procrastinate, "retry stalled jobs", read 2026-08).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from django.db import transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app

QUEUE = "lanes"
Drain = Callable[[int], Awaitable[None]]
_drains: list[Drain] = []


@app.task(name="ponte.drain", queue=QUEUE, pass_context=False)
async def drain(lane_id: int) -> None:
    """Drain one lane with the runner of this process."""
    for run in _drains[-1:]:
        await run(lane_id)


def serve_with(run: Drain) -> None:
    """Name what this process does with a drain job."""
    _drains.append(run)


def drain_job(lane_id: int) -> None:
    """Defer one drain, unless one waits already.

    In a savepoint of its own, and the refusal is caught outside of it: it aborts the transaction it happens in.
    """
    try:
        with transaction.atomic():
            drain.configure(queueing_lock=f"drain:{lane_id}").defer(lane_id=lane_id)
    except exceptions.AlreadyEnqueued:
        return
