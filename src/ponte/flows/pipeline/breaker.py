"""When to stop asking a side that does not answer."""

from __future__ import annotations

from collections import deque

from ponte.domain.outcome import Outcome, Postponed
from ponte.domain.problem import Problem, ProblemClass

WINDOW = 20
FEWEST = 10
SHARE = 0.5
FIRST_SECONDS = 30.0
MAX_DOUBLINGS = 4
OUTAGES = frozenset({ProblemClass.MARKETPLACE_OUTAGE, ProblemClass.NETWORK, ProblemClass.VTEX_UNAVAILABLE})


class Breaker:
    """Watches the last results of one drain. A probe (the circuit was open) opens it again at the first failure."""

    def __init__(self, *, probing: bool) -> None:
        self.probing = probing
        self._failures: deque[bool] = deque(maxlen=WINDOW)

    def watch(self, outcome: Outcome) -> Problem | None:
        """Take in one result; returns the trouble when the circuit must open now."""
        failed = isinstance(outcome, Postponed) and outcome.problem.kind in OUTAGES and not outcome.by_doubt
        self._failures.append(failed)
        if not failed:
            self.probing = False
            return None
        assert isinstance(outcome, Postponed)
        enough = len(self._failures) >= FEWEST and sum(self._failures) >= len(self._failures) * SHARE
        return outcome.problem if self.probing or enough else None


def open_seconds(trips: int) -> float:
    """Return how long the circuit stays open after `trips` openings in a row before this one."""
    return float(FIRST_SECONDS * 2 ** min(trips, MAX_DOUBLINGS))
