"""From problems to the outcome that their classes call for, where a marketplace has no order of its own."""

from __future__ import annotations

from ponte.domain.outcome import Accepted, Blocked, Outcome, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, headline, headline_first

BLOCKING = frozenset(
    {
        ProblemClass.AUTH_INVALID,
        ProblemClass.AUTH_CLIENT,
        ProblemClass.AUTH_FORBIDDEN,
        ProblemClass.ACCOUNT_BLOCKED,
    }
)
PASSING = frozenset(
    {
        ProblemClass.AUTH_EXPIRED,
        ProblemClass.THROTTLED,
        ProblemClass.MARKETPLACE_OUTAGE,
        ProblemClass.RESPONSE_UNREADABLE,
        ProblemClass.STATE_CONFLICT,
        ProblemClass.DEPENDENCY_PENDING,
    }
)
FINAL = {
    **dict.fromkeys((405, 406, 411, 413, 414, 415, 431), ProblemClass.PAYLOAD_INVALID),
    451: ProblemClass.POLICY_RESTRICTED,
}
"""HTTP statuses that no repetition changes."""


def refused(problems: tuple[Problem, ...]) -> Outcome:
    """Return the outcome that the headline's class calls for; the others go with it where they can."""
    first = headline(problems)
    if first is None or not first.blocking:
        return Accepted(None, problems)
    if first.kind in BLOCKING:
        return Blocked(first)
    if first.kind in PASSING and sum(problem.blocking for problem in problems) == 1:
        return Postponed(first)
    return Rejected(headline_first(problems))


def not_learnt(outcome: Outcome, unreadable: Postponed) -> Postponed | Blocked:
    """Return why a question was not answered; a plain refusal of a question is tried again."""
    match outcome:
        case Postponed() | Blocked():
            return outcome
        case Rejected(problems):
            return Postponed(problems[0])
        case _:
            return unreadable
