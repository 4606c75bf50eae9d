"""The orders a list may stand in, and places in them: each order is one that an index gives."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.core import signing
from django.db.models import Q

from ponte.db.cursor import EPOCH, MAX_LENGTH, BadCursor
from ponte.db.models import Integration

MICROSECOND = timedelta(microseconds=1)


class Sort(StrEnum):
    """An order, in the words of the address."""

    RECENT = "recentes"
    OLDEST = "antigos"
    SKU = "sku"
    VALUE = "valor"

    @property
    def by_time(self) -> bool:
        return self in {Sort.RECENT, Sort.OLDEST}


@dataclass(frozen=True, slots=True)
class Part:
    """A condition in SQL with its values, "" for none."""

    where: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A column and a direction; the id, in the same direction, tells equal values apart."""

    column: str
    descending: bool

    @property
    def names(self) -> tuple[str, str]:
        return (f"-{self.column}", "-id") if self.descending else (self.column, "id")

    @property
    def direction(self) -> str:
        return "DESC" if self.descending else "ASC"

    @property
    def reverse(self) -> Order:
        return Order(self.column, not self.descending)

    def beyond(self, place: Place) -> Q:
        """Keep what lies beyond a place. The last condition alone is what an index can seek to."""
        past, at_most = ("lt", "lte") if self.descending else ("gt", "gte")
        further = Q(**{f"{self.column}__{past}": place.key}) | Q(**{f"id__{past}": place.id})
        return further & Q(**{f"{self.column}__{at_most}": place.key})

    def beyond_sql(self, place: Place | None, key: str = "id") -> Part:
        """Return the same as a condition in SQL, "" without a place. `key` is the name of the id there."""
        if place is None:
            return Part("", ())
        past = "<" if self.descending else ">"
        where = f"({self.column} {past} %s OR {key} {past} %s) AND {self.column} {past}= %s"
        return Part(where, (place.key, place.id, place.key))

    def place(self, row: Integration, number: int) -> Place:
        return Place(getattr(row, self.column), row.pk, number)


def order_of(sort: Sort, *, removed: bool) -> Order:
    """Return the column and direction of an order; removed records stand by the time of their removal."""
    match sort:
        case Sort.RECENT | Sort.OLDEST:
            return Order("removed_at" if removed else "updated_at", sort is Sort.RECENT)
        case Sort.SKU:
            return Order("sku", descending=False)
        case Sort.VALUE:
            return Order("stock_value", descending=True)


@dataclass(frozen=True, slots=True)
class Place:
    """A row by its value in the order and its id, and how many-eth it was when the place was given out."""

    key: datetime | int | str
    id: int
    number: int

    def sealed(self, scope: str) -> str:
        """Return the text for an address. `scope` names the list: no other one takes it."""
        key = (self.key - EPOCH) // MICROSECOND if isinstance(self.key, datetime) else self.key
        packed = base64.urlsafe_b64encode(json.dumps([key, self.id, self.number]).encode())
        return signing.Signer(salt=_salt(scope)).sign(packed.decode().rstrip("=")).replace(":", "~")


def opened(text: str, scope: str, order: Order) -> Place:
    """Read what `sealed` gave. Raises `BadCursor`."""
    if len(text) > MAX_LENGTH:
        raise BadCursor("too long")
    try:
        packed = signing.Signer(salt=_salt(scope)).unsign(text.replace("~", ":"))
        key, number, nth = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    except (signing.BadSignature, binascii.Error, ValueError) as error:
        raise BadCursor("not ours") from error
    return Place(EPOCH + key * MICROSECOND if order.column.endswith("_at") else key, number, nth)


def _salt(scope: str) -> str:
    return f"ponte.place:{scope}"
