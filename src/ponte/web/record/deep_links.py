"""Where else a record can be looked at: its pages in the VTEX Admin, its listing at the marketplace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.connectors import Broken, get
from ponte.db.models import Integration
from ponte.sources.vtex.admin import AdminPage, admin_links

MAX_URL = 2_000
WORDS: Mapping[AdminPage, str | Promise] = {
    AdminPage.SKU: _("SKU na VTEX"),
    AdminPage.PRODUCT: _("Produto na VTEX"),
    AdminPage.PRICE: _("Preços na VTEX"),
    AdminPage.STOCK: _("Estoque na VTEX"),
    AdminPage.TRADE_POLICY: _("Políticas comerciais na VTEX"),
}


@dataclass(frozen=True, slots=True)
class DeepLink:
    """A page outside of Ponte."""

    text: str | Promise
    url: str


def vtex_links(found: Integration) -> tuple[DeepLink, ...]:
    """Return the record's pages in the VTEX Admin, the SKU first."""
    store = found.store
    links = admin_links(store.account, store.base_url, sku_id=found.sku, product_id=found.product_id)
    return tuple(DeepLink(WORDS[link.page], link.url) for link in links)


def listing_links(found: Integration) -> tuple[DeepLink, ...]:
    """Return the listing as buyers see it and, where the connector knows it, as the seller edits it."""
    kept: Mapping[str, object] = found.listing if isinstance(found.listing, dict) else {}
    shown, edited = safe(str(kept.get("url") or "")), _edited(found)
    links = [DeepLink(_("Anúncio no marketplace"), shown)] if shown else []
    return (*links, DeepLink(_("Editar o anúncio"), edited)) if edited else tuple(links)


def _edited(found: Integration) -> str:
    connector = get(found.channel.connector)
    if not found.listing_id or isinstance(connector, Broken):
        return ""
    pattern = connector.verbs().get("listing", "")
    return safe(pattern.replace("{listing}", quote(found.listing_id, safe="", errors="replace")))


def safe(url: str) -> str:
    """Return an address that may stand in a link, "" for any other: http or https, a host, no name and password."""
    if not url.isprintable() or len(url) > MAX_URL or any(char in ' "<>\\' for char in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc else ""
