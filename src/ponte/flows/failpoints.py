"""Named places where a test may make this process die or stop: `PONTE_FAILPOINT=before_settle:kill@3`.

Without the setting a place costs one comparison.
"""

from __future__ import annotations

import os
import signal

from ponte.config import ConfigError, config

PLACES = frozenset(
    {
        "after_claim",
        "before_send",
        "after_fence",
        "at_the_socket",
        "before_settle",
        "after_settle",
        "before_keep_tokens",
        "after_refresh",
        "between_deletes",
    }
)
ACTIONS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}


class _Armed:
    """What the setting asks for; `left` counts down to the moment."""

    def __init__(self, text: str) -> None:
        self.place, _, rest = text.partition(":")
        action, _, count = rest.partition("@")
        if text and (self.place not in PLACES or action not in ACTIONS):
            raise ConfigError(f"PONTE_FAILPOINT must be PLACE:kill@N with PLACE of {', '.join(sorted(PLACES))}.")
        self.signal = ACTIONS.get(action, signal.SIGKILL)
        self.left = int(count or 1)


_armed = _Armed(config().failpoint)


def reach(place: str) -> None:
    """Say that execution is here."""
    if place != _armed.place:
        return
    _armed.left -= 1
    if _armed.left == 0:
        os.kill(os.getpid(), _armed.signal)
