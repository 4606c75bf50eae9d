"""How fast a channel may be asked: a token bucket that gives way when the marketplace says "too many"."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

PATIENCE_SECONDS = 10.0


class Pace:
    """A token bucket: `rate` requests per second on average, `burst` at once.

    After a 429 the rate is halved and nothing goes out until the wait is over; each quiet minute gives a tenth back.
    Lives in one event loop. `clock` is any monotonic clock in seconds, `sleep` waits by it.
    """

    def __init__(
        self,
        rate: float,
        burst: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self.full_rate = rate
        self.rate = rate
        self._burst = float(max(1, burst))
        self._tokens = self._burst
        self._at = clock()
        self._closed_until = 0.0
        self._raised_at = self._at

    async def take(self) -> float:
        """Wait for the right to send one request; returns 0.

        Where the other side wants silence for longer than anybody should sit and wait, returns at once how long.
        """
        while (wait := self._next_wait()) > 0:
            if silence := self.silence():
                return silence
            await self._sleep(wait)
        return 0.0

    def silence(self) -> float:
        """Return how long the other side wants silence still, 0 when it is no longer than one waits for."""
        seconds = self._closed_until - self._clock()
        return seconds if seconds > PATIENCE_SECONDS else 0.0

    def allow(self, rate: float) -> None:
        """The other side said how often it may be asked: so often from now on, also where that is more."""
        if rate == self.full_rate:
            return
        self._earn(self._clock())
        self.rate = rate if self.rate == self.full_rate else min(self.rate, rate)
        self.full_rate = rate

    def slow_down(self, seconds: float) -> None:
        """The other side refused for being asked too often: wait, and then ask half as often.

        Refusals of requests that were under way together are one refusal.
        """
        now = self._clock()
        if now >= self._closed_until:
            self.rate = max(self.rate / 2, self.full_rate / 64)
        self._closed_until = max(self._closed_until, now + seconds)
        self._tokens = 0.0
        self._at = self._raised_at = self._closed_until

    def _next_wait(self) -> float:
        now = self._clock()
        if now < self._closed_until:
            return self._closed_until - now
        self._recover(now)
        self._earn(now)
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self.rate

    def _earn(self, now: float) -> None:
        """Add the tokens of the time since the last look; in a silence there are none."""
        if now > self._at:
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self.rate)
            self._at = now

    def _recover(self, now: float) -> None:
        minutes = int((now - self._raised_at) // 60)
        if minutes and self.rate < self.full_rate:
            self.rate = min(self.full_rate, self.rate + minutes * self.full_rate / 10)
            self._raised_at = now
