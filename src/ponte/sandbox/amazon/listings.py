"""What stands at the fake Amazon: submissions, what became of them, and what a reader sees at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ponte.sandbox.amazon.schemas import RELATION
from ponte.sandbox.amazon.settings import Settings
from ponte.sandbox.amazon.validation import Issue, is_parent, issue, parents_of

TOO_SMALL = "picture-too-small"
LATE: dict[str, tuple[str, tuple[str, ...], tuple[str, ...], str]] = {
    "18027": (
        "We believe the main image has text, a logo or a watermark that is not permitted for this product type.",
        (),
        ("INVALID_IMAGE",),
        "SEARCH_SUPPRESSED",
    ),
    "8541": (
        'The data conflicts with the catalog (ASIN B0SANDBOX1): "color" (Seller: "Azul" / Amazon: "Jeans").',
        (),
        (),
        "",
    ),
    "5665": (
        "Amazon must approve your brand before you can use it to list products.",
        ("brand",),
        ("QUALIFICATION_REQUIRED",),
        "",
    ),
    "18742": ("Restricted Products Policy Violation", (), (), "CATALOG_ITEM_REMOVED"),
    "20000": (
        "We could not access the media at URL of the main image.",
        ("main_product_image_locator",),
        ("INVALID_IMAGE",),
        "",
    ),
}
# These are found before there is a product at all.
WITHOUT_ASIN = frozenset({"8541", "5665"})
ENDS = "2026-12-28T00:36:48.914Z"


@dataclass(slots=True)
class Listing:
    """One SKU of one seller. `first_at` is when it can first be read."""

    sku: str
    seller_id: str
    product_type: str
    created_at: float
    updated_at: float
    first_at: float
    attributes: dict[str, Any] = field(default_factory=dict)
    requirements: str = "LISTING"
    flaws: list[Issue] = field(default_factory=list)

    def asin(self, seed: int) -> str:
        digest = hashlib.blake2b(f"{seed}/{self.sku}".encode(), digest_size=8).hexdigest().upper()
        return f"B0{digest[:8]}"

    @property
    def quantity(self) -> int:
        rows = self.attributes.get("fulfillment_availability") or [{}]
        return int(rows[0].get("quantity") or 0)


class Listings:
    """All listings, by seller and SKU."""

    def __init__(self, *, seed: int, settings: Settings, clock: Callable[[], float]) -> None:
        self._seed = seed
        self._settings = settings
        self._clock = clock
        self._known: dict[tuple[str, str], Listing] = {}
        self._submissions = 0

    def get(self, seller_id: str, sku: str) -> Listing | None:
        return self._known.get((seller_id, sku))

    def of(self, seller_id: str) -> Iterator[Listing]:
        yield from (one for (owner, _), one in sorted(self._known.items()) if owner == seller_id)

    def keep(self, seller_id: str, sku: str, product_type: str, attributes: dict[str, Any]) -> Listing:
        """Create or replace a listing."""
        now, known = self._clock(), self._known.get((seller_id, sku))
        if known is None:
            first_at = now + self._settings.processing_seconds
            known = Listing(sku, seller_id, product_type, now, now, first_at)
            self._known[seller_id, sku] = known
        known.product_type, known.attributes, known.updated_at = product_type, attributes, now
        return known

    def remove(self, seller_id: str, sku: str) -> Listing | None:
        return self._known.pop((seller_id, sku), None)

    def submission(self) -> str:
        self._submissions += 1
        return hashlib.blake2b(f"{self._seed}/{self._submissions}".encode(), digest_size=16).hexdigest()

    def can_be_read(self, listing: Listing) -> bool:
        return self._clock() >= listing.first_at

    def late_codes(self, listing: Listing) -> tuple[str, ...]:
        """Return the codes of what is found after acceptance, whenever it shows."""
        rules = self._settings.late.items()
        found = [code for suffix, code in rules if listing.sku.endswith(suffix)]
        return tuple(dict.fromkeys([*found, *(["18027"] if TOO_SMALL in _main_picture(listing) else [])]))

    def issues(self, listing: Listing) -> list[Issue]:
        """Return what a reader sees now: flaws of an incomplete listing at once, the rest late."""
        shown = list(listing.flaws)
        if self._clock() >= max(listing.updated_at + self._settings.late_seconds, listing.first_at):
            shown += [self._late(code) for code in self.late_codes(listing)]
        return shown + [_orphan(sku) for sku in parents_of(listing.attributes) if not self._is_parent(listing, sku)]

    def _is_parent(self, child: Listing, sku: str) -> bool:
        found = self._known.get((child.seller_id, sku))
        return found is not None and is_parent(found.attributes) and found.product_type == child.product_type

    def status(self, listing: Listing) -> list[str]:
        blocking = [one for one in self.issues(listing) if one["severity"] == "ERROR" and not _exempt(one)]
        if blocking:
            return ["DISCOVERABLE"] if all(_suppresses_search(one) for one in blocking) else []
        return ["BUYABLE", "DISCOVERABLE"] if listing.quantity > 0 else ["DISCOVERABLE"]

    def has_asin(self, listing: Listing) -> bool:
        codes = {one["code"] for one in self.issues(listing)}
        return not (codes & WITHOUT_ASIN) and not listing.flaws

    def item(self, listing: Listing, included: frozenset[str]) -> dict[str, Any]:
        """Return a listing as it is read."""
        issues = [{**one, "marketplaceIds": [self._settings.marketplace_id]} for one in self.issues(listing)]
        parts: dict[str, Any] = {
            "summaries": [self.summary(listing)],
            "attributes": listing.attributes,
            "issues": issues,
            "relationships": self._relationships(listing),
            "fulfillmentAvailability": [{"fulfillmentChannelCode": "DEFAULT", "quantity": listing.quantity}],
            "productTypes": [{"marketplaceId": self._settings.marketplace_id, "productType": listing.product_type}],
        }
        return {"sku": listing.sku, **{name: value for name, value in parts.items() if name in included}}

    def _relationships(self, listing: Listing) -> list[dict[str, Any]]:
        parents = parents_of(listing.attributes)
        children = [one.sku for one in self.of(listing.seller_id) if listing.sku in parents_of(one.attributes)]
        told = {"parentSkus": parents, "childSkus": children}
        found = (
            [{"type": "VARIATION", **{name: skus for name, skus in told.items() if skus}}]
            if any(told.values())
            else []
        )
        return [{"marketplaceId": self._settings.marketplace_id, "relationships": found}]

    def summary(self, listing: Listing) -> dict[str, Any]:
        found: dict[str, Any] = {
            "marketplaceId": self._settings.marketplace_id,
            "productType": listing.product_type,
            "conditionType": "new_new",
            "status": self.status(listing),
            "itemName": str(_first(listing.attributes, "item_name").get("value", "")),
            "createdDate": stamp(listing.created_at),
            "lastUpdatedDate": stamp(listing.updated_at),
        }
        asin = {"asin": listing.asin(self._seed)} if self.has_asin(listing) else {}
        picture = _main_picture(listing)
        image = {"mainImage": {"link": picture, "height": 500, "width": 500}} if picture else {}
        return {**found, **asin, **image}

    def _late(self, code: str) -> Issue:
        exempt = code == "exempt"
        message, names, categories, action = LATE["18027" if exempt else code]
        found = issue("18027" if exempt else code, message, names, *categories)
        if not action:
            return found
        status = {"status": "EXEMPT_UNTIL_EXPIRY_DATE", "expiryDate": ENDS} if exempt else {"status": "NOT_EXEMPT"}
        return {**found, "enforcements": {"actions": [{"action": action}], "exemption": status}}


def _orphan(sku: str) -> Issue:
    return issue("90000900", f"The parent SKU '{sku}' does not exist.", (RELATION,), "INVALID_ATTRIBUTE")


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _first(attributes: dict[str, Any], name: str) -> dict[str, Any]:
    rows = attributes.get(name)
    return rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}


def _main_picture(listing: Listing) -> str:
    return str(_first(listing.attributes, "main_product_image_locator").get("media_location", ""))


def _exempt(found: Issue) -> bool:
    told = found.get("enforcements", {}).get("exemption", {}).get("status", "")
    return str(told).startswith("EXEMPT")


def _suppresses_search(found: Issue) -> bool:
    actions = found.get("enforcements", {}).get("actions", [])
    return any(one["action"] == "SEARCH_SUPPRESSED" for one in actions)
