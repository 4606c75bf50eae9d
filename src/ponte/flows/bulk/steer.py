"""Steer an action on many: pause, resume, cancel, change its pace, undo a removal. Each is one small write.

What was queued and not begun is passed over from that moment on (`ponte.queue.work.due`); the workers take it out of
the queue in their next steps.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from ponte.db.audit import note_one
from ponte.db.models import ActionState, BulkAction
from ponte.db.selection import freeze, scope_of
from ponte.queue.stopped import has_work

TRIAL_FAILED: Final = "trial_failed"
WHILE_TRYING: Final = "while_trying"
MOVING: Final = frozenset({ActionState.RUNNING, ActionState.TRYING})


def moves(action: BulkAction, *, waits: bool, undone: bool) -> frozenset[str]:
    """Return what a person may do with an action now: "pause", "resume", "cancel", "pace", "undo".

    `waits`: something that it queued has no result yet; `undone`: an undoing of it began.
    """
    running = action.state in MOVING or (action.state == ActionState.DONE and waits and action.verb == "reprocess")
    paced = action.verb == "reprocess" and action.state in {*MOVING, ActionState.PAUSED}
    found = {"pause", "cancel"} if running else set()
    found |= {"resume", "cancel"} if action.state == ActionState.PAUSED else set()
    found |= {"pace"} if paced else set()
    found |= {"undo"} if action.verb == "remove" and action.done and not undone else set()
    return frozenset(found)


def pause(action_id: int, *, store_id: int, actor_id: int | None) -> BulkAction | None:
    """Hold an action; what it queued and nobody has begun goes back to where it was."""
    with transaction.atomic():
        action = _locked(action_id, store_id)
        if action is not None and (action.state in MOVING or _waits(action)):
            reason = WHILE_TRYING if action.state == ActionState.TRYING else ""
            _to(action, ActionState.PAUSED, actor_id, reason=reason, ended_at=None)
    return _shown(action_id, store_id)


def resume(action_id: int, *, store_id: int, actor_id: int | None) -> BulkAction | None:
    """Go on; after a trial that failed, with all the rest. The way begins anew, past what has its result."""
    with transaction.atomic():
        action = _locked(action_id, store_id)
        if action is not None and action.state == ActionState.PAUSED:
            state = ActionState.TRYING if action.reason == WHILE_TRYING else ActionState.RUNNING
            _to(action, state, actor_id, reason="", cursor=0)
    return _shown(action_id, store_id)


def cancel(action_id: int, *, store_id: int, actor_id: int | None) -> BulkAction | None:
    """Stop for good; what has its result, or is being worked on, stays."""
    with transaction.atomic():
        action = _locked(action_id, store_id)
        if action is not None and (action.state in {*MOVING, ActionState.PAUSED} or _waits(action)):
            ended_at = None if action.verb == "reprocess" else timezone.now()
            _to(action, ActionState.CANCELLED, actor_id, reason="", ended_at=ended_at)
    return _shown(action_id, store_id)


def set_pace(action_id: int, per_second: int | None, *, store_id: int, actor_id: int | None) -> BulkAction | None:
    """Let it queue so many a second, None: as fast as it can."""
    with transaction.atomic():
        action = _locked(action_id, store_id)
        if action is not None and action.state in {*MOVING, ActionState.PAUSED}:
            BulkAction.objects.filter(pk=action_id).update(per_second=per_second, lease_until_ms=0)
            _note("bulk pace", action, actor_id, per_second=per_second)
    return _shown(action_id, store_id)


def undo(action_id: int, *, store_id: int, actor_id: int | None) -> BulkAction | None:
    """Bring back exactly what a removal of many took off the screen; None for what cannot be undone.

    Undone twice, it is the same undoing.
    """
    with transaction.atomic():
        done = _locked(action_id, store_id)
        if done is None or done.verb != "remove":
            return None
        known = done.undone_by.exclude(state=ActionState.CANCELLED).first()
        if known is not None:
            return known
        cancel(action_id, store_id=store_id, actor_id=actor_id)
        frozen, scope = freeze(), scope_of(done)
        seen = {} if scope.channel_ids is None else {"channels": [*scope.channel_ids]}
        undoing = BulkAction.objects.create(
            store_id=store_id,
            actor_id=actor_id,
            verb="restore",
            selection={"undo": done.pk} | seen,
            frozen_at=frozen.at,
            last_id=frozen.last_id,
            planned=done.done,
            undo_of=done,
        )
        _note("bulk restore", undoing, actor_id, undo=done.pk)
    return undoing


def _locked(action_id: int, store_id: int) -> BulkAction | None:
    return BulkAction.objects.select_for_update(no_key=True).filter(pk=action_id, store_id=store_id).first()


def _shown(action_id: int, store_id: int) -> BulkAction | None:
    return BulkAction.objects.filter(pk=action_id, store_id=store_id).select_related("actor").first()


def _waits(action: BulkAction) -> bool:
    """Say whether all is queued and something of it waits for its result."""
    return action.state == ActionState.DONE and action.verb == "reprocess" and has_work(action.pk)


def _to(action: BulkAction, state: ActionState, actor_id: int | None, **values: Any) -> None:
    BulkAction.objects.filter(pk=action.pk).update(state=state, lease_until_ms=0, **values)
    _note(f"bulk {state}", action, actor_id)


def _note(verb: str, action: BulkAction, actor_id: int | None, **detail: Any) -> None:
    note_one(verb, f"action:{action.pk}", store_id=action.store_id, actor_id=actor_id, detail=detail)
