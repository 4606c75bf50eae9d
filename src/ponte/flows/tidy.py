"""Forget what has had its time: kept answers, ended sessions, channels taken out, exchanges, attempts, records."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final

from django.conf import settings

from ponte.flows import idempotency
from ponte.flows.channels.archived import SOME, put_away
from ponte.flows.retention.attempts import forget_attempts
from ponte.flows.retention.exchanges import forget_exchanges
from ponte.flows.retention.papers import forget_actions, forget_exports, forget_quarantine
from ponte.flows.retention.removed import forget_removed

Step = Callable[[], bool]
"""Forgets one slice in a short transaction; says if there is more. Doing it twice, or two at once, harms nothing."""


def end_sessions() -> bool:
    """Delete the sessions that are over."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return False


def put_channels_away() -> bool:
    """Take some records of channels that were taken out from the lists' indices."""
    return put_away(rounds=1) == SOME


STEPS: Final[tuple[Step, ...]] = (
    idempotency.sweep,
    end_sessions,
    put_channels_away,
    forget_exchanges,
    forget_attempts,
    forget_removed,
    forget_actions,
    forget_exports,
    forget_quarantine,
)
