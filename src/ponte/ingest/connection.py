"""A database connection of this thread's own, outside the pool, that gives up quickly.

Django's waits for minutes suit a page or a job. VTEX waits a moment and goes: a notification is stored within a
second or refused with 503, so that it comes again.
"""

from __future__ import annotations

import copy
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import load_backend

LOCK_PATIENCE_MS = 700
CONNECT_SECONDS = 2  # the least that libpq keeps to


def use_private() -> None:
    """Give the calling thread its own connection as Django's default one. It connects when first used."""
    settings = copy.deepcopy(connections.settings[DEFAULT_DB_ALIAS])
    wrapper = load_backend(settings["ENGINE"]).DatabaseWrapper
    settings["OPTIONS"] = _impatient(wrapper.vendor, settings["OPTIONS"])
    connections[DEFAULT_DB_ALIAS] = wrapper(settings, DEFAULT_DB_ALIAS)


def drop() -> None:
    """Close the calling thread's connection, whatever state it is in; the next use connects again."""
    connections[DEFAULT_DB_ALIAS].close()


def _impatient(vendor: str, options: dict[str, Any]) -> dict[str, Any]:
    if vendor == "sqlite":
        return {**options, "timeout": LOCK_PATIENCE_MS / 1000}
    kept = {name: value for name, value in options.items() if name != "pool"}
    limits = f"-c lock_timeout={LOCK_PATIENCE_MS} -c statement_timeout=5000"
    kept["application_name"] = f"{kept.get('application_name', 'ponte')}-ingest"
    kept["options"] = f"{kept.get('options', '')} {limits}".strip()
    return {**kept, "connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": 3000, "keepalives_idle": 5}
