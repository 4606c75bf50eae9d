"""A SKU of a VTEX store with what is needed to offer it, in one shape whatever call it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from ponte.domain.problem import Problem


@dataclass(frozen=True, slots=True)
class Image:
    url: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Specification:
    """A field of the catalogue and its values; `of_sku` tells a SKU specification from a product's."""

    name: str
    values: tuple[str, ...]
    of_sku: bool = False


@dataclass(frozen=True, slots=True)
class Dimensions:
    """The packed item: centimetres and grams. None where VTEX has no usable number."""

    height_cm: Decimal | None
    width_cm: Decimal | None
    length_cm: Decimal | None
    weight_g: Decimal | None


@dataclass(frozen=True, slots=True)
class Availability:
    """Price and stock of one SKU in one trade policy, read from the fulfilment simulation.

    `problem` says why it cannot be sold there; then price and stock may be None. Money in units of the currency.
    """

    sku_id: str
    price: Decimal | None
    list_price: Decimal | None
    stock: int | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Sku:
    """One SKU. Texts are as the catalogue has them (the description may be HTML), NFC, without control characters.

    `category_ids` and `category_names` run from the department to the leaf. `flaws` are problems met while reading
    (a field of an unusable type, say): they are shown with the others.
    """

    id: str
    product_id: str
    name: str
    product_name: str
    sku_name: str
    brand: str
    brand_id: str
    ean: str
    reference: str
    description: str
    category_ids: tuple[str, ...]
    category_names: tuple[str, ...]
    images: tuple[Image, ...]
    specifications: tuple[Specification, ...]
    dimensions: Dimensions
    trade_policies: tuple[str, ...]
    active: bool
    product_active: bool
    is_kit: bool = False
    detail_path: str = ""
    flaws: tuple[Problem, ...] = ()
    price: Decimal | None = None
    list_price: Decimal | None = None
    stock: int | None = None

    def offered(self, availability: Availability) -> Sku:
        """Return this SKU with the price and stock of one trade policy."""
        flaws = self.flaws if availability.problem is None else (*self.flaws, availability.problem)
        return replace(
            self,
            price=availability.price,
            list_price=availability.list_price,
            stock=availability.stock,
            flaws=flaws,
        )
