"""When to try again, and when to stop."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ponte.domain.problem import Problem, ProblemClass, Retry

BASE_SECONDS = 5.0
MAX_BACKOFF_SECONDS = 30 * 60.0
MAX_ASKED_SECONDS = 60 * 60.0
DEAD_LETTER_SECONDS = 6 * 60 * 60.0
DEFERRED_SECONDS = {ProblemClass.LISTING_QUOTA: 24 * 60 * 60.0}
DEFERRED_DEFAULT_SECONDS = 15 * 60.0


def backoff(tries: int, luck: float, asked: float | None = None) -> float:
    """Return the wait before the next try, in seconds.

    `tries` have been made; `luck` in [0, 1) spreads the herd over half to one and a half of the step. A wait that
    the other side asked for is never undercut, and at most an hour is believed.
    """
    step = min(MAX_BACKOFF_SECONDS, BASE_SECONDS * 2.0 ** max(0, min(tries, 20) - 1))
    wait = step * (0.5 + luck)
    return max(wait, min(asked, MAX_ASKED_SECONDS) * (1 + luck * 0.1)) if asked else wait


def gives_up(problem: Problem, tries: int) -> bool:
    """True when the automatic tries of this class are used up (`tries` made so far, this one included)."""
    return problem.kind.retry is not Retry.AUTOMATIC or tries >= problem.kind.tries


def dead_letter_wait(problem: Problem, luck: float) -> float | None:
    """Return how long a given-up record waits before its slow tries go on; None when it waits for a change.

    Only what can heal by itself goes on: transport and throttling, not content.
    """
    if problem.kind.retry is Retry.AUTOMATIC and problem.kind.tries >= 10:
        return DEAD_LETTER_SECONDS * (0.5 + luck)
    if problem.kind.retry is Retry.DEFERRED and not problem.kind.about_account:
        return DEFERRED_SECONDS.get(problem.kind, DEFERRED_DEFAULT_SECONDS) * (0.75 + luck / 2)
    return None


def not_sooner(wait: float | None, asked: float | None) -> float | None:
    """Return a slow try's wait, but never less than the other side asked for; None stays None."""
    return wait if wait is None or asked is None else max(wait, min(asked, MAX_ASKED_SECONDS))


def retry_after(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header (RFC 9110 10.2.3): seconds to wait, or None when it says nothing usable.

    Digits must be ASCII; a date in the past, a negative number and garbage are no advice at all.
    """
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text)  # however many digits: at worst infinity, which is cut to an hour
    else:
        seconds = _seconds_until(text, now)
    return min(seconds, MAX_ASKED_SECONDS) if seconds > 0 else None


def _seconds_until(text: str, now: datetime) -> float:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - now).total_seconds()
