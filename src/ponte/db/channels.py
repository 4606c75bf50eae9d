"""What the pages about channels read: each channel with its queue and figures, its mapping's versions, the store."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery, Sum

from ponte.db.counts import BUCKETS, SECONDS_PER_HOUR
from ponte.db.models import Channel, Counter, Integration, Lane, LaneState, MappingVersion, Tally, User
from ponte.db.queries import ChannelState, channels
from ponte.db.scope import Scope
from ponte.domain.lifecycle import Phase, Status

HOURS = 24
MAX_VERSIONS = 50
RESULTS = ("success", "alert", "error")


@dataclass(frozen=True, slots=True)
class Figures:
    """A channel in numbers: records by bucket, results of the last 24 hours, when one last went well."""

    counts: Mapping[str, int]
    results: Mapping[str, int]
    last_success: datetime | None

    @property
    def waiting(self) -> int:
        return self.counts["queued"] + self.counts["processing"]

    @property
    def went_well(self) -> float | None:
        """The share of results that were no errors, in percent; None when there were none."""
        every = sum(self.results.values())
        return 100 * (every - self.results["error"]) / every if every else None


@dataclass(frozen=True, slots=True)
class Overview:
    """A channel on the list: its state, since when, and its figures."""

    state: ChannelState
    figures: Figures
    since: datetime | None = None


def overviews(scope: Scope, *, now: float | None = None) -> list[Overview]:
    """Return the channels in sight by name; a fixed number of queries, whatever there is."""
    moment = time.time() if now is None else now
    states = channels(scope, now=moment)
    ids = [state.channel.pk for state in states]
    counts, results, last = _counts(ids), _results(ids, moment), _last_successes(ids)
    return [
        Overview(state, Figures(counts[pk], results[pk], last.get(pk)), _since(state))
        for state in states
        for pk in (state.channel.pk,)
    ]


def overview(scope: Scope, code: str) -> Overview | None:
    """Return one channel by its code."""
    named = scope.channels().filter(code=code).values_list("pk", flat=True).first()
    narrow = Scope(scope.store_id, (named,)) if named is not None else None
    found = overviews(narrow) if narrow else []
    return found[0] if found else None


def channel_of(scope: Scope, code: str) -> Channel | None:
    """Return one channel by its code, whole: with mapping and sealed secrets."""
    return scope.channels().filter(code=code).select_related("store").first()


def last_activity(scope: Scope) -> datetime | None:
    """Return when a record of the store last changed."""
    newest = scope.integrations().filter(removed_at=None).order_by("-updated_at", "-id")
    return newest.values_list("updated_at", flat=True).first()


def versions(channel_id: int, *, before: int | None = None) -> list[MappingVersion]:
    """Return the versions of a mapping without their texts, newest first; `before` is the last number seen."""
    known = MappingVersion.objects.filter(channel_id=channel_id).select_related("author").defer("text")
    if before is not None:
        known = known.filter(number__lt=before)
    return list(known.order_by("-number")[:MAX_VERSIONS])


def version(channel_id: int, number: int) -> MappingVersion | None:
    """Return one version with its text."""
    return MappingVersion.objects.filter(channel_id=channel_id, number=number).select_related("author").first()


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """Return people's names by id; nobody is asked for nothing."""
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "username")) if user_ids else {}


def _since(state: ChannelState) -> datetime | None:
    lanes: Sequence[Lane] = state.channel.known_lanes  # type: ignore[attr-defined]  # read along by `channels`
    return next((lane.state_at for lane in lanes if lane.state != LaneState.OPEN), None)


def _counts(ids: Sequence[int]) -> dict[int, dict[str, int]]:
    found = {pk: dict.fromkeys(BUCKETS, 0) for pk in ids}
    rows = Counter.objects.filter(channel_id__in=ids).values_list("channel_id", "bucket")
    for channel_id, bucket, total in rows.annotate(total=Sum("count")):
        found[channel_id][bucket] = max(0, total)
    return found


def _results(ids: Sequence[int], moment: float) -> dict[int, dict[str, int]]:
    found = {pk: dict.fromkeys(RESULTS, 0) for pk in ids}
    since = int(moment) // SECONDS_PER_HOUR - HOURS
    rows = Tally.objects.filter(channel_id__in=ids, hour__gt=since, measure__in=RESULTS)
    for channel_id, measure, total in rows.values_list("channel_id", "measure").annotate(total=Sum("count")):
        found[channel_id][measure] = max(0, total)
    return found


def _last_successes(ids: Sequence[int]) -> dict[int, datetime]:
    """Return when each channel last had a success: one seek in its index each."""
    well = Integration.objects.filter(
        channel_id=OuterRef("pk"), status=Status.SUCCESS, phase=Phase.IDLE, removed_at=None
    )
    newest = well.order_by("-updated_at", "-id").values("processed_at")[:1]
    rows = Channel.objects.filter(pk__in=ids).annotate(last=Subquery(newest)).values_list("pk", "last")
    return {pk: at for pk, at in rows if at is not None}
