"""Connectors: which there are, and what an answer means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

import click

from ponte.cli.connector_exam import exam
from ponte.cli.connector_new import new
from ponte.cli.connector_record import record
from ponte.cli.connector_usable import usable
from ponte.cli.output import fail, language, table


@click.group()
def connector() -> None:
    """Connectors that are installed."""


connector.add_command(exam)
connector.add_command(new)
connector.add_command(record)


@connector.command("list")
def list_connectors() -> None:
    """List them; a broken one with its reason."""
    from ponte.connectors import Broken, installed

    rows = [
        (code, "broken", found.reason) if isinstance(found, Broken) else (code, found.manifest.name, "")
        for code, found in sorted(installed().items())
    ]
    table(("code", "name", ""), rows)


@connector.command()
@click.argument("name")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
def classify(name: str, file: TextIO) -> None:
    """Read marketplace answers as JSON lines {endpoint, status, headers, body}; print what each one means."""
    found = usable(name)
    for number, recorded in _recorded(file):
        try:
            endpoint, response = _response(recorded)
        except KeyError as error:
            fail(f'Line {number}: {error.args[0]} is missing; a line is {{"endpoint", "status", "headers", "body"}}.')
        except (AttributeError, OverflowError, TypeError, ValueError) as error:
            fail(f"Line {number}: not an answer ({type(error).__name__}: {error}).")
        outcome = found.classify(endpoint, response)
        told = json.dumps(_told(outcome), ensure_ascii=False)
        click.echo(told.encode("utf-8", errors="replace").decode())


def _recorded(file: TextIO) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (RecursionError, ValueError):
            fail(f"Line {number} is not JSON.")


def _response(recorded: dict[str, Any]) -> tuple[str, Any]:
    from ponte.domain.message import Response

    body = recorded.get("body")
    raw = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    headers = {str(key).lower(): str(value) for key, value in (recorded.get("headers") or {}).items()}
    return str(recorded["endpoint"]), Response(int(recorded["status"]), headers, raw)


def _told(outcome: Any) -> dict[str, Any]:
    from ponte.domain.outcome import Accepted, Blocked, Pending, Postponed, Rejected
    from ponte.domain.problem import headline_first
    from ponte.explain import explain

    match outcome:
        case Accepted(_, warnings):
            problems = warnings
        case Rejected(problems):
            pass
        case Postponed(problem) | Blocked(problem) | Pending(_, problem):
            problems = (problem,)
    rows = []
    for problem in headline_first(problems):
        told = explain(problem, language())
        rows.append(
            {
                "class": problem.kind.name,
                "subject": problem.subject,
                "retry": problem.kind.retry.value,
                "code": problem.code,
                "title": told.title,
                "fix": " ".join(told.fix),
                "severity": problem.severity.value,
            }
        )
    return {"outcome": type(outcome).__name__.lower(), "problems": rows}
