"""One row per cause of Mercado Livre's table, in our own words."""

import pytest

from connectors.ml_cast import ML, answer, cause, names, problems, refusal

# cause_id, code, message in our words, "CLASS subject"
CAUSES = [
    (
        101,
        "body.invalid_field_types",
        "invalid property type: [price] expected Number but was String",
        "PAYLOAD_INVALID price",
    ),
    (109, "item.price.invalid", "needs a minimum price of 8", "PRICE_INVALID price"),
    (129, "item.price.invalid", "price is not below 9999999999", "PRICE_INVALID price"),
    (126, "item.category_id.invalid", "not a leaf category", "CATEGORY_MAPPING category_id"),
    (
        147,
        "item.attributes.missing_required",
        "The attributes [MODEL] are required for category MLB1",
        "ATTRIBUTE_MISSING MODEL",
    ),
    (3704, "item.attribute.missing_catalog_required", "The attributes [LINE] are required", "ATTRIBUTE_MISSING LINE"),
    (
        7810,
        "item.attribute.missing_conditional_required",
        "The attributes [SIZE] are required",
        "ATTRIBUTE_MISSING SIZE",
    ),
    (
        7810,
        "item.attribute.missing_conditional_required",
        "The attributes [GTIN] are required",
        "IDENTIFIER_MISSING GTIN",
    ),
    (147, "item.attributes.missing_required", "The attributes [EAN] are required", "IDENTIFIER_MISSING EAN"),
    (154, "item.attributes.invalid_length", "Attribute [MODEL] is too long", "ATTRIBUTE_INVALID MODEL"),
    (394, "item.attribute.values.name.invalid", "Attribute [COLOR] has a bad name", "ATTRIBUTE_INVALID COLOR"),
    (173, "item.listing_type_id.requiresPictures", "pictures are mandatory", "IMAGE_MISSING pictures"),
    (201, "item.pictures.max", "at most 12", "IMAGE_INVALID pictures"),
    (204, "item.pictures.picture_not_found", "no such picture", "IMAGE_INVALID pictures"),
    (508, "item.pictures.status.error", "status ERROR", "IMAGE_UNREACHABLE pictures"),
    (509, "item.pictures.minimum", "below the minimum", "IMAGE_INVALID pictures"),
    (3703, "item.pictures.invalid_size", "too small", "IMAGE_INVALID pictures"),
    (3706, "item.pictures.unavailable", "could not be processed", "IMAGE_UNREACHABLE pictures"),
    (369, "body.required_fields", "lacks properties [family_name]", "PAYLOAD_INVALID family_name"),
    (
        369,
        "body.required_fields",
        "The variations[0] lacks [attribute_combinations, COLOR]",
        "VARIATION_INVALID variations",
    ),
    (372, "item.attributes.non_existent.limit_exceded", "too many of them", "VARIATION_INVALID variations"),
    (374, "item.variations.not_allowed", "variations do not go with family_name", "VARIATION_INVALID variations"),
    (398, "item.description.type.invalid", "must be plain text", "DESCRIPTION_INVALID description"),
    (3707, "item.descriptions.length_exceeded", "shorten it", "DESCRIPTION_INVALID description"),
    (
        2516,
        "error.item.attribute.business_conditional.value_name",
        "Attribute [GENDER] is not valid",
        "ATTRIBUTE_INVALID GENDER",
    ),
    (3250, "moderations.seller.not_authorized", "not for this brand", "POLICY_BRAND BRAND"),
    (3510, "item.attribute.invalid", "Attribute [VOLTAGE] is not valid", "ATTRIBUTE_INVALID VOLTAGE"),
    (3510, "item.attribute.invalid", "Attribute [BRAND] is not valid", "BRAND_MAPPING BRAND"),
    (
        3702,
        "item.attribute.invalid_sanitary_registry_value",
        "wrong value in [ANVISA_REGISTRATION]",
        "COMPLIANCE ANVISA_REGISTRATION",
    ),
    (3708, "item.attribute.number", "Attribute [WEIGHT] is no number", "ATTRIBUTE_INVALID WEIGHT"),
    (3709, "item.attribute.invalid_sale_units", "units do not match", "ATTRIBUTE_INVALID"),
    (3710, "item.attribute.invalid_voltage", "not in this country", "ATTRIBUTE_INVALID"),
    (3701, "item.attribute.invalid_product_identifier", "used elsewhere", "DUPLICATE_IDENTIFIER GTIN"),
    (3711, "item.attribute.gtin_invalid_domain", "of another category", "IDENTIFIER_INVALID GTIN"),
    (3712, "item.attribute.gtin_invalid_brand", "of another brand", "IDENTIFIER_INVALID GTIN"),
    (7710, "", "bad format", "IDENTIFIER_INVALID GTIN"),
    (7711, "", "bad format", "IDENTIFIER_INVALID GTIN"),
    (7712, "", "bad format", "IDENTIFIER_INVALID GTIN"),
    (7714, "", "bad format", "IDENTIFIER_INVALID GTIN"),
    (3705, "item.title.minimum_length", "too short", "TITLE_INVALID title"),
    (4210, "invalid.title.gender", "another gender", "TITLE_INVALID title"),
    (5400, "seller.package.dimensions.missing", "missing", "DIMENSIONS_INVALID package"),
    (5401, "seller.package.dimensions.invalid", "invalid", "DIMENSIONS_INVALID package"),
    (5402, "seller.package.dimensions.format", "format", "DIMENSIONS_INVALID package"),
    (None, "item.title.not_modifiable", "it has sales", "TITLE_INVALID title"),
    (None, "item.status.invalid", "not from this status", "STATE_CONFLICT status"),
    (
        None,
        "item.status.invalid",
        "Is not possible to activate an item without stock.",
        "STOCK_INVALID available_quantity",
    ),
    (None, "item.available_quantity.invalid", "too many", "STOCK_INVALID available_quantity"),
    (None, "item.variations.attribute_combinations.duplicated", "twice", "VARIATION_INVALID variations"),
    (None, "item.listing_type_id.invalid", "no such type [listing_type_id]", "ATTRIBUTE_INVALID listing_type_id"),
    (None, "item.site_id.invalid", "another site", "PAYLOAD_INVALID"),
    (None, "item.buying_mode.invalid", "no auction", "PAYLOAD_INVALID"),
    (None, "item.start_time.invalid", "too early", "PAYLOAD_INVALID"),
    (None, "item.shipping.mode.invalid", "no such mode", "SHIPPING_RULE shipping"),
    (None, "lost_me1_by_user", "the user has no me1", "SHIPPING_RULE shipping"),
    (None, "mandatory_free_shipping", "free from 79", "SHIPPING_RULE shipping"),
    (None, "invalid.fashion_grid.size.values", "Attribute [SIZE] is not valid", "ATTRIBUTE_INVALID SIZE"),
    (None, "item.catalog_listing.required", "by catalogue only", "CATALOG_CONFLICT"),
    (None, "item.price.not_modifiable", "dynamic pricing is on", "PRICE_INVALID price"),
    (None, "item.pictures.something_new", "in the manner of pictures", "IMAGE_INVALID pictures"),
    (None, "item.wholly_new_rule", "nobody has seen this", "UNKNOWN"),
]


@pytest.mark.parametrize(("cause_id", "code", "message", "expected"), CAUSES, ids=lambda value: str(value)[:40])
def test_a_cause_has_its_class_and_subject(cause_id, code, message, expected):
    outcome = ML.classify("POST /items", answer(400, refusal(cause(cause_id, code, message))))
    assert names(outcome) == [expected]
    assert problems(outcome)[0].message == message
