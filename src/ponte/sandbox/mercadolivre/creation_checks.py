"""All checks of a listing to be created, at once: the vendor tells every reason in one answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ponte.sandbox.mercadolivre import attribute_checks, listing_checks
from ponte.sandbox.mercadolivre.answers import Cause, warning
from ponte.sandbox.mercadolivre.categories import Category
from ponte.sandbox.mercadolivre.draft import ADULTS, Draft
from ponte.sandbox.mercadolivre.marketplace import Marketplace


def causes_of(body: Mapping[str, Any], wanted: Draft | None, market: Marketplace) -> list[Cause]:
    """Every error and warning of a listing to be created."""
    if wanted is None:
        category_id = str(body.get("category_id"))
        return [listing_checks.flawed_category(category_id), *listing_checks.flawed_terms(body)]
    return [*_of_fields(wanted, market), *_of_attributes(wanted, market)]


def _of_fields(wanted: Draft, market: Marketplace) -> Iterator[Cause]:
    body, category = wanted.body, wanted.category
    if body["category_id"] != category.id:
        yield warning(
            382, "item.category_id.migrated", f"Category id migrated to: {category.id}.", "item.category_id"
        )
    field = "family_name" if body.get("family_name") else "title"
    gender = wanted.by_id.get("GENDER", {})
    yield from listing_checks.flawed_title(body[field], category, gender, field=field)
    yield from listing_checks.flawed_terms(body)
    yield from _of_sale(wanted)
    pictures = body.get("pictures") or []
    yield from listing_checks.flawed_pictures(pictures, body["listing_type_id"], category)
    yield from missing_pictures(pictures, market)
    yield from _of_description(body, category)


def _of_sale(wanted: Draft) -> Iterator[Cause]:
    body, category = wanted.body, wanted.category
    if wanted.variations and body.get("family_name"):
        yield listing_checks.variations_with_family()
    elif wanted.variations:
        yield from listing_checks.flawed_variations(list(wanted.variations), category)
        for variation in wanted.variations:
            yield from flawed_sale(variation, category)
    else:
        yield from flawed_sale(body, category)


def flawed_sale(sale: Mapping[str, Any], category: Category) -> Iterator[Cause]:
    """Price and quantity of a listing or a variation, as far as they are there."""
    price, quantity = sale.get("price"), sale.get("available_quantity")
    if isinstance(price, int | float):
        yield from listing_checks.flawed_price(price, category)
    if isinstance(quantity, int):
        yield from listing_checks.flawed_quantity(quantity)


def missing_pictures(pictures: Iterable[Mapping[str, Any]], market: Marketplace) -> Iterator[Cause]:
    for picture in pictures:
        known = market.pictures.get(str(picture["id"])) if picture.get("id") else None
        if picture.get("id") and known is None:
            yield listing_checks.picture_not_found(picture["id"])
        elif known is not None and known.flaw:
            yield listing_checks.picture_failed(known.id, small="invalid_size" in known.flaw)


def _of_description(body: Mapping[str, Any], category: Category) -> Iterator[Cause]:
    given = body.get("description")
    text = given.get("plain_text") if isinstance(given, dict) else given
    if isinstance(text, str):
        yield from listing_checks.flawed_description(text, category.settings["max_description_length"])


def _of_attributes(wanted: Draft, market: Marketplace) -> Iterator[Cause]:
    for_catalog = wanted.body.get("catalog_listing") is True
    yield from attribute_checks.missing_attributes(wanted.category, wanted.everywhere, for_catalog=for_catalog)
    if ADULTS in wanted.attributes and ADULTS not in (wanted.body.get("attributes") or ()):
        message = "Attribute [AGE_GROUP] to be added with values [(6725189,null)]"
        code = "create.item.attribute.business_conditional"
        yield warning(2511, code, message, "item.attributes", department="structured-data")
    yield from flawed_attributes(wanted, wanted.everywhere, market)


def flawed_attributes(
    wanted: Draft,
    sent: Sequence[Mapping[str, Any]],
    market: Marketplace,
    *,
    besides: str = "",
) -> Iterator[Cause]:
    """Values as `sent`, package, identifiers, rules between attributes; `besides` is a listing being changed."""
    yield from attribute_checks.flawed_values(wanted.category, sent)
    yield from attribute_checks.flawed_package(wanted.by_id)
    gtins, brand = wanted.gtins, wanted.brand
    yield from attribute_checks.flawed_identifiers(gtins, brand, wanted.category, market.catalog)
    if market.listings.uses_otherwise(gtins, brand=brand, domain_id=wanted.category.domain_id, besides=besides):
        yield attribute_checks.identifier_in_use()
    yield from attribute_checks.flawed_combinations(wanted.by_id, market.catalog, brand)
