"""A listing that someone wants, before anything is decided about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ponte.sandbox.mercadolivre.attribute_checks import text_of
from ponte.sandbox.mercadolivre.bodies import objects
from ponte.sandbox.mercadolivre.categories import Catalog, Category

ADULTS = {"id": "AGE_GROUP", "value_id": "6725189"}


@dataclass(frozen=True)
class Draft:
    """A listing that someone wants: the body as sent and what the checks need of it, looked up once."""

    body: Mapping[str, Any]
    category: Category
    attributes: tuple[Mapping[str, Any], ...]
    variations: tuple[dict[str, Any], ...]

    @cached_property
    def by_id(self) -> dict[str, Mapping[str, Any]]:
        return {str(one.get("id")): one for one in self.attributes}

    @cached_property
    def everywhere(self) -> tuple[Mapping[str, Any], ...]:
        """Attributes of the listing and of its variations."""
        inner = ((one.get("attribute_combinations"), one.get("attributes")) for one in self.variations)
        return (*self.attributes, *(one for lists in inner for attributes in lists for one in objects(attributes)))

    def texts_of(self, name: str) -> tuple[str, ...]:
        texts = (text_of(one) for one in self.everywhere if one.get("id") == name)
        return tuple(dict.fromkeys(text for text in texts if text))

    @cached_property
    def brand(self) -> str:
        return next(iter(self.texts_of("BRAND")), "")

    @property
    def skus(self) -> tuple[str, ...]:
        return self.texts_of("SELLER_SKU")

    @property
    def gtins(self) -> tuple[str, ...]:
        return self.texts_of("GTIN")


def draft(body: Mapping[str, Any], catalog: Catalog) -> Draft | None:
    """None when the category can't be listed in."""
    category = catalog.leaf(str(body.get("category_id")))
    if category is None or not category.listing_allowed:
        return None
    variations = tuple(body.get("variations") or ())
    return Draft(body, category, _with_added(tuple(body.get("attributes") or ()), category), variations)


def _with_added(attributes: tuple[Mapping[str, Any], ...], category: Category) -> tuple[Mapping[str, Any], ...]:
    """The vendor adds an age group by itself, with a warning."""
    if "AGE_GROUP" not in category.rules or any(one.get("id") == "AGE_GROUP" for one in attributes):
        return attributes
    return (*attributes, ADULTS)
