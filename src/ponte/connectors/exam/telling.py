"""Results as plain JSON, for comparing with what a recording expects and for looking for secrets."""

from __future__ import annotations

from typing import Any

from ponte.domain.message import Request, Secret
from ponte.domain.outcome import Accepted, Blocked, Listing, Outcome, Pending, Postponed, Rejected, Tokens
from ponte.domain.problem import Problem


def told(result: Any) -> dict[str, Any]:
    """Return a conversation's result in the form that recordings have; a learnt fact stands under "value"."""
    match result:
        case Tokens(secrets, expires_in):
            return {"outcome": "tokens", "secrets": sorted(secrets), "expires_in": expires_in}
        case Accepted() | Rejected() | Postponed() | Pending() | Blocked():
            return _outcome(result)
        case _:
            return {"outcome": "fact", "value": result}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    match outcome:
        case Accepted(listing, warnings, follow_in):
            return _plain("accepted", listing, warnings, follow_in=follow_in)
        case Rejected(problems, listing):
            return _plain("rejected", listing, problems)
        case Postponed(problem, retry_in, unknown, listing):
            return _plain("postponed", listing, (problem,), retry_in=retry_in, unknown=unknown)
        case Pending(listing, problem, check_in):
            return _plain("pending", listing, (problem,), check_in=check_in)
        case Blocked(problem):
            return _plain("blocked", None, (problem,))


def _plain(outcome: str, listing: Listing | None, problems: tuple[Problem, ...], **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"outcome": outcome}
    if listing is not None:
        found["listing"] = {"id": listing.id, "state": listing.state}
    if problems:
        found["problems"] = [one_problem(problem) for problem in problems]
    return found | {name: value for name, value in more.items() if value}


def one_problem(problem: Problem) -> dict[str, str]:
    found = {"class": problem.kind.name, "subject": problem.subject, "code": problem.code}
    return found if problem.blocking else {**found, "severity": "warning"}


def request_told(request: Request) -> dict[str, Any]:
    """Return a request as recordings have it: what is empty is left out, a placeholder is {"secret": name}."""
    found = {
        "method": request.method,
        "path": request.path,
        "endpoint": request.endpoint,
        "query": [list(pair) for pair in request.query],
        "json": request.json,
        "form": [[name, _value(value)] for name, value in request.form],
        "headers": [[name, _value(value)] for name, value in request.headers],
        "changes": request.changes,
        "anonymous": not request.authorized,
    }
    return {name: value for name, value in found.items() if value}


def _value(value: str | Secret) -> Any:
    return {"secret": value.name} if isinstance(value, Secret) else value
