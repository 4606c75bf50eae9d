"""What people decide about a cause: at it, ignored for a while, resolved elsewhere, open again; and what they note.

The rest happens by itself in the settlement (`ponte.db.counts`): a cause that no record has is resolved, one that is
met again after that is open again, and so is an ignored one beyond its time or number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from ponte.db.audit import note_one
from ponte.db.cause_inside import target_of
from ponte.db.models import Cause, CauseState, Note, Role
from ponte.db.scope import Scope
from ponte.domain.message import JSON
from ponte.flows.notes import MAX_TEXT, NoteFlaw, tidy


@dataclass(frozen=True, slots=True)
class Until:
    """How long a cause is ignored: to a moment, and to so many records; neither means for ever."""

    moment: datetime | None = None
    records: int | None = None


FOR_EVER = Until()


@dataclass(frozen=True, slots=True)
class Decided:
    """`changed` are in the state now; `same` were in it; `refused` may not be put there by this person, or not so.

    Causes out of sight are in none of the three.
    """

    changed: tuple[int, ...] = ()
    same: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()


def decide(
    numbers: Sequence[int],
    state: CauseState,
    *,
    scope: Scope,
    role: Role,
    actor_id: int | None,
    until: Until = FOR_EVER,
) -> Decided:
    """Put causes into a state, each on record.

    An operator takes open ones up and gives them back; the rest is a manager's. What would not stand is refused: to
    ignore up to a number that is passed already, to open what no record has.
    """
    now = timezone.now()
    changed, same, refused = [], [], []
    with transaction.atomic():
        for cause in _locked(numbers, scope):
            before = state_of(cause, now)
            if not may(role, before, state) or not _stands(cause, state, until, now):
                refused.append(cause.pk)
            elif before is state and state is not CauseState.IGNORED:
                same.append(cause.pk)
            else:
                detail = _put(cause, state, until, now, actor_id=actor_id)
                target = target_of(cause.pk)
                note_one(f"cause {state}", target, store_id=scope.store_id, actor_id=actor_id, detail=detail)
                changed.append(cause.pk)
    return Decided(tuple(changed), tuple(same), tuple(refused))


def may(role: Role, before: CauseState, after: CauseState) -> bool:
    """Say whether somebody of this role may move a cause so."""
    if role.includes(Role.MANAGER):
        return True
    theirs = {CauseState.OPEN, CauseState.ACKNOWLEDGED}
    return role.includes(Role.OPERATOR) and {before, after} <= theirs


def state_of(cause: Cause, now: datetime) -> CauseState:
    """Return the state as it counts now: the time of an ignored one may be over though nobody met it since."""
    if cause.state != CauseState.IGNORED or cause.ignored_until is None or cause.ignored_until > now:
        return CauseState(cause.state)
    return CauseState.OPEN if cause.count > 0 else CauseState.RESOLVED


def add_note(number: int, text: str, *, scope: Scope, actor_id: int) -> Note | NoteFlaw:
    """Keep what somebody wrote about a cause."""
    kept = tidy(text)
    if not kept:
        return NoteFlaw.EMPTY
    if len(kept) > MAX_TEXT:
        return NoteFlaw.TOO_LONG
    with transaction.atomic():
        if not Cause.objects.filter(pk=number, channel__in=scope.channels()).exists():
            return NoteFlaw.NOWHERE
        note = Note.objects.create(
            store_id=scope.store_id, cause_id=number, author_id=actor_id, text=kept, at=timezone.now()
        )
        note_one(
            "cause note", target_of(number), store_id=scope.store_id, actor_id=actor_id, detail={"note": note.pk}
        )
    return note


def _locked(numbers: Sequence[int], scope: Scope) -> Sequence[Cause]:
    """Lock in the order in which the settlement does, so that neither waits for the other."""
    seen = Cause.objects.select_for_update(of=("self",)).filter(pk__in=numbers, channel__in=scope.channels())
    return list(seen.order_by("channel_id", "fingerprint"))


def _stands(cause: Cause, state: CauseState, until: Until, now: datetime) -> bool:
    if state is CauseState.IGNORED:
        too_many = until.records is not None and cause.count > until.records
        return not too_many and (until.moment is None or until.moment > now)
    return state is CauseState.RESOLVED or cause.count > 0


def _put(cause: Cause, state: CauseState, until: Until, now: datetime, *, actor_id: int | None) -> dict[str, JSON]:
    """Write a state; returns what the audit keeps of it."""
    ignored = until if state is CauseState.IGNORED else FOR_EVER
    Cause.objects.filter(pk=cause.pk).update(
        state=state,
        state_at=now,
        state_by_id=actor_id,
        ignored_until=ignored.moment,
        ignored_above=ignored.records,
    )
    return {
        "from": cause.state,
        "records": cause.count,
        "until": ignored.moment.isoformat() if ignored.moment else None,
        "above": ignored.records,
    }
