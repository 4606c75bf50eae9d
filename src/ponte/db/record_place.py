"""Where one record stands among the others: its place in the queue, how many share its cause, its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ponte.db import queries
from ponte.db.clock import moment, now_ms
from ponte.db.cursor import BadCursor
from ponte.db.filters import Filters
from ponte.db.models import Cause, Integration, User, Work
from ponte.db.ordering import Order, Sort, order_of
from ponte.db.scope import Scope
from ponte.db.sql import fetch
from ponte.domain.lifecycle import Priority

MAX_AHEAD: Final = 1_000
PRIORITIES: Final = tuple(sorted(value for name, value in vars(Priority).items() if name.isupper()))


@dataclass(frozen=True, slots=True)
class Turn:
    """A record's work. `ahead` counts to `MAX_AHEAD` + 1; None while it runs or is not due yet."""

    trigger: str
    actor: User | None
    running: bool
    due_at: datetime
    due: bool
    ahead: int | None


def turn(integration_id: int) -> Turn | None:
    """Return what the queue says of a record, None when it has nothing to do there."""
    work = Work.objects.filter(pk=integration_id).first()
    if work is None:
        return None
    now = now_ms()
    running, due = work.lease_epoch > 0, work.due_at_ms <= now
    return Turn(
        trigger=work.trigger,
        actor=User.objects.filter(pk=work.actor_id).first() if work.actor_id else None,
        running=running,
        due_at=moment(work.due_at_ms),
        due=due,
        ahead=_ahead(work, now) if due and not running else None,
    )


def _ahead(work: Work, now: int) -> int:
    """Count the due work that runs first. Each priority is looked up by itself: every part is a walk in an index."""
    parts, params = [], []
    for priority in PRIORITIES:
        if priority <= work.priority:
            parts.append(_PART)
            params += [work.lane_id, priority, work.due_at_ms if priority == work.priority else now, MAX_AHEAD + 1]
    counted = " UNION ALL ".join(parts)
    rows = fetch(
        f"SELECT count(*) FROM (SELECT 1 FROM ({counted}) AS ahead LIMIT %s) AS counted", [*params, MAX_AHEAD + 1]
    )
    return int(rows[0][0])


_PART = """SELECT * FROM (SELECT 1 FROM db_work WHERE lane_id = %s AND lease_epoch = 0 AND deaths = 0
    AND priority = %s AND due_at_ms < %s LIMIT %s) AS part"""


def cause_of(found: Integration) -> Cause | None:
    """Return the cause a record is counted under."""
    if not found.fingerprint:
        return None
    return Cause.objects.filter(channel_id=found.channel_id, fingerprint=found.fingerprint).first()


@dataclass(frozen=True, slots=True)
class Spot:
    """A record and its place in a list, sealed: so the way on stays the same when the record itself moves."""

    id: int
    place: str


@dataclass(frozen=True, slots=True)
class Beside:
    """The records before and after one in a list; None at its ends. `here` is the record's own place."""

    here: Spot
    previous: Spot | None = None
    next: Spot | None = None


def beside(scope: Scope, filters: Filters, sort: Sort, found: Integration, place: str = "") -> Beside:
    """Return the neighbours of a record in a list, of `place` where it stood when one came to it."""
    order = order_of(sort, removed=filters.removed)
    seal = f"{scope.store_id}/{sort}/{'removed' if filters.removed else 'listed'}"
    here = place or _sealed(found, order, seal)
    try:
        after = queries.page(scope, filters, after=here, size=2, sort=sort).rows if here else ()
        before = queries.page(scope, filters, before=here, size=2, sort=sort).rows if here else ()
    except BadCursor:
        return Beside(Spot(found.pk, "")) if not place else beside(scope, filters, sort, found)
    following = next((one for one in after if one.pk != found.pk), None)
    preceding = next((one for one in reversed(before) if one.pk != found.pk), None)
    return Beside(
        Spot(found.pk, here),
        previous=Spot(preceding.pk, _sealed(preceding, order, seal)) if preceding else None,
        next=Spot(following.pk, _sealed(following, order, seal)) if following else None,
    )


def _sealed(found: Integration, order: Order, seal: str) -> str:
    """Return a record's place in a list, "" when it is no part of it."""
    return "" if getattr(found, order.column) is None else order.place(found, 1).sealed(seal)
