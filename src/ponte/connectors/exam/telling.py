"""Results and requests as plain JSON, and back: for recordings, for comparing, for looking for secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ponte.domain.message import Answer, FilePart, NoAnswer, Request, Secret, Unreadable
from ponte.domain.outcome import Accepted, Blocked, Listing, Outcome, Pending, Postponed, Rejected, Tokens
from ponte.domain.problem import Problem


def told(result: Any, verb: str = "") -> dict[str, Any]:
    """Return a conversation's result in the form that recordings have; a learnt fact stands under "value"."""
    match verb, result:
        case "find", tuple():
            return {"outcome": "found", "listings": [{"id": one.id, "state": one.state} for one in result]}
        case "suggest", tuple():
            return {"outcome": "suggested", "categories": [one.category for one in result]}
        case "heard", tuple():
            return {"outcome": "heard", "about": list(result)}
        case "together", dict():
            return {"outcome": "parts", "parts": {sku: _part(part) for sku, part in result.items()}}
        case _:
            return _plainly(result)


def _plainly(result: Any) -> dict[str, Any]:
    match result:
        case Tokens(secrets, expires_in):
            return {"outcome": "tokens", "secrets": sorted(secrets), "expires_in": expires_in}
        case Accepted() | Rejected() | Postponed() | Pending() | Blocked():
            return _outcome(result)
        case _:
            return {"outcome": "fact", "value": result}


def _part(part: Answer) -> dict[str, Any]:
    if isinstance(part, NoAnswer):
        return {"failure": part.failure.value, "sent": part.sent}
    body = part.json()
    return {"status": part.status, **({"text": part.text} if isinstance(body, Unreadable) else {"json": body})}


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
        "files": [_file(part) for part in request.files],
        "headers": [[name, _value(value)] for name, value in request.headers],
        "changes": request.changes,
        "anonymous": not request.authorized,
        "host": request.host,
        "together": request.together,
    }
    return {name: value for name, value in found.items() if value}


def _file(part: FilePart) -> dict[str, Any]:
    """Return a file as text where it is text, else as hexadecimal digits."""
    told = {"field": part.field, "filename": part.filename, "content_type": part.content_type}
    try:
        return {**told, "text": part.content.decode()}
    except UnicodeDecodeError:
        return {**told, "hex": part.content.hex()}


def _value(value: str | Secret) -> Any:
    return {"secret": value.name} if isinstance(value, Secret) else value


def request_from(raw: Mapping[str, Any]) -> Request:
    """Return a request from the form that `telling` gives it."""
    return Request(
        raw["method"],
        raw["path"],
        raw["endpoint"],
        query=tuple((name, value) for name, value in raw.get("query", ())),
        json=raw.get("json"),
        form=tuple((name, _placed(value)) for name, value in raw.get("form", ())),
        files=tuple(_read_file(part) for part in raw.get("files", ())),
        headers=tuple((name, _placed(value)) for name, value in raw.get("headers", ())),
        authorized=not raw.get("anonymous", False),
        changes=raw.get("changes", False),
        host=raw.get("host", ""),
        together=raw.get("together", ""),
    )


def _placed(value: Any) -> str | Secret:
    return Secret(value["secret"]) if isinstance(value, dict) else str(value)


def _read_file(raw: Mapping[str, str]) -> FilePart:
    content = raw["text"].encode() if "text" in raw else bytes.fromhex(raw["hex"])
    return FilePart(raw["field"], raw["filename"], raw["content_type"], content)
