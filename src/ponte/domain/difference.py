"""What differs between two JSON values, path by path: what changed in an offer since it was last accepted.

Bounded: so many differences, so many values looked at, so deep. Rows of a list that name themselves (`id`, `source`)
are compared with their namesakes, wherever they stand; other rows by their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ponte.domain.message import JSON

MAX_CHANGES = 100
MAX_VISITS = 20_000
MAX_DEPTH = 40
MAX_STEP = 80
NAMES = ("id", "source", "sku", "name")
"""What a row of a list may be called by, the surest first."""


class Way(StrEnum):
    """How a value differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `path` is as people write it: item.attributes[BRAND].value_name."""

    path: tuple[str, ...]
    way: Way
    before: JSON = None
    after: JSON = None

    @property
    def written(self) -> str:
        """Return the path as one text; a row of a list stands in brackets."""
        return "".join(step if step.startswith("[") else f".{step}" for step in self.path).lstrip(".")


@dataclass(frozen=True, slots=True)
class Difference:
    """All differences in the order of the newer value; `more` says that there are further ones."""

    changes: tuple[Change, ...]
    more: bool = False

    def __bool__(self) -> bool:
        return bool(self.changes)


class _Budget:
    """How many values may still be looked at."""

    def __init__(self, visits: int) -> None:
        self.left = visits

    def take(self) -> bool:
        self.left -= 1
        return self.left >= 0


def difference(before: JSON, after: JSON, *, most: int = MAX_CHANGES) -> Difference:
    """Compare two JSON values."""
    budget = _Budget(MAX_VISITS)
    found: list[Change] = []
    for change in _walk(before, after, (), budget):
        if len(found) == most:
            return Difference(tuple(found), more=True)
        found.append(change)
    return Difference(tuple(found), more=budget.left < 0)


def _walk(before: JSON, after: JSON, path: tuple[str, ...], budget: _Budget) -> Iterator[Change]:
    if not budget.take():
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping) and len(path) < MAX_DEPTH:
        yield from _sides(dict(before), dict(after), path, budget)
    elif isinstance(before, list) and isinstance(after, list) and len(path) < MAX_DEPTH:
        named = _named(before, after)
        yield from _sides(*(named or (_numbered(before), _numbered(after))), path, budget)
    elif not _same(before, after):
        yield Change(path, Way.CHANGED, before, after)


def _sides(
    before: Mapping[str, JSON], after: Mapping[str, JSON], path: tuple[str, ...], budget: _Budget
) -> Iterator[Change]:
    for name, value in after.items():
        here = (*path, str(name)[:MAX_STEP])
        if name in before:
            yield from _walk(before[name], value, here, budget)
        elif budget.take():
            yield Change(here, Way.ADDED, after=value)
    for name, value in before.items():
        if name not in after and budget.take():
            yield Change((*path, str(name)[:MAX_STEP]), Way.REMOVED, before=value)


def _same(before: JSON, after: JSON) -> bool:
    """Compare two ends: 1 and true differ, 10 and 10.0 do not."""
    if isinstance(before, bool) is not isinstance(after, bool):
        return False
    return bool(before == after)


def _numbered(rows: Sequence[JSON]) -> dict[str, JSON]:
    return {f"[{place}]": row for place, row in enumerate(rows)}


def _named(before: Sequence[JSON], after: Sequence[JSON]) -> tuple[dict[str, JSON], dict[str, JSON]] | None:
    """Return both lists by the rows' names, None where not every row has one of its own."""
    for name in NAMES:
        old, new = _by(name, before), _by(name, after)
        if old is not None and new is not None and (old or new):
            return old, new
    return None


def _by(name: str, rows: Sequence[JSON]) -> dict[str, JSON] | None:
    if not all(isinstance(row, Mapping) and isinstance(row.get(name), str | int) for row in rows):
        return None
    found = {f"[{row[name]}]": row for row in rows}
    return found if len(found) == len(rows) else None
