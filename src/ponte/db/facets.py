"""What a filter can be set to, with how many records each choice has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from django.db.models import QuerySet, Sum

from ponte.db.cause_words import worded
from ponte.db.filters import Filters
from ponte.db.models import Cause
from ponte.db.scope import Scope
from ponte.db.sql import fetch, marks

MAX_CHOICES: Final = 200
MAX_CAUSES: Final = 40
MAX_COUNTED: Final = 1_000
MAX_COUNTED_BY_CHANNEL: Final = 100
"""The index has no channels: whoever is limited to some has each row looked at."""

Column = Literal["category", "brand"]

# Jumps from one value to the next in the index instead of reading every row, and counts each up to a limit.
# SQLite takes a partial index only where its condition stands as it was declared.
JUMPS: Final = """
    WITH RECURSIVE choice(value) AS (
        SELECT (SELECT min(one.{column}) FROM db_integration AS one
                WHERE one.store_id = %s AND {kept} AND one.{column} > '')
        UNION ALL
        SELECT (SELECT min(one.{column}) FROM db_integration AS one
                WHERE one.store_id = %s AND {kept} AND one.{column} > choice.value)
        FROM choice WHERE choice.value IS NOT NULL
    )
    SELECT value, (SELECT count(*) FROM (SELECT 1 FROM db_integration AS one
        WHERE one.store_id = %s AND {kept} AND one.{column} = choice.value LIMIT %s) AS counted)
    FROM choice WHERE value IS NOT NULL LIMIT %s"""
KEPT: Final = {"category": "one.removed_at IS NULL", "brand": "one.removed_at IS NULL AND NOT (one.brand = '')"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A value and its records; `or_more` when counting stopped."""

    value: str
    count: int
    or_more: bool = False


def values(scope: Scope, column: Column) -> list[Choice]:
    """Return the categories or brands of the records in sight in their order, `MAX_CHOICES` at most."""
    kept, own, limit = KEPT[column], [scope.store_id], MAX_COUNTED
    if scope.channel_ids is not None:
        kept += f" AND one.channel_id IN ({marks(len(scope.channel_ids))})"
        own += scope.channel_ids
        limit = MAX_COUNTED_BY_CHANNEL
    found = fetch(JUMPS.format(column=column, kept=kept), [*own, *own, *own, limit + 1, MAX_CHOICES])
    return [Choice(str(value), min(int(count), limit), int(count) > limit) for value, count in found]


def causes(scope: Scope, filters: Filters) -> list[Cause]:
    """Return the most frequent causes of a filter's channel and stage, with the channel."""
    asked = _asked(scope, filters)
    if filters.stage:
        asked = asked.filter(stage=filters.stage)
    return list(worded(asked).select_related("channel").order_by("-count", "pk")[:MAX_CAUSES])


def stages(scope: Scope, filters: Filters) -> dict[str, int]:
    """Return how many records stopped at each stage, in the filter's channel."""
    asked = _asked(scope, filters).order_by()
    return dict(asked.values_list("stage").annotate(total=Sum("count")))


def cause(scope: Scope, fingerprint: str) -> Cause | None:
    """Return a cause in sight by its fingerprint, the most frequent one where several channels have it."""
    known = Cause.objects.filter(channel__in=scope.channels().values("pk"), fingerprint=fingerprint)
    return worded(known).select_related("channel").order_by("-count", "pk").first()


def _asked(scope: Scope, filters: Filters) -> QuerySet[Cause]:
    channels = scope.channels()
    if filters.channel:
        channels = channels.filter(code=filters.channel)
    return Cause.objects.filter(channel__in=channels.values("pk"), count__gt=0)
