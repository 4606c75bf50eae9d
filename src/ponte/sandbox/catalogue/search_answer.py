"""Turns a product of VTEX's search answers into `stockkeepingunitbyid` answers, one for each item.

Nothing is invented: what the search does not tell is missing in the answer too. The offer is the one of the default
seller, the store itself where nobody is marked.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ponte.sandbox.catalogue.model import CatalogueSku

Json = dict[str, Any]

COPIED_FROM_PRODUCT = {
    "productName": "ProductName",
    "description": "ProductDescription",
    "productReference": "ProductRefId",
    "brand": "BrandName",
    "brandId": "BrandId",
    "releaseDate": "ReleaseDate",
}
COPIED_FROM_ITEM = {
    "name": "SkuName",
    "nameComplete": "NameComplete",
    "complementName": "ComplementName",
    "isKit": "IsKit",
    "measurementUnit": "MeasurementUnit",
    "unitMultiplier": "UnitMultiplier",
    "modalType": "ModalType",
    "estimatedDateArrival": "EstimatedDateArrival",
}
PSEUDO_GROUP = "allSpecifications"


class NotASkuError(ValueError):
    """The record is not a SKU; the message says why."""


def from_context(body: Json) -> CatalogueSku:
    """Return the SKU of a `stockkeepingunitbyid` answer; only old answers have an offer in them."""
    if "ProductId" not in body or not ("NameComplete" in body or "SkuName" in body):
        raise NotASkuError("it is no answer that tells a SKU")
    sku_id = _id(body.get("Id"), "it has no Id of digits")
    offers = [seller.get("SkuCommercialOffer") for seller in _objects(body.get("SkuSellers"))]
    offer = next((offer for offer in offers if isinstance(offer, dict)), {})
    return _sku(sku_id, str(body.get("ProductId") or ""), body, offer)


def from_item(item: Any, product: Json) -> CatalogueSku:
    """Return the SKU of an item of a product of the search."""
    if not isinstance(item, dict):
        raise NotASkuError("an item is not an object")
    sku_id = _id(item.get("itemId"), "an item has no itemId of digits")
    seller = _seller(_objects(item.get("sellers")))
    body: Json = {"Id": int(sku_id)}
    product_id = str(product.get("productId") or "")
    if product_id.isascii() and product_id.isdigit():
        body["ProductId"] = int(product_id)
    body |= _copied(product, COPIED_FROM_PRODUCT) | _copied(item, COPIED_FROM_ITEM) | _category(product)
    if product.get("linkText"):
        body["DetailUrl"] = f"/{product['linkText']}/p"
    body["AlternateIds"] = _alternate_ids(item)
    body["AlternateIdValues"] = list(body["AlternateIds"].values())
    if "images" in item:
        body["Images"] = list(_images(item["images"]))
    skus_own = dict(_variations(item))
    body["SkuSpecifications"] = [_specification(name, values) for name, values in skus_own.items()]
    products_own = _product_specifications(product, skus_own)
    body["ProductSpecifications"] = [_specification(name, values) for name, values in products_own.items()]
    if "sellerId" in seller:
        body["SkuSellers"] = [{"SellerId": seller["sellerId"]}]
    offer = seller.get("commertialOffer")
    return _sku(sku_id, product_id, body, offer if isinstance(offer, dict) else {})


def _sku(sku_id: str, product_id: str, body: Json, offer: Json) -> CatalogueSku:
    stock = offer.get("AvailableQuantity")
    return CatalogueSku(
        sku_id,
        product_id,
        body,
        _money(offer.get("Price")),
        _money(offer.get("ListPrice")),
        stock if type(stock) is int else None,
    )


def _id(value: Any, complaint: str) -> str:
    text = str(value) if type(value) is int else value
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 18:
        return str(int(text))
    raise NotASkuError(complaint)


def _objects(value: Any) -> list[Json]:
    listed = value if isinstance(value, list) else [value]
    return [inner for inner in listed if isinstance(inner, dict)]


def _texts(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [inner for inner in listed if isinstance(inner, str)]


def _copied(source: Json, names: dict[str, str]) -> Json:
    return {target: source[name] for name, target in names.items() if name in source}


def _seller(sellers: list[Json]) -> Json:
    """Return the default seller, else the store itself, else the first."""
    ranked = sorted(sellers, key=lambda one: (one.get("sellerDefault") is not True, one.get("sellerId") != "1"))
    return ranked[0] if ranked else {}


def _money(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return Decimal(repr(value))


def _alternate_ids(item: Json) -> Json:
    found: Json = {"Ean": item["ean"]} if item.get("ean") else {}
    references = (entry.get("Value") for entry in _objects(item.get("referenceId")))
    reference = next((value for value in references if value), None)
    return found | ({"RefId": reference} if reference else {})


def _images(value: Any) -> Iterator[Json]:
    for image in _objects(value):
        told: Json = {"ImageUrl": image.get("imageUrl"), "ImageName": image.get("imageText")}
        number = str(image.get("imageId") or "")
        yield told | ({"FileId": int(number)} if number.isascii() and number.isdigit() else {})


def _category(product: Json) -> Json:
    """Return the path of the product's own category, ids and names.

    Without the ids of the path only the category's own id is known; its name ends the first path of names.
    """
    names, ids = _texts(product.get("categories")), _texts(product.get("categoriesIds"))
    own = str(product.get("categoryId") or "")
    pairs = list(zip(ids, names, strict=False))
    ranked = sorted(pairs, key=lambda pair: not pair[0].rstrip("/").endswith(f"/{own}"))
    if not ranked:
        last = names[0].strip("/").rpartition("/")[2] if names else ""
        return {"ProductCategoryIds": f"/{own}/", "ProductCategories": {own: last} if last else {}} if own else {}
    path_ids, path_names = (text.strip("/").split("/") for text in ranked[0])
    told = dict(zip(path_ids, path_names, strict=True)) if len(path_ids) == len(path_names) else {}
    full: Json = {"CategoriesFullPath": ids}
    return {"ProductCategoryIds": ranked[0][0], "ProductCategories": told} | full


def _variations(item: Json) -> Iterator[tuple[str, list[str]]]:
    """Yield an item's own specifications: names with the values beside them, or pairs, by the age of the API."""
    variations = item.get("variations")
    if isinstance(variations, dict):
        variations = variations.get("json")
    for variation in variations if isinstance(variations, list) else []:
        if isinstance(variation, str):
            yield variation, _texts(item.get(variation))
        elif isinstance(variation, dict) and isinstance(variation.get("name"), str):
            yield variation["name"], _texts(variation.get("values"))


def _product_specifications(product: Json, skus_own: dict[str, list[str]]) -> dict[str, list[str]]:
    found = {name: _texts(product.get(name)) for name in _texts(product.get("allSpecifications"))}
    groups = _objects(product.get("specificationGroups"))
    named = [group for group in groups if group.get("name") != PSEUDO_GROUP] or groups
    pairs = [pair for group in named for pair in _objects(group.get("specifications"))]
    for pair in pairs or _objects(product.get("properties")):
        if isinstance(pair.get("name"), str):
            found.setdefault(pair["name"], _texts(pair.get("values")))
    return {name: values for name, values in found.items() if name not in skus_own}


def _specification(name: str, values: list[str]) -> Json:
    return {"FieldName": name, "FieldValues": values}
