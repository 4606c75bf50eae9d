"""Reading a trace: what became of something that was taken with 202."""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors import shape
from ponte.connectors.magalu import names
from ponte.connectors.magalu.errors import Told, told
from ponte.domain.message import JSON
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage

# The statuses that a trace's line repeats (developers' page "traces").
BY_STATUS = {
    "401": ProblemClass.AUTH_EXPIRED,
    "403": ProblemClass.AUTH_FORBIDDEN,
    **dict.fromkeys(("500", "502", "503", "504"), ProblemClass.MARKETPLACE_OUTAGE),
}
MAX_LINES = 100


def is_settled(body: JSON) -> bool:
    """True when a trace says anything at all; one without lines is still being worked on."""
    return bool(_lines(body))


def trace_problems(body: JSON) -> tuple[Problem, ...]:
    """Return what went wrong, and the warnings; () for a trace that is clean or still empty."""
    return tuple(problem for row in _lines(body) for problem in _problems(row))


def _lines(body: JSON) -> list[dict[str, JSON]]:
    return shape.tables(shape.table(body).get(names.RESULTS))[:MAX_LINES]


def _problems(row: dict[str, JSON]) -> list[Problem]:
    severity = shape.text(row.get(names.SEVERITY)).upper()
    status = shape.word(row.get(names.CODE))
    failed = severity in names.BAD_SEVERITIES or (not severity and status[:1] in {"4", "5"})
    if not failed and severity != "WARNING":
        return []
    kind = BY_STATUS.get(status)
    return [_one(one, kind, status, failed=failed) for one in told([_without_severity(row)])]


def _without_severity(row: dict[str, JSON]) -> dict[str, JSON]:
    """Only what tells of the reason; a status in `code` says nothing of its own there."""
    return {name: row[name] for name in (names.MESSAGE, names.FIELD, "msg") if name in row} or {names.MESSAGE: "?"}


def _one(one: Told, kind: ProblemClass | None, status: str, *, failed: bool) -> Problem:
    problem = one.problem(Stage.MARKETPLACE)
    severity = Severity.ERROR if failed else Severity.WARNING
    http_status = int(status) if status.isascii() and status.isdigit() and len(status) == 3 else None
    return replace(problem, kind=kind or problem.kind, severity=severity, http_status=http_status)
