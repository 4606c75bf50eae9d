"""The marketplace's own categories, by their whole path, for those of the sandbox's shop that have a counterpart."""

from __future__ import annotations

from functools import cache

from ponte.sandbox.catalogue import MARKETPLACE_CATEGORY

DEPARTMENT = "Shopping"


def path_of(name: str) -> str:
    """Return the marketplace's path for a category of the shop; "" when it has none like it."""
    return f"{DEPARTMENT}/{name}" if name in MARKETPLACE_CATEGORY else ""


@cache
def known_paths() -> frozenset[str]:
    return frozenset(path_of(name) for name in MARKETPLACE_CATEGORY)
