"""What to do next, in words: the accounts that need a person first, then the causes that explain most errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.db.models import Cause, LaneState
from ponte.db.overview import LaneNow
from ponte.web.clock import brief
from ponte.web.numbers import percent
from ponte.web.overview.health import LATE_MS, NONE, age_ms, broken
from ponte.web.overview.live import lasting
from ponte.web.overview.rates import Sums, error_share, risen
from ponte.web.templatetags.ponte import number

ENOUGH: Final = 2 / 3
MOST_CAUSES: Final = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, with the page where it is done."""

    text: str
    href: str
    link: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class Causes:
    """The largest open causes, how many are open, and how many records all of them have."""

    top: Sequence[Cause]
    count: int
    records: int


def steps_of(
    lanes: Sequence[LaneNow],
    causes: Causes,
    sums: Mapping[int, Sums],
    before: Mapping[int, Sums],
    now: datetime,
) -> tuple[Step, ...]:
    """Return what to do, the most urgent first; one calm line when there is nothing."""
    found = [
        *_stopped(lanes, now),
        *_causes(causes),
        *_risen(lanes, sums, before),
        *_late(lanes, now),
        *_paused(lanes),
    ]
    calm = Step(_("Tudo em ordem: nenhum canal parado e nenhum erro em aberto."), "", "", "ok", "suc")
    return tuple(found) or (calm,)


def _stopped(lanes: Sequence[LaneNow], now: datetime) -> Iterator[Step]:
    for lane in lanes:
        name = {"channel": lane.channel.name, "count": number(lane.waiting)}
        if lane.state is LaneState.DISCONNECTED:
            text = ngettext(
                "%(channel)s está desconectado. %(count)s produto espera, nada se perde.",
                "%(channel)s está desconectado. %(count)s produtos esperam, nada se perde.",
                lane.waiting,
            )
            yield Step(text % name, f"/canais/{lane.channel.code}", _("Reconectar"), "plug", "err")
        elif lane.state is LaneState.OPEN and broken(lane, now):
            until = datetime.fromtimestamp(lane.breaker_until_ms / 1000, UTC)
            if lane.throttled:
                text = _("%(channel)s pediu menos requisições. O Ponte volta a enviar às %(time)s, sozinho.")
                yield Step(text % {**name, "time": brief(until, now)}, "/fila", _("Ver a fila"), "hourglass", "wrn")
                continue
            text = ngettext(
                "%(channel)s não responde. %(count)s produto espera; o Ponte tenta de novo às %(time)s, sozinho.",
                "%(channel)s não responde. %(count)s produtos esperam; o Ponte tenta de novo às %(time)s, sozinho.",
                lane.waiting,
            )
            yield Step(text % {**name, "time": brief(until, now)}, "/fila", _("Ver a fila"), "alert", "err")


def _causes(causes: Causes) -> Iterator[Step]:
    if not causes.records:
        return
    told = largest(causes)
    share = sum(cause.count for cause in causes.top[:told]) / causes.records
    values = {"count": told, "share": percent(round(share, 2)), "records": number(causes.records)}
    text = ngettext(
        "%(count)d causa explica %(share)s dos %(records)s produtos afetados.",
        "%(count)d causas explicam %(share)s dos %(records)s produtos afetados.",
        told,
    )
    yield Step(text % values, "/causas", _("Ver as causas"), "layers", "err")


def largest(causes: Causes) -> int:
    """Return how many of the largest causes are worth naming: those of two thirds of the errors, three at most."""
    reached = 0
    for place, cause in enumerate(causes.top[:MOST_CAUSES], 1):
        reached += cause.count
        if reached >= ENOUGH * causes.records:
            return place
    return min(MOST_CAUSES, len(causes.top))


def _risen(lanes: Sequence[LaneNow], sums: Mapping[int, Sums], before: Mapping[int, Sums]) -> Iterator[Step]:
    for lane in lanes:
        now, usual = sums.get(lane.channel.pk, NONE), before.get(lane.channel.pk, NONE)
        if risen(now, usual):
            shares = {"now": percent(error_share(now) or 0), "before": percent(error_share(usual) or 0)}
            text = _("Os erros de %(channel)s subiram de %(before)s para %(now)s.")
            href = f"/historico?canal={lane.channel.code}&resultado=erro"
            yield Step(text % {"channel": lane.channel.name, **shares}, href, _("Ver o histórico"), "chart", "wrn")


def _late(lanes: Sequence[LaneNow], now: datetime) -> Iterator[Step]:
    for lane in lanes:
        waits = age_ms(lane, now)
        if lane.state is LaneState.OPEN and not broken(lane, now) and waits > LATE_MS:
            text = _("A fila de %(channel)s está atrasada em %(time)s.")
            values = {"channel": lane.channel.name, "time": lasting(waits)}
            yield Step(text % values, "/fila", _("Ver a fila"), "clock", "wrn")


def _paused(lanes: Sequence[LaneNow]) -> Iterator[Step]:
    paused = [lane.channel for lane in lanes if lane.state is LaneState.PAUSED]
    if len(paused) == 1:
        text = _("%(channel)s está em pausa: os envios esperam na fila.") % {"channel": paused[0].name}
        yield Step(text, f"/canais/{paused[0].code}", _("Ver o canal"), "pause", "wrn")
    elif paused:
        names = ", ".join(channel.name for channel in paused)
        text = _("%(channels)s estão em pausa: os envios esperam na fila.") % {"channels": names}
        yield Step(text, "/fila", _("Ver a fila"), "pause", "wrn")
