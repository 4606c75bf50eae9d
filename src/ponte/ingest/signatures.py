"""Checks how a marketplace signed a post: HMAC-SHA256, compared in constant time. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from ponte.domain.connector import Signature

Headers = Iterable[tuple[bytes, bytes]]
MAX_HEADER = 200
MILLISECONDS_FROM = 10**12


def is_signed(headers: Headers, body: bytes, *, signature: Signature, secret: str, now: float) -> bool:
    """Say whether a post was signed with the secret, and not too long ago. Without a secret nothing is."""
    said = _read(headers, (signature.header, signature.timestamp_header))
    given = said.get(signature.header.lower(), "")
    timestamp = said.get(signature.timestamp_header.lower(), "") if signature.timestamp_header else ""
    if signature.timestamp_header and not _is_recent(timestamp, now, signature.max_age_seconds):
        return False
    signed = f"{timestamp}.".encode() + body if signature.timestamp_header else body
    expected = signature.prefix + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    # Compared in any case, so that what is missing takes no less time.
    same = hmac.compare_digest(expected.encode(), given.encode())
    return same and bool(secret)


def _read(headers: Headers, names: tuple[str, ...]) -> dict[str, str]:
    """Return these headers by name; of one that comes twice nothing is believed."""
    wanted = {name.lower().encode() for name in names if name}
    found: dict[str, str] = {}
    for name, value in headers:
        if name in wanted:
            text = value[:MAX_HEADER].decode("latin-1").strip()
            found[name.decode()] = "" if name.decode() in found else text
    return found


def _is_recent(timestamp: str, now: float, most: float) -> bool:
    """Read seconds or milliseconds since 1970; as far in the future is as wrong as in the past."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 13):
        return False
    moment = int(timestamp)
    seconds = moment / 1000 if moment >= MILLISECONDS_FROM else moment
    return abs(now - seconds) <= most
