"""Actions on many (ações em massa): one row with a frozen selection and a cursor, done in steps by the workers.

A million records are never queued at once: each step takes the next few hundred, at the action's pace, in one
transaction with its cursor. A worker that dies between two steps leaves the cursor where the work is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from ponte.db.audit import note_one
from ponte.db.clock import now_ms
from ponte.db.models import ActionState, BulkAction
from ponte.db.selection import last_id, next_ids
from ponte.domain.message import JSON
from ponte.flows.remove import remove, restore
from ponte.flows.reprocess import reprocess

CHUNK = 1_000
VERBS = ("reprocess", "remove", "restore")


def start(
    *,
    store_id: int,
    actor_id: int | None,
    verb: str,
    selection: Mapping[str, JSON],
    per_second: int | None = None,
) -> BulkAction:
    """Freeze a selection ({"ids": [...]} or {"filter": {...}}) and begin to work through it.

    What comes into the filter later does not belong to it. `per_second` slows it down.
    """
    assert verb in VERBS
    with transaction.atomic():
        action = BulkAction.objects.create(
            store_id=store_id,
            actor_id=actor_id,
            verb=verb,
            selection=dict(selection),
            frozen_at=timezone.now(),
            last_id=last_id(store_id),
            per_second=per_second,
        )
        note_one(f"bulk {verb}", f"action:{action.pk}", store_id=store_id, actor_id=actor_id, detail=dict(selection))
    return action


def pause(action_id: int, *, store_id: int, actor_id: int | None) -> BulkAction | None:
    return _set(action_id, ActionState.RUNNING, ActionState.PAUSED, store_id=store_id, actor_id=actor_id)


def resume(action_id: int, *, store_id: int, actor_id: int | None) -> BulkAction | None:
    return _set(action_id, ActionState.PAUSED, ActionState.RUNNING, store_id=store_id, actor_id=actor_id)


def cancel(action_id: int, *, store_id: int, actor_id: int | None) -> BulkAction | None:
    """Stop for good; what was done stays done."""
    for before in (ActionState.RUNNING, ActionState.PAUSED):
        _set(action_id, before, ActionState.CANCELLED, store_id=store_id, actor_id=actor_id)
    return BulkAction.objects.filter(pk=action_id, store_id=store_id).first()


def undo(action_id: int, *, store_id: int, actor_id: int | None) -> BulkAction | None:
    """Bring back what a removal of many took off the screen; a reprocess cannot be undone (None)."""
    done = BulkAction.objects.filter(pk=action_id, store_id=store_id, verb="remove").first()
    if done is None:
        return None
    cancel(action_id, store_id=store_id, actor_id=actor_id)
    selection = {**done.selection, "removed_since": done.frozen_at.isoformat()}
    return start(store_id=store_id, actor_id=actor_id, verb="restore", selection=selection)


def _set(
    action_id: int, before: ActionState, after: ActionState, *, store_id: int, actor_id: int | None
) -> BulkAction | None:
    with transaction.atomic():
        ended: datetime | None = timezone.now() if after is ActionState.CANCELLED else None
        changed = BulkAction.objects.filter(pk=action_id, store_id=store_id, state=before).update(
            state=after, ended_at=ended
        )
        if changed:
            note_one(f"bulk {after}", f"action:{action_id}", store_id=store_id, actor_id=actor_id)
    return BulkAction.objects.filter(pk=action_id, store_id=store_id).first()


def step() -> None:
    """Let each running action take one step; safe from any number of workers."""
    for action_id in list(BulkAction.objects.filter(state=ActionState.RUNNING).values_list("pk", flat=True)[:20]):
        with transaction.atomic():
            free = BulkAction.objects.select_for_update(
                skip_locked=connection.features.has_select_for_update_skip_locked
            )
            action = free.filter(pk=action_id, state=ActionState.RUNNING, lease_until_ms__lte=now_ms()).first()
            if action is not None:
                _step(action)


def _step(action: BulkAction) -> None:
    size = min(CHUNK, action.per_second or CHUNK)
    ids = next_ids(action, size)
    if ids:
        done = _apply(action, ids)
        action.done += done
        action.skipped += len(ids) - done
        action.cursor = ids[-1]
    if len(ids) < size:
        action.state = ActionState.DONE
        action.ended_at = timezone.now()
    if action.per_second:
        action.lease_until_ms = now_ms() + 1000 * size // action.per_second
    action.save(update_fields=["done", "skipped", "cursor", "state", "ended_at", "lease_until_ms"])


def _apply(action: BulkAction, ids: list[int]) -> int:
    """Do the verb; returns how many it applied to."""
    match action.verb:
        case "reprocess":
            found = reprocess(ids, store_id=action.store_id, actor_id=action.actor_id)
            return len(found.queued) + len(found.already)
        case "remove":
            return len(remove(ids, store_id=action.store_id, actor_id=action.actor_id))
        case _:
            return len(restore(ids, store_id=action.store_id, actor_id=action.actor_id))
