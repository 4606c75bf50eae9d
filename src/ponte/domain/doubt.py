"""Doubt about what stands at the marketplace: an older write may have come after ours, or may still come.

It is kept in the place of the digest of the offer last accepted. No offer has such a digest, so the next send always
goes out; and while the doubt lasts, no settlement puts a digest there.
"""

from __future__ import annotations

MARK = "?"
LATE_SECONDS = 600.0
"""How late a write may come that was on its way when its worker was frozen, with the marketplace's search to know it.

Whoever is frozen between the last look at his lease and the socket holds a connection that the other side gives up
after a minute or two of silence.
"""


def doubt_until(moment_ms: int) -> str:
    """Return what stands in the digest's place: until this moment something older may arrive."""
    return f"{MARK}{moment_ms}"


def doubted_until(digest: str) -> int | None:
    """Return until when an older write may arrive; None when there is no doubt."""
    return int(digest[len(MARK) :]) if digest.startswith(MARK) else None
