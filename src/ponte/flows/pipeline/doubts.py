"""What a result leaves in doubt: whether what stands over there is what was sent last, and stands there once."""

from __future__ import annotations

from ponte.domain.doubt import doubt_until, doubted_until
from ponte.domain.lifecycle import Task, Trigger
from ponte.domain.outcome import Accepted, Blocked, Listing, Outcome, Pending, Postponed, Rejected
from ponte.flows.pipeline.job import Result


def lasting_doubt(result: Result, now_ms: int) -> int | None:
    """Return until when an older write may arrive, None when none can."""
    until = doubted_until(result.job.offer_digest)
    return until if until is not None and until > now_ms else None


def listing_in(outcome: Outcome) -> Listing | None:
    match outcome:
        case Accepted() | Rejected() | Pending() | Postponed():
            return outcome.listing
        case _:
            return None


def digest_after(result: Result, now_ms: int) -> str | None:
    """Return what becomes of the digest: the accepted offer's, "" or a doubt to force a send, None to leave it.

    The listing may not be as last accepted when part of an update was applied, or its answer is unknown.
    """
    accepted = isinstance(result.outcome, Accepted | Pending) and not result.withdrawn
    if doubted_until(result.job.offer_digest) is not None and (not accepted or lasting_doubt(result, now_ms)):
        return None
    if accepted:
        return result.offer.digest if result.offer else None
    if is_unheard(result):
        return doubt_until(now_ms)
    forced = result.withdrawn or result.record.changed or _is_put_off(result, Trigger.PERSON)
    return "" if forced else None


def is_unheard(result: Result) -> bool:
    """True when it is not known whether a change was applied."""
    return isinstance(result.outcome, Postponed) and result.outcome.unknown


def _is_put_off(result: Result, trigger: Trigger) -> bool:
    """True when a try that was made for this reason came to no answer, and others will follow by themselves."""
    return result.job.claimed.trigger is trigger and isinstance(result.outcome, Postponed | Blocked)


def wishes_on(result: Result) -> bool:
    """True when a listing is to be forgotten: a person wants it made anew, and this try came to nothing.

    The tries that follow are nobody's wish; without a listing they look for it, and create.
    """
    put_off = result.job.recreates and _is_put_off(result, Trigger.PERSON)
    return put_off and listing_in(result.outcome) is None


def creates(result: Result) -> bool:
    return result.job.link.listing is None or result.job.recreates


def creating_after(result: Result, now_ms: int) -> str:
    """Say what becomes of `creating_since`: "keep", "renew" or "clear"."""
    creating = "keep" if wishes_on(result) or lasting_doubt(result, now_ms) else _creating(result)
    # A try that knows its listing makes no other: the doubt it keeps is an older one.
    fresh = creating == "keep" and result.record.changed and creates(result)
    return "renew" if fresh and not isinstance(result.outcome, Accepted | Pending) else creating


def _creating(result: Result) -> str:
    """Say what becomes of `creating_since`: "keep" it while a create may stand without our knowing, else "clear"."""
    doubtful = result.job.link.uncertain_seconds is not None
    if result.job.task is Task.FOLLOW:
        return "keep"
    match result.outcome:
        case Postponed(_, _, unknown):
            return "keep" if unknown or doubtful else "clear"
        case Blocked():
            return "keep" if doubtful or result.record.changed else "clear"
        case _:
            return "keep" if doubtful and not result.sent else "clear"
