"""A period of the overview cut into the times that its charts show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.db.counts import SECONDS_PER_HOUR
from ponte.db.history import hour_of
from ponte.web.clock import short_day

PART_OF_DAY: Final = 6
TICKS: Final = 6


class Period(Enum):
    """A span up to now: its word in the address, its name, its days."""

    DAY = ("24h", gettext_lazy("24 h"), 1)
    WEEK = ("7d", gettext_lazy("7 dias"), 7)
    MONTH = ("30d", gettext_lazy("30 dias"), 30)

    @property
    def word(self) -> str:
        return self.value[0]

    @property
    def text(self) -> Promise:
        return self.value[1]

    @property
    def days(self) -> int:
        return self.value[2]


@dataclass(frozen=True, slots=True)
class Slot:
    """A bar's worth of time: its hours (UTC, since 1970), its name, a shorter one, and where its history is."""

    hours: tuple[int, ...]
    text: str
    tick: str
    href: str


def period_of(request: HttpRequest) -> Period | None:
    """Return the period asked for, None for one there is not."""
    asked = request.GET.get("periodo", Period.DAY.word)
    return next((period for period in Period if period.word == asked), None)


def slots_of(period: Period, now: datetime) -> list[Slot]:
    """Cut a period into hours of a day, quarters of a week's days, days of a month: the days of the store's zone."""
    zone = timezone.get_current_timezone()
    last = hour_of(now)
    cut: dict[tuple[int, ...], list[int]] = {}
    for hour in range(_first(period, now.astimezone(zone), last), last + 1):
        local = datetime.fromtimestamp(hour * SECONDS_PER_HOUR, zone)
        cut.setdefault(_key(period, local, hour), []).append(hour)
    starts = (datetime.fromtimestamp(hours[0] * SECONDS_PER_HOUR, zone) for hours in cut.values())
    return [_slot(period, hours, start) for hours, start in zip(cut.values(), starts, strict=True)]


def ticks_of(slots: Sequence[Slot]) -> tuple[str, ...]:
    """Return some of the slots' names for the axis, the last of them "agora"."""
    step = max(1, len(slots) // TICKS)
    return (*(slot.tick for slot in slots[: -step or None : step]), _("agora"))


def _first(period: Period, here: datetime, last: int) -> int:
    if period is Period.DAY:
        return last - 23
    morning = (here - timedelta(days=period.days - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return hour_of(morning)


def _key(period: Period, local: datetime, hour: int) -> tuple[int, ...]:
    match period:
        case Period.DAY:
            return (hour,)
        case Period.WEEK:
            return (local.toordinal(), local.hour // PART_OF_DAY)
        case Period.MONTH:
            return (local.toordinal(),)


def _slot(period: Period, hours: Sequence[int], start: datetime) -> Slot:
    day = short_day(start)
    href = f"/historico?dia={start:%Y-%m-%d}"
    match period:
        case Period.DAY:
            text, tick = _("%(day)s, %(hour)d h") % {"day": day, "hour": start.hour}, f"{start.hour} h"
            href = f"{href}&hora={start.hour}"
        case Period.WEEK:
            end = {"day": day, "hour": start.hour, "end": start.hour + len(hours)}
            text, tick = _("%(day)s, das %(hour)d h às %(end)d h") % end, day
        case Period.MONTH:
            text = tick = day
    return Slot(tuple(hours), text, tick, href)
