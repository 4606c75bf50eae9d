"""The few numbers that every page shows beside its menu."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from ponte.db.cause_filters import OF_ACCOUNTS
from ponte.db.scope import Scope
from ponte.db.sql import fetch, marks

# One statement, since every page asks it. Open is what `cause_filters.OPEN` says.
NUMBERS: Final = """WITH seen AS ({channels})
    SELECT (SELECT count(*) FROM db_cause WHERE channel_id IN (SELECT id FROM seen) AND count > 0
            AND (state = 'open' OR (state = 'ignored' AND ignored_until <= %s))
            AND severity = 'error' AND problem_class NOT IN ({accounts})),
        (SELECT sum(count) FROM db_counter WHERE channel_id IN (SELECT id FROM seen)
            AND bucket IN ('queued', 'processing')),
        (SELECT count(DISTINCT channel_id) FROM db_lane WHERE channel_id IN (SELECT id FROM seen)
            AND (NOT (state = 'open') OR breaker_until_ms > %s))"""


@dataclass(frozen=True, slots=True)
class Pulse:
    """Open causes of errors (as the page of causes counts them), records in the queue, channels that do not run."""

    causes: int
    queued: int
    stopped: int


def pulse(scope: Scope) -> Pulse:
    """Read the numbers; one query, which does not grow with the records."""
    channels, own = scope.channels_in_sql()
    statement, now = NUMBERS.format(channels=channels, accounts=marks(len(OF_ACCOUNTS))), timezone.now()
    causes, queued, stopped = fetch(statement, [*own, now, *OF_ACCOUNTS, int(time.time() * 1000)])[0]
    return Pulse(int(causes), max(0, int(queued or 0)), int(stopped))
