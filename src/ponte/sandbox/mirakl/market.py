"""The fake operator as a whole: products, offers, imports on their way, by its own clock."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from ponte.sandbox.mirakl.rules import integration_errors, offer_error, transformation_errors
from ponte.sandbox.mirakl.settings import Destiny, Settings

Row = Mapping[str, str]


@dataclass(slots=True)
class Product:
    """What the operator has: an EAN, a title, a category. `from_at`: when it is there."""

    ean: str
    title: str
    category: str
    from_at: float = 0.0


@dataclass(slots=True)
class ProductImport:
    """One product file. `transformation` and `integration` hold what is wrong by SKU; `taken` who was taken."""

    number: int
    created_at: float
    heading: list[str]
    rows: list[dict[str, str]]
    failed: str = ""
    ended: bool = False
    transformation: dict[str, list[str]] = field(default_factory=dict)
    integration: dict[str, list[str]] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class OfferImport:
    """One list of offers. `errors` by its line, `waiting` are lines whose product is not there."""

    number: int
    created_at: float
    lines: list[dict[str, Any]]
    ended: bool = False
    errors: dict[int, str] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    inserted: int = 0
    updated: int = 0
    deleted: int = 0


class Operator:
    """Everything that one fake operator knows. Numbers and decisions follow from the seed."""

    def __init__(self, *, seed: int, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self.seed = seed
        self.settings = settings
        self.clock = clock
        self.products: dict[str, Product] = {}
        self.offers: dict[str, dict[str, Any]] = {}
        self.product_imports: dict[int, ProductImport] = {}
        self.offer_imports: dict[int, OfferImport] = {}
        self._numbers = count(2_000)
        self._offer_ids = count(5_000)
        self._asked: dict[str, float] = {}

    def may_ask(self, endpoint: str) -> bool:
        """Note a request of an endpoint; False when its window is still shut."""
        window = self.settings.windows.get(endpoint, 0.0)
        now, last = self.clock(), self._asked.get(endpoint, float("-inf"))
        if now - last < window:
            return False
        self._asked[endpoint] = now
        return True

    def knows(self, ean: str) -> bool:
        """True for a product that others brought here before."""
        drawn = random.Random(f"{self.seed}/known/{ean}").random() < self.settings.known
        return ean in self.settings.known_eans or drawn

    def product(self, ean: str) -> Product | None:
        found = self.products.get(ean)
        if found is not None and found.from_at <= self.clock():
            return found
        return Product(ean, "Produto do catálogo", "C001") if ean and self.knows(ean) else None

    def destiny(self, sku: str) -> Destiny:
        told = self.settings.destinies.get(sku)
        if told is not None:
            return told
        drawn = random.Random(f"{self.seed}/{sku}").random()
        if drawn < self.settings.rejected:
            return Destiny.REJECTED
        return Destiny.LOST if drawn < self.settings.rejected + self.settings.lost else Destiny.TAKEN

    def take_file(self, heading: list[str], rows: list[dict[str, str]], failed: str = "") -> ProductImport:
        made = ProductImport(next(self._numbers), self.clock(), heading, rows, failed)
        self.product_imports[made.number] = made
        return made

    def state_of(self, one: ProductImport) -> str:
        """Return the state by the clock, and do what ends with it."""
        age, settings = self.clock() - one.created_at, self.settings
        if age < settings.transformation_seconds / 2:
            return "TRANSFORMATION_WAITING"
        if age < settings.transformation_seconds:
            return "TRANSFORMATION_RUNNING"
        if one.failed:
            return "TRANSFORMATION_FAILED"
        if age < settings.transformation_seconds + settings.acceptance_seconds:
            return "SENT"
        self._end_file(one)
        return "COMPLETE"

    def _end_file(self, one: ProductImport) -> None:
        if one.ended:
            return
        one.ended = True
        for row in one.rows:
            self._judge(one, row)

    def _judge(self, one: ProductImport, row: dict[str, str]) -> None:
        sku = row.get("shop_sku", "")
        wrong = transformation_errors(row)
        if wrong:
            one.transformation[sku] = wrong
            return
        found, destiny = integration_errors(row), self.destiny(sku)
        if destiny is Destiny.REJECTED and not found:
            found = ["MCM-04012|Rejeitado pela curadoria: descrição insuficiente"]
        if found:
            one.integration[sku] = found
        elif destiny is Destiny.TAKEN:
            self._keep(row, 0.0)
            one.taken[sku] = self._warning(sku, row)
        elif destiny is Destiny.LATE:
            self._keep(row, self.clock() + self.settings.late_seconds)

    def _warning(self, sku: str, row: Row) -> str:
        """Return what a few of the products with one picture are told."""
        drawn = random.Random(f"{self.seed}/warned/{sku}").random() < self.settings.warned
        return "MCM-05000|The 'image_2' attribute is recommended." if drawn and not row.get("image_2") else ""

    def _keep(self, row: Row, from_at: float) -> None:
        ean = row["ean"]
        self.products[ean] = Product(ean, row.get("product_title", ""), row["category"], from_at)

    def take_offers(self, lines: list[dict[str, Any]]) -> OfferImport:
        made = OfferImport(next(self._numbers), self.clock(), lines)
        self.offer_imports[made.number] = made
        return made

    def offer_state_of(self, one: OfferImport) -> str:
        age = self.clock() - one.created_at
        if age < self.settings.offer_seconds:
            return "WAITING" if age < self.settings.offer_seconds / 2 else "RUNNING"
        if not one.ended:
            one.ended = True
            for place, line in enumerate(one.lines, 1):
                self._offer(one, place, line)
        else:
            self._release(one)
        return "COMPLETE"

    def _release(self, one: OfferImport) -> None:
        """Take the offers that waited for a product which is there now."""
        waiting, one.waiting = one.waiting, []
        for line in waiting:
            self._offer(one, 0, line)

    def _offer(self, one: OfferImport, place: int, line: dict[str, Any]) -> None:
        sku = str(line.get("shop_sku", ""))
        if line.get("update_delete") == "delete":
            one.deleted += self.offers.pop(sku, None) is not None
            return
        missing = self.product(str(line.get("product_id", ""))) is None
        wrong = offer_error(line, dated=self.settings.discount_dates)
        if missing and self.settings.hold_offers:
            one.waiting.append(line)
        elif missing:
            one.errors[place] = "The product does not exist"
        elif wrong:
            one.errors[place] = wrong
        else:
            known = self.offers.get(sku)
            one.updated += known is not None
            one.inserted += known is None
            # What is not sent is reset: nothing of the offer before is kept but its number.
            number = known["offer_id"] if known else next(self._offer_ids)
            self.offers[sku] = {"offer_id": number, "quantity": 0, **line}
