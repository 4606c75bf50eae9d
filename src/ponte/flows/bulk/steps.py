"""What the workers do for actions on many: a few hundred records a step, in one transaction with the cursor.

A worker that dies between two steps leaves the cursor where the work is. Any number of workers may step at once.
"""

from __future__ import annotations

import logging
import time
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from ponte.db.clock import now_ms
from ponte.db.models import ActionState, BulkAction, Integration, Work
from ponte.db.selection import Ahead, scope_of
from ponte.db.sql import DOWN
from ponte.domain.lifecycle import Status
from ponte.flows.bulk.steer import TRIAL_FAILED
from ponte.flows.remove import remove, restore
from ponte.flows.reprocess import reprocess
from ponte.queue.stopped import has_work, take_back

log = logging.getLogger("ponte.worker")
AGAIN_MS: Final = 60_000
WITH_WORK: Final = Exists(Work.objects.filter(action_id=OuterRef("pk")))
STEP_SECONDS: Final = 0.25
CHUNK: Final = 1_000
AT_ONCE: Final = 100
_ahead = Ahead()


def step() -> bool:
    """Let actions that have not ended take one step each, in turns; True when another could follow at once.

    Breaks off after a moment: results of products wait for the same thread. One that fails waits for a minute, and
    stops no other.
    """
    due = BulkAction.objects.filter(~Q(state=ActionState.PAUSED) | Q(WITH_WORK), ended_at=None)
    waiting = due.filter(lease_until_ms__lte=now_ms()).select_related("store").order_by("id")[:AT_ONCE]
    until, more = time.monotonic() + STEP_SECONDS, False
    for action in _turns.from_the_next(list(waiting)):
        if time.monotonic() >= until:
            return True
        more = _stepped(action) or more
        _turns.last = action.pk
    _turns.last = 0
    return more


class _Turns:
    """Whose turn it was last in this process, when not all had theirs: the next call goes on behind it."""

    last = 0

    def from_the_next(self, waiting: list[BulkAction]) -> list[BulkAction]:
        return sorted(waiting, key=lambda action: (action.pk <= self.last, action.pk))


_turns = _Turns()


def _stepped(action: BulkAction) -> bool:
    try:
        with timezone.override(action.store.zone):  # its days are the store's
            return _step_one(action)
    except DOWN:
        raise
    except Exception:
        log.exception("action %s cannot go on; it is tried again in a minute", action.pk)
        BulkAction.objects.filter(pk=action.pk).update(lease_until_ms=now_ms() + AGAIN_MS)
        return False


def _step_one(seen: BulkAction) -> bool:
    if seen.state == ActionState.RUNNING and "undo" not in seen.selection:
        _ahead.fill(seen)
    with transaction.atomic():
        free = BulkAction.objects.select_for_update(
            skip_locked=connection.features.has_select_for_update_skip_locked, no_key=True
        )
        action = free.filter(pk=seen.pk, ended_at=None, lease_until_ms__lte=now_ms()).first()
        if action is None:
            return False
        match ActionState(action.state):
            case ActionState.RUNNING:
                return _go_on(action, CHUNK)
            case ActionState.TRYING:
                return _try(action)
            case _:
                return _take_back(action)


def _go_on(action: BulkAction, most: int) -> bool:
    size = min(most, action.per_second or most)
    batch = _ahead.next(action, size)
    done = _apply(action, batch.ids) if batch.ids else 0
    action.cursor = batch.cursor
    if batch.last or ("undo" in action.selection and not done):
        action.state, action.ended_at = ActionState.DONE, timezone.now()
    if action.per_second:
        action.lease_until_ms = now_ms() + 1000 * size // action.per_second
    action.save(
        update_fields=["done", "skipped", "queued", "already", "cursor", "state", "ended_at", "lease_until_ms"]
    )
    return action.ended_at is None and not action.per_second


def _apply(action: BulkAction, ids: list[int]) -> int:
    """Do the verb, count it in the action; returns to how many it applied."""
    scope, by = scope_of(action), {"actor_id": action.actor_id, "action_id": action.pk}
    match action.verb:
        case "reprocess":
            found = reprocess(ids, scope=scope, **by)
            action.queued += len(found.queued)
            action.already += len(found.already)
            done = len(found.queued) + len(found.already)
        case "remove":
            done = len(remove(ids, scope=scope, **by))
        case _:
            done = len(restore(ids, scope=scope, **by))
    action.done += done
    action.skipped += len(ids) - done
    return done


def _try(action: BulkAction) -> bool:
    """Queue the first few; when all have their result, go on with the rest or wait for a person."""
    missing = action.trial - action.queued - action.already
    if missing > 0:
        return _go_on(action, missing)
    if _unsettled(action):
        return False
    ended = dict(action.outcomes.values_list("outcome", "count"))
    action.state = ActionState.RUNNING
    if ended.get(Status.ERROR, 0) and not (ended.get(Status.SUCCESS, 0) or ended.get(Status.ALERT, 0)):
        action.state, action.reason = ActionState.PAUSED, TRIAL_FAILED
    action.save(update_fields=["state", "reason"])
    return action.state == ActionState.RUNNING


def _unsettled(action: BulkAction) -> bool:
    return Integration.objects.filter(action_id=action.pk, status=Status.PENDING).exists()


def _take_back(action: BulkAction) -> bool:
    """Take what a stopped action had queued out of the queue again."""
    met, back = take_back(action.pk, CHUNK, timezone.now())
    left = min(met - back, action.already)
    action.already -= left
    action.queued = max(0, action.queued - (met - left))
    action.done = max(0, action.done - met)
    if not met and action.state == ActionState.CANCELLED and not has_work(action.pk):
        action.ended_at = timezone.now()
    action.save(update_fields=["already", "queued", "done", "ended_at"])
    return met > 0
