"""The list of causes as one value: what was asked, the tabs, accounts in trouble, the lines, the ways on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.db import cause_days, causes, queries
from ponte.db.cause_filters import CauseFilters, Tab
from ponte.db.causes import CausePage, Order, Totals
from ponte.db.cursor import BadCursor
from ponte.db.models import Cause, Channel
from ponte.db.queries import ChannelState
from ponte.db.search import words
from ponte.domain.problem import Severity
from ponte.domain.trend import Pulse, Trend
from ponte.explain.messages import suggest
from ponte.web.access import Visit
from ponte.web.causes.accounts import AccountLine, accounts
from ponte.web.causes.inside import Inside, inside_of
from ponte.web.causes.rows import CauseRow, explained_of, row_of
from ponte.web.labels import STAGES
from ponte.web.products.rows import ChannelBadge, badge

LIST: Final = "/causas"
SIZE: Final = 25
MAX_TEXT: Final = 200
MESSAGE_WORDS: Final = 3
"""So many words asked for are taken for a message that somebody pasted."""
OPEN, AFTER, BEFORE = "aberta", "depois", "antes"
NAMES: Final = ("aba", "canal", "etapa", "gravidade", "q", "ordem", AFTER, BEFORE, OPEN)

TABS: Mapping[str, tuple[Tab, str | Promise]] = {
    "": (Tab.OPEN, gettext_lazy("Abertas")),
    "novas": (Tab.NEW, gettext_lazy("Novas")),
    "crescendo": (Tab.GROWING, gettext_lazy("Crescendo")),
    "andamento": (Tab.KNOWN, gettext_lazy("Em andamento")),
    "ignoradas": (Tab.IGNORED, gettext_lazy("Ignoradas")),
    "resolvidas": (Tab.RESOLVED, gettext_lazy("Resolvidas")),
}
ORDERS: Mapping[str, tuple[Order, str | Promise]] = {
    "": (Order.COUNT, gettext_lazy("Produtos")),
    "valor": (Order.VALUE, gettext_lazy("Valor em estoque")),
    "recente": (Order.LAST, gettext_lazy("Última vez")),
}
SEVERITIES: Mapping[str, tuple[str, str | Promise]] = {
    "": (Severity.ERROR, gettext_lazy("Erros")),
    "alertas": (Severity.WARNING, gettext_lazy("Alertas")),
    "todas": ("", gettext_lazy("Erros e alertas")),
}
STAGES_BY_NAME: Mapping[str, tuple[str, str | Promise]] = {
    "": ("", gettext_lazy("Todas as etapas")),
    **{stage.value: (stage.value, name) for stage, name in STAGES.items()},
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The address, read: `values` repeats it, `flaws` names what cannot be followed."""

    values: Mapping[str, str]
    flaws: tuple[str, ...]
    after: str = ""
    before: str = ""
    open: int | None = None

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def tab(self) -> Tab:
        return TABS[self.value("aba")][0]

    @property
    def order(self) -> Order:
        return ORDERS[self.value("ordem")][0]

    @property
    def kept(self) -> str:
        """The query of the list without its page and open line."""
        return urlencode(self.values)

    @property
    def narrows(self) -> bool:
        return any(self.value(name) for name in ("canal", "etapa", "gravidade", "q"))

    @property
    def query(self) -> str:
        """The query of this page without the open line, ready for one more value."""
        paging = {AFTER: self.after, BEFORE: self.before}
        kept = urlencode({**self.values, **{name: place for name, place in paging.items() if place}})
        return f"{kept}&" if kept else ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, tab or order."""

    value: str
    text: str | Promise
    current: bool
    href: str = ""
    count: int = 0
    badge: ChannelBadge | None = None


@dataclass(frozen=True, slots=True)
class Causes:
    """Everything the page shows."""

    asked: Asked
    totals: Totals
    tabs: tuple[Choice, ...]
    orders: tuple[Choice, ...]
    channels: tuple[Choice, ...]
    stages: tuple[Choice, ...]
    severities: tuple[Choice, ...]
    accounts: tuple[AccountLine, ...]
    rows: tuple[CauseRow, ...]
    inside: Inside | None
    next: str
    previous: str
    known: str
    searched_all: bool

    @property
    def current_tab(self) -> Choice:
        return next(tab for tab in self.tabs if tab.current)


@dataclass(frozen=True, slots=True)
class View:
    """What every answer about the list is made from."""

    visit: Visit
    asked: Asked
    now: datetime
    states: Sequence[ChannelState]
    pulses: Mapping[int, Pulse]
    filters: CauseFilters
    searched_all: bool

    def rows(self, found: Iterable[Cause]) -> tuple[CauseRow, ...]:
        listed = [*found]
        met = cause_days.days([cause.pk for cause in listed], self.now)
        role = self.visit.role
        return tuple(row_of(one, met[one.pk], self.pulses.get(one.pk), self.now, role) for one in listed)


def read(request: HttpRequest) -> Asked:
    """Read the address of the list. Names and values that are no part of it are flaws: nothing is ignored."""
    query = request.GET
    flaws = [name for name in query if name not in NAMES]
    flaws += [name for name in NAMES if len(query.getlist(name)) > 1]
    allowed = {"aba": TABS, "ordem": ORDERS, "gravidade": SEVERITIES, "etapa": STAGES_BY_NAME}
    flaws += [name for name, known in allowed.items() if query.get(name, "") not in known]
    text = query.get("q", "").replace("\x00", "").strip()
    flaws += ["q"] if len(text) > MAX_TEXT else []
    values = {name: query[name] for name in (*allowed, "canal") if query.get(name) and name not in flaws}
    opened = query.get(OPEN, "")
    return Asked(
        values={**values, **({"q": text} if text and "q" not in flaws else {})},
        flaws=tuple(name[:40] for name in dict.fromkeys(flaws)),
        after=query.get(AFTER, ""),
        before=query.get(BEFORE, ""),
        open=int(opened) if opened.isdecimal() and len(opened) < 19 else None,
    )


def looked_at(visit: Visit, asked: Asked) -> View:
    """Read what every answer needs: the channels, the trends, and what a search finds."""
    now = timezone.now()
    states = queries.channels(visit.scope)
    pulses = cause_days.pulses(visit.scope, now)
    chosen = next((state.channel for state in states if state.channel.code == asked.value("canal")), None)
    if asked.value("canal") and chosen is None:
        asked = replace(asked, flaws=(*asked.flaws, "canal"))
    filters = CauseFilters(
        tab=asked.tab,
        channel_id=chosen.pk if chosen else None,
        stage=STAGES_BY_NAME[asked.value("etapa")][0],
        severity=SEVERITIES[asked.value("gravidade")][0],
        growing=tuple(number for number, pulse in pulses.items() if pulse.trend is Trend.GROWING),
    )
    filters, searched_all = _searched(visit, asked, filters, now)
    return View(visit, asked, now, states, pulses, filters, searched_all)


def listing(visit: Visit, asked: Asked) -> Causes:
    """Read what the page shows. A forged cursor is a flaw like the others."""
    view = looked_at(visit, asked)
    asked, found = _page(view)
    totals = causes.totals(visit.scope, view.filters, now=view.now)
    opened = next((cause for cause in found.rows if cause.pk == asked.open), None)
    tabs = tabs_of(asked, totals)
    return Causes(
        asked=asked,
        totals=totals,
        tabs=tabs,
        orders=_choices(asked, "ordem", ORDERS),
        channels=_channels(asked, [state.channel for state in view.states]),
        stages=_choices(asked, "etapa", STAGES_BY_NAME),
        severities=_choices(asked, "gravidade", SEVERITIES),
        accounts=accounts(visit.scope, view.states, view.now),
        rows=view.rows(found.rows),
        inside=_inside(visit, opened, view.now),
        next=_address(asked.values, {AFTER: found.next}) if found.next else "",
        previous=_address(asked.values, {BEFORE: found.previous}) if found.previous else "",
        known=known_counts(tabs, totals),
        searched_all=view.searched_all,
    )


def tabs_of(asked: Asked, totals: Totals) -> tuple[Choice, ...]:
    """Return the tabs with their counts; each keeps the filters."""
    kept = {name: value for name, value in asked.values.items() if name != "aba"}
    return tuple(
        Choice(name or "abertas", text, tab is asked.tab, _address(kept, {"aba": name}), totals.tabs[tab])
        for name, (tab, text) in TABS.items()
    )


def known_counts(tabs: Sequence[Choice], totals: Totals) -> str:
    """Return the counts in short, to tell whether they changed."""
    return ".".join(f"{number:x}" for number in (*(tab.count for tab in tabs), totals.records, totals.causes))


def _searched(visit: Visit, asked: Asked, filters: CauseFilters, now: datetime) -> tuple[CauseFilters, bool]:
    """Narrow to the causes with words that begin with those asked for, in title, code, field or message.

    A whole message that no cause has finds those of the class that its words suggest.
    """
    wanted = words(asked.value("q"))
    if not asked.value("q"):
        return filters, True
    looked = causes.searched(visit.scope, filters, now=now) if wanted else []
    found = tuple(cause.pk for cause in looked if _has(cause, wanted))
    if not found and len(wanted) >= MESSAGE_WORDS and (hint := suggest(asked.value("q"))):
        found = tuple(cause.pk for cause in looked if cause.problem_class == hint.kind.name)
    return replace(filters, ids=found), len(looked) < causes.SEARCHED


def _has(cause: Cause, wanted: Sequence[str]) -> bool:
    """The title is only put together for what the cheaper words do not decide."""
    own = words(f"{cause.code} {cause.subject} {cause.message} {cause.fingerprint}")
    missing = [word for word in wanted if not any(one.startswith(word) for one in own)]
    if not missing:
        return True
    title = words(explained_of(cause).title)
    return all(any(one.startswith(word) for one in title) for word in missing)


def _page(view: View) -> tuple[Asked, CausePage]:
    asked = view.asked
    if asked.flaws:
        return asked, CausePage((), None, None)
    try:
        return asked, causes.page(
            view.visit.scope,
            view.filters,
            order=asked.order,
            after=asked.after or None,
            before=asked.before or None,
            size=SIZE,
            now=view.now,
        )
    except BadCursor:
        return replace(asked, flaws=("página",), after="", before=""), CausePage((), None, None)


def _inside(visit: Visit, opened: Cause | None, now: datetime) -> Inside | None:
    whole = causes.one(visit.scope, opened.pk) if opened else None
    return inside_of(whole, now) if whole else None


def _choices(asked: Asked, name: str, known: Mapping[str, tuple[str, str | Promise]]) -> tuple[Choice, ...]:
    kept = {other: value for other, value in asked.values.items() if other != name}
    current = asked.value(name)
    return tuple(
        Choice(value, text, value == current, _address(kept, {name: value})) for value, (__, text) in known.items()
    )


def _channels(asked: Asked, channels: Sequence[Channel]) -> tuple[Choice, ...]:
    current = asked.value("canal")
    every = Choice("", _("Todos os canais"), not current)
    return every, *(Choice(one.code, one.name, one.code == current, badge=badge(one)) for one in channels)


def _address(values: Mapping[str, str], more: Mapping[str, str | None]) -> str:
    query = {name: value for name, value in {**values, **more}.items() if value}
    return f"{LIST}?{urlencode(query)}" if query else LIST
