"""What many open pages ask for at once is read once a second: one answer per scope, shared by all of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ponte.db import queries
from ponte.db.queries import ChannelState
from ponte.db.scope import Scope

SECOND: Final = 1.0
MAX_KEPT: Final = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """A store's channels, and its counts (of one channel, where one is asked for), as they were at a moment."""

    at: float
    states: tuple[ChannelState, ...]
    counts: Mapping[str, int]
    chosen: int | None


_kept: dict[tuple[Scope, str], Seen] = {}


def seen(scope: Scope, channel: str, *, now: float | None = None) -> Seen:
    """Return channels and counts, at most a second old. `channel` is a code or "".

    `now` is for tests; otherwise it is this process's clock, which never goes back.
    """
    moment = time.monotonic() if now is None else now
    known = _kept.get((scope, channel))
    if known and 0 <= moment - known.at < SECOND:
        return known
    states = tuple(queries.channels(scope))
    chosen = next((state.channel.pk for state in states if state.channel.code == channel), None)
    read = Seen(moment, states, queries.counts(scope, chosen), chosen)
    if len(_kept) >= MAX_KEPT:
        _kept.clear()
    _kept[scope, channel] = read
    return read


def forget() -> None:
    """Read anew at the next question."""
    _kept.clear()
