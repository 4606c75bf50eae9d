"""How fast a token may ask: a bucket per token, kept by this process alone: asking costs no statement more."""

from __future__ import annotations

import threading
import time
from math import ceil

from ponte.config import config


class Pace:
    """Buckets that hold a minute's worth and fill evenly. Safe for several threads."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        """0: no limit."""
        self._lock = threading.Lock()
        self._buckets: dict[int, tuple[float, float]] = {}

    def wait(self, token_id: int) -> int:
        """Take one; return 0, or in how many whole seconds there is one again."""
        if not self.per_minute:
            return 0
        now, rate = time.monotonic(), self.per_minute / 60
        with self._lock:
            left, since = self._buckets.get(token_id, (float(self.per_minute), now))
            left = min(self.per_minute, left + (now - since) * rate)
            taken = left >= 1
            self._buckets[token_id] = (left - taken, now)
        return 0 if taken else ceil((1 - left) / rate)


pace = Pace(config().api_per_minute)
