"""How many records a large selection has, told by counters, causes' figures and indices: no record is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final

from ponte.db import totals
from ponte.db.bulk import Group
from ponte.db.filters import Bucket, FilterErrors, Filters
from ponte.db.models import Counter
from ponte.db.narrowing import BUCKETS, causes, channel_ids
from ponte.db.scope import Scope
from ponte.domain.message import JSON

MOST: Final = 500_000
"""An index is counted along no further than this for its groups: a tenth of a second."""
FAR: Final = 2_000_000
"""And for their sum alone no further than this."""
IN_QUEUE: Final = (Bucket.QUEUED, Bucket.PROCESSING)
LEFT_ALONE: Final = (Bucket.SUCCESS, *IN_QUEUE)
"""What a reprocess does not touch."""


class Known(StrEnum):
    """How well a number is known."""

    EXACT = "exact"
    MORE_THAN = "more than"
    AT_MOST = "at most"


def filters_of(verb: str, selection: Mapping[str, JSON]) -> Filters | None:
    """Return the filter that a selection is, None when it is something else."""
    if "filter" not in selection or selection.get("changed_only"):
        return None
    filters = Filters.from_query(dict(selection["filter"]) | ({"removed": "1"} if verb == "restore" else {}))
    return None if isinstance(filters, FilterErrors) else filters


def whole(scope: Scope, verb: str, filters: Filters) -> tuple[Group, ...] | None:
    """Return a whole filter in groups by channel, status and phase; None when that is not known without its rows.

    Of very many, only the groups that the action would touch.
    """
    if filters != filters.plain() or (filters.dated and filters.removed):
        return None
    asked = filters.buckets
    for buckets in (asked, [bucket for bucket in asked if verb != "reprocess" or bucket not in LEFT_ALONE]):
        every = _by_counters(scope, filters, buckets)
        if not filters.dated:
            return every
        if sum(group.count for group in every) <= MOST:
            return tuple(_group(*key, count) for key, count in totals.plain_groups(scope, filters, buckets).items())
    return None


def total(scope: Scope, verb: str, filters: Filters) -> tuple[int, Known] | None:
    """Return how many records an action would touch of a filter that is not known in groups; None: who knows.

    Those that wait in the queue are left alone by a reprocess; how many of a cause do, nobody counts.
    """
    if filters == filters.plain() and not filters.removed and verb == "remove":
        count = totals.count_plain(scope, filters, FAR + 1)
        return min(count, FAR), Known.MORE_THAN if count > FAR else Known.EXACT
    if filters.by_cause and replace(filters, **totals.NO_CAUSE) == totals.ALL:
        count = sum(count for _, _, count in causes(scope, filters))
        return count, Known.AT_MOST if verb == "reprocess" and _queued(scope, filters) else Known.EXACT
    return None


def _by_counters(scope: Scope, filters: Filters, buckets: Sequence[Bucket]) -> tuple[Group, ...]:
    names = ["removed"] if filters.removed else buckets
    rows = Counter.objects.filter(channel_id__in=channel_ids(scope, filters), bucket__in=names, count__gt=0)
    return tuple(
        replace(_group(channel, "", "", count), removed=True)
        if filters.removed
        else _group(channel, *BUCKETS[Bucket(bucket)], count)
        for channel, bucket, count in rows.values_list("channel_id", "bucket", "count")
    )


def _group(channel_id: int, status: str, phase: str, count: int) -> Group:
    return Group(channel_id, status, phase, removed=False, fingerprint="", unchanged=False, count=count)


def _queued(scope: Scope, filters: Filters) -> bool:
    ids = channel_ids(scope, filters)
    return Counter.objects.filter(channel_id__in=ids, bucket__in=IN_QUEUE, count__gt=0).exists()
