"""Counts what browsers refused on our pages by the Content-Security-Policy, by directive and blocked origin.

Counted in this process since its start, never kept: anybody may send a report, so neither their number nor their
words may cost more than a fixed room, and what they say is believed no further than to be counted.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import Counter
from urllib.parse import urlsplit

MOST_KINDS = 100
A_MINUTE = 120
A_MINUTE_OF_ONE = 30
OTHER = "other"
DIRECTIVES = frozenset(
    (
        "base-uri", "child-src", "connect-src", "default-src", "font-src", "form-action", "frame-ancestors",
        "frame-src", "img-src", "manifest-src", "media-src", "object-src", "script-src", "script-src-attr",
        "script-src-elem", "style-src", "style-src-attr", "style-src-elem", "worker-src",
    )
)  # fmt: skip
WORDS = frozenset(("inline", "eval", "wasm-eval", "self", "data", "blob"))
HOST = re.compile(r"[a-z0-9.-]{1,80}(:\d{1,5})?")

Kind = tuple[str, str]
"""Directive and blocked origin."""

log = logging.getLogger(__name__)


class Violations:
    """What was counted. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Kind] = Counter()
        self._told: dict[Kind, int] = {}
        self._minute = 0
        self._asked: Counter[str] = Counter()

    def may_report(self, address: str) -> bool:
        """Say whether one more report is taken from an address in this minute."""
        with self._lock:
            minute = int(time.monotonic() // 60)
            if minute != self._minute:
                self._minute, self._asked = minute, Counter()
            if self._asked.total() >= A_MINUTE or self._asked[address] >= A_MINUTE_OF_ONE:
                return False
            self._asked[address] += 1
            return True

    def count(self, directive: str, blocked: str) -> None:
        """Count one; the first of its kind in an hour is a line in the log."""
        kind = (directive if directive in DIRECTIVES else OTHER, origin_of(blocked))
        hour = int(time.time() // 3_600)
        with self._lock:
            if kind not in self._counts and len(self._counts) >= MOST_KINDS:
                kind = (OTHER, OTHER)
            self._counts[kind] += 1
            tells = self._told.get(kind) != hour
            self._told[kind] = hour
        if tells:
            log.warning("a browser refused %s from %s on a page of ours", *kind)

    def counts(self) -> list[tuple[Kind, int]]:
        """Return how often each kind was counted, in their order."""
        with self._lock:
            return sorted(self._counts.items())


def origin_of(blocked: str) -> str:
    """Return what of a blocked address may be told: its origin, never its path; or the word that it is."""
    if blocked in WORDS:
        return blocked
    try:
        parts = urlsplit(blocked)
    except ValueError:
        return OTHER
    if parts.scheme not in {"http", "https", "ws", "wss"} or not HOST.fullmatch(parts.netloc):
        return parts.scheme if parts.scheme in WORDS else OTHER
    return f"{parts.scheme}://{parts.netloc}"


violations = Violations()
