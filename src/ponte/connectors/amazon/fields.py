"""Which field of VTEX becomes which attribute of a listing: the documentation's table."""

from __future__ import annotations

from ponte.domain.connector import FieldLine

FIELDS = (
    FieldLine("SKU id: `Id`", "`sku` of the address", required=True, note="the seller's SKU; found by it again"),
    FieldLine(
        "Full SKU name: `NameComplete`, else `ProductName` and `SkuName`",
        "`item_name`",
        required=True,
        note="template `title.template`; beyond the product type's limit (in bytes) an error, or cut at a word's end "
        "with `title.cut`",
    ),
    FieldLine(
        "Category: `ProductCategoryIds`",
        "`productType`",
        required=True,
        note="`categories` of the mapping, from the leaf up to the department; else `default_category`",
    ),
    FieldLine(
        "Price in the trade policy: simulation, `price` (cents)",
        "`purchasable_offer`",
        required=True,
        note="markup (%), then addition, rounded to cents; currency of the marketplace (BRL)",
    ),
    FieldLine(
        "Stock in the trade policy: simulation, `stockBalance`, else the inventory API",
        "`fulfillment_availability`",
        required=True,
        note="less `stock.reserve`, at most `stock.cap`; channel by option `fulfillment_channel` (`DEFAULT`)",
    ),
    FieldLine(
        "SKU images: `Images[].ImageUrl`",
        "`main_product_image_locator`, `other_product_image_locator_1` to `_8`",
        required=True,
        note="https, each once; the first is the main one; beyond nine left out with a warning",
    ),
    FieldLine("Brand: `BrandName`", "`brand`, `manufacturer`", required=True, note="as read"),
    FieldLine(
        "EAN: `AlternateIds.Ean`",
        "`externally_assigned_product_identifier`",
        note="length and check digit are checked; type by length; without one `merchant_suggested_asin` or "
        "`supplier_declared_has_product_identifier_exemption` in the mapping",
    ),
    FieldLine("Product description: `ProductDescription`", "`product_description`", note="HTML becomes text"),
    FieldLine(
        "Product description: `ProductDescription`",
        "`bullet_point`",
        note="items of its lists, up to five; without lists the specifications as `name: value`",
    ),
    FieldLine("Option `condition`", "`condition_type`", required=True, note="`new_new`"),
    FieldLine("Reference code: `AlternateIds.RefId`", "`part_number`, `model_number`, `model_name`", note="as read"),
    FieldLine('Specification "Modelo"', "`model_number`, `model_name`", note="before the reference code"),
    FieldLine("Height, width, length: `Dimension` (cm)", "`item_package_dimensions`", note="centimetres"),
    FieldLine("Weight: `Dimension.weight` (g)", "`item_package_weight`", note="grams"),
    FieldLine(
        "SKU and product specifications",
        "the attribute with the same title",
        note="closed lists by name, without case or accents; number and unit; yes and no; what does not fit and is "
        "not required is left out with a warning",
    ),
    FieldLine(
        "Product id: `ProductId`",
        "`child_parent_sku_relationship`, `parentage_level`",
        note="with a rule for `variation_theme`; the family's parent is the listing `P` and the product's id",
    ),
    FieldLine(
        "Mapping: `attributes`, `category_attributes`",
        "any attribute, also within one (`item_dimensions.length`)",
        note="`country_of_origin` and `supplier_declared_dg_hz_regulation` have no other source",
    ),
    FieldLine(
        "SKU and product active: `IsActive`, `IsProductActive`; trade policy: `SalesChannels`",
        "`fulfillment_availability`",
        note="not for sale in VTEX: quantity 0",
    ),
)  # fmt: skip
