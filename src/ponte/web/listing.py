"""The list of records as one value: what was asked, the tabs, the rows, the ways on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.db import queries
from ponte.db.filters import FILTER_NAMES, Bucket, FilterErrors, Filters
from ponte.db.models import LaneState
from ponte.db.queries import BadCursor, ChannelState, Page
from ponte.web.access import Visit
from ponte.web.clock import brief
from ponte.web.labels import FLAWS, TABS
from ponte.web.origin import Origin, origin_of
from ponte.web.rows import ChannelBadge, Row, badge, lanes_by_id, row_of

LIST: Final = "/produtos"
SIZE: Final = 25
AFTER, BEFORE, OPEN = "depois", "antes", "aberto"
FIELDS: Final = ("status", "channel", "q", "from", "to")
"""Filters with a field of their own on the page; a flaw in another one is told above the list."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A status with its count; `key` is the bucket, "all" or "removed"."""

    key: str
    text: str | Promise
    count: int
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A channel to choose."""

    code: str
    badge: ChannelBadge
    current: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A channel that does not run, in words."""

    text: str
    serious: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The query string, read: `values` repeats it for the form, `flaws` has the text for each wrong field."""

    filters: Filters
    values: Mapping[str, str]
    flaws: Mapping[str, str | Promise]
    after: str
    before: str
    open: int | None

    @property
    def query(self) -> str:
        """The query string of this page without the open row, ready for one more value."""
        paging = {AFTER: self.after, BEFORE: self.before}
        kept = urlencode({name: value for name, value in {**self.values, **paging}.items() if value})
        return f"{kept}&" if kept else ""

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """Wrong parts of the address that have no field on the page."""
        return tuple(name for name in self.flaws if name not in FIELDS)


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything the list's page shows."""

    asked: Asked
    tabs: tuple[Tab, ...]
    choices: tuple[Choice, ...]
    notices: tuple[Notice, ...]
    rows: tuple[Row, ...]
    open: Row | None
    origin: Origin | None
    next: str
    previous: str
    known: str
    mark: int
    has_any: bool
    cleared: str = field(default=LIST)

    @property
    def current_channel(self) -> Choice | None:
        return next((choice for choice in self.choices if choice.current), None)

    @property
    def several_pages(self) -> bool:
        return bool(self.next or self.previous)


def read(request: HttpRequest) -> Asked:
    """Read the address of the list. Names that are no part of it are flaws; nothing is silently ignored."""
    query = {name: request.GET.getlist(name) for name in request.GET}
    own = {name: query.pop(name, [""])[-1] for name in (AFTER, BEFORE, OPEN)}
    found = Filters.from_query(query)
    flaws: dict[str, str | Promise] = {}
    if isinstance(found, FilterErrors):
        flaws = {name: FLAWS[flaw] for name, flaw in found.flaws.items()}
        found = Filters()
    values = {name: query[name][-1] for name in FILTER_NAMES if query.get(name, [""])[-1]}
    opened = int(own[OPEN]) if own[OPEN].isdecimal() and len(own[OPEN]) < 19 else None
    return Asked(found, values, flaws, own[AFTER], own[BEFORE], opened)


def listing(visit: Visit, asked: Asked) -> Listing:
    """Read what the page shows. A forged cursor is a flaw like the others."""
    now = timezone.now()
    states = queries.channels(visit.store.pk)
    chosen = next((state for state in states if state.channel.code == asked.filters.channel), None)
    counted = queries.counts(visit.store.pk, chosen.channel.pk if chosen else None)
    asked, page = _page(visit.store.pk, asked)
    lanes = lanes_by_id(states)
    rows = tuple(row_of(found, lanes, now, may_act=visit.may_act) for found in page.rows)
    opened = asked.open in {found.pk for found in page.rows}
    inside = queries.record([visit.store.pk], asked.open) if opened and asked.open else None
    tabs = tabs_of(asked, counted)
    return Listing(
        asked=asked,
        tabs=tabs,
        choices=tuple(Choice(state.channel.code, badge(state.channel), state is chosen) for state in states),
        notices=tuple(notice for state in states if (notice := notice_of(state, now))),
        rows=rows,
        open=next((row for row in rows if row.id == asked.open), None),
        origin=origin_of(inside) if inside else None,
        next=_address(asked.values, {AFTER: page.next}) if page.next else "",
        previous=_address(asked.values, {BEFORE: page.previous}) if page.previous else "",
        known=known_counts(tabs),
        mark=_mark(page, now),
        has_any=any(counted.values()),
        cleared=_address({"status": asked.values["status"]} if "status" in asked.values else {}),
    )


def tabs_of(asked: Asked, counted: Mapping[str, int]) -> tuple[Tab, ...]:
    """Return the tabs; each keeps the other filters."""
    others = {name: value for name, value in asked.values.items() if name not in {"status", "removed"}}
    status, removed = asked.filters.status, asked.filters.removed
    every = sum(counted[bucket] for bucket in Bucket)
    tabs = [Tab("all", gettext_lazy("Todos"), every, _address(others), status is None and not removed)]
    for bucket in Bucket:
        address = _address({**others, "status": bucket})
        tabs.append(Tab(bucket, TABS[bucket], counted[bucket], address, status is bucket and not removed))
    if removed or counted["removed"]:
        address = _address({**others, "removed": "1"})
        tabs.append(Tab("removed", gettext_lazy("Removidos"), counted["removed"], address, removed))
    return tuple(tabs)


def known_counts(tabs: Sequence[Tab]) -> str:
    """Return the counts in short, to tell whether they changed."""
    return ".".join(f"{tab.count:x}" for tab in tabs)


def notice_of(state: ChannelState, now: datetime) -> Notice | None:
    """Say in words that a channel does not run, None when it does."""
    name = {"channel": state.channel.name}
    if state.state is LaneState.DISCONNECTED:
        text = _("%(channel)s está desconectado: reconecte a conta. Nada se perde, os envios esperam na fila.")
        return Notice(text % name, serious=True)
    if state.state is LaneState.PAUSED:
        return Notice(_("%(channel)s está em pausa: os envios esperam na fila.") % name, serious=False)
    if state.breaker_until is not None:
        until = datetime.fromtimestamp(state.breaker_until, tz=now.tzinfo)
        text = _("%(channel)s não está respondendo. O Ponte tenta de novo às %(time)s, sozinho.")
        return Notice(text % {**name, "time": brief(until, now)}, serious=False)
    return None


def _page(store_id: int, asked: Asked) -> tuple[Asked, Page]:
    if asked.flaws:
        return asked, Page((), None, None)
    try:
        found = queries.page(
            store_id, asked.filters, after=asked.after or None, before=asked.before or None, size=SIZE
        )
    except BadCursor:
        flaw = {"page": _("Esta página da lista não existe mais. Volte ao começo.")}
        return Asked(asked.filters, asked.values, flaw, "", "", None), Page((), None, None)
    return asked, found


def _mark(page: Page, now: datetime) -> int:
    """Return the moment of the newest row shown, in microseconds: later changes are news."""
    newest = max((found.updated_at for found in page.rows), default=now)
    return int(newest.timestamp() * 1_000_000)


def _address(values: Mapping[str, str], more: Mapping[str, str | None] | None = None) -> str:
    query = {name: value for name, value in {**values, **(more or {})}.items() if value}
    return f"{LIST}?{urlencode(query)}" if query else LIST
