"""What a fake Magalu is told when it starts: its seller, delays, limits, moods."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

PRODUCTION_CHANNEL = "9fe0d853-732b-4e4a-a0b0-cff988ed043d"
SANDBOX_CHANNEL = "5f62650a-0039-4d65-9b96-266d498c03bd"


class Envelope(StrEnum):
    """The shape of a 422. The vendor's is not sure, so SKUs take turns unless one is asked for."""

    ERRORS = "errors"
    DETAIL = "detail"
    SENTENCES = "sentences"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """A store at Magalu. Nothing here opens anything but the fake."""

    tenant: str = "5c9a1d2e-0f7b-4c58-9f5d-1b7c4e2a9d10"
    id: str = "lojamodelo"
    name: str = "Loja Modelo"
    channel: str = SANDBOX_CHANNEL
    client_id: str = "ponte-sandbox"
    client_secret: str = field(default="sandbox-secret", repr=False)
    webhook_secret: str = field(default="whsec_c2FuZGJveC1vbmx5", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything has a default that serves a demo: short delays, no limits.

    Attributes:
        token_seconds: life of an access token, told as `expires_in`.
        processing_seconds: from 202 until a trace says what became of it; meanwhile 404 (new) or 409 (known).
        review_seconds: how long a SKU that is whole is UNDER_REVIEW.
        blocked: ends of SKUs that are BLOCKED after the review.
        failing: ends of SKUs whose first trace tells of a failure of Magalu's own (500).
        requests_per_second: bucket of the seller; None is no limit. Every second 429 has no Retry-After.
        envelope: the shape of 422.
        trace_in_put: whether PUT, PATCH, prices and stocks answer their 202 with a trace, too.
    """

    seller: Seller = Seller()
    token_seconds: int = 7_200
    processing_seconds: float = 0.5
    review_seconds: float = 1.0
    blocked: tuple[str, ...] = ("-BLOQ",)
    failing: tuple[str, ...] = ("-FALHA",)
    requests_per_second: float | None = None
    burst: int = 10
    envelope: Envelope = Envelope.MIXED
    trace_in_put: bool = True
