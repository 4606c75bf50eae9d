"""How domain values are kept in JSON columns, and back."""

from __future__ import annotations

from collections.abc import Mapping

from ponte.db.cause_words import shared_params
from ponte.db.models import Cause
from ponte.domain.message import JSON
from ponte.domain.offer import Provenance
from ponte.domain.outcome import Listing
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage

MAX_MESSAGE = 64 * 1024


def problem_to_json(problem: Problem) -> dict[str, JSON]:
    """Return {class, stage, subject, code, message, severity, params, http_status}."""
    return {
        "class": problem.kind.name,
        "stage": problem.stage.value,
        "subject": problem.subject,
        "code": problem.code,
        "message": problem.message[:MAX_MESSAGE],
        "severity": problem.severity.value,
        "params": dict(problem.params),
        "http_status": problem.http_status,
    }


def is_throttling(kept: Mapping[str, JSON] | None) -> bool:
    """Say whether a lane's reason is a marketplace that answered, and asked for fewer requests."""
    return kept is not None and kept.get("class") == ProblemClass.THROTTLED.name


def problem_from_json(kept: Mapping[str, JSON]) -> Problem:
    """Read what `problem_to_json` made; a class that this version does not know becomes UNKNOWN."""
    name = kept.get("class", "")
    return Problem(
        kind=ProblemClass.__members__.get(name, ProblemClass.UNKNOWN),
        stage=Stage(kept.get("stage", Stage.MARKETPLACE)),
        subject=kept.get("subject", ""),
        code=kept.get("code", ""),
        message=kept.get("message", ""),
        severity=Severity(kept.get("severity", Severity.ERROR)),
        params=kept.get("params") or {},
        http_status=kept.get("http_status"),
    )


def cause_problem(cause: Cause) -> Problem:
    """Return the problem that a cause is told by; a class that this version does not know becomes UNKNOWN.

    A cause that was read `worded` is told with the names its records have, and with a rule's own words.
    """
    return Problem(
        kind=ProblemClass.__members__.get(cause.problem_class, ProblemClass.UNKNOWN),
        stage=Stage(cause.stage) if cause.stage in set(Stage) else Stage.MARKETPLACE,
        subject=cause.subject,
        code=cause.code,
        message=cause.message,
        severity=Severity.WARNING if cause.severity == Severity.WARNING else Severity.ERROR,
        params=shared_params(cause),
    )


def listing_to_json(listing: Listing | None) -> dict[str, JSON] | None:
    if listing is None:
        return None
    return {"id": listing.id, "url": listing.url, "state": listing.state, "memory": dict(listing.memory)}


def listing_from_json(kept: Mapping[str, JSON] | None) -> Listing | None:
    if not kept:
        return None
    return Listing(kept["id"], kept.get("url", ""), kept.get("state", ""), kept.get("memory") or {})


def provenance_to_json(provenance: Provenance) -> dict[str, JSON]:
    """Return {field, source, rule, found, sent, line}."""
    return {
        "field": provenance.field,
        "source": provenance.source,
        "rule": provenance.rule,
        "found": provenance.found,
        "sent": provenance.sent,
        "line": provenance.line,
    }
