"""The few numbers that every page shows beside its menu."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.db.models import Q, Sum
from django.utils import timezone

from ponte.db.causes import OF_ACCOUNTS, is_open
from ponte.db.models import Cause, Counter, Lane, LaneState
from ponte.db.scope import Scope
from ponte.domain.problem import Severity


@dataclass(frozen=True, slots=True)
class Pulse:
    """Open causes of errors (as the page of causes counts them), records in the queue, channels that do not run."""

    causes: int
    queued: int
    stopped: int


def pulse(scope: Scope) -> Pulse:
    """Read the numbers; three queries, none of which grows with the records."""
    channels = scope.channels().values("pk")
    queued = Counter.objects.filter(channel__in=channels, bucket__in=("queued", "processing"))
    halted = ~Q(state=LaneState.OPEN) | Q(breaker_until_ms__gt=int(time.time() * 1000))
    return Pulse(
        causes=_open_causes(scope),
        queued=max(0, queued.aggregate(total=Sum("count"))["total"] or 0),
        stopped=Lane.objects.filter(halted, channel__in=channels).values("channel").distinct().count(),
    )


def _open_causes(scope: Scope) -> int:
    seen = Cause.objects.filter(is_open(timezone.now()), channel__in=scope.channels().values("pk"))
    return seen.filter(severity=Severity.ERROR).exclude(problem_class__in=OF_ACCOUNTS).count()
