"""The requests: to the marketplace's own address, and to the address where suggestions of all marketplaces are."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from ponte.connectors.vtex.manifest import SUGGESTIONS
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Request, Secret

# Two headers make one credential, so they are set here and not by the transport's single one.
KEYS = (("X-VTEX-API-AppKey", Secret("app_key")), ("X-VTEX-API-AppToken", Secret("app_token")))

NOTIFY = "POST /api/sku-binding/pvt/skuseller/changenotification/{seller}/{sku}"
BINDING = "GET /api/sku-binding/pvt/skuseller/{seller}/{sku}"
SWITCH = "POST /api/sku-binding/pvt/skuseller/{verb}/{seller}/{sku}"
BINDINGS = "GET /api/sku-binding/pvt/skuseller/paged/sellerid/{seller}"
NOTICE = "POST /api/notificator/{seller}/changenotification/{sku}/{part}"
SUGGEST = "PUT /{marketplace}/suggestions/{seller}/{sku}"
SUGGESTED = "GET /{marketplace}/suggestions/{seller}/{sku}"
UNSUGGEST = "DELETE /{marketplace}/suggestions/{seller}/{sku}"


@dataclass(frozen=True, slots=True)
class Calls:
    """What may be asked about one SKU of a seller."""

    marketplace: str
    seller: str
    sku: str = ""

    def notify(self) -> Request:
        """Tell that the SKU changed: 200 when it is bound, 404 when it is not known there."""
        return self._changing(f"/api/sku-binding/pvt/skuseller/changenotification/{self._place}", NOTIFY)

    def binding(self) -> Request:
        return Request(
            "GET", f"/api/sku-binding/pvt/skuseller/{self._place}", BINDING, headers=KEYS, authorized=False
        )

    def bindings(self) -> Request:
        path = f"/api/sku-binding/pvt/skuseller/paged/sellerid/{_part(self.seller)}"
        query = (("page", "1"), ("size", "1"))
        return Request("GET", path, BINDINGS, query=query, headers=KEYS, authorized=False)

    def switch(self, verb: str) -> Request:
        """Return the request that makes a binding "activate", "inactivate" or "remove" itself."""
        return self._changing(f"/api/sku-binding/pvt/skuseller/{verb}/{self._place}", SWITCH.replace("{verb}", verb))

    def notice(self, part: str) -> Request:
        """Tell that the "price" or the "inventory" changed: the marketplace asks for it by itself then."""
        path = f"/api/notificator/{_part(self.seller)}/changenotification/{_part(self.sku)}/{part}"
        return self._changing(path, NOTICE.replace("{part}", part))

    def suggest(self, body: JSON) -> Request:
        return self._of_suggestions("PUT", SUGGEST, json=body, changes=True)

    def suggestion(self) -> Request:
        return self._of_suggestions("GET", SUGGESTED)

    def unsuggest(self) -> Request:
        return self._of_suggestions("DELETE", UNSUGGEST, changes=True)

    @property
    def _place(self) -> str:
        return f"{_part(self.seller)}/{_part(self.sku)}"

    def _changing(self, path: str, endpoint: str) -> Request:
        return Request("POST", path, endpoint, headers=KEYS, authorized=False, changes=True)

    def _of_suggestions(self, method: str, endpoint: str, *, json: JSON = None, changes: bool = False) -> Request:
        path = f"/{_part(self.marketplace)}/suggestions/{self._place}"
        return Request(
            method, path, endpoint, json=json, headers=KEYS, authorized=False, changes=changes, host=SUGGESTIONS
        )


def calls_of(rules: Rules, sku: str = "") -> Calls | None:
    """Return the calls of a channel; None while it does not say whose they are."""
    marketplace, seller = (rules.settings.get(name, "").strip() for name in ("marketplace", "seller_id"))
    return Calls(marketplace, seller, sku) if marketplace and seller else None


def _part(text: str) -> str:
    return quote(text, safe="")
