"""How many records a filter shows, where that is known without counting rows one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Count

from ponte.db import walking
from ponte.db.filters import Bucket, Filters
from ponte.db.narrowing import BUCKETS, Looked, causes, channel_ids, kept, listed, look
from ponte.db.picking import FEW
from ponte.db.scope import Scope
from ponte.domain.lifecycle import Phase, Status

MOST: Final = 10_000
"""Counting along an index stops here."""


@dataclass(frozen=True, slots=True)
class Total:
    """`count` is None when nobody knows; `or_more` when counting stopped there."""

    count: int | None
    or_more: bool = False


UNKNOWN: Final = Total(None)
ALL: Final = Filters()
NO_CAUSE: Final[dict[str, Any]] = {"cause": "", "code": "", "stage": None, "channel": ""}


def total(scope: Scope, filters: Filters, counted: Mapping[str, int], looked: Looked | None = None) -> Total:
    """Return a filter's total: from the counters, from the figures of causes, else counted up to a limit.

    `counted` are the counters of what is in sight of the filter's channel (`queries.counts`), `looked` is the filter
    looked up before.
    """
    if not replace(filters, channel="").narrows:
        return Total(_from_counters(filters, counted))
    if filters.by_cause and not (filters.removed or filters.status) and replace(filters, **NO_CAUSE) == ALL:
        return Total(sum(count for _, _, count in causes(scope, filters)))
    if filters == filters.plain() and not filters.removed:
        return _up_to(count_plain(scope, filters, MOST + 1), MOST)
    looked = looked or look(scope, filters)
    found = kept(scope, filters, looked=looked)
    if not (found.few or filters == filters.plain() or _is_one_cause(filters, looked)):
        return UNKNOWN
    limit = FEW if found.few else MOST
    return _up_to(found.rows.order_by().values("pk")[: limit + 1].count(), limit)


def per_bucket(
    scope: Scope, filters: Filters, counted: Mapping[str, int], looked: Looked | None = None
) -> Mapping[str, int] | None:
    """Return how many records of a filter are in each bucket, whichever of them it asks for.

    `counted` and `looked` as in `total`; the counters alone know of "removed" records. None where the filter leaves
    so many that they would have to be counted one by one.
    """
    every = replace(filters, status=None, removed=False)
    if not replace(every, channel="").narrows:
        return counted
    found: Counter[tuple[str, str]] = Counter()
    if every == every.plain():
        if count_plain(scope, every, MOST + 1) > MOST:
            return None
        for (_, status, phase), count in plain_groups(scope, every).items():
            found[status, phase] += count
    else:
        looked = look(scope, every) if looked is None or filters.removed else looked
        rows = kept(scope, every, looked=looked)
        alone = _is_one_cause(every, looked)
        if not (rows.few or alone) or (alone and rows.rows.order_by().values("pk")[: MOST + 1].count() > MOST):
            return None
        for status, phase, count in rows.rows.order_by().values_list("status", "phase").annotate(count=Count("pk")):
            found[status, phase] += count
    return {bucket: found[states] for bucket, states in BUCKETS.items()}


def count_plain(scope: Scope, filters: Filters, most: int) -> int:
    """Count the records of a filter that asks for status, channel and days alone, `most` at most; reads no row."""
    return walking.count_up_to(most, channel_ids(scope, filters), _buckets(filters), listed(filters))


def plain_groups(
    scope: Scope, filters: Filters, buckets: Sequence[Bucket] = ()
) -> dict[tuple[int, Status, Phase], int]:
    """Count the same by channel, status and phase, of these buckets only, however many they are."""
    asked = [BUCKETS[bucket] for bucket in buckets] or _buckets(filters)
    return walking.groups(channel_ids(scope, filters), asked, listed(filters))


def _buckets(filters: Filters) -> list[tuple[Status, Phase]]:
    return [BUCKETS[bucket] for bucket in filters.buckets]


def at_least(scope: Scope, filters: Filters, count: int) -> bool:
    """Say whether a filter that asks for status, channel and days alone shows so many."""
    return count_plain(scope, filters, count) >= count


def _up_to(seen: int, limit: int) -> Total:
    return Total(min(seen, limit), or_more=seen > limit)


def _is_one_cause(filters: Filters, looked: Looked) -> bool:
    """True when the index of causes gives the rows, and only status and days are to be seen on them."""
    alone = bool(filters.cause) and replace(filters, cause="") == filters.plain()
    return alone and len(looked.pairs) == 1


def _from_counters(filters: Filters, counted: Mapping[str, int]) -> int:
    if filters.removed:
        return counted["removed"]
    return sum(counted[bucket] for bucket in filters.buckets)
