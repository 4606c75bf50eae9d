"""The address of the list, read and written: filters, order, place and open rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.functional import Promise

from ponte.db.filters import ALIASES, FILTER_NAMES, FilterErrors, Filters, Flaw
from ponte.db.queries import Sort
from ponte.web.labels import FLAWS

LIST: Final = "/produtos"
AFTER, BEFORE, OPEN, SORT = "depois", "antes", "aberto", "ordem"
ALL: Final = "todos"
FIELDS: Final = ("status", "channel", "q", "from", "to", "period")
"""Filters with a field of their own on the page; a flaw in another one is told above the list."""
WRITTEN: Final = {known: written for written, known in ALIASES.items()}
Query = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """The query string, read: `values` repeats it by the filters' names, `flaws` has a text for each wrong field."""

    filters: Filters
    values: Query
    flaws: Mapping[str, str | Promise]
    after: str = ""
    before: str = ""
    open: int | None = None
    open_all: bool = False
    sort: Sort = Sort.RECENT

    @property
    def query(self) -> str:
        """The query string of this page without the open row, ready for one more value."""
        kept = written({**self.values, **self.order, AFTER: self.after, BEFORE: self.before})
        return f"{kept}&" if kept else ""

    @property
    def filtered(self) -> str:
        """The query string of the filters alone, with days that stay as they are: what an action is about."""
        frozen = self.filters.frozen()
        if frozen is self.filters:
            return written(self.values)
        since = frozen.first_day.isoformat() if frozen.first_day else ""
        return written({**self.values, "period": "", "from": since})

    @property
    def view(self) -> str:
        """The query string of this list from its beginning: filters and order."""
        return written({**self.values, **self.order})

    @property
    def order(self) -> Mapping[str, str]:
        return {SORT: self.sort} if self.sort is not Sort.RECENT else {}

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """Wrong parts of the address that have no field on the page, by the names that addresses have."""
        return tuple(WRITTEN.get(name, name) for name in self.flaws if name not in FIELDS)

    def without(self, *names: str) -> str:
        """Return the address of the list without some filters."""
        kept = {name: value for name, value in self.values.items() if name not in names}
        return address({**kept, **self.order})

    def with_(self, **values: str) -> str:
        """Return the address of the list with other values for some filters."""
        return address({**self.values, **self.order, **values})


def read(request: HttpRequest) -> Asked:
    """Read the address of the list. Names that are no part of it are flaws; nothing is silently ignored."""
    query = {name: request.GET.getlist(name) for name in request.GET}
    own = {name: query.pop(name, [""])[-1] for name in (AFTER, BEFORE, OPEN)}
    orders = [value for name in (SORT, "sort") for value in query.pop(name, []) if value]
    found = Filters.from_query(query)
    flaws: dict[str, str | Promise] = {}
    if isinstance(found, FilterErrors):
        flaws = {name: FLAWS[flaw] for name, flaw in found.flaws.items()}
        found = Filters()
    if len(orders) > 1 or not set(orders) <= set(Sort):
        flaws[SORT] = FLAWS[Flaw.TWICE if len(orders) > 1 else Flaw.UNKNOWN]
        orders = []
    opened = int(own[OPEN]) if own[OPEN].isdecimal() and len(own[OPEN]) < 19 else None
    return Asked(
        filters=found,
        values=_values(query),
        flaws=flaws,
        after=own[AFTER],
        before=own[BEFORE],
        open=opened,
        open_all=own[OPEN] == ALL,
        sort=Sort(orders[0]) if orders else Sort.RECENT,
    )


def written(query: Query) -> str:
    """Return a query string in the names of the address, without what is empty."""
    pairs = [
        (WRITTEN.get(name, name), one)
        for name, value in query.items()
        for one in ([value] if isinstance(value, str) else value)
        if one
    ]
    return urlencode(pairs)


def address(query: Query) -> str:
    """Return the address of the list."""
    text = written(query)
    return f"{LIST}?{text}" if text else LIST


def _values(query: Mapping[str, list[str]]) -> Query:
    values: dict[str, str | Sequence[str]] = {}
    for name, given in query.items():
        known, filled = ALIASES.get(name, name), [value for value in given if value]
        if known in FILTER_NAMES and filled:
            values[known] = tuple(filled) if known == "sku" else filled[-1]
    return values
