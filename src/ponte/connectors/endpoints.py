"""Which endpoint an answer came from, however it is written. Pure; shared by all connectors.

A connector names an endpoint in one way ("GET /api/offers/imports/{import}"), a recording or a log in another: with
the number instead of the placeholder, another placeholder, the host before it, a query behind it.

    known = Endpoints((READ_IMPORT, SEND_OFFERS))
    known.named("GET https://shop.example/api/offers/imports/2044?shop_id=7")   # READ_IMPORT
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

MAX_ENDPOINT = 2_000


class Endpoints:
    """The endpoints a connector has names for; `also` are other paths to the same places, by theirs."""

    def __init__(self, names: Iterable[str], also: Mapping[str, str] | None = None) -> None:
        self.names = frozenset(names)
        self.also = dict(also or {})

    def named(self, endpoint: str) -> str:
        """Return the connector's own name of an endpoint; one that it has no name for, as it was told."""
        if endpoint in self.names:
            return endpoint
        told = path_of(endpoint)
        place = told if told in self.names else self._same_place(told) or told
        return self.also.get(place, place)

    def _same_place(self, told: str) -> str:
        """Return the name whose fixed parts are all in their places; the one with most of them."""
        parts = _parts(told)
        fitting = [(fixed, name) for name, of_name, fixed in self._by_parts if _fits(parts, of_name)]
        return max(fitting)[1] if fitting else ""

    @cached_property
    def _by_parts(self) -> tuple[tuple[str, tuple[str, ...], int], ...]:
        split = ((name, _parts(name)) for name in self.names | self.also.keys())
        return tuple((name, parts, sum(not _is_open(part) for part in parts)) for name, parts in split)


def path_of(endpoint: str) -> str:
    """Return "GET /path" of an endpoint that may have a host before its path and a query behind it."""
    method, _, address = endpoint[:MAX_ENDPOINT].strip().partition(" ")
    address = address.strip().partition("?")[0].partition("#")[0]
    scheme, separator, rest = address.partition("://")
    if separator and scheme.isalpha():
        address = "/" + rest.partition("/")[2]
    return f"{method.upper()} {address.rstrip('/')}" if address else endpoint.strip()


def _parts(endpoint: str) -> tuple[str, ...]:
    method, _, path = endpoint.partition(" ")
    return (method, *path.strip("/").split("/"))


def _is_open(part: str) -> bool:
    return part.startswith("{") and part.endswith("}")


def _fits(told: tuple[str, ...], known: tuple[str, ...]) -> bool:
    return len(told) == len(known) and all(
        _is_open(of_name) or one == of_name for one, of_name in zip(told, known, strict=True)
    )
