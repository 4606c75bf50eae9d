"""Remover log: off the screen, kept in the history, undoable."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from ponte.db.audit import note
from ponte.db.counts import Moves, bucket
from ponte.db.integrations import places_by_id, set_removed


def remove(ids: Sequence[int], *, store_id: int, actor_id: int | None) -> tuple[int, ...]:
    """Take records off the screen; returns those that are off now. Doing it twice changes nothing.

    One that is being worked on is worked on to its end; if it changes again later, it is shown again.
    """
    return _set(ids, removed=True, store_id=store_id, actor_id=actor_id)


def restore(ids: Sequence[int], *, store_id: int, actor_id: int | None) -> tuple[int, ...]:
    """Bring removed records back; returns those that are on the screen now."""
    return _set(ids, removed=False, store_id=store_id, actor_id=actor_id)


def _set(ids: Sequence[int], *, removed: bool, store_id: int, actor_id: int | None) -> tuple[int, ...]:
    now = timezone.now()
    with transaction.atomic():
        places = places_by_id(sorted(set(ids)), store_id=store_id)
        changing = [place for place in places.values() if place.removed is not removed]
        moves = Moves()
        for place in changing:
            shown = bucket(place.status, place.phase, removed=False)
            before, after = (shown, "removed") if removed else ("removed", shown)
            moves.move(place.channel_id, place.kind, before, after)
        if changing:
            set_removed([place.id for place in changing], now if removed else None, now)
            note(
                "remove" if removed else "restore",
                [place.id for place in changing],
                store_id=store_id,
                actor_id=actor_id,
            )
        moves.write()
    return tuple(sorted(places))
