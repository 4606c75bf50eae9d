"""A bucket that fills by a clock."""

from __future__ import annotations

from collections.abc import Callable


class Bucket:
    """`per_second` of None is no limit."""

    def __init__(self, per_second: float | None, burst: int, clock: Callable[[], float]) -> None:
        self._per_second, self._burst, self._clock = per_second, burst, clock
        self._level, self._at = float(burst), clock()

    def take(self) -> bool:
        """Take one; False when there is none."""
        if self._per_second is None:
            return True
        now = self._clock()
        self._level = min(self._burst, self._level + (now - self._at) * self._per_second)
        self._at = now
        if self._level < 1:
            return False
        self._level -= 1
        return True
