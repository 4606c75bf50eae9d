"""Reads the store's key from the webhook's address, and a channel's from the address for marketplaces.

VTEX posts to the affiliate's address as it is, or with "/api/notification/" (help centre, "affiliate endpoint") or
"/catalog/notification" (connectors made from VTEX's App Template) behind it; read 2026-08.
"""

from __future__ import annotations

from ponte.flows.channels.hears import ADDRESS as CHANNEL_ADDRESS

PREFIX = "/vtex/"
ADDRESS = "/vtex/notifications/"
ENDINGS = frozenset({"", "catalog/notification", "api/notification"})
MAX_KEY = 200
MARKETPLACES = "/marketplaces/"


def store_key(path: str) -> str | None:
    """Return the key in a path, None when the path is no address of ours.

    Slashes at the seam or at the end make no difference: people join addresses by hand.
    """
    if not path.startswith(ADDRESS):
        return None
    key, _, ending = path[len(ADDRESS) :].partition("/")
    if not key or len(key) > MAX_KEY or ending.strip("/") not in ENDINGS:
        return None
    return key


def channel_key(path: str) -> str | None:
    """Return the key in a path that marketplaces post to, None when it is none."""
    if not path.startswith(CHANNEL_ADDRESS):
        return None
    key = path[len(CHANNEL_ADDRESS) :].rstrip("/")
    return key if key and len(key) <= MAX_KEY and "/" not in key else None
