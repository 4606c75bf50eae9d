"""One try as a file: all that was kept of it, for whoever has to show it to a marketplace's support."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from ponte.db.models import Attempt, Exchange, Integration
from ponte.domain.message import JSON

TRY: Final = ("number", "trigger", "task", "result", "status", "http_status", "problems", "offer", "provenance")
EXCHANGE: Final = (
    "side",
    "method",
    "url",
    "endpoint",
    "request_headers",
    "request_body",
    "status",
    "response_headers",
    "response_body",
    "failure",
    "took_ms",
)


def attempt_file(found: Integration, tried: Attempt, passed: Sequence[Exchange]) -> bytes:
    """Return a try with its exchanges, redacted as they were kept, as JSON in UTF-8."""
    told: dict[str, JSON] = {
        "record": found.pk,
        "store": found.store.account,
        "channel": found.channel.code,
        "sku": found.sku,
        **{name: getattr(tried, name) for name in TRY},
        "started_at": tried.started_at.isoformat(),
        "ended_at": tried.ended_at.isoformat() if tried.ended_at else None,
        "exchanges": [_exchange(one) for one in passed],
    }
    return json.dumps(told, ensure_ascii=False, indent=2).encode("utf-8", errors="replace")


def _exchange(one: Exchange) -> dict[str, JSON]:
    return {**{name: getattr(one, name) for name in EXCHANGE}, "started_at": one.started_at.isoformat()}


def file_name(found: Integration, tried: Attempt) -> str:
    """Return a name that any disk takes; what came from outside has no part in it."""
    return f"ponte-registro-{found.pk}-tentativa-{tried.number}.json"
