"""How many integrations are in each bucket, moved in the transaction that moves the integrations."""

from __future__ import annotations

from collections import Counter as Tally

from ponte.db.sql import rows_of_marks, run

BUCKETS = ("queued", "processing", "waiting", "success", "alert", "error", "removed")


def bucket(status: str, phase: str, *, removed: bool) -> str:
    """Return where an integration is counted."""
    if removed:
        return "removed"
    return phase if status == "pending" else status


class Moves:
    """Changes of counts, gathered and written at the end of a transaction."""

    def __init__(self) -> None:
        self._tally: Tally[tuple[int, str, str]] = Tally()

    def add(self, channel_id: int, kind: str, where: str, count: int = 1) -> None:
        self._tally[channel_id, kind, where] += count

    def move(self, channel_id: int, kind: str, before: str, after: str) -> None:
        if before != after:
            self.add(channel_id, kind, before, -1)
            self.add(channel_id, kind, after)

    def write(self) -> None:
        """Write the sums, in one order everywhere so that two transactions cannot wait for each other."""
        changes = sorted((key, count) for key, count in self._tally.items() if count)
        self._tally.clear()
        if not changes:
            return
        params = [value for (channel_id, kind, where), count in changes for value in (channel_id, kind, where, count)]
        run(
            f"""INSERT INTO db_counter (channel_id, kind, bucket, count) VALUES {rows_of_marks(len(changes), 4)}
                ON CONFLICT (channel_id, kind, bucket) DO UPDATE SET count = db_counter.count + excluded.count""",
            params,
        )
