"""What Mercado Livre posts when something changed. It does not sign: a post is a hint to read the item again.

Developers' page "notifications", captured 2026-06: {"resource": "/items/MLB...", "user_id", "topic": "items",
"application_id", ...}; other topics are about orders, questions and messages.
"""

from __future__ import annotations

import re

from ponte.connectors import shape
from ponte.domain.message import parse_json

TOPICS = frozenset({"items", "items_prices", "stock-locations"})
ITEM = re.compile(r"/items/(ML[A-Z][0-9]{1,15})(?:/.*)?")
LISTING = "listing:"


def heard(body: bytes) -> tuple[str, ...]:
    """Return the listing that a post is about; () for nonsense and for topics that are not about listings."""
    post = shape.table(parse_json(body))
    if shape.text(post.get("topic")) not in TOPICS:
        return ()
    found = ITEM.fullmatch(shape.text(post.get("resource"))[:200])
    return (LISTING + found[1],) if found else ()
