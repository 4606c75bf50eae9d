"""Learnt facts read once: thousands of SKUs share one category's sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ponte.domain.message import JSON

MOST = 256

T = TypeVar("T")
Fact = dict[str, JSON]


def read_once(read: Callable[[str, Fact], T], most: int = MOST) -> Callable[[str, Fact], T]:
    """Return `read` that keeps what it read by name, as long as the very same fact is handed in.

    The fact is kept beside the result, so an address that is used again cannot be mistaken for it.
    """
    known: dict[str, tuple[Fact, T]] = {}

    def reading(name: str, fact: Fact) -> T:
        found = known.get(name)
        if found and found[0] is fact:
            return found[1]
        if len(known) >= most:
            known.clear()
        made = read(name, fact)
        known[name] = (fact, made)
        return made

    return reading
