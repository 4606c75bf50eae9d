"""The pieces of the list's page, as values."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from ponte.web.products.origin import Origin
from ponte.web.products.rows import ChannelBadge, Row


@dataclass(frozen=True, slots=True)
class Tab:
    """A status with its count, None where nobody knows it; `key` is the bucket, "all" or "removed"."""

    key: str
    text: str | Promise
    count: int | None
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A channel to choose."""

    code: str
    badge: ChannelBadge
    current: bool


@dataclass(frozen=True, slots=True)
class Way:
    """Another order, period or saved view to go to."""

    key: str
    text: str | Promise
    href: str
    current: bool
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A channel that does not run, in words; `href` is where it is connected anew."""

    text: str
    serious: bool
    href: str = ""
    icon: str = "pause"


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its inside, None while it is closed."""

    row: Row
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class Pasted:
    """A pasted list: how long, and which of it are nowhere here (the first of them)."""

    id: int
    size: int
    missing: int
    first: tuple[str, ...]
