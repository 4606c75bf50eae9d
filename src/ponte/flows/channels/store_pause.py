"""Pause and resume every channel of a store at once: a person's stop for an incident, with the reason.

Notifications are still written down and wait in the queue. A channel that was paused by itself, or is disconnected,
stays so when everything is resumed.
"""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ponte.db.audit import note_one
from ponte.db.models import Channel, Lane, LaneState
from ponte.db.scope import Scope
from ponte.flows.channels.steer import MAX_REASON
from ponte.flows.facts.learning import forget_facts
from ponte.queue.wake import wake

EVERYTHING: Final = "everything"
"""Marks the reason of lanes that were paused together."""


def pause_all(scope: Scope, *, actor_id: int | None, reason: str = "") -> int:
    """Stop sending in every channel in sight that runs; returns in how many lanes."""
    told = reason.strip()[:MAX_REASON]
    with transaction.atomic():
        kept = {"note": told, "actor_id": actor_id, EVERYTHING: True}
        stopped = _lanes(scope).filter(state=LaneState.OPEN)
        count = stopped.update(state=LaneState.PAUSED, state_at=timezone.now(), reason=kept)
        if count:
            detail = {"reason": told, "lanes": count}
            note_one(
                "store paused", f"store:{scope.store_id}", store_id=scope.store_id, actor_id=actor_id, detail=detail
            )
    return count


def resume_all(scope: Scope, *, actor_id: int | None) -> int:
    """Go on in the lanes that were paused together; returns in how many."""
    with transaction.atomic():
        lanes = list(paused_together(scope).values_list("pk", "channel_id"))
        ids = [lane for lane, _ in lanes]
        values = {"state_at": timezone.now(), "reason": None, "breaker_until_ms": 0, "breaker_trips": 0}
        Lane.objects.filter(pk__in=ids).update(state=LaneState.OPEN, **values)
        for channel_id in {channel for _, channel in lanes}:
            forget_facts(channel_id)
        if ids:
            wake(ids)
            detail = {"lanes": len(ids)}
            note_one(
                "store resumed", f"store:{scope.store_id}", store_id=scope.store_id, actor_id=actor_id, detail=detail
            )
    return len(ids)


def paused_together(scope: Scope) -> QuerySet[Lane]:
    """Return the lanes that one order paused."""
    return _lanes(scope).filter(state=LaneState.PAUSED, **{f"reason__{EVERYTHING}": True})


def _lanes(scope: Scope) -> QuerySet[Lane]:
    channels: QuerySet[Channel] = scope.channels()
    return Lane.objects.filter(channel__in=channels.values("pk"))
