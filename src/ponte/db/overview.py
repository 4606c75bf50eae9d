"""What the first page is made of. Nothing here counts records: sums come from `Tally`, `Counter` and `Cause`."""

from __future__ import annotations

from collections import Counter as Sums
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Lower

from ponte.db.cause_filters import OF_ACCOUNTS
from ponte.db.cause_words import worded
from ponte.db.history import MEASURES
from ponte.db.models import Cause, CauseState, Channel, Counter, Lane, LaneState, Tally, Work
from ponte.db.records import is_throttling
from ponte.db.scope import Scope

LIVE: Final = "live:"
TOP: Final = 6
OPEN: Final = (CauseState.OPEN, CauseState.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Hours:
    """Results of a span: by hour, and by channel and hour; times to go live by channel and bucket."""

    by_hour: Mapping[int, Mapping[str, int]]
    by_channel: Mapping[int, Mapping[int, Mapping[str, int]]]
    live: Mapping[int, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class LaneNow:
    """A channel's queue now; `overdue_since_ms` is when its oldest waiting work was due, None when nothing is."""

    channel: Channel
    state: LaneState
    breaker_until_ms: int
    overdue_since_ms: int | None
    throttled: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        return self.counts.get("queued", 0) + self.counts.get("processing", 0)


def hours(scope: Scope, first: int, last: int) -> Hours:
    """Return the results of the hours from `first` to `last`, both included."""
    span = _tallies(scope, first, last)
    by_channel: dict[int, dict[int, Sums[str]]] = defaultdict(lambda: defaultdict(Sums))
    by_hour: dict[int, Sums[str]] = defaultdict(Sums)
    counted = span.filter(measure__in=MEASURES).values_list("channel_id", "hour", "measure")
    for channel, hour, measure, count in counted.annotate(total=Sum("count")).order_by():
        by_channel[channel][hour][measure] += count
        by_hour[hour][measure] += count
    live: dict[int, dict[int, int]] = defaultdict(dict)
    timed = span.filter(measure__startswith=LIVE).values_list("channel_id", "measure").annotate(total=Sum("count"))
    for channel, measure, count in timed.order_by():
        live[channel][int(measure.removeprefix(LIVE))] = count
    return Hours(by_hour, by_channel, live)


def totals(scope: Scope, first: int, last: int) -> Mapping[int, Mapping[str, int]]:
    """Return the sums of the hours from `first` to `last` by channel."""
    sums: dict[int, Sums[str]] = defaultdict(Sums)
    counted = _tallies(scope, first, last).filter(measure__in=MEASURES).values_list("channel_id", "measure")
    for channel, measure, count in counted.annotate(total=Sum("count")).order_by():
        sums[channel][measure] += count
    return sums


def last_success(scope: Scope) -> Mapping[int, int]:
    """Return by channel the last hour in which something was accepted."""
    channels = list(scope.channels().values_list("pk", flat=True))
    kept = Tally.objects.filter(channel_id__in=channels, kind="product", measure__in=("success", "alert"))
    found: dict[int, int] = {}
    for channel, hour in (
        kept.values_list("channel_id", "measure").annotate(hour=Max("hour")).values_list("channel_id", "hour")
    ):
        found[channel] = max(hour, found.get(channel, 0))
    return found


def lanes(scope: Scope) -> list[LaneNow]:
    """Return the product queues by the channels' names, each with its oldest work that is due; two queries."""
    due = Work.objects.filter(lane=OuterRef("pk"), lease_epoch=0).order_by("due_at_ms").values("due_at_ms")[:1]
    found = Lane.objects.filter(channel__in=scope.channels().values("pk"), kind="product")
    found = found.select_related("channel").defer("channel__mapping_text", "channel__secrets_sealed")
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    kept = Counter.objects.filter(channel__in=scope.channels().values("pk"), kind="product")
    for channel, bucket, count in kept.values_list("channel_id", "bucket", "count"):
        counts[channel][bucket] = max(0, count)
    return [
        LaneNow(
            lane.channel,
            LaneState(lane.state),
            lane.breaker_until_ms,
            lane.due_ms,
            is_throttling(lane.reason),
            counts[lane.channel_id],
        )
        for lane in found.annotate(due_ms=Subquery(due)).order_by(Lower("channel__name"), "pk")
    ]


def top_causes(scope: Scope) -> list[Cause]:
    """Return the open causes of most errors."""
    return list(worded(_open(scope)).select_related("channel").order_by("-count", "pk")[:TOP])


def open_causes(scope: Scope) -> tuple[int, int]:
    """Return how many causes of errors are open, and how many records they have."""
    found = _open(scope).values_list("count", flat=True)
    return len(found), sum(found)


def _open(scope: Scope) -> QuerySet[Cause]:
    channels = scope.channels().values("pk")
    found = Cause.objects.filter(channel__in=channels, state__in=OPEN, severity="error", count__gt=0)
    return found.exclude(problem_class__in=OF_ACCOUNTS)


def _tallies(scope: Scope, first: int, last: int) -> QuerySet[Tally]:
    channels = list(scope.channels().values_list("pk", flat=True))
    return Tally.objects.filter(channel_id__in=channels, hour__gte=first, hour__lte=last)
