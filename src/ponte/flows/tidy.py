"""Forget what has had its time: answers kept for repeated requests, sessions that ended."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings

from ponte.flows import idempotency

EVERY_SECONDS = 3600.0


def tidy() -> None:
    """Delete what is over; run by every worker now and then, twice harms nothing."""
    idempotency.sweep()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
