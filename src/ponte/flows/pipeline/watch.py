"""Why a drain stops: a shutdown, a person, or what the results say about the other side's health."""

from __future__ import annotations

from ponte.domain.outcome import Blocked, Outcome, Postponed
from ponte.domain.problem import Problem
from ponte.flows.pipeline.breaker import Breaker
from ponte.flows.pipeline.job import Result
from ponte.net.pace import PATIENCE_SECONDS

QUIET = frozenset({"breaker", "blocked", "throttled"})


class Watch:
    """Looks at each result of one drain, and holds the first reason to claim no more ("" while there is none)."""

    def __init__(self, *, probing: bool) -> None:
        self.reason = ""
        self.trouble: Problem | None = None
        """What opens the lane's circuit."""
        self.silence = 0.0
        """For how many seconds, where the other side said so; 0 for the circuit's own time."""
        self.healed = False
        """A probe went through."""
        self._breaker = Breaker(probing=probing)

    @property
    def probing(self) -> bool:
        return self._breaker.probing

    @property
    def quiet(self) -> bool:
        """True when not even what runs may ask any more."""
        return self.reason in QUIET

    def stop(self, reason: str) -> None:
        self.reason = self.reason or reason

    def look(self, result: Result) -> None:
        """Take in one result; spare it where the lane was stopped while it ran and it says nothing new."""
        if result.spared:
            return
        if isinstance(result.outcome, Blocked):
            self.stop("blocked")
            return
        if self.reason in {"breaker", "throttled"}:
            result.spared = isinstance(result.outcome, Postponed) and not result.outcome.unknown
            return
        if silence := _asked_silence(result.outcome):
            self.stop("throttled")
            self.trouble, self.silence = silence
            return
        if _only_doubtful(result) or (isinstance(result.outcome, Postponed) and result.outcome.by_window):
            return
        self._break_on(result.outcome)

    def _break_on(self, outcome: Outcome) -> None:
        was_probing = self._breaker.probing
        trouble = self._breaker.watch(outcome)
        if trouble is not None:
            self.stop("breaker")
            self.trouble = trouble
        elif was_probing and not self._breaker.probing:
            self.healed = True


def _asked_silence(outcome: Outcome) -> tuple[Problem, float] | None:
    """Return the trouble and the seconds when the other side wants to hear nothing for longer than a run waits."""
    match outcome:
        case Postponed(problem, float(seconds)) if problem.http_status == 429 and seconds > PATIENCE_SECONDS:
            return problem, seconds
        case _:
            return None


def _only_doubtful(result: Result) -> bool:
    """True when a try changed nothing and was answered, and is put off only for an earlier create's sake.

    That says nothing about the other side's health.
    """
    if not isinstance(result.outcome, Postponed) or not result.outcome.unknown or result.record.changed:
        return False
    last = result.record.passed[-1].status if result.record.passed else None
    return last is not None and last < 500
