"""Shares of results: what counts as settled, how much of it went well, and whether that is news."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

Sums: TypeAlias = Mapping[str, int]

FEW: Final = 20
"""Of fewer results than this a share says nothing."""


def total(parts: Iterable[Sums]) -> Sums:
    """Add up sums."""
    whole: Counter[str] = Counter()
    for part in parts:
        whole.update(part)
    return whole


def settled(sums: Sums) -> int:
    """Return how many results there were; a try that will be repeated is none."""
    return sums.get("success", 0) + sums.get("alert", 0) + sums.get("error", 0)


def error_share(sums: Sums) -> float | None:
    """Return the share of errors, None without results."""
    whole = settled(sums)
    return sums.get("error", 0) / whole if whole else None


def success_share(sums: Sums) -> float | None:
    """Return the share of what went through, with or without a warning; None without results."""
    wrong = error_share(sums)
    return None if wrong is None else 1 - wrong


def risen(now: Sums, before: Sums) -> bool:
    """True when errors became a markedly larger share: by half, and by five points, of enough results."""
    share, usual = error_share(now), error_share(before)
    if share is None or usual is None or settled(now) < FEW or settled(before) < FEW:
        return False
    return share >= usual * 1.5 and share - usual >= 0.05
