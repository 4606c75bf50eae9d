"""Addresses to open beside an explanation: pages of the VTEX Admin, of Ponte, and the listing itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from ponte.domain.vtex_admin import INVENTORY, PRICES, PRODUCT_FORM, SKU_FORM, page_of
from ponte.explain.catalogue import choose_language, words
from ponte.explain.places import Where

MAX_URL = 2_000


class LinkKind(StrEnum):
    VTEX_SKU = "vtex_sku"
    VTEX_PRODUCT = "vtex_product"
    VTEX_PRICE = "vtex_price"
    VTEX_STOCK = "vtex_stock"
    MAPPING = "mapping"
    CONNECTION = "connection"
    LISTING = "listing"


@dataclass(frozen=True, slots=True)
class Link:
    """`url` is absolute https, or a path of Ponte itself; `label` says what opens."""

    kind: LinkKind
    url: str
    label: str


# The path, and which value of the context it needs.
_VTEX: Mapping[LinkKind, tuple[str, str]] = {
    LinkKind.VTEX_SKU: (SKU_FORM, "sku_id"),
    LinkKind.VTEX_PRODUCT: (PRODUCT_FORM, "product_id"),
    LinkKind.VTEX_PRICE: (PRICES, "product_id"),
    LinkKind.VTEX_STOCK: (INVENTORY, "sku_id"),
}
_OURS: Mapping[LinkKind, str] = {LinkKind.MAPPING: "mapping_url", LinkKind.CONNECTION: "channel_url"}
_BY_PLACE: Mapping[Where, tuple[LinkKind, ...]] = {
    Where.VTEX_CATALOG: (LinkKind.VTEX_SKU, LinkKind.VTEX_PRODUCT, LinkKind.MAPPING),
    Where.VTEX_PRICE: (LinkKind.VTEX_PRICE, LinkKind.VTEX_SKU, LinkKind.MAPPING),
    Where.VTEX_STOCK: (LinkKind.VTEX_STOCK, LinkKind.VTEX_SKU),
    Where.VTEX_ACCESS: (LinkKind.CONNECTION,),
    Where.MAPPING: (LinkKind.MAPPING, LinkKind.VTEX_SKU),
    Where.MARKETPLACE: (LinkKind.LISTING, LinkKind.VTEX_SKU),
    Where.CONNECTION: (LinkKind.CONNECTION,),
    Where.NOBODY: (LinkKind.LISTING,),
    Where.DEVELOPER: (),
}
_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII | re.IGNORECASE)


def links(where: Where, language: str, context: Mapping[str, str]) -> tuple[Link, ...]:
    """Return the links that help where a problem is fixed; one whose values are not known is left out.

    `context` may hold `account`, `sku_id`, `product_id`, `listing_url`, and paths of ours: `mapping_url`,
    `channel_url`.
    """
    labels = words(choose_language(language), "labels.LinkKind")
    found = ((kind, address(kind, context)) for kind in _BY_PLACE[where])
    return tuple(Link(kind, url, labels[kind][0]) for kind, url in found if url)


def address(kind: LinkKind, context: Mapping[str, str]) -> str:
    """Return one address, "" when the context does not have what it needs or holds something unsafe."""
    if kind in _VTEX:
        return _vtex(*_VTEX[kind], context)
    if kind in _OURS:
        return _own_path(str(context.get(_OURS[kind]) or ""))
    return _https(str(context.get("listing_url") or ""))


def _vtex(path: str, needs: str, context: Mapping[str, str]) -> str:
    account, page = str(context.get("account") or ""), page_of(path, str(context.get(needs) or ""))
    return f"https://{account.lower()}.myvtex.com{page}" if page and _ACCOUNT.fullmatch(account) else ""


def _own_path(path: str) -> str:
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and _is_plain(path)
    return path if safe else ""


def _https(url: str) -> str:
    if not _is_plain(url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme == "https" and parts.hostname and "@" not in parts.netloc else ""


def _is_plain(url: str) -> bool:
    return 0 < len(url) <= MAX_URL and url.isprintable() and not any(char in ' "<>\\' for char in url)
