"""What a listing remembers between tries: what was taken, what is still owed, what was asked for.

`sent`: digests of what was last accepted, by part (sku, price, stock). `owed`: bodies of price and stock that wait
until the SKU exists. `traces`: where the answers to what was sent will be. `looks`: how often that was looked for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ponte.connectors import shape
from ponte.domain.message import JSON
from ponte.domain.outcome import Listing

SKU, PRICE, STOCK = "sku", "price", "stock"
PARTS = (SKU, PRICE, STOCK)
# Made once: `json.dumps` with options makes an encoder for each call.
_plain = json.JSONEncoder(sort_keys=True, ensure_ascii=True).encode


def digest(value: JSON) -> str:
    return hashlib.blake2b(_plain(value).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Memory:
    """A listing's memory, read. `made`: the SKU was seen there. `has`: its price or stock was made there.

    `stale`: a newer state waits until the marketplace is through with the SKU. `paused`: by us.
    """

    tenant: str = ""
    sent: Mapping[str, str] = field(default_factory=dict)
    owed: Mapping[str, JSON] = field(default_factory=dict)
    traces: Mapping[str, str] = field(default_factory=dict)
    has: frozenset[str] = frozenset()
    looks: int = 0
    later: int = 0
    made: bool = False
    stale: bool = False
    paused: bool = False

    def forgetting(self, part: str) -> Memory:
        """Return the memory without what was accepted of a part: it is said again."""
        return replace(self, sent={name: one for name, one in self.sent.items() if name != part})

    def without_trace(self, part: str) -> Memory:
        return replace(self, traces={name: one for name, one in self.traces.items() if name != part})

    def taken(self, part: str, body: JSON, trace: str) -> Memory:
        """Return the memory after a part was taken over there."""
        traces = {**self.traces, part: trace} if trace else self.traces
        owed = {name: one for name, one in self.owed.items() if name != part}
        sent = {**self.sent, part: digest(body)}
        has = self.has | {part} if part != SKU else self.has
        return replace(self, sent=sent, owed=owed, traces=traces, has=has, looks=0)

    def in_listing(self, listing: Listing) -> Listing:
        return replace(listing, memory=self.as_json())

    def as_json(self) -> dict[str, JSON]:
        found: dict[str, JSON] = {
            "tenant": self.tenant,
            "sent": dict(self.sent),
            "owed": dict(self.owed),
            "traces": dict(self.traces),
            "has": sorted(self.has),
            "looks": self.looks,
            "later": self.later,
            "made": self.made,
            "stale": self.stale,
            "paused": self.paused,
        }
        return {name: value for name, value in found.items() if value}


def memory_of(listing: Listing) -> Memory:
    raw = listing.memory
    return Memory(
        tenant=shape.text(raw.get("tenant")),
        sent=_texts(raw.get("sent")),
        owed={name: body for name, body in shape.table(raw.get("owed")).items() if name in {PRICE, STOCK}},
        traces=_texts(raw.get("traces")),
        has=frozenset(shape.texts(raw.get("has"))),
        looks=shape.whole(raw.get("looks")) or 0,
        later=shape.whole(raw.get("later")) or 0,
        made=raw.get("made") is True,
        stale=raw.get("stale") is True,
        paused=raw.get("paused") is True,
    )


def _texts(value: JSON) -> dict[str, str]:
    return {name: one for name, one in shape.table(value).items() if name in PARTS and isinstance(one, str)}
