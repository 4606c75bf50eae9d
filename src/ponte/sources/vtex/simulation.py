"""Reads the answer of the fulfilment simulation: price (cents) and stock of many SKUs in one trade policy.

Sources: VTEX guides "external marketplace integration: product load" and "price", the External Marketplace Orders
reference (read 2026-08). "Cannot be sold" comes in four shapes: no items at all; the SKU missing among the items;
the SKU with quantity and stock 0; an `availability` other than "available" with a message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from ponte.domain.message import JSON
from ponte.domain.problem import Problem, ProblemClass, Severity
from ponte.domain.sku import Availability
from ponte.sources.vtex.errors import ITEM_CODES, OUT_OF_STOCK, item_problem, vtex_problem
from ponte.sources.vtex.plain import line, lowered, number, objects

Fields = Mapping[str, JSON]

CENT = Decimal("0.01")
MAX_PRICE = Decimal("9999999999.99")
MAX_STOCK = 999_999_999
AVAILABLE = "available"
KNOWN_CODES = frozenset({OUT_OF_STOCK, *ITEM_CODES})
MISSING_ITEM = "vtex.A1"  # the code of VTEX's catalogue log contract for this case


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the answer."""

    code: str
    text: str
    item_index: int | None


def request_body(sku_ids: Sequence[str]) -> JSON:
    """Return the body that asks for one unit of each SKU; without a postal code, as VTEX's guide wants it."""
    items = [{"id": sku_id, "quantity": 1, "seller": "1"} for sku_id in sku_ids]
    return {"items": items, "postalCode": None, "country": None}


def read_answer(answer: JSON, sku_ids: Sequence[str], trade_policy: str) -> dict[str, Availability] | None:
    """Return what the answer says of each SKU asked for; None when it is not an answer of the simulation.

    `stock` is None without a problem where the answer has a price but no stock: the inventory must be asked.
    """
    fields = lowered(answer)
    items = fields.get("items")
    if not isinstance(items, list):
        return None
    messages = _messages(fields.get("messages"))
    stocks = _stocks(fields.get("logisticsinfo"))
    found: dict[str, Availability] = {}
    for place, item in enumerate(map(lowered, items)):
        index = _request_index(item, sku_ids)
        if index is None or sku_ids[index] in found:
            continue
        said = _about(messages, index, sku_ids[index], alone=len(sku_ids) == 1)
        found[sku_ids[index]] = _available(sku_ids[index], item, stocks.get(place), said, trade_policy)
    for index, sku_id in enumerate(sku_ids):
        if sku_id not in found:
            said = _about(messages, index, sku_id, alone=len(sku_ids) == 1)
            found[sku_id] = _absent(sku_id, said, trade_policy)
    return found


def with_stock(availability: Availability, balance: Decimal | None) -> Availability:
    """Return an availability with the stock that VTEX tells, cleaned; odd numbers leave a warning."""
    stock, flaw = usable_stock(balance)
    return Availability(
        availability.sku_id, availability.price, availability.list_price, stock, availability.problem or flaw
    )


def usable_stock(balance: Decimal | None) -> tuple[int, Problem | None]:
    """Return whole units from 0 to `MAX_STOCK`; a negative number is 0, a fraction is left off."""
    if balance is None:
        return 0, None
    whole = int(max(Decimal(0), min(balance, Decimal(MAX_STOCK))).to_integral_value(ROUND_FLOOR))
    if balance == whole:
        return whole, None
    params = {"value": str(balance)[:50], "used": str(whole)}
    return whole, vtex_problem(
        ProblemClass.STOCK_INVALID, "stock", code="vtex.odd_stock", params=params, severity=Severity.WARNING
    )


def read_inventory(answer: JSON) -> Decimal | None:
    """Return the units of all warehouses less the reserved ones; None when it is not an inventory.

    Unlimited quantity is one more than `MAX_STOCK`, so that the cut is told.
    """
    balance = lowered(answer).get("balance")
    if not isinstance(balance, list):
        return None
    return sum(map(_free_units, objects(balance)), Decimal(0))


def _free_units(warehouse: Fields) -> Decimal:
    if warehouse.get("hasunlimitedquantity") is True:
        return Decimal(MAX_STOCK + 1)
    total = number(warehouse.get("totalquantity")) or Decimal(0)
    return total - (number(warehouse.get("reservedquantity")) or Decimal(0))


def _available(sku_id: str, item: Fields, balance: Decimal | None, said: Said | None, policy: str) -> Availability:
    params = {"trade_policy": policy}
    price, flaw = _price(item, "price", params)
    list_price, _ = _price(item, "listprice", params)
    code = _code(item, said)
    refusal = item_problem(code, said.text if said else "", params=params) if code != AVAILABLE else None
    problem = refusal or flaw
    if code == OUT_OF_STOCK or _serves_none(item, balance):
        return Availability(sku_id, price, list_price, 0, problem)
    if balance is None:
        return Availability(sku_id, price, list_price, None, problem)
    return with_stock(Availability(sku_id, price, list_price, None, problem), balance)


def _absent(sku_id: str, said: Said | None, policy: str) -> Availability:
    """The SKU is not among the items: not in the trade policy, no price there, or nobody to carry it."""
    params = {"trade_policy": policy}
    if said and said.code == OUT_OF_STOCK:
        return Availability(sku_id, None, None, 0)
    if said and said.code in ITEM_CODES:
        return Availability(sku_id, None, None, None, item_problem(said.code, said.text, params=params))
    message = said.text if said else ""
    problem = vtex_problem(
        ProblemClass.VTEX_PRICE_MISSING, "price", code=MISSING_ITEM, message=message, params=params
    )
    return Availability(sku_id, None, None, None, problem)


def _code(item: Fields, said: Said | None) -> str:
    """Return "available", or why not: the item's own word where it is a known one, else the message's."""
    own = item.get("availability")
    if own == AVAILABLE or (isinstance(own, str) and own in KNOWN_CODES):
        return own
    if said and said.code in KNOWN_CODES:
        return said.code
    return own if isinstance(own, str) and own else AVAILABLE


def _serves_none(item: Fields, balance: Decimal | None) -> bool:
    return balance is None and item.get("quantity") == 0


def _price(item: Fields, name: str, params: Mapping[str, str]) -> tuple[Decimal | None, Problem | None]:
    """Return cents as units of the currency for one sellable package, and what is wrong with them."""
    told = item.get(name)
    cents = number(told)
    if told is not None and cents is None:
        return None, _bad_price(line(told), params)
    if cents is None or cents <= 0:
        return None, vtex_problem(
            ProblemClass.VTEX_PRICE_MISSING, "price", code="vtex.no_price", params={**params, "value": line(told)}
        )
    price = cents * _multiplier(item) / 100
    if price > MAX_PRICE:  # before rounding, which has only so many digits
        return None, _bad_price(line(told), params)
    return price.quantize(CENT, ROUND_HALF_UP), None


def _multiplier(item: Fields) -> Decimal:
    """Return how many units of measure one package holds: the simulation's `price` is per unit of measure.

    In VTEX's printed answers (price 9999, unitMultiplier 300, sellingPrice 2999700) the package costs the product.
    """
    multiplier = number(item.get("unitmultiplier"))
    return multiplier if multiplier is not None and multiplier > 0 else Decimal(1)


def _bad_price(value: str, params: Mapping[str, str]) -> Problem:
    shown = {**params, "value": value[:50]}
    return vtex_problem(ProblemClass.PRICE_INVALID, "price", code="vtex.unusable_price", params=shown)


def _request_index(item: Fields, sku_ids: Sequence[str]) -> int | None:
    """Return which SKU of the request an item answers: by `requestIndex`, and its id must not contradict."""
    index, sku_id = item.get("requestindex"), line(item.get("id"))
    if type(index) is int and 0 <= index < len(sku_ids) and sku_id in ("", sku_ids[index]):
        return index
    return sku_ids.index(sku_id) if sku_id in sku_ids else None


def _stocks(value: JSON) -> dict[int, Decimal]:
    """Return the stock by place among the answer's items; the guide has a second name for the field."""
    found: dict[int, Decimal] = {}
    for info in objects(value):
        balance = number(info.get("stockbalance", info.get("logisticsstockbalance")))
        place = info.get("itemindex")
        if balance is not None and type(place) is int:
            found[place] = balance
    return found


def _messages(value: JSON) -> tuple[Said, ...]:
    return tuple(
        Said(
            code=line(message.get("code") or message.get("messageid")),
            text=line(message.get("text") or message.get("messagetext"))[:500],
            item_index=_item_index(message),
        )
        for message in objects(value)
    )


def _item_index(message: Fields) -> int | None:
    told = number(lowered(message.get("fields")).get("itemindex"))
    return int(told) if told is not None else None


def _about(messages: tuple[Said, ...], index: int, sku_id: str, *, alone: bool) -> Said | None:
    """Return the message about one SKU: by index, by its id in the text, or any when it was asked for alone."""
    for said in messages:
        if said.item_index == index or (said.item_index is None and (alone or _names(said.text, sku_id))):
            return said
    return None


def _names(text: str, sku_id: str) -> bool:
    return sku_id in text and re.search(rf"(?<!\d){re.escape(sku_id)}(?!\d)", text) is not None
