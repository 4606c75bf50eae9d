"""Edits a SKU of the fake VTEX, as a person would in the shop's admin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ponte.sandbox.catalogue.model import CatalogueSku

MINIMUM_TOLD = 5


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change touched. `stock_told` is false when VTEX keeps a change of stock to itself."""

    product: bool = False
    price: bool = False
    stock: bool = False
    stock_told: bool = True
    left_policies: frozenset[int] = frozenset()

    @property
    def only_stock(self) -> bool:
        return self.stock and not (self.product or self.price)


def apply_change(sku: CatalogueSku, wanted: Mapping[str, Any]) -> Effect:
    """Edit a SKU.

    Raises ValueError with a sentence when a field is unknown or has the wrong type; then nothing is changed.
    """
    edits = [_edit(name, value) for name, value in wanted.items()]
    stock_before, policies_before = sku.stock, frozenset(sku.trade_policies)
    for edit in edits:
        edit(sku)
    return Effect(
        product=any(name not in {"price", "list_price", "stock"} for name in wanted),
        price="price" in wanted or "list_price" in wanted,
        stock="stock" in wanted,
        stock_told=_is_told(stock_before, sku.stock),
        left_policies=policies_before - frozenset(sku.trade_policies),
    )


def _is_told(before: int | None, after: int | None) -> bool:
    """VTEX tells a change of stock only if it starts or ends at five units or fewer.

    Help centre, "Entendendo a regra de disponibilidade mínima", 2025-08-26.
    """
    return min(before or 0, after or 0) <= MINIMUM_TOLD


Edit = Callable[[CatalogueSku], None]


def _edit(name: str, value: Any) -> Edit:
    maker = EDITS.get(name)
    if maker is None:
        raise ValueError(f"no such field: {name}")
    return maker(value)


def _money(field: str) -> Callable[[Any], Edit]:
    def make(value: Any) -> Edit:
        try:
            amount = None if value is None else Decimal(str(value))
        except InvalidOperation:
            raise ValueError(f"{field} is no number") from None
        return lambda sku: setattr(sku, field, amount)

    return make


def _stock(value: Any) -> Edit:
    if value is not None and type(value) is not int:
        raise ValueError("stock is a whole number or null")
    return lambda sku: setattr(sku, "stock", value)


def _of_body(key: str, kind: type) -> Callable[[Any], Edit]:
    def make(value: Any) -> Edit:
        if not isinstance(value, kind):
            raise ValueError(f"{key} has the wrong type")  # noqa: TRY004 -- one error for every malformed field
        return lambda sku: sku.body.update({key: value})

    return make


def _name(value: Any) -> Edit:
    if not isinstance(value, str):
        raise ValueError("name is a text")  # noqa: TRY004 -- one error for every malformed field
    return lambda sku: sku.body.update(NameComplete=value, ProductName=value)


def _ean(value: Any) -> Edit:
    def edit(sku: CatalogueSku) -> None:
        others = {key: told for key, told in (sku.body.get("AlternateIds") or {}).items() if key != "Ean"}
        sku.body["AlternateIds"] = {"Ean": value, **others} if value else others
        sku.body["AlternateIdValues"] = list(sku.body["AlternateIds"].values())

    return edit


def _specification(value: Any) -> Edit:
    """Set specifications of the SKU by name; null takes one away, from the product too."""
    if not isinstance(value, Mapping):
        raise ValueError("specification is an object of names and values")  # noqa: TRY004 -- as above

    def edit(sku: CatalogueSku) -> None:
        for key in ("SkuSpecifications", "ProductSpecifications"):
            sku.body[key] = [field for field in sku.body.get(key) or [] if field.get("FieldName") not in value]
        told = [(name, one) for name, one in value.items() if one is not None]
        sku.body["SkuSpecifications"] += [
            {"FieldId": 900 + place, "FieldName": name, "FieldValueIds": [], "FieldValues": [one]}
            for place, (name, one) in enumerate(told)
        ]

    return edit


def _images(value: Any) -> Edit:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("images is a list of addresses")
    images = [{"ImageUrl": url, "ImageName": "", "FileId": 1 + place} for place, url in enumerate(value)]
    return lambda sku: sku.body.update(Images=images, ImageUrl=value[0] if value else "")


def _dimension(value: Any) -> Edit:
    if not isinstance(value, Mapping):
        raise ValueError("dimension is an object")  # noqa: TRY004 -- one error for every malformed field
    return lambda sku: sku.body.update(Dimension={**(sku.body.get("Dimension") or {}), **value})


EDITS: dict[str, Callable[[Any], Edit]] = {
    "price": _money("price"),
    "list_price": _money("list_price"),
    "stock": _stock,
    "active": _of_body("IsActive", bool),
    "product_active": _of_body("IsProductActive", bool),
    "trade_policies": _of_body("SalesChannels", list),
    "description": _of_body("ProductDescription", str),
    "name": _name,
    "ean": _ean,
    "specification": _specification,
    "images": _images,
    "dimension": _dimension,
}
