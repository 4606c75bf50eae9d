"""From a SKU to a row of the product file and an offer, with the origin of every field. Pure, and never raises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from ponte.connectors.drafts import clean_names, latest, pictures, price_line, short
from ponte.connectors.mirakl.catalogue import Attribute, Catalogue, catalogue_of
from ponte.connectors.mirakl.discount import Discount, discount_of
from ponte.connectors.mirakl.filling import Filled, Source, fill
from ponte.connectors.mirakl.profile import Profile, profile_of
from ponte.connectors.texts import plain_text
from ponte.domain.connector import Rules
from ponte.domain.message import JSON
from ponte.domain.offer import Offer, Provenance
from ponte.domain.sku import Sku

LARGEST_PRICE = Decimal(9_999_999_999)
NO_LIMIT = 1_000_000
OFFER_FIELD = "offer:"
"""A mapping's attribute that begins so is one of the offer's own fields ("offer:ncm")."""
ALWAYS = ("category", "sku", "ean")
"""The roles without which a row says nothing: they are sent even where the operator's list does not name them."""
OPTIONS = {"state_code": "11", "leadtime_to_ship": "", "logistic_class": "", "min_order_quantity": ""}
WHOLE_OPTIONS = ("leadtime_to_ship", "min_order_quantity")


@dataclass(frozen=True)
class Draft:
    """One SKU under one channel's rules; what `check` and `map` both look at."""

    sku: Sku
    rules: Rules

    @cached_property
    def profile(self) -> Profile:
        return profile_of(self.rules)

    @cached_property
    def catalogue(self) -> Catalogue:
        return catalogue_of(self.rules)

    @cached_property
    def category_line(self) -> Provenance | None:
        return self.rules.mapping.category(self.sku)

    @property
    def category(self) -> str:
        return self.category_line.sent if self.category_line else ""

    @cached_property
    def columns(self) -> tuple[Attribute, ...]:
        """Return the operator's columns for the category; while they are not known, those of the profile."""
        roles = self.profile.columns
        if not self.catalogue.known or self.category not in self.catalogue.categories:
            return _named((*roles.values(), *self.profile.images))
        known = self.catalogue.columns(self.category)
        codes = {one.code for one in known}
        return (*known, *_named(name for role in ALWAYS if (name := roles.get(role, "")) and name not in codes))

    @cached_property
    def title(self) -> Provenance:
        column = self.profile.columns.get("title", "")
        limit = next((one.limit("MAX_LENGTH") for one in self.columns if one.code == column), None)
        return replace(
            self.rules.mapping.titled(clean_names(self.sku), NO_LIMIT if limit is None else limit),
            field=column or "title",
        )

    @cached_property
    def price(self) -> Provenance | None:
        """Return the price line; None when VTEX has no price or one that no arithmetic can hold."""
        return price_line(self.sku, self.rules, LARGEST_PRICE)

    @cached_property
    def discount(self) -> Discount | None:
        return discount_of(self.sku, self.rules, self.price, LARGEST_PRICE)

    @cached_property
    def stock(self) -> Provenance:
        return replace(self.rules.mapping.stocked(self.sku), field="quantity")

    @cached_property
    def pictures(self) -> tuple[str, ...]:
        """Return the addresses of all usable pictures, each once, as https."""
        return pictures(self.sku)

    @cached_property
    def cells(self) -> tuple[Filled, ...]:
        source = Source(self.sku, self.rules, self.profile, self.category_line, self.title, self.pictures, self.text)
        return tuple(one for column in self.columns if (one := fill(column, source)).told)

    @property
    def text(self) -> str:
        return plain_text(self.sku.description)

    @cached_property
    def ean(self) -> str:
        """Return the product's number as it is sent, "" where there is none that can be."""
        column = self.profile.columns.get("ean", "")
        return next((one.cell or "" for one in self.cells if one.attribute.code == column), "")

    @cached_property
    def offer_fields(self) -> tuple[Provenance, ...]:
        mapping = self.rules.mapping
        own = mapping.category_attributes.get(self.category, {})
        names = (name for name in dict.fromkeys((*own, *mapping.attributes)) if name.startswith(OFFER_FIELD))
        found = (mapping.attribute(self.sku, name, self.category) for name in names)
        return tuple(line for line in found if line is not None and line.sent.strip())

    def option(self, name: str) -> str:
        return self.rules.mapping.options.get(name, OPTIONS[name]).strip()


def _named(codes: Iterable[str]) -> tuple[Attribute, ...]:
    return tuple(Attribute(code, code) for code in dict.fromkeys(codes))


draft_of = latest(Draft)


def offered(draft: Draft) -> Offer:
    """Return the offer: {"sku", "row": cells by column, "offer": the whole offer}."""
    row = {one.attribute.code: one.cell for one in draft.cells if one.cell}
    payload: dict[str, JSON] = {"sku": draft.sku.id, "category": draft.category, "row": row, "offer": _offer(draft)}
    return Offer(payload, tuple(_origins(draft)))


def _offer(draft: Draft) -> dict[str, JSON]:
    """Return the whole offer: what it does not name would be reset."""
    found: dict[str, JSON] = {
        "shop_sku": draft.sku.id,
        "product_id": draft.ean,
        "product_id_type": draft.profile.product_id_type,
        "state_code": draft.option("state_code"),
        "update_delete": "update",
        "price": _price(draft),
        "quantity": int(draft.stock.sent),
    }
    for name in WHOLE_OPTIONS:
        if (told := draft.option(name)).isascii() and told.isdigit() and len(told) < 5:
            found[name] = int(told)
    if draft.discount:
        found["discount"] = draft.discount.body()
    if draft.option("logistic_class"):
        found["logistic_class"] = draft.option("logistic_class")
    fields = [
        {"code": line.field.removeprefix(OFFER_FIELD), "value": line.sent.strip()} for line in draft.offer_fields
    ]
    return {**found, "offer_additional_fields": fields} if fields else found


def _price(draft: Draft) -> float | None:
    """Return the price before any discount."""
    line = draft.discount.before if draft.discount else draft.price
    return float(line.sent) if line else None


def _origins(draft: Draft) -> list[Provenance]:
    cells = [_shown(one.provenance) for one in draft.cells if one.cell and one.provenance]
    prices = draft.discount.origins(draft.price) if draft.discount and draft.price else (draft.price,)
    lines = [line for line in (*prices, draft.stock) if line is not None]
    given = [Provenance(name, "", "option", "", value) for name in OPTIONS if (value := draft.option(name))]
    return [*cells, *lines, *draft.offer_fields, *given]


def _shown(line: Provenance) -> Provenance:
    found, sent = short(line.found), short(line.sent)
    return line if (found, sent) == (line.found, line.sent) else replace(line, found=found, sent=sent)


def without_stock(offer: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the offer as a pause: whole, with no units."""
    return {**offer, "quantity": 0, "update_delete": "update"}
