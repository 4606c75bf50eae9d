"""A channel on the screen: how it stands, in words, and its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ponte.connectors import Broken, get
from ponte.db.channels import Figures, Overview, names_of
from ponte.db.models import Channel, LaneState
from ponte.db.queries import ChannelState
from ponte.db.records import problem_from_json
from ponte.domain.problem import Problem
from ponte.explain import explain
from ponte.flows.channels.steer import Tested
from ponte.web.clock import ago, brief
from ponte.web.explained import language
from ponte.web.labels import THROTTLED, Label
from ponte.web.numbers import percent, shown_number
from ponte.web.products.rows import ChannelBadge, badge

RUNS = Label(gettext_lazy("Operando"), "ok", "suc")
PAUSED = Label(gettext_lazy("Em pausa"), "pause", "wrn")
CUT_OFF = Label(gettext_lazy("Desconectado"), "error", "err")
SILENT = Label(gettext_lazy("Sem resposta"), "alert", "wrn")
UNUSABLE = Label(gettext_lazy("Conector indisponível"), "error", "err")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a channel stands: a word, a sentence, and what a person may do about it."""

    label: Label
    text: str
    tone: str
    icon: str
    paused: bool = False
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A channel on the list and at the head of its page."""

    code: str
    badge: ChannelBadge
    connector: str
    facts: str
    standing: Standing
    published: int
    errors: int
    waiting: int
    went_well: str
    pace: str
    last_success: datetime | None

    @property
    def error_list(self) -> str:
        return "/produtos?" + urlencode({"channel": self.code, "status": "error"})


def cards_of(found: Sequence[Overview], *, store_paused: bool, now: datetime) -> tuple[Card, ...]:
    """Put channels into words; who paused them is read once for all."""
    pausers = {actor for one in found if (actor := _pauser(one.state)) is not None}
    names = names_of(pausers)
    return tuple(card_of(one, names, store_paused=store_paused, now=now) for one in found)


def card_of(found: Overview, names: Mapping[int, str], *, store_paused: bool, now: datetime) -> Card:
    channel, figures = found.state.channel, found.figures
    connector = get(channel.connector)
    well = figures.went_well
    return Card(
        code=channel.code,
        badge=badge(channel),
        connector=channel.connector if isinstance(connector, Broken) else connector.manifest.name,
        facts=_facts(channel),
        standing=_standing(found, names, store_paused=store_paused, now=now),
        published=figures.counts["success"] + figures.counts["alert"],
        errors=figures.counts["error"],
        waiting=figures.waiting,
        went_well=percent(well / 100) if well is not None else "",
        pace=_pace(channel),
        last_success=figures.last_success,
    )


def _facts(channel: Channel) -> str:
    parts = [_("código %(code)s") % {"code": channel.code}]
    if channel.affiliate_id:
        parts.append(_("afiliado %(id)s") % {"id": channel.affiliate_id})
    parts.append(_("política comercial %(policy)s") % {"policy": channel.trade_policy})
    if channel.settings.get("user_id"):
        parts.append(_("conta %(account)s") % {"account": channel.settings["user_id"]})
    return ", ".join(parts)


def pace_of(channel: Channel) -> float | None:
    """Return a channel's requests per second: its own, else the connector's."""
    connector = get(channel.connector)
    usual = None if isinstance(connector, Broken) else connector.manifest.limits.requests_per_second
    return channel.requests_per_second or usual


def _pace(channel: Channel) -> str:
    rate = pace_of(channel)
    return _("até %(rate)s/s") % {"rate": shown_number(rate)} if rate else ""


def _standing(found: Overview, names: Mapping[int, str], *, store_paused: bool, now: datetime) -> Standing:
    state = found.state
    connector = get(state.channel.connector)
    if isinstance(connector, Broken):
        text = _("O conector %(code)s não pode ser usado: %(reason)s. Avise quem cuida do servidor.")
        told = text % {"code": state.channel.connector, "reason": connector.reason[:200]}
        return Standing(UNUSABLE, told, "err", "error", stopped=True)
    if state.state is LaneState.DISCONNECTED:
        return Standing(CUT_OFF, _cut_off(state), "err", "error", stopped=True)
    if state.state is LaneState.PAUSED:
        return Standing(PAUSED, _paused(found, names, now), "wrn", "pause", paused=True, stopped=True)
    if state.breaker_until is not None:
        return _tripped(state, datetime.fromtimestamp(state.breaker_until, tz=now.tzinfo), now)
    if store_paused:
        return Standing(PAUSED, _("A loja inteira está em pausa: os envios esperam na fila."), "wrn", "pause")
    return Standing(RUNS, _running(found.figures, now), "", "ok" if found.figures.last_success else "clock")


def _tripped(state: ChannelState, until: datetime, now: datetime) -> Standing:
    time = {"time": brief(until, now)}
    if state.throttled:
        told = _("O marketplace pediu menos requisições. O Ponte volta a enviar às %(time)s, sozinho.") % time
        return Standing(THROTTLED, told, "wrn", "hourglass", stopped=True)
    told = _("Não está respondendo. O Ponte tenta de novo às %(time)s, sozinho; nada se perde.") % time
    return Standing(SILENT, told, "wrn", "alert", stopped=True)


def _running(figures: Figures, now: datetime) -> str:
    if figures.last_success is None:
        return _("Nenhum envio com sucesso ainda.")
    return _("Último envio com sucesso %(ago)s.") % {"ago": ago(figures.last_success, now)}


def _cut_off(state: ChannelState) -> str:
    waits = _("Nada se perde: os envios esperam na fila.")
    reason = state.reason or {}
    if "class" not in reason:
        return _("A conta precisa ser reconectada.") + " " + waits
    told = explain(problem_from_json(reason), language(), {"marketplace": state.channel.name})
    return f"{told.title}. {told.meaning} {waits}"


def _paused(found: Overview, names: Mapping[int, str], now: datetime) -> str:
    state, reason = found.state, found.state.reason or {}
    name = names.get(_pauser(state) or 0, "")
    text = _("Pausado por %(name)s.") % {"name": name} if name else _("Pausado.")
    if found.since:
        stamp = {"name": name, "time": brief(found.since, now)}
        text = (_("Pausado por %(name)s: %(time)s.") if name else _("Pausado: %(time)s.")) % stamp
    note = str(reason.get("note") or "")
    waiting = found.figures.waiting
    rest = ngettext("%(count)d envio espera.", "%(count)d envios esperam.", waiting) % {"count": waiting}
    return " ".join(part for part in (text, f"“{note}”" if note else "", rest if waiting else "") if part)


def _pauser(state: ChannelState) -> int | None:
    actor = (state.reason or {}).get("actor_id") if state.state is LaneState.PAUSED else None
    return actor if isinstance(actor, int) else None


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that a test of the connection found wrong."""

    title: str
    text: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """The result of a test: one sentence, and each side's trouble."""

    text: str | Promise
    ok: bool
    troubles: tuple[Trouble, ...] = ()


def check_of(tested: Tested, marketplace: str) -> Check:
    """Put a test of a connection into words."""
    if tested.ok:
        return Check(_("A conexão funciona: os dois lados responderam."), ok=True)
    troubles = tuple(trouble_of(problem, marketplace) for problem in tested.problems)
    return Check(_("A conexão não funciona."), ok=False, troubles=troubles)


def trouble_of(problem: Problem, marketplace: str) -> Trouble:
    told = explain(problem, language(), {"marketplace": marketplace})
    return Trouble(told.title, told.meaning, told.fix)
