"""Figures for tests: results by the hour, as the write side counts them."""

from __future__ import annotations

from datetime import datetime

from ponte.db.history import hour_of
from ponte.db.models import Cause, Channel, Tally
from ponte.domain.fingerprint import fingerprint
from ponte.domain.problem import Problem


def make_tally(channel: Channel, at: datetime, **counts: int) -> None:
    """Count results in the hour of a moment: `make_tally(channel, now, success=3, error=1)`."""
    for measure, count in counts.items():
        Tally.objects.create(channel=channel, kind="product", hour=hour_of(at), measure=measure, count=count)


def make_cause(channel: Channel, problem: Problem, count: int, at: datetime, **values: object) -> Cause:
    """Make an open cause that so many records have."""
    told = {
        "problem_class": problem.kind.name,
        "stage": problem.stage,
        "severity": problem.severity,
        "subject": problem.subject,
        "code": problem.code,
        "count": count,
        "first_at": at,
        "last_at": at,
        "state_at": at,
        **values,
    }
    mark = fingerprint(problem)
    made, _ = Cause.objects.update_or_create(channel=channel, fingerprint=mark, defaults=told)
    return made
