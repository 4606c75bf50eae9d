"""Durations on a logarithmic scale: sixty buckets keep a month of them with an error of about an eighth.

A histogram adds up over hours and channels, which a stored median would not. All up to a second shares one bucket,
each further one reaches 28 % higher, and the last keeps whatever is longer than thirty days.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from math import sqrt
from typing import Final

BUCKETS: Final = 60
LONGEST_MS: Final = 30 * 24 * 3600 * 1000
_FIRST_MS: Final = 1000
_RATIO: Final = (LONGEST_MS / _FIRST_MS) ** (1 / (BUCKETS - 1))
_UPPER: Final = tuple(round(_FIRST_MS * _RATIO**step) for step in range(BUCKETS))


def bucket(milliseconds: int) -> int:
    """The bucket of a duration; a clock that went back counts as no time at all."""
    return min(bisect_left(_UPPER, milliseconds), BUCKETS - 1)


def upper_ms(bucket: int) -> int:
    """The longest duration a bucket holds."""
    return _UPPER[bucket]


def typical_ms(bucket: int) -> int:
    """What to say of a duration of which only the bucket is known: the middle, where the error is smallest."""
    if bucket == 0:
        return _FIRST_MS // 2
    return round(sqrt(_UPPER[bucket - 1] * _UPPER[bucket]))


def quantile(counts: Mapping[int, int], q: float) -> int | None:
    """The duration that a share `q` of the counted ones did not exceed; None if nothing was counted."""
    total = sum(counts.values())
    if total <= 0:
        return None
    below = 0
    last = max(counts)
    for place in sorted(counts):
        below += counts[place]
        if below >= q * total:
            return typical_ms(place)
    return typical_ms(last)
