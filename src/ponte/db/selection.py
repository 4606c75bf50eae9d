"""Which integrations a bulk action is about: frozen when it began, read in the order of their ids."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max, QuerySet

from ponte.db import queries
from ponte.db.filters import FilterErrors, Filters
from ponte.db.models import BulkAction, Integration


def last_id(store_id: int) -> int:
    """Return the newest integration's id of a store, 0 when it has none."""
    newest = Integration.objects.filter(store_id=store_id).aggregate(Max("id"))["id__max"]
    return int(newest or 0)


def next_ids(action: BulkAction, size: int) -> list[int]:
    """Return the next ids beyond the action's cursor, at most `size`."""
    selection = action.selection
    rows = _ids(action) if "ids" in selection else _filtered(action)
    if "removed_since" in selection:
        rows = rows.filter(removed_at__gte=datetime.fromisoformat(selection["removed_since"]))
    beyond = rows.filter(id__gt=action.cursor, id__lte=action.last_id).order_by("id")
    return list(beyond.values_list("id", flat=True)[:size])


def _ids(action: BulkAction) -> QuerySet[Integration]:
    return Integration.objects.filter(store_id=action.store_id, id__in=action.selection["ids"])


def _filtered(action: BulkAction) -> QuerySet[Integration]:
    """Return what the filter shows and has not changed since the action began."""
    query = dict(action.selection["filter"])
    undoing = "removed_since" in action.selection
    filters = Filters.from_query(query | ({"removed": "1"} if undoing else {}))
    if isinstance(filters, FilterErrors):
        return Integration.objects.none()
    rows = queries.narrowed(action.store_id, filters)
    return rows if undoing else rows.filter(updated_at__lte=action.frozen_at)
