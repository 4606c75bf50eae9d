"""Pages of the VTEX Admin about one SKU, to open beside a record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from ponte.domain.vtex_admin import INVENTORY, PRICES, PRODUCT_FORM, SKU_FORM, page_of

VTEX_HOSTS = (".vtexcommercestable.com.br", ".vtexcommercebeta.com.br", ".myvtex.com", ".vtex.com.br")
_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_HOST = re.compile(r"[a-z0-9.:\[\]-]{1,200}", re.ASCII)


class AdminPage(StrEnum):
    """What can be opened."""

    SKU = "sku"
    PRODUCT = "product"
    PRICE = "price"
    STOCK = "stock"
    TRADE_POLICY = "trade_policy"


@dataclass(frozen=True, slots=True)
class AdminLink:
    """`url` is absolute; it holds nothing but the account's own host and quoted ids."""

    page: AdminPage
    url: str


# Which trade policies sell a product is a field of the product's own form.
_PATHS = (
    (AdminPage.SKU, SKU_FORM, "sku"),
    (AdminPage.PRODUCT, PRODUCT_FORM, "product"),
    (AdminPage.PRICE, PRICES, "product"),
    (AdminPage.STOCK, INVENTORY, "sku"),
    (AdminPage.TRADE_POLICY, PRODUCT_FORM, "product"),
)


def admin_base(account: str, base_url: str) -> str:
    """Return where an account's Admin is: at myvtex.com for an account of VTEX, else at the store's own address.

    "" for an address that no link may hold.
    """
    try:
        parts = urlsplit(base_url.strip().lower())
        host = parts.hostname or ""
    except ValueError:
        return ""
    if host.endswith(VTEX_HOSTS):
        name = account.strip().lower()
        return f"https://{name}.myvtex.com" if _ACCOUNT.fullmatch(name) else ""
    own = parts.scheme in {"http", "https"} and bool(_HOST.fullmatch(parts.netloc))
    return f"{parts.scheme}://{parts.netloc}" if own else ""


def admin_links(account: str, base_url: str, *, sku_id: str, product_id: str) -> tuple[AdminLink, ...]:
    """Return the pages whose ids are known."""
    base = admin_base(account, base_url)
    ids = {"sku": sku_id.strip(), "product": product_id.strip()}
    return tuple(
        AdminLink(page, f"{base}{found}")
        for page, path, needs in _PATHS
        if base and (found := page_of(path, ids[needs]))
    )
