"""How fast a channel may be asked: a token bucket that gives way when the marketplace says "too many"."""

from __future__ import annotations

import asyncio
import time


class Pace:
    """A token bucket: `rate` requests per second on average, `burst` at once.

    After a 429 the rate is halved and nothing goes out until the wait is over; each quiet minute gives a tenth back.
    Lives in one event loop.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self.full_rate = rate
        self.rate = rate
        self._burst = float(max(1, burst))
        self._tokens = self._burst
        self._at = time.monotonic()
        self._closed_until = 0.0
        self._raised_at = self._at

    async def take(self) -> None:
        """Wait for the right to send one request."""
        while (wait := self._next_wait()) > 0:  # noqa: ASYNC110 -- time passes, nobody signals it
            await asyncio.sleep(wait)

    def slow_down(self, seconds: float) -> None:
        """The other side refused for being asked too often: wait, and then ask half as often."""
        now = time.monotonic()
        self._closed_until = max(self._closed_until, now + seconds)
        self.rate = max(self.rate / 2, self.full_rate / 64)
        self._tokens = 0.0
        self._raised_at = now

    def _next_wait(self) -> float:
        now = time.monotonic()
        if now < self._closed_until:
            return self._closed_until - now
        self._recover(now)
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self.rate)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self.rate

    def _recover(self, now: float) -> None:
        minutes = int((now - self._raised_at) // 60)
        if minutes and self.rate < self.full_rate:
            self.rate = min(self.full_rate, self.rate + minutes * self.full_rate / 10)
            self._raised_at = now
