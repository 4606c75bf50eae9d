"""What is counted while integrations move: buckets, causes, results by the hour, outcomes of actions on many.

Changes are gathered in a `Moves` and written at the end of the transaction that moves the integrations, each table in
one statement, everywhere in one order, so that two transactions cannot wait for each other.
"""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from ponte.db.sql import rows_of_marks, run
from ponte.domain.fingerprint import fingerprint
from ponte.domain.problem import Problem

BUCKETS = ("queued", "processing", "waiting", "success", "alert", "error", "removed")
SECONDS_PER_HOUR = 3_600


def bucket(status: str, phase: str, *, removed: bool) -> str:
    """Return where an integration is counted."""
    if removed:
        return "removed"
    return phase if status == "pending" else status


@dataclass(slots=True)
class _CauseMove:
    count: int = 0
    value: int = 0
    met: int = 0
    problem: Problem | None = None


class Moves:
    """Changes of counts, gathered and written at the end of a transaction."""

    def __init__(self) -> None:
        self._buckets: Tally[tuple[int, str, str]] = Tally()
        self._causes: dict[tuple[int, str], _CauseMove] = {}
        self._hours: Tally[tuple[int, str, str]] = Tally()
        self._outcomes: Tally[tuple[int, str]] = Tally()

    def add(self, channel_id: int, kind: str, where: str, count: int = 1) -> None:
        self._buckets[channel_id, kind, where] += count

    def move(self, channel_id: int, kind: str, before: str, after: str) -> None:
        if before != after:
            self.add(channel_id, kind, before, -1)
            self.add(channel_id, kind, after)

    def cause(self, channel_id: int, mark: str, count: int, value: int) -> None:
        """Change how many shown integrations have a cause, and their stock value in cents; "" is no cause."""
        if mark and (count or value):
            change = self._causes.setdefault((channel_id, mark), _CauseMove())
            change.count += count
            change.value += value

    def meet(self, channel_id: int, kind: str, problem: Problem) -> None:
        """Note that a try ended with this headline: its cause was met once more."""
        mark = fingerprint(problem)
        change = self._causes.setdefault((channel_id, mark), _CauseMove())
        change.met += 1
        change.problem = problem
        self.tally(channel_id, kind, f"cause:{mark}")

    def name(self, channel_id: int, problem: Problem) -> None:
        """Say what a cause is about that records came to without a try that met it."""
        self._causes.setdefault((channel_id, fingerprint(problem)), _CauseMove()).problem = problem

    def tally(self, channel_id: int, kind: str, measure: str) -> None:
        """Count something that came about in this hour."""
        self._hours[channel_id, kind, measure] += 1

    def outcome(self, action_id: int, name: str) -> None:
        """Count how a record that an action on many had queued ended."""
        self._outcomes[action_id, name] += 1

    def write(self, now: datetime) -> None:
        """Write the sums."""
        self._write_buckets()
        self._write_causes(now)
        self._write_hours(now)
        self._write_outcomes()

    def _write_buckets(self) -> None:
        changes = sorted((key, count) for key, count in self._buckets.items() if count)
        self._buckets.clear()
        if not changes:
            return
        params = [value for key, count in changes for value in (*key, count)]
        run(
            f"""INSERT INTO db_counter (channel_id, kind, bucket, count) VALUES {rows_of_marks(len(changes), 4)}
                ON CONFLICT (channel_id, kind, bucket) DO UPDATE SET count = db_counter.count + excluded.count""",
            params,
        )

    def _write_causes(self, now: datetime) -> None:
        changes = [
            (key, change) for key, change in sorted(self._causes.items(), key=itemgetter(0)) if _matters(change)
        ]
        self._causes.clear()
        if not changes:
            return
        params = [
            value for (channel_id, mark), change in changes for value in _cause_row(channel_id, mark, change, now)
        ]
        run(CAUSE.format(rows=rows_of_marks(len(changes), 15), **CONDITIONS), params)

    def _write_hours(self, now: datetime) -> None:
        changes = sorted(self._hours.items())
        self._hours.clear()
        if not changes:
            return
        hour = int(now.timestamp()) // SECONDS_PER_HOUR
        params = [
            value for (channel_id, kind, name), count in changes for value in (channel_id, kind, name, hour, count)
        ]
        run(
            f"""INSERT INTO db_tally (channel_id, kind, measure, hour, count) VALUES {rows_of_marks(len(changes), 5)}
                ON CONFLICT (channel_id, kind, measure, hour)
                DO UPDATE SET count = db_tally.count + excluded.count""",
            params,
        )

    def _write_outcomes(self) -> None:
        changes = sorted(self._outcomes.items())
        self._outcomes.clear()
        if not changes:
            return
        params = [value for (action_id, name), count in changes for value in (action_id, name, count)]
        run(
            f"""INSERT INTO db_actioncount (action_id, outcome, count) VALUES {rows_of_marks(len(changes), 3)}
                ON CONFLICT (action_id, outcome) DO UPDATE SET count = db_actioncount.count + excluded.count""",
            params,
        )


def _matters(change: _CauseMove) -> bool:
    return bool(change.count or change.value or change.met)


# A cause without records is resolved; met again, or shown again, it opens itself. One that is ignored opens when it
# is met after its time, or grows beyond its number. Equal first and last moments say that it was met just now.
CAUSE = """
    INSERT INTO db_cause (channel_id, fingerprint, problem_class, stage, severity, subject, code, message, count,
        value, first_at, last_at, state, state_at, returns) VALUES {rows}
    ON CONFLICT (channel_id, fingerprint) DO UPDATE SET
        count = db_cause.count + excluded.count,
        value = db_cause.value + excluded.value,
        severity = CASE WHEN {met} AND excluded.severity = 'error' THEN 'error' ELSE db_cause.severity END,
        last_at = CASE WHEN {met} THEN excluded.last_at ELSE db_cause.last_at END,
        message = CASE WHEN db_cause.message = '' THEN excluded.message ELSE db_cause.message END,
        returns = db_cause.returns + CASE WHEN {back} THEN 1 ELSE 0 END,
        state_at = CASE WHEN {back} OR {gone} THEN excluded.state_at ELSE db_cause.state_at END,
        state_by_id = CASE WHEN {back} OR {gone} THEN NULL ELSE db_cause.state_by_id END,
        state = CASE
            WHEN {back} OR {over} OR {grown} THEN 'open'
            WHEN {gone} THEN 'resolved'
            ELSE db_cause.state END"""
CONDITIONS = {
    "met": "excluded.last_at = excluded.first_at",
    "back": "(db_cause.state = 'resolved' AND (excluded.last_at = excluded.first_at OR excluded.count > 0))",
    "gone": """(db_cause.state IN ('open', 'known') AND db_cause.count + excluded.count <= 0
                AND excluded.last_at < excluded.first_at)""",
    "over": """(db_cause.state = 'ignored' AND excluded.last_at = excluded.first_at
                AND db_cause.ignored_until <= excluded.last_at)""",
    "grown": "(db_cause.state = 'ignored' AND db_cause.count + excluded.count > db_cause.ignored_above)",
}


def _cause_row(channel_id: int, mark: str, change: _CauseMove, now: datetime) -> tuple[object, ...]:
    problem = change.problem
    told = (
        (
            problem.kind.name,
            problem.stage.value,
            problem.severity.value,
            problem.subject[:200],
            problem.code[:120],
            problem.message[:2_000],
        )
        if problem
        else ("UNKNOWN", "marketplace", "error", "", "", "")
    )
    last = now if change.met else now - timedelta(seconds=1)
    return (channel_id, mark, *told, change.count, change.value, now, last, "open", now, 0)
