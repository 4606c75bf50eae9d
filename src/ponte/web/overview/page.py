"""The first page as one value: what to do next in words, a few figures, charts, causes and channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ponte.db import overview
from ponte.db.counts import SECONDS_PER_HOUR
from ponte.db.history import hour_of
from ponte.db.models import Cause
from ponte.db.overview import Hours, LaneNow
from ponte.db.scope import Scope
from ponte.web.access import Visit
from ponte.web.causes.rows import explained_of
from ponte.web.charts import SLOT, Bar, Scale, Series, Trend, bars_of, scale_of, trend_of
from ponte.web.history import SERIES
from ponte.web.numbers import percent
from ponte.web.overview.health import NONE, Health, age_ms, health_of
from ponte.web.overview.live import LiveTimes, lasting, live_times_of
from ponte.web.overview.rates import Sums, settled, success_share, total
from ponte.web.overview.slots import Period, Slot, slots_of, ticks_of
from ponte.web.overview.steps import Causes, Step, steps_of
from ponte.web.products.rows import ChannelBadge, badge
from ponte.web.templatetags.ponte import number

SHOWN: Final = SERIES[:3]
FLOORS: Final = (0.95, 0.9, 0.8, 0.6, 0.0)
"""Where the scale of the success rates may begin: at the first that all of them reach."""

MINUTES: Final = 60


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the large numbers; `change` is "", "good" or "bad"."""

    name: str | Promise
    value: str
    unit: str
    note: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A bar, and its line of the table."""

    slot: Slot
    counts: tuple[int, ...]
    rate: str
    bar: Bar


@dataclass(frozen=True, slots=True)
class Bars:
    """What was processed, slot by slot."""

    rows: tuple[SlotRow, ...]
    scale: Scale
    total: int
    series: tuple[Series, ...] = SHOWN

    @property
    def width(self) -> int:
        return len(self.rows) * SLOT


@dataclass(frozen=True, slots=True)
class ChannelRate:
    """A channel's success rate through the period, as a line and as the words of a table's column."""

    badge: ChannelBadge
    rate: str
    trend: Trend
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rates:
    """The success rates of the channels on one scale, from `floor` to 100 %; `lines` are the table's."""

    channels: tuple[ChannelRate, ...]
    floor: str
    width: int
    lines: tuple[tuple[Slot, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class TopCause:
    """An open cause; `width` is its length beside the largest one's, of 100."""

    title: str
    badge: ChannelBadge
    count: int
    width: int
    href: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page shows."""

    period: Period
    steps: tuple[Step, ...]
    figures: tuple[Figure, ...]
    bars: Bars
    ticks: tuple[str, ...]
    rates: Rates
    live: LiveTimes
    causes: tuple[TopCause, ...]
    open_causes: int
    health: tuple[Health, ...]
    has_channel: bool
    has_any: bool
    at: datetime
    periods: tuple[Period, ...] = tuple(Period)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of the database, in a fixed number of queries."""

    slots: Sequence[Slot]
    hours: Hours
    sums: Mapping[int, Sums]
    before: Mapping[int, Sums]
    lanes: Sequence[LaneNow]
    causes: Causes
    last_success: Mapping[int, int]
    now: datetime


def overview_of(visit: Visit, period: Period, now: datetime) -> Overview:
    """Read and put together what the page shows."""
    found = _read(visit.scope, period, now)
    live = live_times_of(found.hours.live)
    return Overview(
        period=period,
        steps=steps_of(found.lanes, found.causes, found.sums, found.before, now),
        figures=_figures(period, found, live),
        bars=_bars(found),
        ticks=ticks_of(found.slots),
        rates=_rates(found),
        live=live,
        causes=tuple(_top(cause, found.causes.top[0]) for cause in found.causes.top),
        open_causes=found.causes.count,
        health=_health(found),
        has_channel=bool(found.lanes),
        has_any=bool(found.sums or found.last_success or any(any(lane.counts.values()) for lane in found.lanes)),
        at=now,
    )


def _read(scope: Scope, period: Period, now: datetime) -> _Read:
    slots = slots_of(period, now)
    first, last = slots[0].hours[0], slots[-1].hours[-1]
    hours = overview.hours(scope, first, last)
    count, records = overview.open_causes(scope)
    return _Read(
        slots=slots,
        hours=hours,
        sums={channel: total(by_hour.values()) for channel, by_hour in hours.by_channel.items()},
        before=overview.totals(scope, first - (last - first + 1), first - 1),
        lanes=overview.lanes(scope),
        causes=Causes(overview.top_causes(scope), count, records),
        last_success=overview.last_success(scope),
        now=now,
    )


def _figures(period: Period, found: _Read, live: LiveTimes) -> tuple[Figure, ...]:
    return (_success(found), _pace(period, found), _queue(found), _to_live(live))


def _success(found: _Read) -> Figure:
    share, usual = success_share(total(found.sums.values())), success_share(total(found.before.values()))
    name = _("Taxa de sucesso")
    if share is None:
        return Figure(name, "–", "", _("Nada processado no período"))
    if usual is None:
        return Figure(name, percent(share), "", _("Sem período anterior para comparar"))
    points = round((share - usual) * 100, 1)
    if points == 0:
        return Figure(name, percent(share), "", _("Igual ao período anterior"))
    text = (
        _("%(points)s pontos acima do período anterior")
        if points > 0
        else _("%(points)s pontos abaixo do período anterior")
    )
    note = text % {"points": formats.number_format(abs(points), 1)}
    return Figure(name, percent(share), "", note, "good" if points > 0 else "bad")


def _pace(period: Period, found: _Read) -> Figure:
    """The pace of the last one to two hours: hours are what is counted, and this one has only begun."""
    this = hour_of(found.now)
    begun = (found.now.timestamp() - this * SECONDS_PER_HOUR) / 60
    lately = sum(settled(found.hours.by_hour.get(hour, NONE)) for hour in (this - 1, this))
    minutes = sum(len(slot.hours) for slot in found.slots[:-1]) * MINUTES + begun
    average = settled(total(found.sums.values())) / minutes
    value, unit = _rate(lately / (MINUTES + begun))
    usual, usual_unit = _rate(average)
    words = {"period": period.text, "value": usual, "unit": usual_unit}
    return Figure(_("Vazão agora"), value, unit, _("Média de %(period)s: %(value)s %(unit)s") % words)


def _rate(per_minute: float) -> tuple[str, str]:
    if per_minute >= 2 or per_minute == 0:
        return number(round(per_minute)), _("produtos/min")
    return number(round(per_minute * 60)), _("produtos/h")


def _queue(found: _Read) -> Figure:
    waiting = sum(lane.waiting for lane in found.lanes)
    oldest = max(found.lanes, key=lambda lane: age_ms(lane, found.now), default=None)
    waits = age_ms(oldest, found.now) if oldest else 0
    if oldest is None or waits < 1_000:
        return Figure(_("Na fila"), number(waiting), "", _("Nada em atraso"))
    values = {"time": lasting(waits), "channel": oldest.channel.name}
    late = "bad" if waits > 10 * 60_000 else ""
    return Figure(_("Na fila"), number(waiting), "", _("Espera mais longa: %(time)s, %(channel)s") % values, late)


def _to_live(live: LiveTimes) -> Figure:
    name = _("Da VTEX ao anúncio")
    if not live.count:
        return Figure(name, "–", "", _("Nenhuma mudança publicada no período"))
    return Figure(name, live.half, "", _("%(share)s em até %(time)s") % {"share": percent(0.95), "time": live.most})


def _bars(found: _Read) -> Bars:
    sums = [total(found.hours.by_hour.get(hour, NONE) for hour in slot.hours) for slot in found.slots]
    scale = scale_of(max(settled(one) for one in sums))
    drawn = bars_of(sums, SHOWN, scale.top)
    rows = tuple(
        SlotRow(slot, tuple(one.get(kind.key, 0) for kind in SHOWN), _percent(success_share(one)), bar)
        for slot, one, bar in zip(found.slots, sums, drawn, strict=True)
    )
    return Bars(rows, scale, sum(settled(one) for one in sums))


def _rates(found: _Read) -> Rates:
    lanes = [lane for lane in found.lanes if settled(found.sums.get(lane.channel.pk, NONE))]
    shares = [[_share_of(found, lane, slot) for slot in found.slots] for lane in lanes]
    lowest = min((share for line in shares for share in line if share is not None), default=1.0)
    floor = next(floor for floor in FLOORS if lowest >= floor)
    width = (len(found.slots) - 1) * SLOT
    texts = [tuple(_percent(share) for share in line) for line in shares]
    channels = tuple(
        ChannelRate(
            badge(lane.channel),
            _percent(success_share(found.sums[lane.channel.pk])),
            trend_of(line, floor, 1.0, width),
            words,
        )
        for lane, line, words in zip(lanes, shares, texts, strict=True)
    )
    lines = tuple(zip(found.slots, zip(*texts, strict=True), strict=True)) if texts else ()
    return Rates(channels, percent(floor), width, lines)


def _share_of(found: _Read, lane: LaneNow, slot: Slot) -> float | None:
    hours = found.hours.by_channel.get(lane.channel.pk, {})
    return success_share(total(hours.get(hour, NONE) for hour in slot.hours))


def _health(found: _Read) -> tuple[Health, ...]:
    return tuple(
        health_of(
            lane,
            found.now,
            sums=found.sums.get(lane.channel.pk, NONE),
            before=found.before.get(lane.channel.pk, NONE),
            live=found.hours.live.get(lane.channel.pk, {}),
            last_hour=found.last_success.get(lane.channel.pk),
        )
        for lane in found.lanes
    )


def _top(cause: Cause, largest: Cause) -> TopCause:
    width = max(1, round(100 * cause.count / largest.count))
    return TopCause(explained_of(cause).title, badge(cause.channel), cause.count, width, f"/causas/{cause.pk}")


def _percent(share: float | None) -> str:
    return "" if share is None else percent(share)
