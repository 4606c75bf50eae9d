"""What transport trouble means, the same for every connector: no answer, and how long to wait."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime

from ponte.domain.message import Answer, Failure, NoAnswer, Request, Response, Unreadable
from ponte.domain.outcome import WINDOW, Postponed
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.retry import retry_after

# Digits need no clock; a date does, and is read by the caller, who has one.
_NO_CLOCK = datetime(1970, 1, 1, tzinfo=UTC)


def asked_wait(response: Response) -> float | None:
    """Return the seconds of a Retry-After header given as digits, at most an hour; None for all else."""
    value = response.headers.get("retry-after", "").strip()
    return retry_after(value, _NO_CLOCK) if value.isascii() and value.isdigit() else None


def is_garbled(response: Response) -> bool:
    """True for what no API says: a page of a proxy or a login, JSON that was cut short, bytes that are no text."""
    start = response.body[:200].lstrip()
    if not isinstance(response.json(), Unreadable) or not start:
        return False
    return start[:1] in b"<{[" or not _is_text(response.body)


def _is_text(body: bytes) -> bool:
    try:
        return "\0" not in body.decode("utf-8")
    except UnicodeDecodeError:
        return False


def ask(request: Request) -> Generator[Request, Answer, Response | Postponed]:
    """Yield one request; return its answer, or what it means that there is none."""
    answer = yield request
    return answer if isinstance(answer, Response) else unanswered(request, answer)


def unanswered(request: Request, answer: NoAnswer, stage: Stage = Stage.SEND) -> Postponed:
    """Say what a missing answer means. After a changing request that was sent, the outcome is unknown.

    The code of the problem is the failure ("tls", "redirect", "forbidden_address" ...), for the text on the screen.
    """
    if answer.failure is Failure.WINDOW:
        return Postponed(Problem(ProblemClass.THROTTLED, stage, request.endpoint, WINDOW), _seconds(answer.detail))
    unknown = request.changes and answer.sent
    problem = Problem(_kind(answer.failure), stage, request.endpoint, answer.failure.value, answer.detail)
    return Postponed(problem, unknown=unknown)


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() else None


def _kind(failure: Failure) -> ProblemClass:
    match failure:
        case Failure.FENCED:
            return ProblemClass.SUPERSEDED
        case Failure.TOO_LARGE:
            return ProblemClass.RESPONSE_UNREADABLE
        case _:
            return ProblemClass.NETWORK
