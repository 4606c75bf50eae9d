"""Which integrations an action on many is about: frozen when the person saw them, read ahead, checked once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from ponte.db import queries
from ponte.db.filters import FilterErrors, Filters
from ponte.db.models import BulkAction, Integration
from ponte.db.scope import Scope
from ponte.db.sql import ids_given
from ponte.domain.lifecycle import Status
from ponte.domain.message import JSON
from ponte.domain.problem import ProblemClass, Retry

READ_AHEAD: Final = 50_000
NEEDS_A_FIX: Final = tuple(kind.name for kind in ProblemClass if kind.retry is Retry.FIX)

UNCHANGED: Final = Q(status=Status.ERROR, headline_class__in=NEEDS_A_FIX, requested_at__lte=F("processed_at")) & (
    Q(channel__mapping_at=None) | Q(channel__mapping_at__lte=F("processed_at"))
)
"""Errors that only a fix heals, where neither VTEX told us of a change nor the mapping became another since."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a person saw: nothing that was made or changed later belongs to the selection."""

    at: datetime
    last_id: int


@dataclass(frozen=True, slots=True)
class Batch:
    """The next records of an action, and its cursor after them; `last` when nothing is beyond."""

    ids: list[int]
    cursor: int
    last: bool


def freeze() -> Frozen:
    """Freeze the present."""
    newest = Integration.objects.aggregate(Max("id"))["id__max"]
    return Frozen(timezone.now(), int(newest or 0))


def scope_of(action: BulkAction) -> Scope:
    """Return what the person who began an action saw."""
    channels = action.selection.get("channels")
    return Scope(action.store_id, None if channels is None else tuple(channels))


def chosen(scope: Scope, verb: str, selection: Mapping[str, JSON], frozen: Frozen) -> QuerySet[Integration]:
    """Return every record of a selection, in no order.

    A selection is {"ids": [...]}, {"filter": {...}} or {"undo": action}; `changed_only` leaves out what would fail
    again for want of a change.
    """
    if "undo" in selection:
        return scope.integrations().filter(action_id=selection["undo"], removed_at__isnull=False)
    rows = _named(scope, verb, selection) if "ids" in selection else _filtered(scope, verb, selection, frozen)
    rows = rows.filter(id__lte=frozen.last_id)
    return rows.exclude(UNCHANGED) if selection.get("changed_only") else rows


def count(scope: Scope, verb: str, selection: Mapping[str, JSON], frozen: Frozen, *, most: int) -> int:
    """Count what a selection may act on, to `most` at the most."""
    rows = chosen(scope, verb, selection, frozen).order_by()
    if verb == "reprocess":
        rows = rows.exclude(status=Status.SUCCESS)
    return rows[:most].count()


class Ahead:
    """Ids that were read ahead of the actions' cursors.

    Sorting a large selection anew for each step would cost more than all else. Only a hint: what it gives is checked
    again, and one that is lost is read anew.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, datetime], list[int]] = {}

    def fill(self, action: BulkAction) -> None:
        """Read the next ids if none are known; better before the transaction that uses them."""
        key = (action.pk, action.frozen_at)
        ahead = [number for number in self._known.get(key, []) if number > action.cursor]
        if not ahead:
            beyond = _of(action).filter(id__gt=action.cursor).order_by("id")
            ahead = list(beyond.values_list("id", flat=True)[:READ_AHEAD])
        self._known[key] = ahead

    def next(self, action: BulkAction, size: int) -> Batch:
        """Return the next records beyond the action's cursor that still belong to it."""
        if "undo" in action.selection:
            # What is brought back leaves this selection, so there is no need of a cursor, nor of an order.
            ids = list(_of(action).order_by().values_list("id", flat=True)[:size])
            return Batch(ids, action.cursor, last=len(ids) < size)
        self.fill(action)
        key = (action.pk, action.frozen_at)
        ahead = self._known.pop(key)
        some, rest = ahead[:size], ahead[size:]
        if rest:
            self._known[key] = rest
        last = not rest and len(ahead) < min(size, READ_AHEAD)
        return Batch(_unchanged(action, some), some[-1] if some else action.cursor, last)


def _unchanged(action: BulkAction, ids: list[int]) -> list[int]:
    """Keep what has not changed since it was frozen: whatever moves a record moves its `updated_at`.

    It is asked for by its id alone, or SQLite would walk through an index of the whole store.
    """
    rows = Integration.objects.filter(id__in=ids_given(ids)).exclude(action_id=action.pk)
    if "filter" in action.selection:
        rows = rows.filter(updated_at__lte=action.frozen_at)
    return sorted(rows.values_list("id", flat=True)) if ids else []


def _of(action: BulkAction) -> QuerySet[Integration]:
    frozen = Frozen(action.frozen_at, action.last_id)
    rows = chosen(scope_of(action), action.verb, action.selection, frozen)
    # After a pause the way begins anew: what became of the others is not touched again.
    return rows.exclude(action_id=action.pk) if "undo" not in action.selection else rows


def _named(scope: Scope, verb: str, selection: Mapping[str, JSON]) -> QuerySet[Integration]:
    rows = scope.integrations().filter(id__in=selection["ids"])
    return rows if verb == "reprocess" else rows.filter(removed_at__isnull=verb == "remove")


def _filtered(scope: Scope, verb: str, selection: Mapping[str, JSON], frozen: Frozen) -> QuerySet[Integration]:
    """Return what the filter shows and has not changed since the person saw it."""
    query = dict(selection["filter"])
    filters = Filters.from_query(query | ({"removed": "1"} if verb == "restore" else {}))
    if isinstance(filters, FilterErrors):
        return Integration.objects.none()
    return queries.narrowed(scope, filters).filter(updated_at__lte=frozen.at)
