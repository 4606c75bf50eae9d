"""How many records a filter shows, where that is known without counting rows one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ponte.db.filters import Bucket, Filters
from ponte.db.narrowing import causes, kept, pairs_of
from ponte.db.picking import FEW
from ponte.db.scope import Scope

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


def total(scope: Scope, filters: Filters, counted: Mapping[str, int]) -> Total:
    """Return a filter's total: from the counters, from the figures of causes, else counted up to a limit.

    `counted` are the counters of what is in sight of the filter's channel (`queries.counts`).
    """
    if not replace(filters, channel="").narrows:
        return Total(_from_counters(filters, counted))
    if filters.by_cause and not (filters.removed or filters.status) and replace(filters, **NO_CAUSE) == ALL:
        return Total(sum(count for _, _, count in causes(scope, filters)))
    found = kept(scope, filters)
    if not (found.few or filters == filters.plain() or _is_one_cause(scope, filters)):
        return UNKNOWN
    limit = FEW if found.few else MOST
    seen = found.rows.order_by().values("pk")[: limit + 1].count()
    return Total(min(seen, limit), or_more=seen > limit)


def _is_one_cause(scope: Scope, filters: Filters) -> bool:
    """True when the index of causes gives the rows, and only status and days are to be seen on them."""
    alone = bool(filters.cause) and replace(filters, cause="") == filters.plain()
    return alone and len(pairs_of(scope, filters)) == 1


def _from_counters(filters: Filters, counted: Mapping[str, int]) -> int:
    if filters.removed:
        return counted["removed"]
    return counted[filters.status] if filters.status else sum(counted[bucket] for bucket in Bucket)
