"""The statements that delete what has had its time. Every one runs inside its caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from ponte.db.counts import Moves
from ponte.db.integrations import NOT_TAKEN_OUT
from ponte.db.sql import among, fetch, locked, run

Row = tuple[int, int, str]
"""(record, channel, kind)"""

OF_RECORDS: Final = ("db_problem", "db_note")
"""What goes with a record, beside its attempts; one with a link or with work does not go."""


def delete_exchanges(attempt_ids: Collection[int]) -> None:
    """Delete what passed in these attempts."""
    _delete("db_exchange", "attempt_id", attempt_ids)


def delete_attempts(ids: Collection[int]) -> None:
    """Delete attempts; what passed in them is gone already."""
    _delete("db_attempt", "id", ids)


def free_records(ids: Sequence[int], before: datetime) -> list[Row]:
    """Lock these records, and return those removed before a moment that nothing needs any more.

    Of a channel that was taken out nothing goes: its history was promised to whoever took it out.
    """
    named, params = among("id", ids)
    fetch(f"SELECT 1 FROM db_integration WHERE {named} ORDER BY id{locked()}", params)
    # A statement of its own: it sees what was written while the first one waited for its locks.
    rows = fetch(
        f"""SELECT id, channel_id, kind FROM db_integration one
            WHERE {named} AND removed_at < %s AND listing_id = '' AND listing IS NULL AND offer_digest = ''
              AND hold = '' AND creating_since IS NULL AND {NOT_TAKEN_OUT}
              AND NOT EXISTS (SELECT 1 FROM db_listinglink link WHERE link.integration_id = one.id)
              AND NOT EXISTS (SELECT 1 FROM db_work work WHERE work.integration_id = one.id)
            ORDER BY id""",
        [*params, before],
    )
    return [(int(pk), int(channel_id), str(kind)) for pk, channel_id, kind in rows]


def delete_records(rows: Sequence[Row], now: datetime) -> None:
    """Delete removed records whose attempts are gone, with their problems and notes, and count them out."""
    ids = [pk for pk, _, _ in rows]
    for table in OF_RECORDS:
        _delete(table, "integration_id", ids)
    _delete("db_integration", "id", ids)
    moves = Moves()
    for _, channel_id, kind in rows:
        moves.add(channel_id, kind, "removed", -1)
    moves.write(now)


def _delete(table: str, column: str, values: Collection[Any]) -> None:
    if values:
        named, params = among(column, sorted(values))
        run(f"DELETE FROM {table} WHERE {named}", params)
