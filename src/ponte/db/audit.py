"""Who did what, when: one row per action and record, written in the transaction of the action."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from ponte.db.models import Audit
from ponte.domain.message import JSON


def note(
    verb: str, integration_ids: Sequence[int], *, store_id: int, actor_id: int | None, detail: JSON = None
) -> None:
    """Write down an action on records."""
    now = timezone.now()
    Audit.objects.bulk_create(
        Audit(
            store_id=store_id,
            actor_id=actor_id,
            verb=verb,
            target=f"integration:{integration_id}",
            detail=detail or {},
            at=now,
        )
        for integration_id in integration_ids
    )


def note_one(verb: str, target: str, *, store_id: int | None, actor_id: int | None, detail: JSON = None) -> Audit:
    """Write down an action on something else (a channel, a mapping, a user)."""
    return Audit.objects.create(
        store_id=store_id, actor_id=actor_id, verb=verb, target=target, detail=detail or {}, at=timezone.now()
    )
