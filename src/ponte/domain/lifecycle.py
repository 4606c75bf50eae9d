"""The statuses of an integration, and what an outcome means for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ponte.domain.outcome import Accepted, Blocked, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, headline, headline_first
from ponte.domain.retry import backoff, dead_letter_wait, gives_up, not_sooner


class Status(StrEnum):
    """VTEX's own four log statuses (developer guide "external marketplace integration: logs", 2026-08-21)."""

    PENDING = "pending"
    SUCCESS = "success"
    ALERT = "alert"
    ERROR = "error"


class Phase(StrEnum):
    """What a record is doing. With a result it is idle; pending is shown as one of the other three."""

    IDLE = "idle"
    QUEUED = "queued"  # Na fila
    PROCESSING = "processing"  # Processando
    WAITING = "waiting"  # Aguardando o marketplace


class Task(StrEnum):
    """What a run does. A work row asks for the first two; `Hold.ENDING` on the record makes an END of either."""

    SEND = "send"
    FOLLOW = "follow"
    END = "end"


class Hold(StrEnum):
    """A person's wish about a listing that stands on the record, whatever VTEX tells meanwhile.

    Kept on the record and not on its work: no notification, retry or lost worker takes its place.
    """

    NONE = ""
    ENDING = "ending"  # Encerrando: the next runs end the listing
    ENDED = "ended"  # Encerrado: nothing is sent until a person wants it announced again
    UNLINKED = "unlinked"  # Desvinculado: likewise; the listing stands over there, and is nobody's

    @property
    def at_rest(self) -> bool:
        """True when the record is sent only by a person's wish."""
        return self in {Hold.ENDED, Hold.UNLINKED}


class Trigger(StrEnum):
    """Why a try was made; the screen names it."""

    PERSON = "person"
    NOTIFICATION = "notification"
    RETRY = "retry"
    FOLLOW = "follow"
    SYNC = "sync"
    RECONCILE = "reconcile"


class Priority:
    """Lower runs first: a person > live > an action on many > retry > initial load and sweep."""

    PERSON = 0
    LIVE = 10
    BULK = 15
    RETRY = 20
    SYNC = 30


class Action(StrEnum):
    """What a person may do with a record now."""

    REPROCESS = "reprocess"
    REMOVE = "remove"
    RESTORE = "restore"


class AttemptResult(StrEnum):
    """How a try ended, in one word, for lists and metrics."""

    OPEN = "open"
    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    POSTPONED = "postponed"
    PENDING = "pending"
    BLOCKED = "blocked"
    SUPERSEDED = "superseded"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What settling one try changes.

    `next_in` (seconds) keeps the work row, to do `next_task` then; None deletes it. `tries` is the new count of
    automatic tries. `block` stops the lane. `listing_changed` says that `listing` replaces what we knew.
    """

    status: Status
    phase: Phase
    result: AttemptResult
    problems: tuple[Problem, ...] = ()
    listing: Listing | None = None
    next_in: float | None = None
    next_task: Task = Task.SEND
    tries: int = 0
    block: Problem | None = None
    dead: bool = False


def actions(status: Status, *, removed: bool, hold: Hold = Hold.NONE) -> tuple[Action, ...]:
    """Return what may be done with a record: a success offers only its removal, unless it is at rest."""
    if removed:
        return (Action.RESTORE,)
    if status is Status.SUCCESS and not hold.at_rest:
        return (Action.REMOVE,)
    return (Action.REPROCESS, Action.REMOVE)


def settle(outcome: Outcome, *, tries: int, luck: float) -> Verdict:
    """Decide what one outcome means. `tries` were made before this one; `luck` in [0, 1) spreads the waits."""
    match outcome:
        case Accepted(listing, warnings, follow_in):
            status = Status.ALERT if warnings else Status.SUCCESS
            return Verdict(
                status,
                Phase.IDLE,
                AttemptResult.ACCEPTED,
                problems=headline_first(problem.as_warning() for problem in warnings),
                listing=listing,
                next_in=follow_in,
                next_task=Task.FOLLOW,
            )
        case Rejected():
            return _rejected(outcome, tries + 1, luck)
        case Postponed(problem, float(seconds), _, listing) if outcome.by_window:
            return Verdict(
                Status.PENDING,
                Phase.QUEUED,
                AttemptResult.POSTPONED,
                problems=(problem,),
                listing=listing,
                next_in=seconds,
                tries=tries,
            )
        case Postponed(problem, retry_in, _, listing):
            return _postponed(problem, retry_in, listing, tries + 1, luck)
        case Pending(listing, problem, check_in):
            return Verdict(
                Status.PENDING,
                Phase.WAITING,
                AttemptResult.PENDING,
                problems=(problem,),
                listing=listing,
                next_in=check_in,
                next_task=Task.FOLLOW,
                tries=tries,
            )
        case Blocked(problem):  # pragma: no branch -- the last of a closed union; mypy sees a forgotten one
            # Nobody's fault here: the row waits with the lane and its tries are not used up.
            return Verdict(
                Status.PENDING,
                Phase.QUEUED,
                AttemptResult.BLOCKED,
                problems=(problem,),
                next_in=0.0,
                tries=tries,
                block=problem,
            )


def _rejected(outcome: Rejected, tries: int, luck: float) -> Verdict:
    problems, listing = outcome.problems, outcome.listing
    first = headline(problems)
    if first and not gives_up(first, tries):
        return Verdict(
            Status.PENDING,
            Phase.QUEUED,
            AttemptResult.REJECTED,
            problems=headline_first(problems),
            listing=listing,
            next_in=backoff(tries, luck),
            tries=tries,
        )
    # A refusal without a reason is still a refusal.
    only_warnings = bool(problems) and not any(problem.blocking for problem in problems)
    status = Status.ALERT if only_warnings else Status.ERROR
    again = dead_letter_wait(first, luck) if first else None
    looks = again is None and outcome.follow_in is not None
    return Verdict(
        status,
        Phase.IDLE,
        AttemptResult.REJECTED,
        problems=headline_first(problems),
        listing=listing,
        next_in=outcome.follow_in if looks else again,
        next_task=Task.FOLLOW if looks else Task.SEND,
        tries=tries,
    )


def _postponed(problem: Problem, asked: float | None, listing: Listing | None, tries: int, luck: float) -> Verdict:
    if gives_up(problem, tries) and problem.kind is not ProblemClass.DEPENDENCY_PENDING:
        return Verdict(
            Status.ERROR,
            Phase.IDLE,
            AttemptResult.POSTPONED,
            problems=(problem,),
            listing=listing,
            next_in=not_sooner(dead_letter_wait(problem, luck), asked),
            tries=tries,
            dead=True,
        )
    return Verdict(
        Status.PENDING,
        Phase.QUEUED,
        AttemptResult.POSTPONED,
        problems=(problem,),
        listing=listing,
        next_in=backoff(tries, luck, asked),
        tries=tries,
    )
