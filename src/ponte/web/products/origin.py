"""Where on the way a record stopped, why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from django.utils.functional import Promise

from ponte.db.filters import Bucket
from ponte.db.models import Integration
from ponte.domain.code_rules import HEARD
from ponte.domain.problem import Problem, Stage
from ponte.explain import Explanation
from ponte.web.explained import problems_of, told
from ponte.web.labels import STAGES, bucket_of

CUT = 400
CUT_WHOLE = 20_000


class Passed(StrEnum):
    """How a stage stands."""

    DONE = "done"
    FAILED = "fail"
    WARNED = "warn"
    AHEAD = "todo"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five stages."""

    name: str | Promise
    passed: Passed


@dataclass(frozen=True, slots=True)
class Reason:
    """One problem in words, with the other side's own; `cut` tells that `message` is only its beginning."""

    told: Explanation
    blocking: bool
    code: str
    subject: str
    http_status: int | None
    message: str
    cut: bool
    stage: str | Promise


@dataclass(frozen=True, slots=True)
class Origin:
    """What the open row and the record's page say; `first` is the one to solve first."""

    steps: tuple[Step, ...]
    first: Reason | None
    others: tuple[Reason, ...]
    failed: bool
    same_cause: str = ""


def origin_of(found: Integration, *, whole: bool = False) -> Origin:
    """Return the origin of a record's state; `whole` keeps long messages whole (to `CUT_WHOLE`)."""
    problems = problems_of(found.problems)
    bucket = bucket_of(found.status, found.phase)
    limit = CUT_WHOLE if whole else CUT
    reasons = [reason_of(problem, found, limit) for problem in problems]
    return Origin(
        steps=_steps(bucket, problems, listed=bool(found.listing_id)),
        first=reasons[0] if reasons else None,
        others=tuple(reasons[1:]),
        failed=bucket is Bucket.ERROR,
        same_cause=_same_cause(found),
    )


def _same_cause(found: Integration) -> str:
    """Return the query of the list of records with the same first problem, "" when there is none."""
    if not (found.problems and found.fingerprint):
        return ""
    return urlencode({"channel": found.channel.code, "cause": found.fingerprint})


def reason_of(problem: Problem, found: Integration, limit: int = CUT) -> Reason:
    """Put one problem of a record into words."""
    return Reason(
        told=told(problem, found),
        blocking=problem.blocking,
        code=problem.code,
        subject=problem.subject,
        http_status=problem.http_status,
        message=problem.message[:limit],
        cut=len(problem.message) > limit,
        stage=STAGES[problem.stage],
    )


def _steps(bucket: Bucket, problems: Sequence[Problem], *, listed: bool) -> tuple[Step, ...]:
    """Return the stages; a warning of ours about a product that is not listed stopped it before it was sent."""
    stages = list(Stage)
    if bucket is Bucket.SUCCESS:
        return tuple(Step(STAGES[stage], Passed.DONE) for stage in stages)
    if bucket is Bucket.WAITING:
        return _until(Stage.MARKETPLACE, Passed.NOW, Passed.AHEAD)
    if not problems:
        return tuple(Step(STAGES[stage], Passed.AHEAD) for stage in stages)
    if bucket is Bucket.ALERT:
        sent = listed or problems[0].stage in HEARD
        return _until(problems[0].stage, Passed.WARNED, Passed.DONE if sent else Passed.AHEAD)
    return _until(problems[0].stage, Passed.FAILED, Passed.AHEAD)


def _until(stop: Stage, there: Passed, beyond: Passed) -> tuple[Step, ...]:
    stages = list(Stage)
    place = stages.index(stop)
    return tuple(
        Step(STAGES[stage], Passed.DONE if at < place else there if at == place else beyond)
        for at, stage in enumerate(stages)
    )
