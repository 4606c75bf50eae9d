"""What a marketplace says about a product is shown and stored: without secrets, and as text that can be stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import orjson

from ponte.domain.message import JSON
from ponte.domain.outcome import Accepted, Blocked, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem
from ponte.net.redact import is_plain, redact

NUL = b"\\u0000"
"""As JSON writes it; PostgreSQL stores it in no text and no JSON."""


def discreet(outcome: Outcome, secrets: Collection[str]) -> Outcome:
    """Return the outcome with every foreign word redacted; `secrets` are our own live ones, by their exact text.

    What a connector remembers of a listing stays as it is, but for characters that no database stores.
    """
    if not isinstance(outcome, Blocked) and outcome.listing is not None and not _is_storable(outcome.listing):
        outcome = replace(outcome, listing=_storable(outcome.listing))
    match outcome:
        case Accepted(_, ()):
            return outcome
        case Accepted(_, warnings):
            return replace(outcome, warnings=_all(warnings, secrets))
        case Rejected(problems):
            return replace(outcome, problems=_all(problems, secrets))
        case Postponed(problem) | Blocked(problem) | Pending(_, problem):
            return replace(outcome, problem=_one(problem, secrets))


def _is_storable(listing: Listing) -> bool:
    try:
        told = orjson.dumps((listing.id, listing.url, listing.state, listing.memory))
    except TypeError:  # half characters
        return False
    return NUL not in told


def _storable(listing: Listing) -> Listing:
    found = _cleaned({"id": listing.id, "url": listing.url, "state": listing.state, "memory": dict(listing.memory)})
    return Listing(found["id"], found["url"], found["state"], found["memory"])


def _cleaned(value: JSON) -> JSON:
    match value:
        case str():
            return value.encode("utf-8", errors="replace").decode().replace("\0", "")
        case dict():
            return {_cleaned(name): _cleaned(one) for name, one in value.items()}
        case list() | tuple():
            return [_cleaned(one) for one in value]
        case _:
            return value


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
