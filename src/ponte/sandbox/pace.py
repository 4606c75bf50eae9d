"""Rate limits of the fakes: a token bucket for each key, such as an app's client id."""

from __future__ import annotations

from collections.abc import Callable


class Buckets:
    """`burst` requests at once, `per_second` after that; None sets no limit."""

    def __init__(self, *, per_second: float | None, burst: int, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._burst = float(max(burst, 1))
        self._clock = clock
        self._levels: dict[str, tuple[float, float]] = {}

    def takes(self, key: str) -> bool:
        """Take one token of the key's bucket; False when it is empty."""
        if self._per_second is None:
            return True
        now = self._clock()
        level, at = self._levels.get(key, (self._burst, now))
        level = min(self._burst, level + (now - at) * self._per_second)
        self._levels[key] = (level - 1 if level >= 1 else level, now)
        return level >= 1
