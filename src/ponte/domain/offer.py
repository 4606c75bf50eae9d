"""What we would send: the marketplace's payload and where each field came from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from ponte.domain.message import JSON

# Made once: `json.dumps` with options makes an encoder for each call.
_plain = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Provenance:
    """One field of the offer: from which VTEX field, by which rule, what was there, what is sent.

    `rule` is a short machine name ("default", "specification", "category map", "cut"); `line` is its line in the
    channel's mapping file, 0 where no line of the file made it.
    """

    field: str
    source: str
    rule: str
    found: str
    sent: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """`payload` is plain JSON in the connector's own shape; equal payloads have equal digests."""

    payload: Mapping[str, JSON]
    provenance: tuple[Provenance, ...] = ()

    @property
    def digest(self) -> str:
        """Return a digest of the payload: the same offer as last accepted is not sent again."""
        return hashlib.blake2b(_written(self.payload), digest_size=16).hexdigest()


def _written(payload: Mapping[str, JSON]) -> bytes:
    """Return the payload as text, always the same for the same; both ways write what offers hold alike."""
    try:
        return orjson.dumps(payload if isinstance(payload, dict) else dict(payload), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # half a character, a whole number beyond 64 bits
        return _plain(payload).encode("utf-8", "surrogatepass")
