"""First look at a request's body: is it JSON, are the fields known, present and of the right type (shape B)."""

from collections.abc import Container, Mapping
from typing import Any

import orjson
from aiohttp import web

from ponte.sandbox.mercadolivre.answers import body_problem
from ponte.sandbox.mercadolivre.settings import Account

_TEXTS = (
    "site_id",
    "title",
    "family_name",
    "category_id",
    "currency_id",
    "buying_mode",
    "condition",
    "listing_type_id",
    "video_id",
    "warranty",
    "seller_custom_field",
    "catalog_product_id",
    "domain_id",
    "thumbnail",
    "start_time",
    "status",
    "deleted",
    "subtitle",
    "family_id",
)
_LISTS = (
    "pictures",
    "attributes",
    "variations",
    "sale_terms",
    "channels",
    "tags",
    "coverage_areas",
    "non_mercado_pago_payment_methods",
)
_OBJECTS = ("shipping", "location", "seller_contact", "geolocation", "seller_address")
_ANYTHING = ("description", "catalog_listing", "official_store_id", "accepts_mercadopago", "inventory_id")
_FIELDS: Mapping[str, tuple[str, type | tuple[type, ...]]] = {
    **dict.fromkeys(_TEXTS, ("String", str)),
    **dict.fromkeys(_LISTS, ("Array", list)),
    **dict.fromkeys(_OBJECTS, ("Object", dict)),
    **dict.fromkeys(_ANYTHING, ("Any", object)),
    "price": ("Number", (int, float)),
    "available_quantity": ("Number", int),
}
_ALWAYS = ("category_id", "currency_id", "buying_mode", "listing_type_id")
_FOR_A_SALE = ("price", "available_quantity")
_JSON_NAMES = {str: "String", bool: "Boolean", int: "Number", float: "Number", list: "Array", dict: "Object"}


async def read_object(request: web.Request) -> dict[str, Any] | web.Response:
    """The body as a JSON object, or the vendor's refusal of it."""
    content = await request.read()
    if not content:
        return body_problem("body.invalid", "A body is expected. (B)")
    try:
        body = orjson.loads(content)
    except ValueError:
        return body_problem("body.invalid", "The body is not valid JSON.")
    return body if isinstance(body, dict) else body_problem("body.invalid", "A JSON object is expected.")


def objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list, nothing when it is no list: what is inside a variation is taken as it comes."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def flawed_fields(body: Mapping[str, Any], *, known: Container[str] | None = None) -> web.Response | None:
    """Refuse unknown fields and wrong types; `known` are the fields the call takes, if not all."""
    taken = _FIELDS if known is None else known
    unknown = [name for name in body if name not in taken]
    if unknown:
        return _invalid_fields(unknown)
    for name, value in body.items():
        wanted, types = _FIELDS[name]
        if value is None or (isinstance(value, types) and not (wanted == "Number" and isinstance(value, bool))):
            continue
        found = _JSON_NAMES.get(type(value), "Object")
        sentence = f"invalid property type: [{name}] expected {wanted} but was {found} value: {str(value)[:200]}"
        return body_problem("body.invalid_field_types", sentence)
    return _flawed_elements(body)


def _flawed_elements(body: Mapping[str, Any]) -> web.Response | None:
    for name in ("pictures", "attributes", "variations", "sale_terms"):
        for place, element in enumerate(body.get(name) or ()):
            if not isinstance(element, dict):
                found = _JSON_NAMES.get(type(element), "Null")
                sentence = f"invalid property type: [{name}[{place}]] expected Object but was {found}"
                return body_problem("body.invalid_field_types", sentence)
    return None


def flawed_new_item(body: Mapping[str, Any], account: Account) -> web.Response | None:
    """Refuse a body to create a listing that lacks a field, or has one of the other publishing model."""
    name, other = ("family_name", "title") if account.user_product_seller else ("title", "family_name")
    if other in body:
        return _invalid_fields([other])
    if account.warehouses and "available_quantity" in body:
        return _invalid_fields(["available_quantity"])
    wanted = [name, *_ALWAYS, *(() if body.get("variations") else _FOR_A_SALE)]
    missing = [field for field in wanted if body.get(field) in (None, "")]
    if not missing:
        return flawed_fields(body)
    sentence = f"The body does not contains some or none of the following properties [{', '.join(missing)}]"
    return body_problem("body.required_fields", sentence, [sentence])


def _invalid_fields(names: list[str]) -> web.Response:
    return body_problem("body.invalid_fields", f"The fields [{', '.join(names)}] are invalid for requested call.")
