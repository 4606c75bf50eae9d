"""Work rows: what waits and what runs. At most one row per integration, whatever happens how often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ponte.db.clock import now_sql
from ponte.db.sql import fetch, given, locked, marks, run, run_many
from ponte.domain.lifecycle import Priority, Task, Trigger

MAX_DEATHS = 3
SUSPECTS_TOGETHER = 10
PRIORITIES = (Priority.PERSON, Priority.LIVE, Priority.BULK, Priority.RETRY, Priority.SYNC)
HEAD = 2_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request that an integration be worked on. `deaths` above 0 makes it run alone, as a suspect."""

    integration_id: int
    lane_id: int
    deaths: int = 0


@dataclass(frozen=True, slots=True)
class Claimed:
    """A work row that runs under our epoch."""

    integration_id: int
    task: Task
    priority: int
    generation: int
    tries: int
    deaths: int
    trigger: Trigger
    actor_id: int | None


def enqueue(
    wanted: Sequence[Wanted],
    *,
    trigger: Trigger,
    priority: int,
    now: int,
    actor_id: int | None = None,
    action_id: int | None = None,
) -> None:
    """Put integrations into their lanes: a waiting one only gets a new generation, a running one runs once more.

    The data are new, so the count of automatic tries starts again; a person's wish also forgives past deaths, and
    while it waits no other request takes its place.
    """
    if not wanted:
        return
    forgive = trigger is Trigger.PERSON
    heard_at = now if trigger is Trigger.NOTIFICATION else None
    types = {"integration_id": "bigint", "lane_id": "bigint", "deaths": "smallint"}
    source, params = given(types, [(item.integration_id, item.lane_id, item.deaths) for item in wanted])
    wished = "db_work.trigger = 'person' AND db_work.lease_epoch = 0 AND excluded.trigger <> 'person'"
    run(
        f"""INSERT INTO db_work (integration_id, lane_id, task, priority, due_at_ms, generation, tries, deaths,
                trigger, actor_id, action_id, heard_at_ms, lease_epoch, queued_at_ms)
            SELECT integration_id, lane_id, %s, %s, %s, 1, 0, deaths, %s, CAST(%s AS bigint),
                CAST(%s AS bigint), CAST(%s AS bigint), 0, %s
            FROM {source} WHERE true
            ON CONFLICT (integration_id) DO UPDATE SET
                task = excluded.task,
                generation = db_work.generation + 1,
                priority = CASE WHEN excluded.priority < db_work.priority OR db_work.task <> 'send'
                                THEN excluded.priority ELSE db_work.priority END,
                due_at_ms = CASE WHEN excluded.due_at_ms < db_work.due_at_ms
                                 THEN excluded.due_at_ms ELSE db_work.due_at_ms END,
                tries = 0,
                deaths = {"0" if forgive else "db_work.deaths"},
                trigger = CASE WHEN {wished} THEN db_work.trigger ELSE excluded.trigger END,
                actor_id = CASE WHEN {wished} THEN db_work.actor_id ELSE excluded.actor_id END,
                action_id = COALESCE(excluded.action_id, db_work.action_id),
                heard_at_ms = COALESCE(db_work.heard_at_ms, excluded.heard_at_ms),
                queued_at_ms = CASE WHEN db_work.task <> 'send'
                                    THEN excluded.queued_at_ms ELSE db_work.queued_at_ms END""",
        [Task.SEND.value, priority, now, trigger.value, actor_id, action_id, heard_at, now, *params],
    )


def due(lane_id: int, limit: int) -> list[int]:
    """Return the integrations of due work, the most urgent first. Nobody but the lane's holder may `hold` them."""
    found: list[int] = []
    for priority in PRIORITIES:
        find = _DUE_OF_ACTIONS if priority == Priority.BULK else _DUE
        rows = fetch(find.format(now=now_sql(), head=HEAD), [lane_id, priority, limit - len(found)])
        found += [row[0] for row in rows]
        if len(found) >= limit:
            break
    return found


_WAITING = """FROM db_work WHERE lane_id = %s AND lease_epoch = 0 AND deaths = 0 AND priority = %s
    AND due_at_ms <= {now} ORDER BY due_at_ms"""
_DUE = f"SELECT integration_id {_WAITING} LIMIT %s"
# What a person has stopped is passed over at once; `ponte.queue.stopped` takes it out of the queue soon after, so
# that only the head has to be looked through.
_DUE_OF_ACTIONS = f"""SELECT head.integration_id
    FROM (SELECT integration_id, action_id {_WAITING} LIMIT {{head}}) AS head
    WHERE NOT EXISTS (SELECT 1 FROM db_bulkaction stopped WHERE stopped.id = head.action_id
                      AND stopped.state IN ('paused', 'cancelled'))
    LIMIT %s"""


def due_suspects(lane_id: int, limit: int, *, alone: bool = True) -> list[int]:
    """Return due work whose runner died: to be run apart from all other, ten at a time, then (`alone`) one by one.

    So a job that kills its runner is known by itself at its third death, and the innocent beside it go on.
    """
    found = fetch(
        f"""SELECT integration_id, deaths FROM db_work WHERE lane_id = %s AND lease_epoch = 0 AND deaths > 0
            AND due_at_ms <= {now_sql()} ORDER BY deaths, due_at_ms LIMIT %s""",
        [lane_id, min(limit, SUSPECTS_TOGETHER)],
    )
    together = [integration_id for integration_id, deaths in found if deaths == 1]
    return together or [integration_id for integration_id, _ in found[:1] if alone]


def hold(integration_ids: Sequence[int], epoch: int) -> list[Claimed]:
    """Take waiting work into this epoch, in the order given. The integrations are locked already."""
    if not integration_ids:
        return []
    rows = fetch(
        f"""UPDATE db_work SET lease_epoch = %s WHERE lease_epoch = 0 AND integration_id IN
            ({marks(len(integration_ids))})
            RETURNING integration_id, task, priority, generation, tries, deaths, trigger, actor_id""",
        [epoch, *integration_ids],
    )
    claimed = {row.integration_id: row for row in _claimed(rows)}
    return [claimed[integration_id] for integration_id in integration_ids if integration_id in claimed]


def doomed(lane_id: int) -> list[int]:
    """Return the integrations whose work has lost its runner too often."""
    rows = fetch(
        "SELECT integration_id FROM db_work WHERE lane_id = %s AND lease_epoch = 0 AND deaths >= %s",
        [lane_id, MAX_DEATHS],
    )
    return [int(integration_id) for (integration_id,) in rows]


def _claimed(rows: Iterable[tuple[Any, ...]]) -> list[Claimed]:
    return [
        Claimed(integration_id, Task(task), priority, generation, tries, deaths, Trigger(trigger), actor_id)
        for integration_id, task, priority, generation, tries, deaths, trigger, actor_id in rows
    ]


def fence(integration_ids: Sequence[int], epoch: int) -> dict[int, int]:
    """Return {integration: generation} of those that still run under this epoch."""
    rows = fetch(
        f"""SELECT integration_id, generation FROM db_work
            WHERE lease_epoch = %s AND integration_id IN ({marks(len(integration_ids))})""",
        [epoch, *integration_ids],
    )
    return {int(integration_id): int(generation) for integration_id, generation in rows}


def next_due_ms(lane_id: int) -> int | None:
    """Return when the lane's next waiting work is due, None when it has none."""
    rows = fetch(
        "SELECT due_at_ms FROM db_work WHERE lane_id = %s AND lease_epoch = 0 ORDER BY due_at_ms LIMIT 1", [lane_id]
    )
    return int(rows[0][0]) if rows else None


@dataclass(frozen=True, slots=True)
class Running:
    """What the work table says of a run now."""

    epoch: int
    generation: int
    tries: int
    action_id: int | None
    heard_at_ms: int | None


@dataclass(frozen=True, slots=True)
class Next:
    """When and what a work row waits for next; None keeps the priority or trigger that a newer request gave it.

    `over` says that the record has its result: neither an action on many nor a notification waits for it any more.
    """

    integration_id: int
    task: Task
    priority: int | None
    due_at_ms: int
    tries: int
    trigger: Trigger | None
    over: bool = False


def running(integration_ids: Sequence[int]) -> dict[int, Running]:
    """Read and lock work rows."""
    if not integration_ids:
        return {}
    rows = fetch(
        f"""SELECT integration_id, lease_epoch, generation, tries, action_id, heard_at_ms FROM db_work
            WHERE integration_id IN ({marks(len(integration_ids))}) ORDER BY integration_id{locked()}""",
        integration_ids,
    )
    return {row[0]: Running(*row[1:]) for row in rows}


def let_go(integration_ids: Sequence[int]) -> None:
    """Give claimed work back as it was."""
    if integration_ids:
        run(
            f"UPDATE db_work SET lease_epoch = 0 WHERE integration_id IN ({marks(len(integration_ids))})",
            integration_ids,
        )


def finish(integration_ids: Sequence[int]) -> None:
    """Delete the work of integrations that are done."""
    if integration_ids:
        run(f"DELETE FROM db_work WHERE integration_id IN ({marks(len(integration_ids))})", integration_ids)


def put_away(due_at_ms: Mapping[int, int]) -> None:
    """Let what took its runner down too often wait ({integration: due}) for one more try, alone."""
    run_many(
        f"""UPDATE db_work SET lease_epoch = 0, deaths = {MAX_DEATHS - 1}, task = %s, priority = %s, due_at_ms = %s,
                tries = 0, trigger = %s, action_id = NULL, heard_at_ms = NULL WHERE integration_id = %s""",
        [
            (Task.SEND.value, Priority.RETRY, due, Trigger.RETRY.value, integration_id)
            for integration_id, due in due_at_ms.items()
        ],
    )


def reschedule(later: Sequence[Next]) -> None:
    """Set work free again, for later."""
    run_many(
        """UPDATE db_work SET lease_epoch = 0, deaths = 0, task = %s, priority = COALESCE(%s, priority),
               due_at_ms = %s, tries = %s, trigger = COALESCE(%s, trigger),
               action_id = CASE WHEN %s THEN NULL ELSE action_id END,
               heard_at_ms = CASE WHEN %s THEN NULL ELSE heard_at_ms END
           WHERE integration_id = %s""",
        [
            (
                item.task.value,
                item.priority,
                item.due_at_ms,
                item.tries,
                item.trigger.value if item.trigger else None,
                item.over,
                item.over,
                item.integration_id,
            )
            for item in later
        ],
    )
