"""Each channel's health: whether it runs, when something last went through, its errors, its queue, its pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.db.counts import SECONDS_PER_HOUR
from ponte.db.models import LaneState
from ponte.db.overview import LaneNow
from ponte.web.clock import ago
from ponte.web.labels import THROTTLED, Label
from ponte.web.numbers import percent
from ponte.web.overview.live import Buckets, lasting, quantile_text
from ponte.web.overview.rates import Sums, error_share, risen
from ponte.web.products.rows import ChannelBadge, badge

LATE_MS: Final = 10 * 60_000
NONE: Final[Mapping[str, int]] = {}

RUNNING = Label(gettext_lazy("Operando"), "ok", "suc")
LATE = Label(gettext_lazy("Atrasado"), "clock", "wrn")
PAUSED = Label(gettext_lazy("Em pausa"), "pause", "wrn")
OPEN_CIRCUIT = Label(gettext_lazy("Sem resposta"), "pause", "err")
DISCONNECTED = Label(gettext_lazy("Desconectado"), "plug", "err")


@dataclass(frozen=True, slots=True)
class Health:
    """A line of the table. `worse` says that errors have risen markedly against the time before."""

    badge: ChannelBadge
    code: str
    label: Label
    last_success: str
    errors: str
    before: str
    worse: bool
    waiting: int
    age: str
    most: str


def health_of(
    lane: LaneNow, now: datetime, *, sums: Sums, before: Sums, live: Buckets, last_hour: int | None
) -> Health:
    """Put a channel's figures into words."""
    waits = age_ms(lane, now)
    return Health(
        badge=badge(lane.channel),
        code=lane.channel.code,
        label=label_of(lane, now),
        last_success=_last(last_hour, now),
        errors=_share(error_share(sums)),
        before=_share(error_share(before)),
        worse=risen(sums, before),
        waiting=lane.waiting,
        age=lasting(waits) if waits >= 1_000 else "",
        most=quantile_text(live, 0.95),
    )


def label_of(lane: LaneNow, now: datetime) -> Label:
    """Return a channel's state in a word."""
    match lane.state:
        case LaneState.DISCONNECTED:
            return DISCONNECTED
        case LaneState.PAUSED:
            return PAUSED
        case _ if broken(lane, now):
            return THROTTLED if lane.throttled else OPEN_CIRCUIT
        case _:
            return LATE if age_ms(lane, now) > LATE_MS else RUNNING


def broken(lane: LaneNow, now: datetime) -> bool:
    """True while the marketplace does not answer and nothing is sent."""
    return lane.breaker_until_ms > now.timestamp() * 1000


def age_ms(lane: LaneNow, now: datetime) -> int:
    """Return for how long the oldest work has been due."""
    if lane.overdue_since_ms is None:
        return 0
    return max(0, int(now.timestamp() * 1000) - lane.overdue_since_ms)


def _last(hour: int | None, now: datetime) -> str:
    """Return when something was last accepted, to the hour: hours are what is counted."""
    if hour is None:
        return _("nunca")
    end = datetime.fromtimestamp((hour + 1) * SECONDS_PER_HOUR, UTC)
    return _("há menos de 1 h") if end > now - timedelta(hours=1) else ago(end, now)


def _share(share: float | None) -> str:
    return "" if share is None else percent(share)
