"""Spoils a made-up SKU in one of the ways in which shops' SKUs are wrong."""

from __future__ import annotations

from collections.abc import Callable

from ponte.sandbox.catalogue.families import BY_LEAF
from ponte.sandbox.catalogue.gtin import broken
from ponte.sandbox.catalogue.model import CatalogueSku, Defect

LONG_TAIL = "Edição Especial de Lançamento com Garantia Estendida e Brinde"
HOSTILE_TEXTS = (
    "<script>alert('ponte')</script>",
    '<img src=x onerror="alert(1)">',
    "{{7*7}} ${7*7} %s %(x)s",
    "\u202etxet lives\u202c",
    "'; DROP TABLE skus; --",
)
# The size that VTEX puts behind a picture's number, and the fake marketplace's marker for what it finds too small.
TINY = "90-90/picture-too-small"


def spoil(sku: CatalogueSku, defect: Defect, ordinal: int = 0) -> None:
    """Give a SKU one defect, for good. `ordinal` counts the SKUs with it: hostile texts take turns."""
    if defect is Defect.HOSTILE_TEXT:
        _rename(sku, HOSTILE_TEXTS[ordinal % len(HOSTILE_TEXTS)])
    else:
        SPOILERS[defect](sku)


def _set_ean(sku: CatalogueSku, ean: str) -> None:
    reference = sku.body["AlternateIds"]["RefId"]
    sku.body["AlternateIds"] = {"Ean": ean, "RefId": reference} if ean else {"RefId": reference}
    sku.body["AlternateIdValues"] = [ean, reference] if ean else [reference]


def _check_digit(sku: CatalogueSku) -> None:
    _set_ean(sku, broken(sku.ean))


def _no_price(sku: CatalogueSku) -> None:
    sku.price = sku.list_price = None


def _no_stock(sku: CatalogueSku) -> None:
    sku.stock = 0


def _attribute(sku: CatalogueSku) -> None:
    """Take away one of the specifications without which the marketplace refuses the product."""
    leaf = next(name for name in sku.body["ProductCategories"].values() if name in BY_LEAF)
    required = BY_LEAF[leaf].required
    gone = required[int(sku.id) % len(required)]
    for key in ("SkuSpecifications", "ProductSpecifications"):
        sku.body[key] = [field for field in sku.body[key] if field["FieldName"] != gone]


def _long_title(sku: CatalogueSku) -> None:
    _rename(sku, f"{sku.body['SkuName']} {LONG_TAIL}")


def _rename(sku: CatalogueSku, sku_name: str) -> None:
    sku.body["SkuName"] = sku_name
    sku.body["NameComplete"] = f"{sku.body['ProductName']} {sku_name}"


def _no_picture(sku: CatalogueSku) -> None:
    sku.body["Images"] = []
    sku.body["ImageUrl"] = ""


def _tiny_picture(sku: CatalogueSku) -> None:
    for image in sku.body["Images"]:
        number = str(image["FileId"])
        image["ImageUrl"] = image["ImageUrl"].replace(f"/{number}/", f"/{number}-{TINY}/", 1)


def _zero_weight(sku: CatalogueSku) -> None:
    sku.body["Dimension"]["weight"] = 0


def _html_only(sku: CatalogueSku) -> None:
    sku.body["ProductDescription"] = '<div class="banner"><img src="/arquivos/banner.jpg"><br></div>'


SPOILERS: dict[Defect, Callable[[CatalogueSku], None]] = {
    Defect.EAN_CHECK_DIGIT: _check_digit,
    Defect.EAN_MISSING: lambda sku: _set_ean(sku, ""),
    Defect.EAN_TEXT: lambda sku: _set_ean(sku, "SEM GTIN"),
    Defect.NO_PRICE: _no_price,
    Defect.NO_STOCK: _no_stock,
    Defect.INACTIVE: lambda sku: sku.body.update(IsActive=False),
    Defect.OUT_OF_TRADE_POLICY: lambda sku: sku.body.update(SalesChannels=[1]),
    Defect.ATTRIBUTE_MISSING: _attribute,
    Defect.TITLE_TOO_LONG: _long_title,
    Defect.NO_PICTURE: _no_picture,
    Defect.TINY_PICTURE: _tiny_picture,
    Defect.ZERO_WEIGHT: _zero_weight,
    Defect.HTML_ONLY_DESCRIPTION: _html_only,
}
