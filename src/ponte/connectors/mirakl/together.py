"""One request for many SKUs, and each SKU's own part of the answer.

The platform takes one product file in fifteen minutes, one list of offers in a minute, and tells of an import as a
whole. So what the conversations of many SKUs want under one topic is asked once here.

    products            P41: one file of all rows             part: the answer itself ({"import_id": ...})
    offers              OF24: one list of all offers           part: the answer itself
    exists              P31: which EANs the operator has       part: {"products": those of the SKU}
    status              CM11: how products stand               part: the list with the SKU's own element
    import/NUMBER       P42, then P47, P44, P45, P46           part: P42's body and "line": what the reports say
    offer-import/NUMBER OF02, then OF03                        part: OF02's body and "line"
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from ponte.connectors import shape
from ponte.connectors.mirakl import asking
from ponte.connectors.mirakl.csvfile import read
from ponte.connectors.mirakl.imports import state_of
from ponte.connectors.mirakl.profile import profile_of
from ponte.connectors.mirakl.reports import Layout, Told
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Answer, Conversation, NoAnswer, Request, Response

AT_ONCE = 100
"""How many products one question may name (P31, CM11)."""

NOWHERE: JSON = {"place": "nowhere"}

TRANSFORMED = "transformed"

Parts = Mapping[str, Answer]
Requests = Mapping[str, Request]
# Read in this order; who stands in an earlier one is not looked for in a later one.
REPORTS = (
    ("has_transformation_error_report", "transformation_error_report", "transformation"),
    ("has_error_report", "error_report", "errors"),
    ("has_new_product_report", "new_product_report", "taken"),
    ("has_transformed_file", "transformed_file", TRANSFORMED),
)


def together(topic: str, requests: Requests, rules: Rules) -> Conversation[Parts]:
    """Ask at once for what the conversations of several SKUs yielded under one topic."""
    name, _, number = topic.partition("/")
    match name:
        case asking.PRODUCTS:
            asked = _one_for_all(requests, asking.send_file(list(_rows(requests)), rules))
        case asking.OFFERS:
            asked = _one_for_all(requests, asking.send_offers(list(_offers(requests)), rules))
        case asking.EXISTS:
            asked = _exists(requests, rules)
        case asking.STATUS:
            asked = _status(requests, rules)
        case asking.PRODUCT_IMPORT:
            asked = _import(number, requests, rules)
        case asking.OFFER_IMPORT:
            asked = _offer_import(number, requests, rules)
        case _:
            return dict.fromkeys(requests, Response(404))
    return (yield from asked)


def _one_for_all(requests: Requests, request: Request) -> Conversation[Parts]:
    answer = yield request
    return dict.fromkeys(requests, answer)


def _rows(requests: Requests) -> Iterator[dict[str, str]]:
    for request in requests.values():
        row = shape.table(shape.table(request.json).get("row"))
        yield {name: value for name, value in row.items() if isinstance(value, str)}


def _offers(requests: Requests) -> Iterator[JSON]:
    for request in requests.values():
        yield from shape.rows(shape.table(request.json).get("offers"))


def _part(body: JSON) -> Response:
    return Response(200, {"content-type": "application/json"}, json.dumps(body).encode())


def _chunks(requests: Requests) -> Iterator[dict[str, Request]]:
    every = list(requests.items())
    return (dict(every[start : start + AT_ONCE]) for start in range(0, len(every), AT_ONCE))


def _exists(requests: Requests, rules: Rules) -> Conversation[Parts]:
    parts: dict[str, Answer] = {}
    for chunk in _chunks(requests):
        wanted = {sku: dict(request.query).get("product_references", "") for sku, request in chunk.items()}
        answer = yield asking.read_products(list(dict.fromkeys(wanted.values())), rules)
        found = _listed(answer, "products")
        if found is None:
            parts |= dict.fromkeys(chunk, answer)
            continue
        parts |= {
            sku: _part({"products": [one for one in found if is_product(one, ref)]}) for sku, ref in wanted.items()
        }
    return parts


def is_product(row: dict[str, JSON], reference: str) -> bool:
    """True when a product of P31 is the one of a reference ("EAN|7891000315507")."""
    return f"{shape.text(row.get('product_id_type'))}|{shape.word(row.get('product_id'))}" == reference


def _status(requests: Requests, rules: Rules) -> Conversation[Parts]:
    parts: dict[str, Answer] = {}
    for chunk in _chunks(requests):
        answer = yield asking.read_status(list(chunk), rules)
        rows = _statuses(answer)
        if rows is None:
            parts |= dict.fromkeys(chunk, answer)
            continue
        parts |= {sku: _part([one for one in rows if one.get("provider_unique_identifier") == sku]) for sku in chunk}
    return parts


def _statuses(answer: Answer) -> list[dict[str, JSON]] | None:
    """Return the rows of CM11, which says by 204 that it has none of those that were asked for."""
    if not isinstance(answer, Response) or answer.status not in {200, 204}:
        return None
    body = answer.json() if answer.status == 200 else []
    return shape.tables(body) if isinstance(body, list) else None


def _listed(answer: Answer, name: str) -> list[dict[str, JSON]] | None:
    body = shape.table(answer.json()).get(name) if isinstance(answer, Response) and answer.status == 200 else None
    return shape.tables(body) if isinstance(body, list) else None


def _import(number: str, requests: Requests, rules: Rules) -> Conversation[Parts]:
    answer = yield asking.read_import(number, rules, together=False)
    body = _body(answer, "import_status")
    if body is None or state_of(body) != "COMPLETE":
        return dict.fromkeys(requests, answer)
    lines: dict[str, JSON] = {}
    rest = NOWHERE
    for flag, name, place in REPORTS:
        if body.get(flag) is not True or requests.keys() <= lines.keys():
            continue
        if place == TRANSFORMED and rest is not NOWHERE:
            break  # it tells who was not refused early, which is no news where a later report cannot be read
        request = asking.read_report(number, name, rules)
        report = yield request
        if isinstance(report, NoAnswer) or report.status != 200:
            return dict.fromkeys(requests, report)
        found = _lines(place, Layout.of(request.endpoint, profile_of(rules)), report)
        if found is None and place != TRANSFORMED:
            rest = {"place": "unreadable", "errors": [_head(report)]}
        lines |= {sku: line for sku, line in (found or {}).items() if sku not in lines}
    return {sku: _part({**body, "line": lines.get(sku, rest)}) for sku in requests}


def _lines(place: str, layout: Layout, report: Response) -> dict[str, JSON] | None:
    """Return what a report says of each SKU; None when its columns are not those that were told."""
    if place == TRANSFORMED:
        layout = Layout(layout.sku, (), (), tells_success=True)
    told = layout.texts_by_sku(read(report.body))
    if told is None:
        return None
    return {
        sku: {"place": place, "errors": list(said.errors), "warnings": list(said.warnings)}
        for sku, said in told.items()
        if _counts(said, place)
    }


def _counts(told: Told, place: str) -> bool:
    """A transformation report may list rows with warnings only: those went on."""
    return bool(told.errors) or place != "transformation"


def _head(report: Response) -> str:
    return report.body[:200].decode("utf-8", errors="replace")


def _body(answer: Answer, name: str) -> dict[str, JSON] | None:
    body = shape.table(answer.json()) if isinstance(answer, Response) and answer.status == 200 else {}
    return body if shape.text(body.get(name)) else None


def _offer_import(number: str, requests: Requests, rules: Rules) -> Conversation[Parts]:
    answer = yield asking.read_offer_import(number, rules, together=False)
    body = _body(answer, "status")
    if body is None or state_of(body, "status") != "COMPLETE":
        return dict.fromkeys(requests, answer)
    lines: dict[str, JSON] = {}
    rest = NOWHERE
    if body.get("has_error_report") is True:
        request = asking.read_offer_report(number, rules)
        report = yield request
        if isinstance(report, NoAnswer) or report.status != 200:
            return dict.fromkeys(requests, report)
        found = _lines("errors", Layout.of(request.endpoint, profile_of(rules)), report)
        rest = NOWHERE if found is not None else {"place": "unreadable", "errors": [_head(report)]}
        lines = found or {}
    return {sku: _part({**body, "line": lines.get(sku, rest)}) for sku in requests}
