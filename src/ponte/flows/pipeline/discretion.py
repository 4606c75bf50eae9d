"""What a marketplace says about a product is shown and stored: without secrets, and as text that can be stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ponte.domain.outcome import Accepted, Blocked, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem
from ponte.net.redact import is_plain, redact


def discreet(outcome: Outcome, secrets: Collection[str]) -> Outcome:
    """Return the outcome with every foreign word redacted; `secrets` are our own live ones, by their exact text."""
    match outcome:
        case Accepted(_, ()):
            return outcome
        case Accepted(_, warnings):
            return replace(outcome, warnings=_all(warnings, secrets))
        case Rejected(problems):
            return replace(outcome, problems=_all(problems, secrets))
        case Postponed(problem) | Blocked(problem) | Pending(_, problem):
            return replace(outcome, problem=_one(problem, secrets))


def _all(problems: tuple[Problem, ...], secrets: Collection[str]) -> tuple[Problem, ...]:
    return tuple(_one(problem, secrets) for problem in problems)


def _one(problem: Problem, secrets: Collection[str]) -> Problem:
    whole = "\n".join((problem.subject, problem.code, problem.message, *problem.params.values()))
    if "\0" not in whole and is_plain(whole, tuple(secrets)):
        return problem
    return replace(
        problem,
        subject=_word(problem.subject, secrets),
        code=_word(problem.code, secrets),
        message=_word(problem.message, secrets),
        params={name: _word(value, secrets) for name, value in problem.params.items()},
    )


def _word(text: str, secrets: Collection[str]) -> str:
    """Redact; NUL and half characters (lone surrogates) cannot be stored by every database."""
    if not text:
        return text
    whole = text.encode("utf-8", errors="replace").decode() if not text.isascii() else text
    return redact(whole.replace("\0", ""), secrets)
