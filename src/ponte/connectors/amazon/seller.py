"""Whose listings, on which of Amazon's marketplaces, and the requests about them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from ponte.connectors.amazon.manifest import BRAZIL, DELETE, GET, PATCH, PUT, SEARCH
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Request


@dataclass(frozen=True, slots=True)
class Place:
    """One of Amazon's marketplaces."""

    language: str
    currency: str
    site: str


# Amazon's SP-API guide "marketplace ids", read 2026-11.
PLACES = {
    BRAZIL: Place("pt_BR", "BRL", "www.amazon.com.br"),
    "A1AM78C64UM0Y8": Place("es_MX", "MXN", "www.amazon.com.mx"),
    "ATVPDKIKX0DER": Place("en_US", "USD", "www.amazon.com"),
    "A2EUQ1WTGCTBG2": Place("en_CA", "CAD", "www.amazon.ca"),
}


FIRST_LOOK_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Seller:
    """One account on one marketplace. `first_look`: seconds from a submission to the first look at it."""

    id: str
    marketplace_id: str
    first_look: float = FIRST_LOOK_SECONDS

    @property
    def place(self) -> Place:
        return PLACES.get(self.marketplace_id, PLACES[BRAZIL])

    def page_of(self, asin: str) -> str:
        """Return the public page of a product, "" for what is no ASIN."""
        usable = len(asin) == 10 and asin.isascii() and asin.isalnum()
        return f"https://{self.place.site}/dp/{asin}" if usable else ""


def seller_of(rules: Rules) -> Seller:
    settings = rules.settings
    told = settings.get("first_look_seconds", "").strip()
    usable = told.isascii() and told.isdigit() and 0 < len(told) <= 4 and int(told) > 0
    return Seller(
        settings.get("seller_id", "").strip(),
        settings.get("marketplace_id", "").strip() or BRAZIL,
        float(told) if usable else FIRST_LOOK_SECONDS,
    )


def put(sku: str, body: dict[str, JSON], rules: Rules, *, preview: bool = False) -> Request:
    """Create or replace the whole listing; in a preview nothing is stored."""
    return _item("PUT", PUT, sku, rules, json=body, preview=preview)


def patch(sku: str, body: dict[str, JSON], rules: Rules) -> Request:
    return _item("PATCH", PATCH, sku, rules, json=body)


def delete(sku: str, rules: Rules) -> Request:
    return _item("DELETE", DELETE, sku, rules)


def get(sku: str, rules: Rules) -> Request:
    return _item("GET", GET, sku, rules, included="summaries,issues")


def search(sku: str, rules: Rules, page: str = "") -> Request:
    """Ask for the listings of one SKU."""
    seller = seller_of(rules)
    query = [
        ("marketplaceIds", seller.marketplace_id),
        ("issueLocale", seller.place.language),
        ("includedData", "summaries,issues"),
        ("identifiers", sku),
        ("identifiersType", "SKU"),
    ]
    query += [("pageToken", page)] if page else []
    return Request("GET", _path(seller), SEARCH, query=tuple(query))


def _path(seller: Seller, sku: str | None = None) -> str:
    path = f"/listings/2021-08-01/items/{quote(seller.id, safe='')}"
    return path if sku is None else f"{path}/{quote(sku, safe='')}"


def _item(
    method: str,
    endpoint: str,
    sku: str,
    rules: Rules,
    *,
    json: JSON = None,
    included: str = "",
    preview: bool = False,
) -> Request:
    seller = seller_of(rules)
    query = [("marketplaceIds", seller.marketplace_id), ("issueLocale", seller.place.language)]
    query += [("includedData", included)] if included else []
    query += [("mode", "VALIDATION_PREVIEW")] if preview else []
    changes = method != "GET" and not preview
    return Request(method, _path(seller, sku), endpoint, query=tuple(query), json=json, changes=changes)
