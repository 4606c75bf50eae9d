"""What a marketplace's category asks for, in one shape for all: for mapping, for checks, for people to read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Need(StrEnum):
    """How much a marketplace wants a field."""

    REQUIRED = "required"
    CONDITIONAL = "conditional"
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class SheetField:
    """One field of a category. `values` (id, name) is filled for closed lists: nothing else is taken there."""

    id: str
    name: str
    need: Need = Need.OPTIONAL
    kind: str = "text"
    """Of: text, number, quantity (number and unit), boolean, list, date, image."""
    values: tuple[tuple[str, str], ...] = ()
    units: tuple[str, ...] = ()
    max_length: int | None = None
    several: bool = False
    variation: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A category and its fields, the required first. `version` is the marketplace's own, or "" when it names none."""

    category: str
    name: str
    fields: tuple[SheetField, ...] = ()
    version: str = ""
    leaf: bool = True


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category that may suit: its id, name, path from the root, and how sure the marketplace is (0 to 1)."""

    category: str
    name: str
    path: tuple[str, ...] = ()
    score: float | None = None
