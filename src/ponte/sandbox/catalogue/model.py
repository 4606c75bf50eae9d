"""What the fake VTEX sells: SKUs in the shape of VTEX's answers, with price, stock and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

TRADE_POLICY = 2
"""The trade policy of the marketplaces; 1 is the shop's own."""


class Defect(StrEnum):
    """What is wrong with a SKU on purpose; one defect each."""

    EAN_CHECK_DIGIT = "ean_check_digit"
    EAN_MISSING = "ean_missing"
    EAN_TEXT = "ean_text"  # "SEM GTIN"
    NO_PRICE = "no_price"
    NO_STOCK = "no_stock"
    INACTIVE = "inactive"
    OUT_OF_TRADE_POLICY = "out_of_trade_policy"
    ATTRIBUTE_MISSING = "attribute_missing"
    TITLE_TOO_LONG = "title_too_long"
    NO_PICTURE = "no_picture"
    TINY_PICTURE = "tiny_picture"
    UNMAPPED_CATEGORY = "unmapped_category"
    ZERO_WEIGHT = "zero_weight"
    HTML_ONLY_DESCRIPTION = "html_only_description"
    HOSTILE_TEXT = "hostile_text"


@dataclass(slots=True)
class CatalogueSku:
    """One SKU. `body` is its `stockkeepingunitbyid` answer, pictures on the shop's own host as paths.

    Prices in units of the currency; a price of None is no price in the trade policy. A `stock` of None is not told:
    the shop's answers have none.
    """

    id: str
    product_id: str
    body: dict[str, Any]
    price: Decimal | None
    list_price: Decimal | None
    stock: int | None
    unlimited: bool = False

    @property
    def active(self) -> bool:
        return self.body.get("IsActive") is not False and self.body.get("IsProductActive") is not False

    @property
    def trade_policies(self) -> list[int]:
        """The trade policies it is in; an answer that tells none is in all."""
        told: list[int] | None = self.body.get("SalesChannels")
        return [1, TRADE_POLICY] if told is None else told

    @property
    def ean(self) -> str:
        return str((self.body.get("AlternateIds") or {}).get("Ean", ""))


@dataclass(slots=True)
class Catalogue:
    """A store's catalogue. `categories` is the answer of VTEX's category tree; `defects` names the SKUs with one."""

    account: str
    seed: int
    skus: dict[str, CatalogueSku] = field(default_factory=dict)
    categories: list[dict[str, Any]] = field(default_factory=list)
    defects: dict[str, Defect] = field(default_factory=dict)
    report: LoadReport | None = None

    def products(self) -> dict[str, list[str]]:
        """Return the SKU ids of each product."""
        found: dict[str, list[str]] = {}
        for sku in self.skus.values():
            found.setdefault(sku.product_id, []).append(sku.id)
        return found

    def leaves(self) -> Iterator[tuple[str, str]]:
        """Yield id and name of each category without others below it."""
        stack = list(reversed(self.categories))
        while stack:
            category = stack.pop()
            if category["children"]:
                stack.extend(reversed(category["children"]))
            else:
                yield str(category["id"]), category["name"]

    def defect_counts(self) -> Counter[Defect]:
        return Counter(self.defects.values())


@dataclass(frozen=True, slots=True)
class Unread:
    """One record of a file that became no SKU, or only in part, and why."""

    file: str
    place: str
    reason: str


@dataclass(slots=True)
class LoadReport:
    """What `load_catalogue` made of the files it was given: nothing is skipped silently."""

    files: int = 0
    products: int = 0
    skus: int = 0
    repeated: int = 0
    unread: list[Unread] = field(default_factory=list)
