"""The bodies in which the platform answers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from aiohttp import web

from ponte.sandbox.mirakl.market import OfferImport, Operator, ProductImport
from ponte.sandbox.mirakl.settings import SHOP_ID

FILE = "application/octet-stream"
"""What the platform calls its reports (P44, P45, P47, OF03), whatever is in them."""


def reply(body: object, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, headers=headers, content_type="application/json")


def refusal(status: int, message: str, *, retry_after: int | None = None) -> web.Response:
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    return reply({"status": status, "message": message}, status=status, headers=headers)


def fault_body(status: int, variant: str) -> bytes | str | None:
    """Return the platform's body for a fault of the switchboard."""
    if variant == "html":
        return "<html><body><h1>Service unavailable</h1></body></html>"
    told = {401: "Unauthorized", 403: "Forbidden", 404: "Not found", 429: "Too Many Requests"}
    return orjson.dumps({"status": status, "message": told.get(status, "Internal Server Error")})


def table(
    heading: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    separator: str = ";",
    encoding: str = "utf-8",
    kind: str = FILE,
) -> web.Response:
    """Return a report as the platform does: a file."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([heading, *rows])
    body = written.getvalue().encode(encoding, errors="replace")
    return web.Response(body=body, content_type=kind)


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def import_body(one: ProductImport, operator: Operator) -> dict[str, Any]:
    state = operator.state_of(one)
    ended = state == "COMPLETE"
    wrong, refused = len(one.transformation), len(one.integration)
    body: dict[str, Any] = {
        "date_created": moment(one.created_at),
        "import_id": one.number,
        "import_status": state,
        "shop_id": SHOP_ID,
        "has_error_report": ended and bool(refused),
        "has_new_product_report": ended and bool(one.taken),
        "has_transformation_error_report": ended and bool(wrong),
        "has_transformed_file": ended,
        "transform_lines_read": len(one.rows),
        "transform_lines_in_success": len(one.rows) - wrong,
        "transform_lines_in_error": wrong,
        "transform_lines_with_warning": 0,
    }
    if one.failed and state == "TRANSFORMATION_FAILED":
        body["reason_status"] = one.failed
    if ended:
        body["integration_details"] = {
            "invalid_products": refused,
            "products_not_accepted_in_time": 0,
            "products_not_synchronized_in_time": 0,
            "products_reimported": 0,
            "products_successfully_synchronized": len(one.taken),
            "products_with_synchronization_issues": 0,
            "products_with_wrong_identifiers": 0,
            "rejected_products": 0,
        }
    return body


def offer_import_body(one: OfferImport, operator: Operator) -> dict[str, Any]:
    state = operator.offer_state_of(one)
    ended = state == "COMPLETE"
    return {
        "date_created": moment(one.created_at),
        "import_id": one.number,
        "status": state,
        "mode": "NORMAL",
        "has_error_report": ended and bool(one.errors),
        "lines_read": len(one.lines),
        "lines_in_success": one.inserted + one.updated + one.deleted,
        "lines_in_error": len(one.errors),
        "lines_in_pending": len(one.waiting),
        "offer_inserted": one.inserted,
        "offer_updated": one.updated,
        "offer_deleted": one.deleted,
        "reason_status": "",
        "type": "MIRAKL",
    }


DAYS = {"available_started": "available_start_date", "available_ended": "available_end_date"}


def _discount_body(before: float, discount: dict[str, Any]) -> dict[str, Any]:
    days = {name: discount[name] for name in ("start_date", "end_date") if discount.get(name)}
    ranges = [{"price": discount["price"], "quantity_threshold": 1}]
    return {"discount_price": discount["price"], "origin_price": before, "ranges": ranges, **days}


def offer_body(offer: dict[str, Any], operator: Operator) -> dict[str, Any]:
    """Return an offer as OF21 shows it."""
    product = operator.product(str(offer["product_id"]))
    quantity, before = int(offer.get("quantity") or 0), offer["price"]
    discount = offer.get("discount")
    price = discount["price"] if discount else before
    reasons = ["ZERO_QUANTITY"] if quantity <= 0 else []
    if operator.settings.shop_state != "OPEN":
        reasons.append("SHOP_NOT_OPEN")
    volume = {"price": price, "quantity_threshold": 1, "unit_discount_price": price, "unit_origin_price": before}
    prices = {"price": price, "unit_origin_price": before, "volume_prices": [volume]}
    return {
        "active": not reasons,
        "all_prices": [prices],
        "category_code": product.category if product else "",
        "category_label": product.category if product else "",
        "channels": [],
        "currency_iso_code": "BRL",
        **({"discount": _discount_body(before, discount)} if discount else {}),
        **{shown: offer[sent] for sent, shown in DAYS.items() if offer.get(sent)},
        "description": offer.get("description", ""),
        "fulfillment": {"center": {"code": "DEFAULT"}},
        "inactivity_reasons": reasons,
        "leadtime_to_ship": offer.get("leadtime_to_ship", 1),
        "logistic_class": {"code": offer.get("logistic_class", "S"), "label": "Padrão"},
        "max_order_quantity": 1_000,
        "min_order_quantity": offer.get("min_order_quantity", 1),
        "min_quantity_alert": 0,
        "min_shipping_price": 0.0,
        "min_shipping_price_additional": 0.0,
        "min_shipping_type": "STD",
        "min_shipping_zone": "BR",
        "offer_additional_fields": offer.get("offer_additional_fields", []),
        "offer_id": offer["offer_id"],
        "package_quantity": 1,
        "price": price,
        "product_references": [{"reference": str(offer["product_id"]), "reference_type": "EAN"}],
        "product_sku": f"P{offer['product_id']}",
        "product_title": product.title if product else "",
        "quantity": quantity,
        "shipping_deadline": moment(operator.clock() + 86_400),
        "shop_sku": str(offer["shop_sku"]),
        "state_code": str(offer["state_code"]),
    }
