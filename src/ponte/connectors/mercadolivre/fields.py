"""Which field of VTEX becomes which field of an item: the documentation's table."""

from __future__ import annotations

from ponte.domain.connector import FieldLine

FIELDS = (
    FieldLine(
        "Full SKU name: `NameComplete`, else `ProductName` and `SkuName`",
        "`title`, or `family_name` in the user products model",
        required=True,
        note="template `title.template`; no control characters; beyond the category's limit an error, or cut at a "
        "word's end with `title.cut`",
    ),
    FieldLine(
        "Category: `ProductCategoryIds`",
        "`category_id`",
        required=True,
        note="`categories` of the mapping, from the leaf up to the department; else `default_category`",
    ),
    FieldLine(
        "Price in the trade policy: simulation, `price` (cents)",
        "`price`, `currency_id` BRL",
        required=True,
        note="markup (%), then addition, rounded to cents; limits of the category",
    ),
    FieldLine(
        "Stock in the trade policy: simulation, `stockBalance`, else the inventory API",
        "`available_quantity`",
        required=True,
        note="less `stock.reserve`, at most `stock.cap`; without stock: 0",
    ),
    FieldLine(
        "SKU images: `Images[].ImageUrl`",
        "`pictures[].source`",
        required=True,
        note="at least one; https, JPG or PNG, each once, up to the category's limit (the rest is left out with a "
        "warning)",
    ),
    FieldLine(
        "Product description: `ProductDescription`",
        "`POST /items/{id}/description`, `plain_text`",
        note='HTML becomes text, lists become "- "',
    ),
    FieldLine(
        "Brand: `BrandName`", "attribute `BRAND`", note="if the category asks; a listed value where it has a list"
    ),
    FieldLine(
        "Reference code: `AlternateIds.RefId`",
        "attribute `MODEL`",
        note='if the category asks and there is no specification "Modelo"',
    ),
    FieldLine(
        "EAN: `AlternateIds.Ean`",
        "attribute `GTIN`",
        note='if the category asks; length and check digit are checked; "sem EAN", "n/a" and zeros mean none',
    ),
    FieldLine(
        "– (mapping: `EMPTY_GTIN_REASON`)",
        "attribute `EMPTY_GTIN_REASON`",
        note="why there is no code, where the category asks for one; never made up",
    ),
    FieldLine(
        "SKU id: `Id`",
        "attribute `SELLER_SKU`",
        required=True,
        note="by itself; the listing is found again by it",
    ),
    FieldLine(
        "Height, width, length: `Dimension` (cm)",
        "`SELLER_PACKAGE_HEIGHT`, `_WIDTH`, `_LENGTH`",
        note="if the category asks; whole centimetres, rounded up, at most 1,000",
    ),
    FieldLine(
        "Weight: `Dimension.weight` (g)",
        "`SELLER_PACKAGE_WEIGHT`",
        note="if the category asks; whole grams, rounded up, at most 1,000,000",
    ),
    FieldLine(
        "SKU and product specifications: `SkuSpecifications`, `ProductSpecifications`",
        "the attribute of the same name in the category's sheet",
        note="closed lists by name, without case and accents; number and unit; yes or no",
    ),
    FieldLine(
        "SKU and product active: `IsActive`, `IsProductActive`",
        "`status`",
        note="inactive: the listing is paused; active again, with stock: what Ponte paused comes back",
    ),
    FieldLine(
        "Trade policy of the SKU: `SalesChannels`",
        "`status` (trade policy)",
        note="outside the policy, without price or deleted: the listing is paused",
    ),
)
