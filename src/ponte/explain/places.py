"""Who can fix a problem, and where."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from ponte.domain.problem import Problem
from ponte.explain.catalogue import keys, load


class Where(StrEnum):
    VTEX_CATALOG = "vtex_catalog"
    VTEX_PRICE = "vtex_price"
    VTEX_STOCK = "vtex_stock"
    VTEX_ACCESS = "vtex_access"
    MAPPING = "mapping"
    MARKETPLACE = "marketplace"
    CONNECTION = "connection"
    NOBODY = "nobody"
    DEVELOPER = "developer"


def place(problem: Problem) -> Where:
    """Return where a problem is fixed."""
    known = places()
    return next(known[key] for key in keys(problem) if key in known)


@cache
def places() -> Mapping[str, Where]:
    """Return the place of every class, and of the codes that differ from their class."""
    return {name: Where(value) for name, value in load("places.toml").items()}
