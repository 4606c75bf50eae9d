"""Reprocessar: put records back into the queue of actions, by a person's wish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from ponte.db import links
from ponte.db.audit import note
from ponte.db.clock import now_ms
from ponte.db.counts import Moves
from ponte.db.integrations import Place, lanes_of, places_by_id, to_queued
from ponte.db.scope import Scope
from ponte.domain.lifecycle import Action, Hold, Phase, Priority, Status, Trigger, actions
from ponte.flows.listings.linking import LONG_AGO_SECONDS
from ponte.queue.wake import wake
from ponte.queue.work import Wanted, enqueue

LONG_AGO = timedelta(seconds=LONG_AGO_SECONDS)


@dataclass(frozen=True, slots=True)
class Reprocessed:
    """`queued` entered the queue now; `already` were in it (their place is moved forward); `refused` may not.

    Ids out of sight, or of nothing, are in none of the three.
    """

    queued: tuple[int, ...] = ()
    already: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()


def reprocess(ids: Sequence[int], *, scope: Scope, actor_id: int | None, action_id: int | None = None) -> Reprocessed:
    """Queue these records with a person's priority. A success has nothing to reprocess and is refused.

    `action_id` is the action on many that this is a part of: what becomes of the records is counted for it, and live
    changes go first. Its audit is the action's own line; which records it touched is in `Integration.action_id`.
    """
    now = timezone.now()
    with transaction.atomic():
        places = places_by_id(sorted(set(ids)), scope=scope)
        allowed = [place for place in places.values() if _may_reprocess(place, alone=action_id is None)]
        links.hold({place.id: Hold.NONE for place in allowed if Hold(place.hold).at_rest})
        # What was ended may be announced again with its history; what was unlinked is not looked for.
        links.look_first([place.id for place in allowed if place.hold == Hold.ENDED], now - LONG_AGO)
        already = {place.id for place in allowed if place.status == Status.PENDING and place.phase != Phase.WAITING}
        lanes = lanes_of([*{place.channel_id for place in allowed}])
        moves = Moves()
        to_queued(allowed, now, moves, action_id=action_id)
        wanted = [Wanted(place.id, lanes[place.channel_id, place.kind][0]) for place in allowed]
        enqueue(
            wanted,
            trigger=Trigger.PERSON,
            priority=Priority.PERSON if action_id is None else Priority.BULK,
            now=now_ms(),
            actor_id=actor_id,
            action_id=action_id,
        )
        moves.write(now)
        if action_id is None:
            note("reprocess", [place.id for place in allowed], store_id=scope.store_id, actor_id=actor_id)
        wake({item.lane_id for item in wanted})
    return Reprocessed(
        queued=tuple(place.id for place in allowed if place.id not in already),
        already=tuple(sorted(already)),
        refused=tuple(sorted(places.keys() - {place.id for place in allowed})),
    )


def _may_reprocess(place: Place, *, alone: bool) -> bool:
    """Say so; a record at rest (its listing was ended or unlinked) is announced again one by one only."""
    hold = Hold(place.hold)
    may = Action.REPROCESS in actions(Status(place.status), removed=place.removed, hold=hold)
    return may and (alone or not hold.at_rest)
