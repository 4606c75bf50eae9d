"""How often causes were met: by the day for the eye, and lately against before for the trend."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.utils import timezone

from ponte.db.scope import Scope
from ponte.db.sql import fetch, marks
from ponte.domain.trend import DAYS_BEFORE, HOURS_NOW, Pulse

DAYS: Final = 14
WEIGHED: Final = 500
"""The trend is told of this many open causes, those of most records."""
HOUR: Final = 3_600
KINDS: Final = ("product", "price", "stock", "order", "tracking")

# Every branch of the join seeks in the index `tally_once`: (channel, kind, measure, hour).
MET: Final = f"""JOIN db_tally AS tally ON tally.channel_id = cause.channel_id
    AND tally.kind IN ({", ".join(f"'{kind}'" for kind in KINDS)})
    AND tally.measure = 'cause:' || cause.fingerprint AND tally.hour > %s"""


def days(numbers: Collection[int], now: datetime) -> dict[int, tuple[int, ...]]:
    """Return how often each cause was met on each of the last `DAYS` days, today last.

    The days are those of the store's time zone as its clocks go today: over a change of clocks an hour may stand in
    the day beside it.
    """
    if not numbers:
        return {}
    offset = timezone.localtime(now).utcoffset()
    shift = int(offset.total_seconds()) // HOUR if offset else 0
    today = (_hour(now) + shift) // 24
    rows = fetch(
        f"""SELECT cause.id, (tally.hour + %s) / 24, sum(tally.count) FROM db_cause AS cause {MET}
            WHERE cause.id IN ({marks(len(numbers))}) GROUP BY 1, 2""",
        [shift, (today - DAYS + 1) * 24 - shift - 1, *numbers],
    )
    met = {number: [0] * DAYS for number in numbers}
    for number, day, count in rows:
        if 0 <= (back := today - int(day)) < DAYS:
            met[number][DAYS - 1 - back] = int(count)
    return {number: tuple(counts) for number, counts in met.items()}


def pulses(scope: Scope, now: datetime) -> dict[int, Pulse]:
    """Return how often the largest causes that ask for somebody were met lately; one query."""
    channels, values = scope.channels_in_sql()
    since = _hour(now) - HOURS_NOW
    rows = fetch(
        f"""SELECT cause.id, sum(CASE WHEN tally.hour > %s THEN tally.count ELSE 0 END), sum(tally.count)
            FROM (SELECT id, channel_id, fingerprint FROM db_cause WHERE channel_id IN ({channels})
                  AND state IN ('open', 'known', 'ignored') AND count > 0
                  ORDER BY count DESC, id DESC LIMIT {WEIGHED}) AS cause {MET}
            GROUP BY cause.id""",
        [since, *values, since - 24 * DAYS_BEFORE],
    )
    return {int(number): Pulse(int(lately), int(every) - int(lately)) for number, lately, every in rows}


def _hour(now: datetime) -> int:
    return int(now.timestamp()) // HOUR
