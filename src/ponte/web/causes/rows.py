"""One cause as the list shows it: in plain words, how many it hits, and whether it grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final
from urllib.parse import urlencode

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ponte.db.cause_filters import NEW
from ponte.db.models import Cause, CauseState, Role
from ponte.db.records import cause_problem
from ponte.domain.problem import Severity
from ponte.domain.trend import Pulse, Trend
from ponte.explain import Explanation, Where, explain
from ponte.flows.causes import may, state_of
from ponte.web.clock import brief
from ponte.web.explained import language
from ponte.web.labels import STAGES, Label
from ponte.web.products.rows import ChannelBadge, badge

BACK_FOR: Final = NEW
STEP, BAR, HEIGHT = 8, 6, 28
NO_PULSE: Final = Pulse(0, 0)

STATES: Mapping[CauseState, Label] = {
    CauseState.OPEN: Label(gettext_lazy("Aberta"), "error", "err"),
    CauseState.ACKNOWLEDGED: Label(gettext_lazy("Em andamento"), "user", "inf"),
    CauseState.IGNORED: Label(gettext_lazy("Ignorada"), "pause", "que"),
    CauseState.RESOLVED: Label(gettext_lazy("Resolvida"), "ok", "suc"),
}


class Move(Enum):
    """What may be done with a cause's state; the values are the words of the form."""

    ACKNOWLEDGE = ("known", gettext_lazy("Marcar como em andamento"), "user")
    IGNORE = ("ignored", gettext_lazy("Ignorar por 24 h"), "pause")
    RESOLVE = ("resolved", gettext_lazy("Resolvido fora"), "ok")
    REOPEN = ("open", gettext_lazy("Reabrir"), "undo")

    @property
    def state(self) -> CauseState:
        return CauseState(self.value[0])

    @property
    def text(self) -> Promise:
        return self.value[1]

    @property
    def icon(self) -> str:
        return self.value[2]


@dataclass(frozen=True, slots=True)
class Chart:
    """The last days as bars: `before` and `today` are paths to draw, `text` says the same in words."""

    before: str
    today: str
    text: str


@dataclass(frozen=True, slots=True)
class CauseRow:
    """What a line of the list says. `version` changes whenever the line does; `products` is a query of the list."""

    id: int
    title: str
    code: str
    stage: str | Promise
    channel: ChannelBadge
    warning: bool
    count: int
    value: str
    chart: Chart
    trend: Trend
    tags: tuple[Label, ...]
    first_at: datetime
    last_at: datetime
    state: CauseState
    told: str
    products: str
    moves: tuple[Move, ...]
    version: str

    @property
    def key(self) -> str:
        """The id as text, which a template need not put into the language's form."""
        return str(self.id)

    @property
    def label(self) -> Label:
        return STATES[self.state]


def row_of(cause: Cause, met: Sequence[int], pulse: Pulse | None, now: datetime, role: Role) -> CauseRow:
    """Make the line of a cause that was read with its channel."""
    state = state_of(cause, now)
    explained = explained_of(cause)
    pulse = pulse or NO_PULSE
    return CauseRow(
        id=cause.pk,
        title=explained.title,
        code=cause.code or cause.subject,
        stage=STAGES[cause_problem(cause).stage],
        channel=badge(cause.channel),
        warning=cause.severity == Severity.WARNING,
        count=max(0, cause.count),
        value=money(cause.value) if cause.value > 0 else "",
        chart=chart_of(met),
        trend=pulse.trend,
        tags=_tags(cause, state, pulse, explained, now),
        first_at=cause.first_at,
        last_at=cause.last_at,
        state=state,
        told=told_of(cause, state, now),
        products=products_query(cause),
        moves=moves_of(state, cause.count, role),
        version=f"{cause.count:x}.{cause.value:x}.{int(cause.last_at.timestamp()):x}.{state[0]}{pulse.trend[0]}",
    )


def explained_of(cause: Cause) -> Explanation:
    return explain(cause_problem(cause), language(), {"marketplace": cause.channel.name})


def products_query(cause: Cause) -> str:
    """Return the query of the list of products that shows a cause's records, and them alone."""
    return urlencode({"causa": cause.fingerprint, "canal": cause.channel.code})


def money(cents: int) -> str:
    """Return an amount in reais without its cents."""
    amount = formats.number_format(round(cents / 100), 0, force_grouping=True)
    return (_("R$ %(amount)s") % {"amount": amount}).replace(" ", "\N{NO-BREAK SPACE}")


def moves_of(state: CauseState, count: int, role: Role) -> tuple[Move, ...]:
    """Return what somebody of this role may do with a cause in this state; what no record has is not opened."""
    stands = CauseState if count > 0 else (CauseState.IGNORED, CauseState.RESOLVED)
    return tuple(
        move for move in Move if move.state is not state and move.state in stands and may(role, state, move.state)
    )


def chart_of(met: Sequence[int]) -> Chart:
    """Draw days as bars; a day with any is never without a bar, one without has a line."""
    most = max(met, default=0) or 1
    bars = [
        f"M{place * STEP} {HEIGHT}v-{max(2.0, HEIGHT * count / most) if count else 1:.1f}h{BAR}V{HEIGHT}z"
        for place, count in enumerate(met)
    ]
    return Chart("".join(bars[:-1]), "".join(bars[-1:]), _chart_text(met))


def _chart_text(met: Sequence[int]) -> str:
    if not any(met):
        return _("Não apareceu nos últimos 14 dias")
    listed = ", ".join(str(count) for count in met[:-1])
    return _("Vezes por dia nos últimos 14 dias: %(before)s; hoje, %(today)d") % {"before": listed, "today": met[-1]}


def told_of(cause: Cause, state: CauseState, now: datetime) -> str:
    """Say until when a cause is ignored, or that it is back by itself; "" when its state says all."""
    if state is CauseState.IGNORED:
        return _ignored(cause, now)
    if state is CauseState.RESOLVED:
        return "" if cause.state_by_id else _("Sem produtos: resolvida sozinha")
    return ""


def _ignored(cause: Cause, now: datetime) -> str:
    if cause.ignored_until is not None and cause.ignored_above is None:
        return _("Até %(moment)s") % {"moment": brief(cause.ignored_until, now)}
    if cause.ignored_above is not None:
        text = ngettext("Até passar de %(count)d produto", "Até passar de %(count)d produtos", cause.ignored_above)
        return text % {"count": cause.ignored_above}
    return _("Para sempre")


def _tags(cause: Cause, state: CauseState, pulse: Pulse, explained: Explanation, now: datetime) -> tuple[Label, ...]:
    """Return the words beside the title; a new cause grows by nature, so that is not said of it."""
    tags = []
    if cause.severity == Severity.WARNING:
        tags.append(Label(_("Alerta"), "alert", "wrn"))
    if now - cause.first_at <= NEW:
        tags.append(Label(_("Nova"), "star", "inf"))
    elif pulse.trend is Trend.GROWING:
        tags.append(Label(_("Crescendo"), "arrow-up", "err"))
    elif pulse.trend is Trend.FALLING:
        tags.append(Label(_("Caindo"), "arrow-down", "suc"))
    if cause.returns and state is CauseState.OPEN and now - cause.state_at <= BACK_FOR:
        tags.append(Label(_("Voltou"), "undo", "wrn"))
    if explained.where is Where.NOBODY:
        tags.append(Label(_("Tenta sozinho"), "refresh", "que"))
    return tuple(tags)
