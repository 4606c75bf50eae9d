"""Whether something grows or fades, told by how often it came about lately."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HOURS_NOW: Final = 24
DAYS_BEFORE: Final = 3
FEW: Final = 5
"""Below this many times in a day nothing is said: a few more or less mean nothing."""
GROWS_BY: Final = 1.5
FALLS_TO: Final = 0.5


class Trend(StrEnum):
    STEADY = "steady"
    GROWING = "growing"
    FALLING = "falling"


@dataclass(frozen=True, slots=True)
class Pulse:
    """How often it came about in the last `HOURS_NOW` hours, and in the `DAYS_BEFORE` days before those."""

    now: int
    before: int

    @property
    def trend(self) -> Trend:
        """Growing: at least `FEW` times, and `GROWS_BY` times a usual day. Falling: `FALLS_TO` of one, or less."""
        usual = self.before / DAYS_BEFORE
        if self.now >= FEW and self.now >= usual * GROWS_BY:
            return Trend.GROWING
        if usual >= FEW and self.now <= usual * FALLS_TO:
            return Trend.FALLING
        return Trend.STEADY
