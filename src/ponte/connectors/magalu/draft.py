"""From a SKU to what is sent, with the origin of every field. Pure, and never raises."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from ponte.connectors.drafts import clean_names, latest, pictures, price_line, short
from ponte.connectors.gtin import says_none
from ponte.connectors.magalu import names
from ponte.connectors.magalu.facts import Account, Category, account_of, category_of
from ponte.connectors.magalu.filling import Filled, filled
from ponte.connectors.magalu.measures import Measure, entries, measured
from ponte.connectors.texts import plain_text, sendable
from ponte.domain.connector import Rules
from ponte.domain.identifiers import gtin_flaw
from ponte.domain.mapping import plain
from ponte.domain.message import JSON
from ponte.domain.offer import Offer, Provenance
from ponte.domain.sku import Sku

LARGEST_PRICE = Decimal(99_999_999)
"""Ours: beyond it a price is a slip, and the cents no longer fit every reader."""
NO_LIMIT = 1_000_000
TYPES = {"png": "image/png", "webp": "image/webp", "gif": "image/gif"}
OPTIONS = {"condition": "NEW"}
BREAK = "<br/>"


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
        return self.rules.mapping.titled(clean_names(self.sku), names.MAX_TITLE)

    @cached_property
    def description(self) -> str:
        return plain_text(self.sku.description).replace("\n", BREAK)

    @cached_property
    def brand(self) -> Provenance:
        ruled = self.ruled(names.BRAND)
        text = " ".join(sendable(self.sku.brand).split())
        own = Provenance(names.BRAND, "brand", "standard", self.sku.brand, text)
        return ruled or self.rules.mapping.adjusted(own, names.BRAND, self.category_id)

    @cached_property
    def ean(self) -> Provenance:
        """Return the EAN as found; nothing is sent for "SEM GTIN" and the like."""
        found = self.ruled(names.EAN) or Provenance(names.EAN, "ean", "standard", self.sku.ean, self.sku.ean.strip())
        return replace(found, sent="" if says_none(found.sent) else found.sent)

    @cached_property
    def ean_flaw(self) -> str:
        flaw = gtin_flaw(self.ean.sent) if self.ean.sent else None
        return flaw.value if flaw else ""

    @cached_property
    def fields(self) -> tuple[Filled, ...]:
        return filled(self.sku, self.rules, self.category) if self.category else ()

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        return measured(self.sku, self.rules, self.category_id)

    @cached_property
    def pictures(self) -> tuple[str, ...]:
        """Return the addresses of all usable pictures, each once, as https."""
        return pictures(self.sku)

    @cached_property
    def price(self) -> Provenance | None:
        """Return the price line; None when VTEX has no price or one that no arithmetic can hold."""
        return price_line(self.sku, self.rules, LARGEST_PRICE)

    @property
    def list_price(self) -> Decimal | None:
        """Return the price "from", never below the price itself, with the same markup."""
        if self.price is None:
            return None
        price, before = Decimal(self.price.sent), self.sku.list_price
        if before is None or not before.is_finite() or not price < before <= LARGEST_PRICE:
            return price
        raised = self.rules.mapping.priced(replace(self.sku, price=before))
        return max(price, Decimal(raised.sent)) if raised else price

    @cached_property
    def stock(self) -> Provenance:
        return self.rules.mapping.stocked(self.sku)

    def ruled(self, name: str) -> Provenance | None:
        """Return what a person's rule gives, None when there is none or it finds nothing but blanks."""
        found = self.rules.mapping.attribute(self.sku, name, self.category_id)
        return replace(found, sent=" ".join(sendable(found.sent).split())) if found and found.sent.strip() else None

    def option(self, name: str) -> str:
        return self.rules.mapping.options.get(name, OPTIONS[name])


draft_of = latest(Draft)


def offered(draft: Draft) -> Offer:
    """Return the offer: {"sku": body of the SKU, "price": body, "stock": body, "tenant": the account's}."""
    payload = {
        "sku": _body(draft),
        "price": _price_body(draft),
        "stock": _stock_body(draft),
        "tenant": draft.account.tenant,
    }
    return Offer(payload, tuple(_origins(draft)))


def _body(draft: Draft) -> dict[str, JSON]:
    sku = draft.sku
    sent_ean = draft.ean.sent if not draft.ean_flaw else ""
    body: dict[str, JSON] = {
        names.SKU: sku.id,
        names.TITLE: draft.title.sent,
        names.DESCRIPTION: draft.description,
        names.CONDITION: draft.option("condition").upper(),
        names.TYPE: "product",
        names.BRAND: draft.brand.sent,
        names.PERISHABLE: False,
        names.FULFILLMENT: False,
        names.ACTIVE: True,
        names.GROUP: _group(draft),
        names.CHANNELS: [{names.ID: draft.account.channel}],
        names.HAS_EAN: bool(sent_ean),
        names.IDENTIFIERS: [{"type": names.EAN, names.VALUE: sent_ean}] if sent_ean else [],
        names.CATEGORY_FIELD: {names.ID: draft.category_id},
        names.SHEET_ATTRIBUTES: _pairs(draft, in_sheet=False),
        names.SHEET: _pairs(draft, in_sheet=True),
        names.DIMENSIONS: entries(draft.measures),
        names.IMAGES: [{names.REFERENCE: url, "type": _type(url)} for url in draft.pictures],
        names.EXTRA: [{names.NAME: "vtex_product_id", names.VALUE: sku.product_id[: names.MAX_EXTRA]}],
        "videos": [],
        "podcasts": [],
    }
    extra = {name: found.sent for name in (names.NCM, names.ORIGIN) if (found := draft.ruled(name))}
    return {**body, **extra}


def _group(draft: Draft) -> dict[str, JSON]:
    """Return the group of a product's variations. Which is the main one only a rule can say."""
    main = draft.ruled(names.MAIN_VARIATION)
    group: dict[str, JSON] = {names.ID: draft.sku.product_id or draft.sku.id}
    return {**group, names.MAIN_VARIATION: plain(main.sent) in {"true", "sim", "yes", "1"}} if main else group


def _pairs(draft: Draft, *, in_sheet: bool) -> list[JSON]:
    return [
        {names.NAME: one.field.name, names.VALUE: one.value}
        for one in draft.fields
        if one.value and one.field.in_sheet is in_sheet
    ]


def _type(url: str) -> str:
    ending = url.partition("?")[0].rpartition(".")[2].lower()
    return TYPES.get(ending, "image/jpeg")


def _cents(amount: Decimal) -> int:
    return int((amount * names.CENTS).to_integral_value(ROUND_HALF_UP))


def _price_body(draft: Draft) -> dict[str, JSON] | None:
    if draft.price is None or draft.list_price is None:
        return None
    return {
        names.CHANNEL: {names.ID: draft.account.channel},
        names.CURRENCY: names.BRL,
        names.LIST_PRICE: _cents(draft.list_price),
        names.PRICE: _cents(Decimal(draft.price.sent)),
        names.NORMALIZER: names.CENTS,
    }


def _stock_body(draft: Draft) -> dict[str, JSON]:
    return {
        names.CHANNEL: {names.ID: draft.account.channel},
        names.QUANTITY: int(draft.stock.sent),
        "type": names.AVAILABLE,
    }


def _origins(draft: Draft) -> list[Provenance]:
    ruled = [draft.ruled(name) for name in (names.NCM, names.ORIGIN, names.MAIN_VARIATION)]
    lines = [draft.category_line, draft.title, draft.brand, draft.price, draft.stock, *ruled]
    found = [line for line in lines if line is not None]
    if draft.ean.sent:
        found.append(draft.ean)
    found += [one.provenance for one in draft.fields if one.value and one.provenance is not None]
    found += [one.provenance for one in draft.measures if one.provenance is not None]
    if draft.description:
        found.append(
            Provenance(
                names.DESCRIPTION,
                "description",
                "plain text",
                short(draft.sku.description),
                short(draft.description),
            )
        )
    if draft.pictures:
        before = "\n".join(image.url for image in draft.sku.images)
        after = "\n".join(draft.pictures)
        rule = "as read" if before == after else "https"
        found.append(Provenance(names.IMAGES, "images", rule, short(before), short(after)))
    rule = "option" if "condition" in draft.rules.mapping.options else "default"
    return [*found, Provenance(names.CONDITION, "", rule, "", draft.option("condition"))]
