"""Attributes and variations as the vendor shows them once a listing is there."""

from collections.abc import Iterable, Mapping
from typing import Any

from ponte.sandbox.mercadolivre.attribute_checks import is_filled
from ponte.sandbox.mercadolivre.bodies import objects
from ponte.sandbox.mercadolivre.categories import NOT_APPLICABLE, AttributeRule, Category, fold
from ponte.sandbox.mercadolivre.draft import Draft


def attributes_as_sold(attributes: Iterable[Mapping[str, Any]], category: Category) -> list[dict[str, Any]]:
    """The attributes that the category has, with the names and numbers of its closed lists filled in."""
    rules = category.rules
    known = ((rules.get(str(one.get("id"))), one) for one in attributes)
    return [_as_sold(rule, one) for rule, one in known if rule and is_filled(one)]


def _as_sold(rule: AttributeRule, attribute: Mapping[str, Any]) -> dict[str, Any]:
    value_id, text = attribute.get("value_id"), attribute.get("value_name")
    if rule.values and value_id != NOT_APPLICABLE:
        value_id = rule.ids.get(fold(str(text))) if value_id is None else str(value_id)
        text = rule.values.get(str(value_id), text)
    return {
        "id": rule.id,
        "name": rule.name,
        "value_id": value_id,
        "value_name": text,
        "value_type": rule.value_type,
    }


def variations_of(wanted: Draft, number: int) -> list[dict[str, Any]]:
    """Variations as the vendor shows them; one that names its id keeps it, the others get a new one."""
    return [_variation(wanted, one, number * 100 + place) for place, one in enumerate(wanted.variations)]


def _variation(wanted: Draft, sent: Mapping[str, Any], new_id: int) -> dict[str, Any]:
    return {
        "id": sent.get("id") or new_id,
        "price": sent["price"],
        "attribute_combinations": attributes_as_sold(objects(sent.get("attribute_combinations")), wanted.category),
        "available_quantity": sent["available_quantity"],
        "sold_quantity": 0,
        "sale_terms": [],
        "picture_ids": sent.get("picture_ids") or [],
        "seller_custom_field": sent.get("seller_custom_field"),
        "attributes": attributes_as_sold(objects(sent.get("attributes")), wanted.category),
    }
