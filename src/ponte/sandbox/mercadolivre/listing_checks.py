"""Checks of a listing's own fields: title, price, pictures, terms, description, variations.

Cause numbers, codes and messages after Mercado Livre developers' page "Validaciones", read 2026-06. Codes the page
doesn't show are in the vendor's manner.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ponte.sandbox.mercadolivre.answers import Cause, cause, warning
from ponte.sandbox.mercadolivre.bodies import objects
from ponte.sandbox.mercadolivre.categories import Category, fold

PAID_TYPES = ("gold_special", "gold_pro")
LISTING_TYPES = (*PAID_TYPES, "free")
MAX_PRICE = 9_999_999_999
MAX_QUANTITY = 99_999
_MIN_TITLE = 5
_MARKUP = re.compile(r"<\s*/?\s*[a-zA-Z][^>]*>|&(?:nbsp|lt|gt|amp|#\d+);")
_FEMALE, _MALE = frozenset({"feminino", "feminina"}), frozenset({"masculino", "masculina"})
_GENDERS = {"339665": _MALE, "339666": _FEMALE}


def flawed_title(title: str, category: Category, gender: Mapping[str, Any], *, field: str) -> Iterator[Cause]:
    """3705 too short, too long (the vendor shows no number for it), 4210 when it names the other gender."""
    longest = category.settings["max_title_length"]
    reference = f"item.{field}"
    if len(title.strip()) < _MIN_TITLE:
        yield cause(
            3705, "item.title.minimum_length", f"The {field} must have at least {_MIN_TITLE} characters.", reference
        )
    if len(title) > longest:
        message = f"The {field} has {len(title)} characters and category {category.id} allows at most {longest}."
        yield cause(None, f"item.{field}.length.invalid", message, reference)
    value = str(
        gender.get("value_id")
        or {"feminino": "339665", "masculino": "339666"}.get(fold(str(gender.get("value_name") or "")))
    )
    if _GENDERS.get(value, frozenset()) & set(fold(title).split()):
        message = "Please make sure you enter a gender that matches the title of your listing."
        yield cause(4210, "invalid.title.gender", message, "item.title", "item.attributes")


def flawed_price(price: float, category: Category) -> Iterator[Cause]:
    minimum = category.settings["minimum_price"]
    if price < minimum:
        message = f"The category {category.id} requires a minimum price of {minimum}."
        yield cause(109, "item.price.invalid", message, "item.price")
    if price >= MAX_PRICE:
        yield cause(129, "item.price.invalid", f"The price must be lower than {MAX_PRICE}.", "item.price")


def flawed_quantity(quantity: int) -> Iterator[Cause]:
    if not 0 <= quantity <= MAX_QUANTITY:
        message = f"The available quantity must be between 0 and {MAX_QUANTITY}."
        yield cause(None, "item.available_quantity.invalid", message, "item.available_quantity")


def flawed_terms(body: Mapping[str, Any]) -> Iterator[Cause]:
    """Closed choices of the vendor: currency, buying mode, condition, listing type, shipping mode; and warnings."""
    for field, allowed in _CHOICES:
        value = body.get(field)
        if value is not None and value not in allowed:
            message = f"Invalid {field} [{str(value)[:100]}]. The allowed values are [{', '.join(allowed)}]."
            yield cause(None, f"item.{field}.invalid", message, f"item.{field}")
    mode = (body.get("shipping") or {}).get("mode")
    if mode is not None and mode not in _SHIPPING:
        yield cause(
            None,
            "item.shipping.mode.invalid",
            f"Invalid shipping mode [{str(mode)[:100]}].",
            "item.shipping.mode",
            department="shipping",
        )
    if mode in _SHIPPING and mode != "me2":
        message = "ME2 adoption is mandatory for the user"
        yield warning(4029, "shipping.me2_adoption_mandatory", message, "shipping.modes", department="shipping")
    if body.get("video_id"):
        yield warning(465, "item.video_id.dropped", "Item video id was dropped.", "item.video_id")


_SHIPPING = ("me2", "custom", "not_specified")
_CHOICES = (
    ("site_id", ("MLB",)),
    ("currency_id", ("BRL",)),
    ("buying_mode", ("buy_it_now",)),
    ("condition", ("new", "used", "not_specified")),
    ("listing_type_id", LISTING_TYPES),
)


def flawed_pictures(pictures: list[dict[str, Any]], listing_type: str, category: Category) -> Iterator[Cause]:
    longest = category.settings["max_pictures_per_item"]
    if not pictures and listing_type in PAID_TYPES:
        message = f"Item pictures are mandatory for listing type {listing_type}."
        yield cause(173, "item.listing_type_id.requiresPictures", message, "item.pictures")
    if len(pictures) > longest:
        message = f"The item has {len(pictures)} pictures and at most {longest} are allowed."
        yield cause(201, "item.pictures.max", message, "item.pictures")
    for place, picture in enumerate(pictures):
        if not (picture.get("id") or _is_address(picture.get("source"))):
            message = f"The picture [{place}] needs an id or a source that is an address."
            yield cause(None, "item.pictures.source.invalid", message, f"item.pictures[{place}]")


def _is_address(source: object) -> bool:
    return isinstance(source, str) and source.startswith(("http://", "https://"))


def picture_not_found(picture_id: object) -> Cause:
    message = f"Picture with id {str(picture_id)[:100]} not found."
    return cause(204, "item.pictures.picture_not_found", message, "item.pictures")


def picture_failed(picture_id: str, *, small: bool) -> Cause:
    """508 for a picture that was never fetched, 509 for one that is too small."""
    if small:
        message = f"Picture id {picture_id} is below the minimum allowed size."
        return cause(509, "item.pictures.below_minimum_size", message, "item.pictures")
    message = f"Picture id {picture_id} has an invalid status 'ERROR'. Only ACTIVE or PENDING pictures are allowed."
    return cause(508, "item.pictures.status.error", message, "item.pictures")


def flawed_description(text: str, longest: int) -> Iterator[Cause]:
    """398 for markup, with its place in the reference; 3707 for length."""
    if found := _MARKUP.search(text):
        message = "The description must be in plain text"
        yield cause(398, "item.description.type.invalid", message, f"plain_text[{found.start()}]")
    if len(text) > longest:
        message = f"You exceeded the {{{longest}}} character limit. Shorten the description."
        yield cause(3707, "item.descriptions.length_exceeded", message, "item.descriptions")


def flawed_category(category_id: str) -> Cause:
    message = f"Is not allowed to post in category {category_id[:60]}. Make sure you're posting in a leaf category"
    return cause(126, "item.category_id.invalid", message, "item.category_id")


def flawed_variations(variations: list[dict[str, Any]], category: Category) -> Iterator[Cause]:
    """369 for a variation that lacks something, 372 for attributes the category doesn't have, and doubled ones."""
    longest = category.settings["max_variations_allowed"]
    if len(variations) > longest:
        message = f"The item has {len(variations)} variations and at most {longest} are allowed."
        yield cause(None, "item.variations.max", message, "item.variations")
    names = _combination_names(variations[0]) if variations else ()
    seen: set[str] = set()
    for place, variation in enumerate(variations):
        yield from _flawed_variation(place, variation, names, category)
        key = repr(_combination(variation))
        if key in seen:
            message = f"The variations[{place}] has the attribute combinations of another variation."
            yield cause(
                None, "item.variations.attribute_combinations.duplicated", message, f"item.variations[{place}]"
            )
        seen.add(key)


def _flawed_variation(
    place: int, variation: Mapping[str, Any], names: tuple[str, ...], category: Category
) -> Iterator[Cause]:
    own = _combination_names(variation)
    needs = [field for field in ("price", "available_quantity") if not isinstance(variation.get(field), int | float)]
    needs += ["attribute_combinations"] * (not own) + [name for name in names if name not in own]
    if needs:
        lacking = f"[{', '.join(needs)}]"
        message = f"The variations[{place}] does not contains some or none of the following properties {lacking}."
        yield cause(369, "body.required_fields", message, f"item.variations[{place}]")
    if sum(name not in category.rules for name in own) > 1:
        message = (
            f"The attribute_combinations not existing in category {category.id} in the variation {place} "
            "exceed the allowed amount, only 1 is allowed."
        )
        yield cause(372, "item.attributes.non_existent.limit_exceded", message, "item.variations")


def _combination(variation: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = objects(variation.get("attribute_combinations"))
    return sorted((str(one.get("id")), str(one.get("value_id") or fold(str(one.get("value_name"))))) for one in pairs)


def _combination_names(variation: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name, _value in _combination(variation))


def variations_with_family() -> Cause:
    message = "Variations are not allowed for items with family_name."
    return cause(374, "item.variations.not_allowed", message, "item.variations", "item.family_name")
