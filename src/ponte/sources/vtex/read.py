"""Conversations with VTEX: one SKU, price and stock of many, lists, tree, and the test of a connection.

Paths are relative to the store's base address. Sources: VTEX's Catalog, Checkout and Logistics API references and
the external marketplace guides (read 2026-08).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from urllib.parse import quote

from ponte.domain.message import JSON, Answer, Conversation, Request, Response
from ponte.domain.outcome import Accepted, Blocked, Outcome, Postponed, Rejected
from ponte.domain.problem import ProblemClass
from ponte.domain.sku import Availability, Sku
from ponte.sources.vtex import catalog, simulation
from ponte.sources.vtex.catalog import Category, Product
from ponte.sources.vtex.errors import TOO_MANY_ITEMS, Trouble, codes, trouble, unexpected, vtex_problem
from ponte.sources.vtex.sku import read_answer

Pairs: TypeAlias = tuple[tuple[str, str], ...]

ACCEPT = (("Accept", "application/json"), ("Content-Type", "application/json"))
PRIVATE_SIMULATION = "/api/fulfillment/pvt/orderForms/simulation"
PUBLIC_SIMULATION = "/api/checkout/pub/orderForms/simulation"
# What one SKU alone can bring upon a whole lot.
ONE_SKUS_FAULT = frozenset({400, 413, 422, 500})
MAX_LONE_FAILURES = 3
MAX_PAGES = 10_000


def read_sku(sku_id: str, trade_policy: str) -> Conversation[Sku | Rejected | Postponed | Blocked]:
    """Read one SKU with its context; an answer about another SKU is no answer."""
    path = "/api/catalog_system/pvt/sku/stockkeepingunitbyid/{id}"
    answer = yield _get(path, sku_id, (("sc", trade_policy),))
    if unknown := _not_found(answer, "sku", sku_id):
        return unknown
    if not isinstance(answer, Response) or answer.status != 200:
        return _trouble(answer, "sku")
    sku = read_answer(answer.json())
    return sku if sku and sku.id == sku_id else unexpected(answer, "sku")


def read_product(product_id: str) -> Conversation[Product | Rejected | Postponed | Blocked]:
    """Read one product."""
    answer = yield _get("/api/catalog_system/pvt/products/productget/{id}", product_id)
    if unknown := _not_found(answer, "product", product_id):
        return unknown
    if not isinstance(answer, Response) or answer.status != 200:
        return _trouble(answer, "product")
    return catalog.read_product(answer.json()) or unexpected(answer, "product")


def read_category_tree(levels: int = 10) -> Conversation[tuple[Category, ...] | Postponed | Blocked]:
    """Read the category tree, `levels` deep."""
    answer = yield _get("/api/catalog_system/pub/category/tree/{levels}", str(levels))
    if not isinstance(answer, Response) or answer.status != 200:
        return _trouble(answer, "category_tree")
    tree = catalog.read_tree(answer.json())
    return tree if tree is not None else unexpected(answer, "category_tree")


def list_skus_page(trade_policy: str, page: int, size: int) -> Conversation[tuple[str, ...] | Postponed | Blocked]:
    """Read one page (from 1) of the SKU ids of a trade policy; an empty page is past the last."""
    query = (("sc", trade_policy), ("page", str(page)), ("pageSize", str(size)))
    answer = yield _get("/api/catalog_system/pvt/sku/stockkeepingunitidsbysaleschannel", query=query)
    if not isinstance(answer, Response) or answer.status != 200:
        return _trouble(answer, "sku_list")
    ids = catalog.read_ids(answer.json())
    return ids if ids is not None else unexpected(answer, "sku_list")


def list_skus(trade_policy: str, size: int = 500) -> Conversation[tuple[str, ...] | Postponed | Blocked]:
    """Read all SKU ids of a trade policy, each once, until a page is empty or brings nothing new.

    The catalogue may change between two pages: what a page skipped, the next sweep finds.
    """
    found: dict[str, None] = {}
    for page in range(1, MAX_PAGES + 1):
        ids = yield from list_skus_page(trade_policy, page, size)
        if not isinstance(ids, tuple):
            return ids
        before = len(found)
        found.update(dict.fromkeys(ids))
        if len(found) == before:
            break
    return tuple(found)


def probe(trade_policy: str) -> Conversation[Outcome]:
    """Test the key and the trade policy with one small call, the list of trade policies."""
    answer = yield _get("/api/catalog_system/pvt/saleschannel/list")
    if not isinstance(answer, Response) or answer.status != 200:
        return _trouble(answer, "connection")
    active = catalog.read_trade_policies(answer.json())
    if active is None:
        return unexpected(answer, "connection")
    if active.get(trade_policy):
        return Accepted(None)
    code = "vtex.trade_policy_inactive" if trade_policy in active else "vtex.trade_policy_unknown"
    params = {"trade_policy": trade_policy, "found": ", ".join(active)}
    problem = vtex_problem(ProblemClass.VTEX_NOT_IN_TRADE_POLICY, "trade_policy", code=code, params=params)
    return Accepted(None, (problem.as_warning(),)) if trade_policy in active else Rejected((problem,))


@dataclass(frozen=True, slots=True)
class Halve:
    """A lot is too large, or one SKU in it may be to blame: ask for smaller ones."""

    trouble: Trouble


def simulate(
    sku_ids: Sequence[str], trade_policy: str, affiliate: str = ""
) -> Conversation[dict[str, Availability] | Postponed | Blocked]:
    """Read price and stock of many SKUs in one trade policy: an entry for each, in any order.

    A lot that VTEX finds too large, or fails on as a whole with 400 or 500, is halved and asked again, so that
    one SKU's trouble stays its own. Where the answer has no stock, the inventory is asked, SKU by SKU.
    """
    found: dict[str, Availability] = {}
    failed: dict[str, Trouble] = {}
    lots = deque([tuple(dict.fromkeys(sku_ids))])
    while lots and not _hopeless(found, failed):
        lot = lots.popleft()
        part = yield from _simulate_lot(lot, trade_policy, affiliate)
        match part:
            case Postponed() | Blocked():
                return part
            case Halve() if len(lot) > 1:
                middle = len(lot) // 2
                lots.extendleft((lot[middle:], lot[:middle]))
            case Halve(refusal):
                failed[lot[0]] = refusal
            case dict():
                found |= part
    if failed and not found:
        return next(iter(failed.values()))
    found |= {sku_id: Availability(sku_id, None, None, None, told.problem) for sku_id, told in failed.items()}
    return (yield from _with_inventory(found))


def _hopeless(found: dict[str, Availability], failed: dict[str, Trouble]) -> bool:
    """Nothing works, not even SKU by SKU: it is no single SKU's fault."""
    return not found and len(failed) >= MAX_LONE_FAILURES


def _simulate_lot(
    lot: tuple[str, ...], trade_policy: str, affiliate: str
) -> Conversation[dict[str, Availability] | Halve | Postponed | Blocked]:
    if not lot:
        return {}
    answer = yield _simulation(PRIVATE_SIMULATION, lot, trade_policy, affiliate)
    if isinstance(answer, Response) and answer.status == 404:
        answer = yield _simulation(PUBLIC_SIMULATION, lot, trade_policy, affiliate)
    if not isinstance(answer, Response):
        return _trouble(answer, "simulation")
    body = answer.json()
    if answer.status in ONE_SKUS_FAULT or TOO_MANY_ITEMS.intersection(codes(body)):
        return Halve(trouble(answer, "simulation") or unexpected(answer, "simulation"))
    if answer.status != 200:
        return _trouble(answer, "simulation")
    read = simulation.read_answer(body, lot, trade_policy)
    return read if read is not None else unexpected(answer, "simulation")


def _with_inventory(
    found: dict[str, Availability],
) -> Conversation[dict[str, Availability] | Postponed | Blocked]:
    for sku_id, availability in found.items():
        if availability.stock is None and availability.problem is None:
            stocked = yield from _read_stock(availability)
            if not isinstance(stocked, Availability):
                return stocked
            found[sku_id] = stocked
    return found


def _read_stock(availability: Availability) -> Conversation[Availability | Postponed | Blocked]:
    answer = yield _get("/api/logistics/pvt/inventory/skus/{id}", availability.sku_id)
    if isinstance(answer, Response) and answer.status == 404:
        problem = vtex_problem(ProblemClass.VTEX_STOCK_MISSING, "stock", code="vtex.no_inventory", http_status=404)
        return replace(availability, problem=problem)
    if not isinstance(answer, Response) or answer.status != 200:
        return _trouble(answer, "inventory")
    balance = simulation.read_inventory(answer.json())
    return unexpected(answer, "inventory") if balance is None else simulation.with_stock(availability, balance)


def _simulation(path: str, lot: tuple[str, ...], trade_policy: str, affiliate: str) -> Request:
    query = _filled((("sc", trade_policy), ("affiliateId", affiliate)))
    body: JSON = simulation.request_body(lot)
    return Request("POST", path, f"POST {path}", query=query, json=body, headers=ACCEPT)


def _get(template: str, variable: str = "", query: Pairs = ()) -> Request:
    """Return a GET whose one variable part stands in braces in the template."""
    head, brace, _ = template.partition("{")
    path = head + quote(variable, safe="") if brace else template
    return Request("GET", path, f"GET {template}", query=_filled(query), headers=ACCEPT)


def _filled(query: Pairs) -> Pairs:
    return tuple((name, value) for name, value in query if value)


def _not_found(answer: Answer, subject: str, wanted: str) -> Rejected | None:
    if not isinstance(answer, Response) or answer.status != 404:
        return None
    kind, params = ProblemClass.VTEX_SKU_NOT_FOUND, {"value": wanted}
    problem = vtex_problem(kind, subject, code=f"vtex.{subject}_not_found", params=params, http_status=404)
    return Rejected((problem,))


def _trouble(answer: Answer, call: str) -> Trouble:
    refused = trouble(answer, call)
    assert refused is not None, "an answer of 200 is no trouble"
    return refused
