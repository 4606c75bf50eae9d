"""The questions and orders this connector knows, as requests. A topic says which are asked together for many SKUs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from ponte.connectors.mirakl.csvfile import write
from ponte.connectors.mirakl.profile import profile_of
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, FilePart, Request

PRODUCTS, OFFERS, EXISTS, STATUS = "products", "offers", "exists", "status"
PRODUCT_IMPORT, OFFER_IMPORT = "import", "offer-import"
SEND_PRODUCTS, SEND_OFFERS = "POST /api/products/imports", "POST /api/offers"
READ_IMPORT, READ_OFFER_IMPORT = "GET /api/products/imports/{import}", "GET /api/offers/imports/{import}"
READ_PRODUCTS, READ_OFFERS = "GET /api/products", "GET /api/offers"
READ_STATUS = "GET /api/mcm/products/sources/status/export"


def read(path: str, rules: Rules, *query: tuple[str, str], endpoint: str = "", together: str = "") -> Request:
    """Return a question; the shop is named where the key has several."""
    asked = (*query, *shop(rules))
    return Request("GET", path, endpoint or f"GET {path}", query=asked, together=together)


def shop(rules: Rules) -> tuple[tuple[str, str], ...]:
    shop_id = profile_of(rules).shop_id
    return (("shop_id", shop_id),) if shop_id else ()


def send_row(sku: str, row: Mapping[str, str], rules: Rules) -> Request:
    """Return one SKU's part of a product file (P41)."""
    body = {"sku": sku, "row": dict(row)}
    return Request(
        "POST", "/api/products/imports", SEND_PRODUCTS, query=shop(rules), json=body, changes=True, together=PRODUCTS
    )


def send_file(rows: Sequence[Mapping[str, str]], rules: Rules) -> Request:
    """Return the product file of many SKUs. The columns are the operator's own attributes."""
    part = FilePart("file", "products.csv", "text/csv", write(rows))
    form = (("operator_format", "true"),)
    return Request(
        "POST", "/api/products/imports", SEND_PRODUCTS, query=shop(rules), form=form, files=(part,), changes=True
    )


def send_offers(offers: Sequence[JSON], rules: Rules, *, together: str = "") -> Request:
    """Return offers (OF24). What an offer does not name is reset over there: each is always whole."""
    body = {"offers": list(offers)}
    return Request("POST", "/api/offers", SEND_OFFERS, query=shop(rules), json=body, changes=True, together=together)


def read_import(number: str, rules: Rules, *, together: bool = True) -> Request:
    topic = f"{PRODUCT_IMPORT}/{number}" if together else ""
    return read(f"/api/products/imports/{quote(number, safe='')}", rules, endpoint=READ_IMPORT, together=topic)


def read_report(number: str, report: str, rules: Rules) -> Request:
    """Return the question for one of a product import's reports ("error_report" ...)."""
    path = f"/api/products/imports/{quote(number, safe='')}/{report}"
    return read(path, rules, endpoint=f"{READ_IMPORT}/{report}")


def read_offer_import(number: str, rules: Rules, *, together: bool = True) -> Request:
    topic = f"{OFFER_IMPORT}/{number}" if together else ""
    return read(f"/api/offers/imports/{quote(number, safe='')}", rules, endpoint=READ_OFFER_IMPORT, together=topic)


def read_offer_report(number: str, rules: Rules) -> Request:
    path = f"/api/offers/imports/{quote(number, safe='')}/error_report"
    return read(path, rules, endpoint=f"{READ_OFFER_IMPORT}/error_report")


def read_products(references: Sequence[str], rules: Rules, *, together: bool = False) -> Request:
    """Return the question which products the operator has (P31): "EAN|7891000315507" and so on, at most a hundred."""
    asked = ("product_references", ",".join(references))
    return read("/api/products", rules, asked, together=EXISTS if together else "")


def reference(ean: str, rules: Rules) -> str:
    return f"{profile_of(rules).product_id_type}|{ean}"


def read_status(skus: Sequence[str], rules: Rules, *, together: bool = False) -> Request:
    """Return the question how products stand at an operator with MCM (CM11), at most a hundred."""
    asked = (("provider_unique_identifier", sku) for sku in skus)
    return read(READ_STATUS.removeprefix("GET "), rules, *asked, together=STATUS if together else "")


def read_offers(sku: str, rules: Rules) -> Request:
    return read("/api/offers", rules, ("sku", sku))
