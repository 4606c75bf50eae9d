"""How long it takes from a change in VTEX until the marketplace has it: in words, and as lengths to compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.domain.latency import quantile, typical_ms

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
STEPS: Final = (5 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, DAY)

Buckets = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Range:
    """How many took no longer than a time, and longer than the one before; `width` of 100 beside the most."""

    text: str
    count: int
    width: int


@dataclass(frozen=True, slots=True)
class LiveTimes:
    """Of all channels together."""

    half: str
    most: str
    count: int
    ranges: tuple[Range, ...]


def live_times_of(by_channel: Mapping[int, Buckets]) -> LiveTimes:
    """Put the times of all channels together."""
    counts: Counter[int] = Counter()
    for buckets in by_channel.values():
        counts.update(buckets)
    return LiveTimes(
        half=quantile_text(counts, 0.5),
        most=quantile_text(counts, 0.95),
        count=sum(counts.values()),
        ranges=_ranges(counts),
    )


def quantile_text(counts: Buckets, share: float) -> str:
    """Return the time that a share did not exceed in words, "" when nothing was timed."""
    found = quantile(counts, share)
    return "" if found is None else lasting(found)


def lasting(milliseconds: int) -> str:
    """Return a time as somebody would say it: "menos de 1 s", "42 s", "6 min", "3 h", "2 dias"."""
    if milliseconds < SECOND:
        return _("menos de 1 s")
    if milliseconds < MINUTE:
        return f"{round(milliseconds / SECOND)} s"
    if milliseconds < HOUR:
        return f"{round(milliseconds / MINUTE)} min"
    if milliseconds < DAY:
        hours = milliseconds / HOUR
        return f"{formats.number_format(hours, 1 if hours < 10 else 0)} h"
    days = round(milliseconds / DAY)
    return ngettext("%(count)d dia", "%(count)d dias", days) % {"count": days}


def _ranges(counts: Buckets) -> tuple[Range, ...]:
    sums = [0] * (len(STEPS) + 1)
    for bucket, count in counts.items():
        sums[next((place for place, step in enumerate(STEPS) if typical_ms(bucket) <= step), len(STEPS))] += count
    most = max(sums) or 1
    texts = [_("até %(time)s") % {"time": lasting(step)} for step in STEPS]
    texts.append(_("mais de %(time)s") % {"time": lasting(STEPS[-1])})
    last = max((place for place, count in enumerate(sums) if count), default=-1)
    return tuple(
        Range(text, count, round(100 * count / most))
        for text, count in zip(texts[: last + 1], sums[: last + 1], strict=True)
    )
