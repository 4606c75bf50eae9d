"""From a SKU to the body of an item, with the origin of every field. Pure, and never raises.

Shape: Mercado Livre developers' pages "publish products" and "price per variation" (user products), captured
2026-06.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from ponte.connectors.drafts import clean_names, latest, pictures, price_line, short
from ponte.connectors.mercadolivre.attributes import filled
from ponte.connectors.mercadolivre.facts import Account, Category, account_of, category_of
from ponte.connectors.mercadolivre.filled import Filled
from ponte.connectors.mercadolivre.manifest import CURRENCY
from ponte.connectors.mercadolivre.pictures import is_of_other_format
from ponte.connectors.texts import plain_text
from ponte.domain.connector import Rules
from ponte.domain.message import JSON
from ponte.domain.offer import Offer, Provenance
from ponte.domain.sku import Sku

LARGEST_PRICE = Decimal(9_999_999_999)
"""Mercado Livre refuses this price and all above it (developers' page "validations", cause 129)."""

OPTIONS = {
    "listing_type": "gold_special",
    "condition": "new",
    "warranty_type": "Garantia do vendedor",
    "warranty_time": "90 dias",
    "shipping_mode": "me2",
    "free_shipping": "false",
}
NO_LIMIT = 1_000_000
TRUE = frozenset({"true", "yes", "sim", "1"})


@dataclass(frozen=True)
class Draft:
    """One SKU under one channel's rules; what `check` and `map` both look at."""

    sku: Sku
    rules: Rules

    @cached_property
    def account(self) -> Account:
        return account_of(self.rules)

    @cached_property
    def category_line(self) -> Provenance | None:
        return self.rules.mapping.category(self.sku)

    @property
    def category_id(self) -> str:
        return self.category_line.sent if self.category_line else ""

    @cached_property
    def category(self) -> Category | None:
        return category_of(self.category_id, self.rules)

    @cached_property
    def title(self) -> Provenance:
        limit = self.category.max_title if self.category else None
        name = "family_name" if self.account.user_products else "title"
        return replace(
            self.rules.mapping.titled(clean_names(self.sku), NO_LIMIT if limit is None else limit), field=name
        )

    @cached_property
    def price(self) -> Provenance | None:
        """Return the price line; None when VTEX has no price or one that no arithmetic can hold."""
        return price_line(self.sku, self.rules, LARGEST_PRICE)

    @cached_property
    def stock(self) -> Provenance:
        return replace(self.rules.mapping.stocked(self.sku), field="available_quantity")

    @cached_property
    def description(self) -> str:
        return plain_text(self.sku.description)

    @cached_property
    def pictures(self) -> tuple[str, ...]:
        """Return the addresses of all usable pictures, each once, as https."""
        return tuple(url for url in pictures(self.sku) if not is_of_other_format(url))

    @cached_property
    def unfit_pictures(self) -> tuple[str, ...]:
        """Return the addresses of pictures in a format that Mercado Livre does not take."""
        return tuple(url for url in pictures(self.sku) if is_of_other_format(url))

    @property
    def sent_pictures(self) -> tuple[str, ...]:
        limit = self.category.max_pictures if self.category else None
        return self.pictures if limit is None else self.pictures[: max(limit, 0)]

    @cached_property
    def attributes(self) -> tuple[Filled, ...]:
        return filled(self.sku, self.rules, self.category_id, self.category)

    def option(self, name: str) -> str:
        return self.rules.mapping.options.get(name, OPTIONS[name])


draft_of = latest(Draft)


def offered(draft: Draft) -> Offer:
    """Return the offer: {"item": the body for POST /items, "description": plain text}."""
    return Offer({"item": _item(draft), "description": draft.description}, tuple(_origins(draft)))


def _item(draft: Draft) -> dict[str, JSON]:
    item: dict[str, JSON] = {
        draft.title.field: draft.title.sent,
        "category_id": draft.category_id,
        "price": float(draft.price.sent) if draft.price else None,
        "currency_id": CURRENCY,
        "available_quantity": int(draft.stock.sent),
        "buying_mode": "buy_it_now",
        "condition": draft.option("condition"),
        "listing_type_id": draft.option("listing_type"),
        "pictures": [{"source": url} for url in draft.sent_pictures],
        "attributes": [one.entry for one in draft.attributes if one.entry is not None],
        "shipping": _shipping(draft),
    }
    terms = _sale_terms(draft)
    return {**item, "sale_terms": terms} if terms else item


def _shipping(draft: Draft) -> dict[str, JSON]:
    free = draft.option("free_shipping").strip().lower() in TRUE
    return {"mode": draft.option("shipping_mode"), "local_pick_up": False, "free_shipping": free}


def _sale_terms(draft: Draft) -> list[JSON]:
    """Return the warranty; an option left empty in the mapping file leaves its term out."""
    terms = (("WARRANTY_TYPE", draft.option("warranty_type")), ("WARRANTY_TIME", draft.option("warranty_time")))
    return [{"id": term, "value_name": value} for term, value in terms if value]


def _origins(draft: Draft) -> list[Provenance]:
    lines = [draft.category_line, draft.title, draft.price, draft.stock]
    found = [line for line in lines if line is not None]
    found += [one.provenance for one in draft.attributes if one.entry is not None and one.provenance is not None]
    if draft.pictures:
        found.append(_listed("pictures", "images", [image.url for image in draft.sku.images], draft.sent_pictures))
    if draft.description:
        found.append(Provenance("description", "description", "plain text", *_pair(draft)))
    return [*found, *_option_lines(draft)]


def _listed(name: str, source: str, before: list[str], after: tuple[str, ...]) -> Provenance:
    rule = "cut" if len(after) < len(before) else "as read" if list(after) == before else "https"
    return Provenance(name, source, rule, short("\n".join(before)), short("\n".join(after)))


def _pair(draft: Draft) -> tuple[str, str]:
    return short(draft.sku.description), short(draft.description)


def _option_lines(draft: Draft) -> list[Provenance]:
    given = draft.rules.mapping.options
    lines = []
    for name in OPTIONS:
        rule = "option" if name in given else "default"
        lines.append(Provenance(name, "", rule, "", draft.option(name)))
    return lines
