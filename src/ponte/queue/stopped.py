"""Take out of the queue again what an action on many put there, once a person stopped it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ponte.db.counts import Moves
from ponte.db.integrations import Place, places_by_id
from ponte.db.sql import among, fetch, locked, run
from ponte.domain.lifecycle import Phase, Status, Trigger
from ponte.domain.message import JSON, parse_json
from ponte.domain.problem import Severity


def take_back(action_id: int, limit: int, now: datetime) -> tuple[int, int]:
    """Set up to `limit` waiting records back to the result they had; returns how many were met, how many went back.

    What runs goes on. A record that waited for another reason too, or that something asked for since, stays in the
    queue and belongs to the action no more. One transaction is needed.
    """
    waiting = _waiting(action_id, limit)
    places = places_by_id(waiting)
    works = _locked_works(waiting, action_id)
    back = [places[number] for number, only_ours in works.items() if only_ours and _sleeps(places[number])]
    moves = Moves()
    _show_as_before(back, moves)
    _drop_work([place.id for place in back])
    _leave([number for number in works if number not in {place.id for place in back}])
    moves.write(now)
    return len(waiting), len(back)


def has_work(action_id: int) -> bool:
    """Say whether anything that the action queued still waits or runs."""
    return bool(fetch("SELECT 1 FROM db_work WHERE action_id = %s LIMIT 1", [action_id]))


def _waiting(action_id: int, limit: int) -> list[int]:
    rows = fetch(
        """SELECT integration_id FROM db_work WHERE action_id = %s AND lease_epoch = 0
           ORDER BY integration_id LIMIT %s""",
        [action_id, limit],
    )
    return [int(number) for (number,) in rows]


def _locked_works(ids: Sequence[int], action_id: int) -> dict[int, bool]:
    """Return {integration: whether the action alone asked for it} of what still waits."""
    named, values = among("integration_id", ids)
    rows = fetch(
        f"""SELECT integration_id, generation, trigger FROM db_work
            WHERE {named} AND action_id = %s AND lease_epoch = 0 ORDER BY integration_id{locked()}""",
        [*values, action_id],
    )
    return {int(number): generation == 1 and trigger == Trigger.PERSON for number, generation, trigger in rows}


def _sleeps(place: Place) -> bool:
    return place.status == Status.PENDING and place.phase == Phase.QUEUED


def _show_as_before(places: Sequence[Place], moves: Moves) -> None:
    """Show the last result again, where it stood in the list."""
    if not places:
        return
    named, values = among("id", [place.id for place in places])
    rows = fetch(f"SELECT id, problems FROM db_integration WHERE {named}", values)
    statuses = {int(number): _status(problems) for number, problems in rows}
    for status in (Status.ERROR, Status.ALERT):
        own = [place for place in places if statuses[place.id] is status]
        for place in own:
            if not place.removed:
                moves.move(place.channel_id, place.kind, place.bucket, status.value)
        named, values = among("id", [place.id for place in own])
        run(
            f"""UPDATE db_integration SET status = %s, phase = 'idle', action_id = NULL,
                    updated_at = COALESCE(processed_at, updated_at) WHERE {named}""",
            [status.value, *values],
        )


def _status(problems: JSON) -> Status:
    """Say which result these problems are: only warnings are an alert."""
    kept = parse_json(problems.encode()) if isinstance(problems, str) else problems
    only_warnings = bool(kept) and all(one.get("severity") == Severity.WARNING for one in kept)
    return Status.ALERT if only_warnings else Status.ERROR


def _drop_work(ids: Sequence[int]) -> None:
    named, values = among("integration_id", ids)
    run(f"DELETE FROM db_work WHERE {named}", values)


def _leave(ids: Sequence[int]) -> None:
    named, values = among("integration_id", ids)
    run(f"UPDATE db_work SET action_id = NULL WHERE {named}", values)
