"""From a SKU to a suggestion: what is sent, where each field came from, and what would be refused.

The body: VTEX's reference "Send SKU Suggestion" (read 2026-11). `Updated` is required there and described nowhere:
null, as in its example. `SalePrice` is "an integer without decimal places": cents, as everywhere at VTEX.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from ponte.connectors.gtin import says_none
from ponte.connectors.texts import sendable
from ponte.domain.connector import Rules
from ponte.domain.mapping import TitleRule, cut_at_word
from ponte.domain.message import JSON
from ponte.domain.offer import Offer, Provenance
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sku import Sku

MAX_NAME = 150
MAX_SIDE = Decimal(100_000)
MAX_WEIGHT = Decimal(10_000_000)
MAX_INT32 = 2**31 - 1
SIDES = (
    ("Height", "height_cm", MAX_SIDE),
    ("Width", "width_cm", MAX_SIDE),
    ("Length", "length_cm", MAX_SIDE),
    ("Weight", "weight_g", MAX_WEIGHT),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """One SKU under a channel's rules."""

    sku: Sku
    rules: Rules

    @property
    def name(self) -> str:
        """Return the product's name; by the mapping's template where it has one of its own."""
        title = self.rules.mapping.title
        if title.template != TitleRule().template or title.categories:
            return _line(self.rules.mapping.titled(self.sku, MAX_NAME).sent)
        name = _line(self.sku.product_name or self.sku.name)
        return cut_at_word(name, MAX_NAME) if title.cut and len(name) > MAX_NAME else name

    @property
    def sku_name(self) -> str:
        return _line(self.sku.sku_name or self.sku.name)

    @property
    def brand(self) -> Provenance | None:
        return self.rules.mapping.branded(self.sku, "BrandName")

    @property
    def category(self) -> Provenance | None:
        """Return the marketplace's path by the mapping, else the seller's own: it is mapped over there then."""
        mapped = self.rules.mapping.category(self.sku)
        if mapped:
            return Provenance("CategoryFullPath", mapped.source, mapped.rule, mapped.found, mapped.sent, mapped.line)
        path = "/".join(name for one in self.sku.category_names if (name := _line(one).replace("/", "-")))
        return Provenance("CategoryFullPath", "category", "own path", path, path) if path else None

    @property
    def ean(self) -> str:
        text = _line(self.sku.ean)
        return "" if says_none(text) else text

    @property
    def reference(self) -> str:
        return _line(self.sku.reference)

    @property
    def images(self) -> tuple[str, ...]:
        """Return the addresses of usable pictures, each once, by https."""
        found = (_secured(image.url) for image in self.sku.images)
        return tuple(dict.fromkeys(url for url in found if url))

    def side(self, field: str) -> Decimal | None:
        found: Decimal | None = getattr(self.sku.dimensions, field)
        return found

    def specifications(self, *, of_sku: bool) -> list[JSON]:
        mapping, category = self.rules.mapping, self.category.sent if self.category else ""
        rows = []
        for one in self.sku.specifications:
            name, values = _line(one.name), [text for value in one.values if (text := _line(value))]
            if one.of_sku is of_sku and name and values and not mapping.ignores(name, category):
                rows.append({"fieldName": name, "fieldValues": [self._translated(name, value) for value in values]})
        return rows

    def _translated(self, name: str, value: str) -> str:
        found = Provenance(name, f"specification:{name}", "as read", value, value)
        category = self.category.sent if self.category else ""
        return self.rules.mapping.adjusted(found, name, category).sent


def problems(draft: Draft) -> tuple[Problem, ...]:
    """Return everything that would be refused, with what VTEX's answers lacked first."""
    return (*draft.sku.flaws, *_names(draft), *_kind(draft), *_package(draft), *_price(draft))


def _names(draft: Draft) -> Iterator[Problem]:
    if not draft.name:
        yield _invalid(ProblemClass.TITLE_INVALID, "ProductName", "title.empty")
    if len(draft.name) > MAX_NAME:
        params = {"value": draft.name[:500], "limit": str(MAX_NAME), "length": str(len(draft.name))}
        yield _invalid(ProblemClass.TITLE_INVALID, "ProductName", "title.too_long", **params)
    if not draft.sku_name:
        yield _invalid(ProblemClass.TITLE_INVALID, "SkuName", "title.empty")


def _kind(draft: Draft) -> Iterator[Problem]:
    if draft.brand is None:
        yield _invalid(ProblemClass.BRAND_MAPPING, "BrandName", "attribute.missing", name="BrandName")
    if draft.category is None:
        yield Problem(ProblemClass.CATEGORY_MAPPING, Stage.MAPPING, "CategoryFullPath", "category.unmapped")
    if not draft.ean and not draft.reference:
        yield _invalid(ProblemClass.IDENTIFIER_MISSING, "EAN", "gtin.missing", name="EAN", value=draft.sku.ean[:100])
    if not draft.images:
        yield _invalid(ProblemClass.IMAGE_MISSING, "Images", "pictures.missing")


def _package(draft: Draft) -> Iterator[Problem]:
    for name, field, most in SIDES:
        found = draft.side(field)
        unit = "g" if name == "Weight" else "cm"
        if found is None:
            yield _invalid(ProblemClass.DIMENSIONS_INVALID, name, "dimensions.missing", name=name)
        elif not found.is_finite() or found <= 0:
            yield _invalid(
                ProblemClass.DIMENSIONS_INVALID, name, "dimensions.not_positive", value=str(found), unit=unit
            )
        elif found > most:
            said = {"value": str(found), "unit": unit, "limit": str(most)}
            yield _invalid(ProblemClass.DIMENSIONS_INVALID, name, "dimensions.too_large", **said)


def _price(draft: Draft) -> Iterator[Problem]:
    price = draft.rules.mapping.priced(draft.sku)
    told = any(flaw.subject == "price" for flaw in draft.sku.flaws)
    if price is None and draft.sku.price is None:
        if not told:
            yield Problem(ProblemClass.VTEX_PRICE_MISSING, Stage.VTEX, "price", "price.missing")
    elif price is None:
        yield _invalid(ProblemClass.PRICE_INVALID, "price", "price.not_a_number", value=str(draft.sku.price))
    elif Decimal(price.sent) <= 0:
        code = "price.zero" if Decimal(price.sent) == 0 else "price.negative"
        yield _invalid(ProblemClass.PRICE_INVALID, "price", code, value=price.sent)


def offered(draft: Draft) -> Offer:
    """Return the suggestion and what is remembered of it. Called also for a SKU with problems."""
    mapping, sku = draft.rules.mapping, draft.sku
    category, brand, price, stock = draft.category, draft.brand, mapping.priced(sku), mapping.stocked(sku)
    body: dict[str, JSON] = {
        "ProductId": sku.product_id,
        "ProductName": draft.name,
        "ProductDescription": sendable(sku.description),
        "BrandName": brand.sent if brand else "",
        "SkuName": draft.sku_name,
        "SellerId": draft.rules.settings.get("seller_id", ""),
        **{name: _whole(draft.side(field), most) for name, field, most in SIDES},
        "Updated": None,
        "RefId": draft.reference,
        "EAN": draft.ean,
        "CategoryFullPath": category.sent if category else "",
        "SkuSpecifications": draft.specifications(of_sku=True),
        "ProductSpecifications": draft.specifications(of_sku=False),
        "Images": [{"imageName": f"image{place}", "imageUrl": url} for place, url in enumerate(draft.images, 1)],
        "MeasurementUnit": "un",
        "UnitMultiplier": 1,
        "AvailableQuantity": min(int(stock.sent), MAX_INT32),
        "Pricing": {"Currency": "BRL", "SalePrice": _cents(price), "CurrencySymbol": "R$"},
    }
    if sku.id.isascii() and sku.id.isdigit() and int(sku.id) <= MAX_INT32:
        body["SellerStockKeepingUnitId"] = int(sku.id)
    payload = {"sku": sku.id, "suggestion": body, "price": price.sent if price else "", "stock": stock.sent}
    return Offer(payload, tuple(_origins(draft, category, brand, price, stock)))


def _origins(draft: Draft, *found: Provenance | None) -> Iterator[Provenance]:
    sku = draft.sku
    yield Provenance("ProductName", "product_name", "as read", sku.product_name, draft.name)
    yield Provenance("SkuName", "sku_name", "as read", sku.sku_name, draft.sku_name)
    if draft.ean:
        yield Provenance("EAN", "ean", "standard", sku.ean, draft.ean)
    if draft.reference:
        yield Provenance("RefId", "reference", "standard", sku.reference, draft.reference)
    yield from (one for one in found if one)


def _whole(found: Decimal | None, most: Decimal) -> int | None:
    usable = found is not None and found.is_finite() and 0 < found <= most
    return int(found.to_integral_value(ROUND_CEILING)) if found is not None and usable else None


def _cents(price: Provenance | None) -> int | None:
    return int(Decimal(price.sent) * 100) if price else None


def _secured(url: str) -> str:
    text = url.strip()
    text = f"https://{text.removeprefix('http://')}" if text.startswith("http://") else text
    usable = text.startswith("https://") and len(text) <= 2_000 and text.isprintable() and " " not in text
    return text if usable else ""


def _line(text: str) -> str:
    return " ".join(sendable(text).split())


def _invalid(kind: ProblemClass, subject: str, code: str, **params: str) -> Problem:
    return Problem(kind, Stage.VALIDATION, subject, code, params=params)
