"""Which field of the seller's VTEX becomes which field of a suggestion: the documentation's table."""

from __future__ import annotations

from ponte.domain.connector import FieldLine

FIELDS = (
    FieldLine(
        "Product name: `ProductName`",
        "`ProductName`",
        required=True,
        note="or `title.template`; at most 150 characters, or `title.cut`",
    ),
    FieldLine("SKU name: `SkuName`", "`SkuName`", required=True),
    FieldLine("Product id: `ProductId`", "`ProductId`", required=True),
    FieldLine("Product description: `ProductDescription`", "`ProductDescription`", note="HTML as it is"),
    FieldLine("Brand: `BrandName`", "`BrandName`", required=True, note="`brands` of the mapping; must exist there"),
    FieldLine(
        "Category: `ProductCategories`",
        "`CategoryFullPath`",
        required=True,
        note="`categories` of the mapping: the marketplace's path (Department/Category); else the seller's own path",
    ),
    FieldLine("EAN: `AlternateIds.Ean`", "`EAN`", note="EAN or reference code is required"),
    FieldLine("Reference code: `AlternateIds.RefId`", "`RefId`", note="EAN or reference code is required"),
    FieldLine(
        "Height, width, length: `Dimension` (cm)",
        "`Height`, `Width`, `Length`",
        required=True,
        note="whole centimetres, rounded up",
    ),
    FieldLine("Weight: `Dimension.weight` (g)", "`Weight`", required=True, note="whole grams, rounded up"),
    FieldLine("SKU images: `Images[].ImageUrl`", "`Images[]`", required=True, note="https, each once, at least one"),
    FieldLine("SKU specifications: `SkuSpecifications`", "`SkuSpecifications[]`", note="empty ones are left out"),
    FieldLine(
        "Product specifications: `ProductSpecifications`", "`ProductSpecifications[]`", note="empty ones are left out"
    ),
    FieldLine(
        "Price in the trade policy: simulation",
        "`Pricing.SalePrice`, BRL",
        required=True,
        note="in cents; markup and addition of the mapping; once bound, the marketplace's simulation reads it",
    ),
    FieldLine(
        "Stock in the trade policy: simulation",
        "`AvailableQuantity`",
        required=True,
        note="less `stock.reserve`, at most `stock.cap`; once bound, the marketplace's simulation reads it",
    ),
    FieldLine("SKU id: `Id`", "`SellerStockKeepingUnitId`, and the address", required=True, note="by itself"),
)
