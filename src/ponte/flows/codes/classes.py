"""The last word on what an outcome means: an administrator's rules, and where a connector knew nothing, the words."""

from __future__ import annotations

from collections.abc import Sequence

from ponte.domain.code_rules import OwnRule, classed, reclassed
from ponte.domain.outcome import Outcome
from ponte.domain.problem import Problem, ProblemClass
from ponte.explain.messages import suggest


def under_rules(outcome: Outcome, rules: Sequence[OwnRule]) -> Outcome:
    """Return an outcome as it is to be kept; its words must be redacted already."""
    return reclassed(outcome, rules, guessed)


def problem_under_rules(problem: Problem, rules: Sequence[OwnRule]) -> Problem:
    return classed(problem, rules, guessed)


def guessed(problem: Problem) -> tuple[ProblemClass, str] | None:
    """Return what the words of a problem suggest."""
    found = suggest(problem.message, problem.code)
    return (found.kind, found.subject) if found else None
