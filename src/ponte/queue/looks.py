"""Looks at listings that somebody asks for: work that follows, and never work that sends."""

from __future__ import annotations

from collections.abc import Sequence

from ponte.db.sql import given, run
from ponte.domain.lifecycle import Priority, Task, Trigger
from ponte.queue.work import Wanted


def look(wanted: Sequence[Wanted], *, now: int, due: int) -> None:
    """Have these integrations looked at when `due`; the caller's transaction locks in the order of their ids.

    One that waits for a look already is looked at sooner. One that waits to be sent, or runs, is left alone: that
    brings the news anyway.
    """
    if not wanted:
        return
    types = {"integration_id": "bigint", "lane_id": "bigint"}
    source, params = given(types, sorted((item.integration_id, item.lane_id) for item in wanted))
    run(
        f"""INSERT INTO db_work (integration_id, lane_id, task, priority, due_at_ms, generation, tries, deaths,
                trigger, lease_epoch, queued_at_ms)
            SELECT integration_id, lane_id, %s, %s, %s, 1, 0, 0, %s, 0, %s
            FROM {source} WHERE true
            ON CONFLICT (integration_id) DO UPDATE SET due_at_ms = excluded.due_at_ms
                WHERE db_work.task = excluded.task AND db_work.lease_epoch = 0
                    AND db_work.due_at_ms > excluded.due_at_ms""",
        [Task.FOLLOW.value, Priority.RETRY, due, Trigger.FOLLOW.value, now, *params],
    )
