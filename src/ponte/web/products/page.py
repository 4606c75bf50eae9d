"""The list of records as one value: what was asked, the tabs, the rows, the ways on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.db import facets, queries, sku_lists, totals
from ponte.db.filters import Bucket, Flaw, Period
from ponte.db.models import SavedView, SkuList
from ponte.db.narrowing import Looked, look
from ponte.db.queries import BadCursor, ChannelState, Page, Sort
from ponte.db.scope import Scope
from ponte.db.totals import Total
from ponte.db.views import saved_views
from ponte.web.access import Visit
from ponte.web.causes.rows import explained_of
from ponte.web.labels import FLAWS, TABS
from ponte.web.products.asked import AFTER, BEFORE, FIELDS, LIST, SORT, Asked, Query, address, read, written
from ponte.web.products.chips import PERIODS, Chip, Known, chips_of, days_of
from ponte.web.products.columns import Columns
from ponte.web.products.facets import NAMES
from ponte.web.products.notices import notices_of
from ponte.web.products.origin import origin_of
from ponte.web.products.rows import badge, lanes_by_id, row_of
from ponte.web.products.values import Choice, Line, Notice, Pasted, Tab, Way

__all__ = ["LIST", "SIZE", "Listing", "known_counts", "listing", "read", "tabs_of"]

SIZE: Final = 25
MISSING_SHOWN: Final = 30
SORTS: Mapping[Sort, str | Promise] = {
    Sort.RECENT: gettext_lazy("Mais recentes"),
    Sort.OLDEST: gettext_lazy("Mais antigos"),
    Sort.VALUE: gettext_lazy("Maior valor em estoque"),
    Sort.SKU: gettext_lazy("SKU"),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything the list's page shows."""

    asked: Asked
    tabs: tuple[Tab, ...]
    choices: tuple[Choice, ...]
    chips: tuple[Chip, ...]
    sorts: tuple[Way, ...]
    views: tuple[Way, ...]
    columns: Columns
    notices: tuple[Notice, ...]
    lines: tuple[Line, ...]
    pasted: Pasted | None
    total: Total
    first: int
    next: str
    previous: str
    known: str
    mark: int
    has_any: bool

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1

    @property
    def start(self) -> str:
        """The address of the first page."""
        return address({**self.asked.values, **self.asked.order})

    @property
    def cleared(self) -> str:
        """The address of the list with its status alone."""
        return address({name: self.asked.values[name] for name in ("status", "removed") if name in self.asked.values})

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the form of the filters repeats, because it has no field for it."""
        kept = {name: value for name, value in self.asked.values.items() if name not in FIELDS or name == "status"}
        return parse_qsl(written({**kept, **self.asked.order}))

    @property
    def chosen_facets(self) -> frozenset[str]:
        return frozenset(key for key, name in NAMES.items() if name in self.asked.values)

    @property
    def current_channel(self) -> Choice | None:
        return next((choice for choice in self.choices if choice.current), None)

    @property
    def several_pages(self) -> bool:
        return bool(self.next or self.previous)

    @property
    def sort(self) -> Way:
        return next(way for way in self.sorts if way.current)

    @property
    def sort_href(self) -> Mapping[str, str]:
        return {way.key: way.href for way in self.sorts}

    @property
    def periods(self) -> list[tuple[Period, str | Promise, bool]]:
        return [(period, text, period is self.asked.filters.period) for period, text in PERIODS.items()]

    @property
    def days(self) -> str | Promise:
        """The period asked for in words, "" for none."""
        filters = self.asked.filters
        return PERIODS[filters.period] if filters.period else days_of(filters)


def listing(visit: Visit, asked: Asked, columns: Columns) -> Listing:
    """Read what the page shows. A forged cursor and a list of nobody are flaws like the others."""
    now = timezone.now()
    states = queries.channels(visit.scope)
    chosen = next((state for state in states if state.channel.code == asked.filters.channel), None)
    counted = queries.counts(visit.scope, chosen.channel.pk if chosen else None)
    asked, listed = _listed(visit.scope, asked)
    looked = look(visit.scope, asked.filters)
    asked, page = _page(visit.scope, asked, looked)
    pasted = _pasted(visit.scope, listed, page)
    return Listing(
        asked=asked,
        tabs=tabs_of(visit.scope, asked, counted, page.told.buckets, looked),
        choices=tuple(Choice(state.channel.code, badge(state.channel), state is chosen) for state in states),
        chips=chips_of(asked, _known(visit.scope, asked, chosen, pasted)),
        sorts=tuple(Way(sort, text, _sorted(asked, sort), sort is asked.sort) for sort, text in SORTS.items()),
        views=tuple(_way(view, asked) for view in saved_views(visit.store.pk, visit.user.pk)),
        columns=columns,
        notices=notices_of(states, now),
        lines=_lines(visit, asked, page, states, now),
        pasted=pasted,
        total=_total(visit.scope, asked, page, counted, looked),
        first=page.first,
        next=_turned(asked, AFTER, page.next),
        previous=_turned(asked, BEFORE, page.previous),
        known=known_counts(counted),
        mark=_mark(asked, page, now),
        has_any=any(counted.values()) or bool(chosen),
    )


def tabs_of(
    scope: Scope,
    asked: Asked,
    counted: Mapping[str, int],
    told: Mapping[str, int] | None = None,
    looked: Looked | None = None,
) -> tuple[Tab, ...]:
    """Return the tabs; each keeps the other filters and the order, and counts what it would show.

    `counted` are the counters of what is in sight of the filter's channel (`queries.counts`). `told` is what reading
    the page told already, `looked` is the filter looked up before.
    """
    shown = counted if asked.flaws else told or totals.per_bucket(scope, asked.filters, counted, looked)
    found: Mapping[str, int] = {} if shown is None else shown
    kept = {name: value for name, value in asked.values.items() if name not in {"status", "removed"}}
    others: Query = {**kept, **asked.order}
    status, removed = asked.filters.status, asked.filters.removed
    every = sum(found[bucket] for bucket in Bucket) if found else None
    tabs = [Tab("all", gettext_lazy("Todos"), every, address(others), status is None and not removed)]
    for bucket in Bucket:
        there = address({**others, "status": bucket})
        tabs.append(Tab(bucket, TABS[bucket], found.get(bucket), there, status is bucket and not removed))
    if removed or counted["removed"]:
        there = address({**others, "removed": "1"})
        tabs.append(Tab("removed", gettext_lazy("Removidos"), found.get("removed"), there, removed))
    return tuple(tabs)


def known_counts(counted: Mapping[str, int]) -> str:
    """Return the counters in short, to tell whether they changed."""
    return ".".join(f"{count:x}" for count in counted.values())


def _listed(scope: Scope, asked: Asked) -> tuple[Asked, SkuList | None]:
    number = asked.filters.sku_list
    if number is None:
        return asked, None
    listed = sku_lists.sku_list(scope, number)
    if listed is None:
        asked = replace(asked, flaws={**asked.flaws, "list": FLAWS[Flaw.UNKNOWN]})
    return asked, listed


def _pasted(scope: Scope, listed: SkuList | None, page: Page) -> Pasted | None:
    if listed is None:
        return None
    missing = sku_lists.missing(scope, listed, besides=page.told.skus)
    return Pasted(listed.pk, len(listed.skus), len(missing), tuple(missing[:MISSING_SHOWN]))


def _page(scope: Scope, asked: Asked, looked: Looked) -> tuple[Asked, Page]:
    if asked.flaws:
        return asked, Page((), None, None)
    try:
        found = queries.page(
            scope,
            asked.filters,
            after=asked.after or None,
            before=asked.before or None,
            size=SIZE,
            sort=asked.sort,
            looked=looked,
        )
    except BadCursor:
        flaw = {"page": _("Esta página da lista não existe mais. Volte ao começo.")}
        return replace(asked, flaws=flaw, after="", before="", open=None), Page((), None, None)
    return asked, found


def _lines(visit: Visit, asked: Asked, page: Page, states: Sequence[ChannelState], now: datetime) -> tuple[Line, ...]:
    lanes = lanes_by_id(states)
    opened = {found.pk for found in page.rows if asked.open_all or found.pk == asked.open}
    whole = queries.records(visit.scope, opened) if opened else {}
    return tuple(
        Line(
            row_of(found, lanes, now, may_act=visit.may_act),
            origin_of(whole[found.pk]) if found.pk in whole else None,
        )
        for found in page.rows
    )


def _total(scope: Scope, asked: Asked, page: Page, counted: Mapping[str, int], looked: Looked) -> Total:
    if asked.flaws:
        return Total(0)
    if page.next is None and page.previous is None:
        return Total(len(page.rows))
    if page.told.total is not None:
        return Total(page.told.total)
    return totals.total(scope, asked.filters, counted, looked)


def _known(scope: Scope, asked: Asked, chosen: ChannelState | None, pasted: Pasted | None) -> Known:
    cause = facets.cause(scope, asked.filters.cause) if asked.filters.cause else None
    return Known(
        channel=chosen.channel.name if chosen else "",
        cause=explained_of(cause).title if cause else _("Mesma causa"),
        listed=pasted.size if pasted else 0,
    )


def _mark(asked: Asked, page: Page, now: datetime) -> int:
    """Return from which moment on changes are news, in microseconds.

    On the first page of the newest that is the newest row's moment, else now.
    """
    newest_first = asked.sort is Sort.RECENT and not (asked.after or asked.before)
    newest = max((found.updated_at for found in page.rows), default=now) if newest_first else now
    return int(newest.timestamp() * 1_000_000)


def _way(view: SavedView, asked: Asked) -> Way:
    there = f"{LIST}?{view.query}" if view.query else LIST
    return Way(str(view.pk), view.name, there, view.query == asked.view, view.shared)


def _sorted(asked: Asked, sort: Sort) -> str:
    return address({**asked.values, SORT: "" if sort is Sort.RECENT else sort})


def _turned(asked: Asked, way: str, place: str | None) -> str:
    return address({**asked.values, **asked.order, way: place}) if place else ""
