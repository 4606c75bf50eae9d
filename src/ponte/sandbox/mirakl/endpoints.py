"""The endpoints of the fake operator."""

from __future__ import annotations

import csv
import io
from typing import Any

import orjson
from aiohttp import web

from ponte.sandbox.mirakl import operator_catalogue as known
from ponte.sandbox.mirakl.answers import (
    FILE,
    fault_body,
    import_body,
    offer_body,
    offer_import_body,
    refusal,
    reply,
    table,
)
from ponte.sandbox.mirakl.market import Operator, Product, ProductImport
from ponte.sandbox.mirakl.settings import Layout
from ponte.sandbox.mirakl.shop import account
from ponte.sandbox.switchboard import Endpoint, Switchboard

NUMBER = r"{import:\d{1,15}}"
AT_ONCE = 100
OFFER_REQUIRED = ("shop_sku", "product_id", "product_id_type", "price", "state_code", "update_delete")


class Endpoints:
    """Guarded by the key, the windows and the switchboard's faults."""

    def __init__(self, operator: Operator, board: Switchboard) -> None:
        self._operator = operator
        self._board = board

    def routes(self) -> list[web.RouteDef]:
        told = (
            ("GET", "/api/account", self.account),
            ("GET", "/api/version", self.version),
            ("GET", "/api/hierarchies", self.hierarchies),
            ("GET", "/api/products/attributes", self.attributes),
            ("GET", "/api/values_lists", self.values_lists),
            ("GET", "/api/offers/states", self.states),
            ("GET", "/api/products", self.products),
            ("POST", "/api/products/imports", self.take_file),
            ("GET", f"/api/products/imports/{NUMBER}", self.product_import),
            ("GET", f"/api/products/imports/{NUMBER}/{{report}}", self.product_report),
            ("POST", "/api/offers", self.take_offers),
            ("GET", "/api/offers", self.offers),
            ("GET", f"/api/offers/imports/{NUMBER}", self.offer_import),
            ("GET", f"/api/offers/imports/{NUMBER}/error_report", self.offer_report),
            ("GET", "/api/mcm/products/sources/status/export", self.statuses),
        )
        return [
            self._board.route(method, path, self._guarded(f"{method} {path}", endpoint), bodies=fault_body)
            for method, path, endpoint in told
        ]

    def _guarded(self, name: str, endpoint: Endpoint) -> Endpoint:
        name = name.replace(NUMBER, "{import}").replace("{report}", "report")

        async def checked(request: web.Request) -> web.StreamResponse:
            settings = self._operator.settings
            if request.headers.get("Authorization") != settings.shop_key:
                return refusal(401, "Unauthorized")
            if settings.forbidden and request.path != "/api/account":
                return refusal(403, "Forbidden")
            if not self._operator.may_ask(name):
                return refusal(429, "Too Many Requests", retry_after=max(1, int(settings.windows[name])))
            return await endpoint(request)

        return checked

    async def account(self, _request: web.Request) -> web.Response:
        return reply(account(self._operator))

    async def version(self, _request: web.Request) -> web.Response:
        return reply({"version": "3.600"})

    async def hierarchies(self, _request: web.Request) -> web.Response:
        return reply(known.hierarchies())

    async def attributes(self, request: web.Request) -> web.Response:
        return reply(known.attributes(request.query.get("hierarchy", "")))

    async def values_lists(self, request: web.Request) -> web.Response:
        return reply(known.values_lists(request.query.get("code", "")))

    async def states(self, _request: web.Request) -> web.Response:
        return reply({"offer_states": [{"code": "11", "label": "Novo"}], "total_count": 1})

    async def products(self, request: web.Request) -> web.Response:
        wanted = [part.partition("|") for part in request.query.get("product_references", "").split(",")]
        if len(wanted) > AT_ONCE:
            return refusal(400, "Too many product references")
        found = [one for kind, _, ean in wanted if kind == "EAN" and (one := self._operator.product(ean))]
        return reply({"products": [_product(one) for one in found], "total_count": len(found)})

    async def take_file(self, request: web.Request) -> web.Response:
        if not request.content_type.startswith("multipart/"):
            return refusal(415, "Unsupported Media Type")
        form = await request.post()
        part = form.get("file")
        if not isinstance(part, web.FileField):
            return refusal(400, "The file is required")
        heading, rows, failed = _read(part.file.read())
        made = self._operator.take_file(heading, rows, failed)
        headers = {"Location": f"/api/products/imports/{made.number}"}
        return reply({"import_id": made.number}, status=201, headers=headers)

    def _import(self, request: web.Request) -> ProductImport | None:
        return self._operator.product_imports.get(int(request.match_info["import"]))

    async def product_import(self, request: web.Request) -> web.Response:
        one = self._import(request)
        return reply(import_body(one, self._operator)) if one else refusal(404, "Import not found")

    async def product_report(self, request: web.Request) -> web.Response:
        one = self._import(request)
        if one is None or self._operator.state_of(one) != "COMPLETE":
            return refusal(404, "Report not found")
        match request.match_info["report"]:
            case "transformation_error_report":
                return _transformation_report(one)
            case "error_report":
                return self._integration(one.integration, "errors")
            case "new_product_report":
                told = {sku: [warning] if warning else [] for sku, warning in one.taken.items()}
                return self._integration(told, "warnings")
            case "transformed_file":
                rows = [row for row in one.rows if row.get("shop_sku", "") not in one.transformation]
                cells = ([row.get(name, "") for name in one.heading] for row in rows)
                return table(one.heading, cells, kind="text/csv")
        return refusal(404, "Report not found")

    def _integration(self, told: dict[str, list[str]], column: str) -> web.Response:
        rows = [[sku, "\n".join(texts)] for sku, texts in told.items()]
        match self._operator.settings.layout:
            case Layout.OPERATOR:
                heading = ["SKU", "Mensagem de erro" if column == "errors" else "Avisos"]
                return table(heading, rows, separator=",", encoding="cp1252")
            case Layout.BROKEN:
                return web.Response(body=b'\xff\xfe"Relat\x00rio;;\n"' + b"x" * 400, content_type=FILE)
            case _:
                return table(["shop_sku", column], rows)

    async def take_offers(self, request: web.Request) -> web.Response:
        try:
            body: Any = orjson.loads(await request.read())
        except ValueError:
            return refusal(400, "Malformed JSON")
        lines = body.get("offers") if isinstance(body, dict) else None
        if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
            return refusal(400, "The offers are required")
        missing = next((name for line in lines for name in OFFER_REQUIRED if line.get(name) is None), None)
        if missing:
            return refusal(400, f"offers.{missing} is required")
        return reply({"import_id": self._operator.take_offers(lines).number}, status=201)

    async def offers(self, request: web.Request) -> web.Response:
        sku = request.query.get("sku")
        found = [offer for key, offer in self._operator.offers.items() if sku in {None, key}]
        page = [offer_body(offer, self._operator) for offer in found[:AT_ONCE]]
        return reply({"offers": page, "total_count": len(found)})

    async def offer_import(self, request: web.Request) -> web.Response:
        one = self._operator.offer_imports.get(int(request.match_info["import"]))
        return reply(offer_import_body(one, self._operator)) if one else refusal(404, "Import not found")

    async def offer_report(self, request: web.Request) -> web.Response:
        one = self._operator.offer_imports.get(int(request.match_info["import"]))
        if one is None or self._operator.offer_state_of(one) != "COMPLETE":
            return refusal(404, "Report not found")
        rows = ((one.lines[place - 1], place, text) for place, text in one.errors.items())
        cells = ([str(line["shop_sku"]), str(line.get("price")), str(place), text] for line, place, text in rows)
        return table(["sku", "price", "error-line", "error-message"], cells)

    async def statuses(self, request: web.Request) -> web.Response:
        """Answer CM11, where the operator has it; 204 when there is nothing to tell."""
        if not self._operator.settings.mcm:
            return refusal(404, "Not found")
        wanted = request.query.getall("provider_unique_identifier", [])
        found = [row for sku in wanted if (row := self._status(sku)) is not None]
        return reply(found) if found else web.Response(status=204)

    def _status(self, sku: str) -> dict[str, Any] | None:
        for one in reversed(self._operator.product_imports.values()):
            row = next((row for row in one.rows if row.get("shop_sku") == sku), None)
            if row is not None:
                return _status_row(sku, row["ean"], one, live=self._operator.product(row["ean"]) is not None)
        return None


def _status_row(sku: str, ean: str, one: ProductImport, *, live: bool) -> dict[str, Any]:
    wrong = [*one.transformation.get(sku, ()), *one.integration.get(sku, ())]
    waits = {"code": "MCM-0L000", "message": "The product has not been synchronized yet."}
    errors = [{"code": "MCM-04000", "message": text, "integration_details": []} for text in wrong]
    return {
        "provider_unique_identifier": sku,
        "status": "LIVE" if live else "NOT_LIVE",
        "unique_identifiers": [{"code": "EAN", "value": ean}],
        "errors": [] if live else errors or [waits],
        "warnings": [],
    }


def _product(one: Product) -> dict[str, str]:
    return {
        "category_code": one.category,
        "category_label": one.category,
        "product_id": one.ean,
        "product_id_type": "EAN",
        "product_sku": f"P{one.ean}",
        "product_title": one.title,
    }


def _read(content: bytes) -> tuple[list[str], list[dict[str, str]], str]:
    """Return heading and rows of a product file, and why it fails as a whole."""
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), delimiter=";", strict=True))
    except (UnicodeDecodeError, csv.Error):
        return [], [], "The file is not readable"
    if not lines or not {"shop_sku", "category", "ean"} <= set(lines[0]):
        return [], [], "The columns shop_sku, category and ean are required"
    rows = [dict(zip(lines[0], line, strict=False)) for line in lines[1:] if line]
    return lines[0], rows, ""


def _transformation_report(one: ProductImport) -> web.Response:
    rows = [
        [*(row.get(name, "") for name in one.heading), str(place), "", "\n".join(one.transformation[row["shop_sku"]])]
        for place, row in enumerate(one.rows, 2)
        if row.get("shop_sku") in one.transformation
    ]
    return table([*one.heading, "line number", "warnings", "errors"], rows)
