"""Begin an action on many: one row with a frozen selection and a cursor; a key makes it once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db import transaction

from ponte.db import selection as selecting
from ponte.db.audit import note_one
from ponte.db.filters import ALIASES, Filters
from ponte.db.models import ActionState, BulkAction, Role
from ponte.db.scope import Scope
from ponte.db.selection import Frozen, freeze
from ponte.domain.message import JSON
from ponte.flows.bulk.limits import CEILINGS, check_ceiling

VERBS: Final = ("reprocess", "remove", "restore")
MOST_COUNTED: Final = 200_000
SHOWN_IDS: Final = 20


def start(
    *,
    scope: Scope,
    actor_id: int | None,
    verb: str,
    selection: Mapping[str, JSON],
    per_second: int | None = None,
    trial: int = 0,
    frozen: Frozen | None = None,
    role: Role | None = None,
    request_key: str = "",
    counted: int | None = None,
) -> BulkAction:
    """Freeze a selection ({"ids": [...]} or {"filter": {...}}) and begin to work through it.

    What comes into the filter later does not belong to it, nor what the person did not see. `per_second` slows it
    down; with `trial` so many are tried before the rest follows. The same `request_key` again is the same action.
    `counted` is how many there are, when the caller has counted them; up to `MOST_COUNTED` it is taken as exact.
    Raises `TooManyError` when it is more than the `role` may do.
    """
    assert verb in VERBS
    frozen, selection = frozen or freeze(), _dated(selection)
    if request_key and (known := _known(scope.store_id, request_key)):
        return known
    planned = _planned(scope, verb, selection, frozen, role) if counted is None else _checked(counted, role)
    seen = {} if scope.channel_ids is None else {"channels": [*scope.channel_ids]}
    values: dict[str, object] = {
        "actor_id": actor_id,
        "verb": verb,
        "selection": dict(selection) | seen,
        "frozen_at": frozen.at,
        "last_id": frozen.last_id,
        "per_second": per_second,
        "planned": planned,
        "trial": trial if verb == "reprocess" and (planned is None or planned > trial) else 0,
    }
    values["state"] = ActionState.TRYING if values["trial"] else ActionState.RUNNING
    with transaction.atomic():
        action, made = _make(scope.store_id, request_key, values)
        if made:
            target, detail = f"action:{action.pk}", _audited(selection) | {"planned": planned}
            note_one(f"bulk {verb}", target, store_id=scope.store_id, actor_id=actor_id, detail=detail)
    return action


def _dated(selection: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Return a selection whose "last 7 days" are days of the calendar: it means the same tomorrow."""
    query = selection.get("filter") or {}
    filters = Filters.from_query(query)
    if not isinstance(filters, Filters) or filters.period is None:
        return selection
    kept = {name: value for name, value in query.items() if ALIASES.get(name, name) != "period"}
    return {**selection, "filter": {**kept, "from": str(filters.frozen().first_day)}}


def _known(store_id: int, request_key: str) -> BulkAction | None:
    return BulkAction.objects.filter(store_id=store_id, request_key=request_key).first()


def _make(store_id: int, request_key: str, values: dict[str, object]) -> tuple[BulkAction, bool]:
    if not request_key:
        return BulkAction.objects.create(store_id=store_id, **values), True
    return BulkAction.objects.get_or_create(store_id=store_id, request_key=request_key, defaults=values)


def _planned(scope: Scope, verb: str, selection: Mapping[str, JSON], frozen: Frozen, role: Role | None) -> int | None:
    """Count what is in sight, None beyond counting; what the role may not do is not begun."""
    ceiling = CEILINGS[role] if role else None
    most = MOST_COUNTED if ceiling is None else min(MOST_COUNTED, ceiling)
    found = selecting.count(scope, verb, selection, frozen, most=most + 1)
    check_ceiling(role, found)
    return found if found <= most else None


def _checked(counted: int, role: Role | None) -> int | None:
    check_ceiling(role, counted)
    return counted if counted < MOST_COUNTED else None


def _audited(selection: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return a selection as the audit keeps it: of many ids the first, and how many."""
    ids = selection.get("ids")
    if ids is None or len(ids) <= SHOWN_IDS:
        return dict(selection)
    return {**selection, "ids": list(ids[:SHOWN_IDS]), "of": len(ids)}
