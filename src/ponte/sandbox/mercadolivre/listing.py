"""One listing of the fake and the machine of its statuses.

A status is never stored: it follows from what happened and from the clock, so that nothing has to run in the
background and a fixed clock gives fixed answers. Statuses after Mercado Livre developers' pages "Sincroniza y
modifica publicaciones" and "Gestionar moderaciones", read 2026-06.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from ponte.sandbox.mercadolivre.moderation import Moderation

NEVER = float("inf")
WARNING = "warning"
"""The sub-status of a listing that is on sale and must be corrected in two days."""
FORBIDDEN = "forbidden"
"""The sub-status of a listing that may only be deleted."""


@dataclass(frozen=True, slots=True)
class Standing:
    status: str
    sub_status: tuple[str, ...] = ()
    tag: str = ""


@dataclass(slots=True)
class Listing:
    """A listing. `body` is the vendor's JSON of it but for what depends on the clock; times are the clock's seconds.

    Attributes:
        skus: the seller's SKUs, more than one when the listing has variations.
        pictures_ready_at: when the first picture that can be had is there; NEVER when none can.
        ended_by: why the vendor closed it ("expired", "suspended", "freezed"); "" when the seller did.
        relisted: it was announced again, which may be done once.
    """

    body: dict[str, Any]
    seller_id: int
    skus: tuple[str, ...]
    created_at: float
    indexed_at: float
    pictures_ready_at: float
    number: int
    payment_required: bool = False
    paused: bool = False
    closed_at: float = NEVER
    deleted: bool = False
    ended_by: str = ""
    relisted: bool = False
    moderation: Moderation | None = None
    moderated_at: float = NEVER
    fulfillment: bool = False
    price_automation: bool = False
    listing_type_changes: int = 0
    description: dict[str, Any] | None = None
    gtins: tuple[str, ...] = ()
    warnings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def sku(self) -> str:
        """The seller's SKU of record, else the older field that sellers used for it."""
        return self.skus[0] if self.skus else str(self.body["seller_custom_field"] or "")

    @property
    def is_closed(self) -> bool:
        return self.closed_at != NEVER

    def moderation_at(self, now: float) -> Moderation | None:
        """The moderation that shows in last_moderation, a warning too."""
        return self.moderation if now >= self.moderated_at else None

    def standing(self, now: float) -> Standing:
        if self.is_closed:
            ended = ("deleted",) if self.deleted else (self.ended_by,) if self.ended_by else ()
            return Standing("closed", ended)
        moderation = self.moderation_at(now)
        if moderation and now >= self.moderated_at + moderation.warned_seconds:
            return Standing(moderation.status, (moderation.sub_status,) * bool(moderation.sub_status), moderation.tag)
        if self.payment_required:
            return Standing("payment_required")
        if pauses := self._pauses(now):
            return Standing("paused", pauses)
        if moderation and moderation.warned_seconds:
            return Standing("under_review", (WARNING,))
        return Standing("active")

    def _pauses(self, now: float) -> tuple[str, ...]:
        why = (
            ("paused_by_seller", self.paused),
            ("picture_download_pending", now < self.pictures_ready_at),
            ("out_of_stock", self.body["available_quantity"] == 0),
        )
        return tuple(name for name, holds in why if holds)

    def as_json(self, now: float, *, only: frozenset[str] | None = None) -> dict[str, Any]:
        """The vendor's JSON of the listing as it stands now; `only` keeps the fields named."""
        standing = self.standing(now)
        tags = ["immediate_payment", *((standing.tag,) * bool(standing.tag))]
        self.body.update(status=standing.status, sub_status=standing.sub_status, tags=tags)
        if only is None:
            return self.body
        return {key: value for key, value in self.body.items() if key in only}

    def as_bytes(self, now: float) -> bytes:
        return orjson.dumps(self.as_json(now))


def moment(seconds: float) -> str:
    """The vendor's way to write a time: UTC, milliseconds, Z."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
