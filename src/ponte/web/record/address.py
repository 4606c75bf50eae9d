"""The address of a record's page: each link of the page changes one part of it and keeps the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from ponte.db.filters import ALIASES, FILTER_NAMES, FilterErrors, Filters
from ponte.db.ordering import Sort
from ponte.db.record_place import Spot
from ponte.web.products.page import LIST

CONTENT, FIELDS, FROM, TO = "conteudo", "campos", "de", "para"
OPENED, OLDER, MESSAGE = "tentativa", "antes", "mensagem"
CAME_FROM, SPOT = "lista", "lugar"
NAMES = (CONTENT, FIELDS, FROM, TO, OPENED, OLDER, MESSAGE, CAME_FROM, SPOT)
MAX_LIST = 2_000


@dataclass(frozen=True, slots=True)
class Here:
    """Where we are: the record and what the query string says."""

    number: int
    values: Mapping[str, str]

    def get(self, name: str) -> str:
        return self.values.get(name, "")

    def number_of(self, name: str) -> int | None:
        """Return a value as a small whole number, None when it is none."""
        text = self.get(name)
        return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None

    def href(self, **changes: object) -> str:
        """Return this address with some values changed; an empty one is left out."""
        return self._address(f"{LIST}/{self.number}", changes)

    def fragment(self, name: str, **changes: object) -> str:
        """Return the address of a part of the page, with the same values."""
        return self._address(f"{LIST}/{self.number}/{name}", changes)

    def beside(self, spot: Spot) -> str:
        """Return the page of a neighbour in the list one came from."""
        values = {CAME_FROM: self.get(CAME_FROM), SPOT: spot.place}
        return f"{LIST}/{spot.id}?{urlencode(values)}"

    def _address(self, path: str, changes: Mapping[str, object]) -> str:
        values = {**self.values, **{name: str(value) for name, value in changes.items()}}
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{path}?{query}" if query else path

    @property
    def list_href(self) -> str:
        """Return the list one came from."""
        query = _parts(self.get(CAME_FROM)).urlencode()
        return f"{LIST}?{query}" if query else LIST

    @property
    def filters(self) -> Filters | None:
        """Return what the list one came from shows; None when one came from none, or from one nobody can follow."""
        if CAME_FROM not in self.values:
            return None
        query = _parts(self.get(CAME_FROM))
        found = Filters.from_query({name: query.getlist(name) for name in (*FILTER_NAMES, *ALIASES) if name in query})
        return None if isinstance(found, FilterErrors) else found

    @property
    def sort(self) -> Sort:
        """Return the order of the list one came from."""
        query = _parts(self.get(CAME_FROM))
        asked = query.get("ordem") or query.get("sort") or ""
        return Sort(asked) if asked in set(Sort) else Sort.RECENT


def here(request: HttpRequest, number: int) -> Here:
    """Read the address; what is no part of it is left out."""
    values = {name: str(request.GET.get(name, ""))[:MAX_LIST] for name in NAMES if name in request.GET}
    return Here(number, values)


def _parts(query: str) -> QueryDict:
    return QueryDict(query[:MAX_LIST])
