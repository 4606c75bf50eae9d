"""The attributes that every SKU has a source for: name, brand, number, texts, pictures, parcel, price, stock."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ponte.connectors.drafts import short
from ponte.connectors.texts import plain_text, sendable
from ponte.domain.mapping import specification
from ponte.domain.message import JSON
from ponte.domain.offer import Provenance
from ponte.domain.sku import Sku

MAX_BULLETS = 5
MAX_OTHER_PICTURES = 8
MAIN_PICTURE = "main_product_image_locator"
OTHER_PICTURE = "other_product_image_locator_"
PACKAGE = "item_package_dimensions"
WEIGHT = "item_package_weight"
OFFER = "purchasable_offer"
STOCK = "fulfillment_availability"
SIDES = (("length", "length_cm"), ("width", "width_cm"), ("height", "height_cm"))
# Beyond this a number is a slip of units, not a parcel.
LARGEST_MEASURE = Decimal(10_000_000)


def plainly(attribute: str, source: str, found: str) -> Provenance | None:
    text = " ".join(sendable(found).split())
    return Provenance(attribute, source, "standard", short(found), text) if text else None


def simple_texts(sku: Sku) -> Iterator[Provenance]:
    """Yield the attributes that are one text; most product types have only some of them."""
    model = specification(sku, "Modelo")
    lines = (
        plainly("brand", "brand", sku.brand),
        plainly("manufacturer", "brand", sku.brand),
        plainly("part_number", "reference", sku.reference),
        plainly("model_number", "specification:Modelo" if model else "reference", model or sku.reference),
        plainly("model_name", "specification:Modelo" if model else "reference", model or sku.reference),
    )
    yield from (line for line in lines if line is not None)


def bullets(sku: Sku) -> list[str]:
    """Return up to five bullet points: the lists of the description, else the specifications."""
    listed = [line[2:].strip() for line in plain_text(sku.description).split("\n") if line.startswith("- ")]
    specified = [f"{spec.name.strip()}: {', '.join(spec.values)}" for spec in sku.specifications if any(spec.values)]
    found = [" ".join(sendable(text).split()) for text in listed or specified]
    return [text for text in dict.fromkeys(found) if text][:MAX_BULLETS]


def package(sku: Sku, marketplace_id: str) -> JSON:
    """Return the packed sides in centimetres, None when VTEX has none of them."""
    found = {name: number(getattr(sku.dimensions, field)) for name, field in SIDES}
    sides = {name: {"unit": "centimeters", "value": value} for name, value in found.items() if value is not None}
    return [{**sides, "marketplace_id": marketplace_id}] if sides else None


def weight(sku: Sku, marketplace_id: str) -> JSON:
    value = number(sku.dimensions.weight_g)
    return None if value is None else [{"unit": "grams", "value": value, "marketplace_id": marketplace_id}]


def number(value: Decimal | None) -> float | int | None:
    """Return a measure as JSON has it; None for what is no number or no parcel's."""
    if value is None or not value.is_finite() or abs(value) > LARGEST_MEASURE:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def offer(price: str, currency: str, marketplace_id: str) -> JSON:
    amount = float(price)
    schedule = [{"schedule": [{"value_with_tax": int(amount) if amount == int(amount) else amount}]}]
    return [{"marketplace_id": marketplace_id, "currency": currency, "our_price": schedule}]


def availability(units: int, channel: str) -> JSON:
    return [{"fulfillment_channel_code": channel, "quantity": units}]
