"""Remover log: off the screen, kept in the history, undoable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from ponte.db.audit import note
from ponte.db.counts import Moves
from ponte.db.integrations import mark_action, places_by_id, set_removed
from ponte.db.scope import Scope


def remove(
    ids: Sequence[int], *, scope: Scope, actor_id: int | None, action_id: int | None = None
) -> tuple[int, ...]:
    """Take records off the screen; returns those that are off now. Doing it twice changes nothing.

    One that is being worked on is worked on to its end; if it changes again later, it is shown again. `action_id` is
    the action on many that this is a part of.
    """
    return _set(ids, timezone.now(), "remove", scope=scope, actor_id=actor_id, action_id=action_id)


def restore(
    ids: Sequence[int], *, scope: Scope, actor_id: int | None, action_id: int | None = None
) -> tuple[int, ...]:
    """Bring removed records back; returns those that are on the screen now."""
    return _set(ids, None, "restore", scope=scope, actor_id=actor_id, action_id=action_id)


def _set(
    ids: Sequence[int],
    removed_at: datetime | None,
    verb: str,
    *,
    scope: Scope,
    actor_id: int | None,
    action_id: int | None,
) -> tuple[int, ...]:
    now = timezone.now()
    with transaction.atomic():
        places = places_by_id(sorted(set(ids)), scope=scope)
        changing = [place for place in places.values() if place.removed is (removed_at is None)]
        if changing:
            moves = Moves()
            set_removed(changing, removed_at, now, moves)
            if action_id is not None:
                mark_action([place.id for place in changing], action_id)
            else:
                note(verb, [place.id for place in changing], store_id=scope.store_id, actor_id=actor_id)
            moves.write(now)
    return tuple(sorted(places))
