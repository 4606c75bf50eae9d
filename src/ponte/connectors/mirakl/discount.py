"""The price "from" and the price "for": VTEX's list price becomes the offer's price, the selling price its discount.

Only where the mapping asks for it (`discount: list_price`): on some operators a discount is a campaign's, with dates
(OF24, seller API reference, read 2026-11: dates "may be required, check platform configuration").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ponte.connectors.drafts import price_line
from ponte.domain.connector import Rules
from ponte.domain.message import JSON
from ponte.domain.offer import Provenance
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sku import Sku

OPTION, START, END = "discount", "discount_start", "discount_end"
LIST_PRICE = "list_price"
DATES = (START, END)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Discount:
    """`before` is the line of the price that is crossed out; dates are days (ISO 8601), "" where none is given."""

    before: Provenance
    price: str
    start: str = ""
    end: str = ""

    def body(self) -> dict[str, JSON]:
        dates = {"start_date": self.start, "end_date": self.end}
        return {"price": float(self.price), **{name: day for name, day in dates.items() if day}}

    def origins(self, price: Provenance) -> tuple[Provenance, ...]:
        given = [
            Provenance(name, "", "option", "", day)
            for name, day in zip(DATES, (self.start, self.end), strict=True)
            if day
        ]
        return (self.before, replace(price, field="discount.price"), *given)


def discount_of(sku: Sku, rules: Rules, price: Provenance | None, largest: Decimal) -> Discount | None:
    """Return the discount, None where the mapping wants none or VTEX has no higher price."""
    if _option(rules, OPTION) != LIST_PRICE or price is None or sku.list_price is None:
        return None
    before = price_line(replace(sku, price=sku.list_price), rules, largest)
    if before is None or not Decimal(price.sent) < Decimal(before.sent) <= largest:
        return None
    return Discount(replace(before, source="list_price"), price.sent, _option(rules, START), _option(rules, END))


def problems(rules: Rules) -> Iterator[Problem]:
    """Yield what is wrong with the mapping's options; they are the same for every SKU."""
    asked = _option(rules, OPTION)
    if asked not in {"", LIST_PRICE}:
        yield _unfit(OPTION, asked, LIST_PRICE)
    days = [_option(rules, name) for name in DATES]
    unread = [(name, day) for name, day in zip(DATES, days, strict=True) if day and not _is_day(day)]
    yield from (_unfit(name, day, "2026-11-30") for name, day in unread)
    if not unread and all(days) and days[1] <= days[0]:
        yield _unfit(END, days[1], f"> {days[0]}")


def _option(rules: Rules, name: str) -> str:
    return rules.mapping.options.get(name, "").strip()


def _is_day(text: str) -> bool:
    try:
        return DAY.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _unfit(name: str, value: str, allowed: str) -> Problem:
    params = {"name": name, "value": value[:100], "allowed": allowed}
    return Problem(ProblemClass.ATTRIBUTE_MAPPING, Stage.MAPPING, name, "attribute.not_listed", params=params)
