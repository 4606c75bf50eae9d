"""Reading foreign JSON by the shape we expect: anything else reads as empty, never as an exception."""

from __future__ import annotations

import math

from ponte.domain.message import JSON


def text(value: JSON) -> str:
    return value if isinstance(value, str) else ""


def word(value: JSON) -> str:
    """Return a text or a whole number as text (ids come as either)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else ""
    return text(value)


def table(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}


def lowered(value: JSON) -> dict[str, JSON]:
    """Return an object with its names in small letters, for answers that write them in several ways."""
    return {str(name).casefold(): one for name, one in table(value).items()}


def rows(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []


def tables(value: JSON) -> list[dict[str, JSON]]:
    return [row for row in rows(value) if isinstance(row, dict)]


def texts(value: JSON) -> tuple[str, ...]:
    return tuple(row for row in rows(value) if isinstance(row, str))


def number(value: JSON) -> float | None:
    """Return a finite number; None for booleans and all else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int) and abs(value) > 10**18:
        return None
    return value if math.isfinite(value) else None


def whole(value: JSON) -> int | None:
    found = number(value)
    return int(found) if found is not None and found == int(found) else None
