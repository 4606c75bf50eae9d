"""Reads the store's key from the webhook's address.

VTEX posts to the affiliate's address as it is, or with "/api/notification/" (help centre, "affiliate endpoint") or
"/catalog/notification" (connectors made from VTEX's App Template) behind it; read 2026-08.
"""

from __future__ import annotations

PREFIX = "/vtex/"
ADDRESS = "/vtex/notifications/"
ENDINGS = frozenset({"", "catalog/notification", "api/notification"})
MAX_KEY = 200


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
