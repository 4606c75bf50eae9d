"""Forget what has had its time: kept answers, ended sessions, channels taken out, old exchanges."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings

from ponte.flows import idempotency
from ponte.flows.channels.archived import put_away
from ponte.flows.retention import forget_exchanges

EVERY_SECONDS = 3600.0
ROUNDS = 100


def tidy() -> None:
    """Delete what is over; run by every worker now and then, twice harms nothing."""
    idempotency.sweep()
    put_away(rounds=ROUNDS)
    forget_exchanges()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
