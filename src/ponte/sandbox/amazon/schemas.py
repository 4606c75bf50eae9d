"""The product types' JSON schemas, made of a few words each, in the manner of Amazon's: ours, not Amazon's text.

2019-09 with Amazon's vocabulary (lengths in bytes, unique items by selectors, names of enumerated values).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

Schema = dict[str, Any]
LANGUAGE, MARKETPLACE = {"$ref": "#/$defs/language_tag"}, {"$ref": "#/$defs/marketplace_id"}
IDENTIFIER = "externally_assigned_product_identifier"
EXEMPTION = "supplier_declared_has_product_identifier_exemption"
SUGGESTED = "merchant_suggested_asin"
OTHER_PICTURES = 8
THEME, LEVEL, RELATION = "variation_theme", "parentage_level", "child_parent_sku_relationship"
# What a parent says: it is no thing that could be bought, packed or scanned.
PARENT = (
    "item_name",
    "brand",
    "product_description",
    "bullet_point",
    "country_of_origin",
    "supplier_declared_dg_hz_regulation",
)
OFFER = ("condition_type", "purchasable_offer", "fulfillment_availability")
COUNTRIES = {"BR": "Brasil", "CN": "China", "US": "Estados Unidos", "VN": "Vietnã", "DE": "Alemanha"}
DANGERS = {
    "not_applicable": "Não aplicável",
    "ghs": "GHS",
    "transportation": "Transporte",
    "storage": "Armazenamento",
    "waste": "Resíduo",
    "other": "Outro",
    "unknown": "Desconhecido",
}
CONDITIONS = {"new_new": "Novo", "used_like_new": "Usado - como novo", "used_good": "Usado - bom"}
# Signs that no title may have here.
TITLE_PATTERN = "^[^<>{}]*$"


@dataclass(frozen=True, slots=True)
class ProductType:
    """One product type: what it is called, which leaves of the sandbox's catalogue go there, its own attributes."""

    name: str
    display: str
    words: tuple[str, ...]
    leaves: tuple[str, ...]
    title_bytes: int
    attributes: Mapping[str, Mapping[str, Any]]
    themes: Mapping[str, str]
    """How its variations may differ ("COLOR/SIZE"); none where it has no families."""

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(name for name, told in self.attributes.items() if told.get("required"))


@cache
def product_types() -> dict[str, ProductType]:
    """Return all product types by name."""
    return {
        row["name"]: ProductType(
            row["name"],
            row["display"],
            tuple(row["words"]),
            tuple(row["leaves"]),
            row["title_bytes"],
            row["attributes"],
            row.get("themes", {}),
        )
        for row in _data()["types"]
    }


def version() -> str:
    return str(_data()["version"])


@cache
def _data() -> dict[str, Any]:
    text = resources.files("ponte.sandbox.amazon").joinpath("product_types.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def schema_of(
    kind: ProductType, marketplace_id: str, requirements: str = "LISTING", *, parent: bool = False
) -> Schema:
    """Return a product type's schema for one marketplace; `parent` for the parent of a variation family."""
    offer_only = requirements == "LISTING_OFFER_ONLY"
    properties = {**_base(kind), **{name: _attribute(told) for name, told in kind.attributes.items()}}
    required = list(OFFER) if offer_only else _required(kind, requirements)
    if parent:
        required = [*PARENT, LEVEL, THEME]
    return {
        "$schema": "https://json-schema.org/draft/2019-09/schema",
        "$comment": "Sandbox schema of Ponte; not Amazon's.",
        "$defs": {
            "language_tag": {"type": "string", "enum": ["pt_BR", "en_US"], "enumNames": ["Português", "Inglês"]},
            "marketplace_id": {"type": "string", "enum": [marketplace_id], "enumNames": ["Amazon.com.br"]},
        },
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
        "allOf": [] if offer_only or parent else [_identifier_unless_exempt()],
    }


def _required(kind: ProductType, requirements: str) -> list[str]:
    product = [
        *PARENT,
        "main_product_image_locator",
        "item_package_weight",
        *kind.required,
    ]
    return product if requirements == "LISTING_PRODUCT_ONLY" else [*product, *OFFER]


def _identifier_unless_exempt() -> Schema:
    instead = {"anyOf": [{"required": [SUGGESTED]}, {"required": [EXEMPTION]}]}
    return {"if": {"not": instead}, "then": {"required": [IDENTIFIER]}}


def _base(kind: ProductType) -> dict[str, Schema]:
    title = {**_text(kind.title_bytes), "pattern": TITLE_PATTERN}
    pictures = {
        "main_product_image_locator": _listed("Imagem principal", {"media_location": _text(2_000)}),
        **{
            f"other_product_image_locator_{place}": _listed(f"Outra imagem {place}", {"media_location": _text(2_000)})
            for place in range(1, OTHER_PICTURES + 1)
        },
    }
    return {
        "item_name": _worded("Nome do produto", title),
        "brand": _worded("Marca", _text(100)),
        "manufacturer": _worded("Fabricante", _text(100)),
        "part_number": _listed("Número da peça", {"value": _text(60)}),
        "model_name": _worded("Nome do modelo", _text(100)),
        "product_description": _worded("Descrição do produto", _text(2_000)),
        "bullet_point": _worded("Destaque", _text(500), most=5),
        IDENTIFIER: _listed(
            "Código de barras", {"type": _choice({"ean": "EAN", "upc": "UPC", "gtin": "GTIN"}), "value": _text(14)}
        ),
        SUGGESTED: _listed("ASIN sugerido", {"value": {"type": "string", "minLength": 10, "maxLength": 10}}),
        EXEMPTION: _listed("Isenção de código de barras", {"value": {"type": "boolean"}}),
        "country_of_origin": _listed("País de origem", {"value": _choice(COUNTRIES)}),
        "supplier_declared_dg_hz_regulation": _listed("Produtos perigosos", {"value": _choice(DANGERS)}, most=5),
        "condition_type": _listed("Condição", {"value": _choice(CONDITIONS)}),
        **_family(kind),
        **pictures,
        "item_package_dimensions": _listed(
            "Medidas da embalagem", {side: _measure("centimeters") for side in ("length", "width", "height")}
        ),
        "item_package_weight": _listed("Peso da embalagem", _measure("grams", "kilograms")["properties"]),
        "purchasable_offer": _offer(),
        "fulfillment_availability": {
            "title": "Estoque",
            "type": "array",
            "minItems": 1,
            "items": _object({"fulfillment_channel_code": _text(30), "quantity": {"type": "integer", "minimum": 0}}),
        },
    }


def _family(kind: ProductType) -> dict[str, Schema]:
    if not kind.themes:
        return {}
    relation = {"child_relationship_type": _choice({"variation": "Variação"}), "parent_sku": _text(40)}
    return {
        LEVEL: _listed("Nível na família", {"value": _choice({"child": "Filho", "parent": "Pai"})}),
        RELATION: _listed("Relação com o pai", relation),
        THEME: _listed("Tema de variação", {"name": _choice(kind.themes)}),
    }


def _offer() -> Schema:
    price = {"type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000}
    schedule = {"type": "array", "minItems": 1, "maxItems": 1, "items": _object({"value_with_tax": price})}
    our_price = {"type": "array", "minItems": 1, "maxItems": 1, "items": _object({"schedule": schedule})}
    return _listed("Preço", {"currency": _choice({"BRL": "Real"}), "our_price": our_price})


def _attribute(told: Mapping[str, Any]) -> Schema:
    title, most = told["title"], 5 if told.get("several") else 1
    if "units" in told:
        return _listed(title, _measure(*told["units"], names=tuple(told["units"].values()))["properties"])
    if "choices" in told:
        return _listed(title, {"value": _choice(told["choices"])})
    if told.get("boolean"):
        return _listed(title, {"value": {"type": "boolean"}})
    return _worded(title, _text(told["bytes"]), most=most)


def _text(most_bytes: int) -> Schema:
    return {"type": "string", "minLength": 1, "maxUtf8ByteLength": most_bytes}


def _choice(values: Mapping[str, str]) -> Schema:
    return {"type": "string", "enum": list(values), "enumNames": list(values.values())}


def _measure(*units: str, names: tuple[str, ...] = ()) -> Schema:
    unit = {"type": "string", "enum": list(units), "enumNames": list(names or units)}
    return _object({"unit": unit, "value": {"type": "number", "exclusiveMinimum": 0}})


def _object(properties: Mapping[str, Schema], *more: str) -> Schema:
    required = [*properties, *more]
    return {"type": "object", "required": required, "properties": dict(properties), "additionalProperties": False}


def _listed(title: str, properties: Mapping[str, Schema], *, most: int = 1) -> Schema:
    return _array(title, {**properties, "marketplace_id": MARKETPLACE}, ["marketplace_id"], most)


def _worded(title: str, value: Schema, *, most: int = 1) -> Schema:
    marks = {"language_tag": LANGUAGE, "marketplace_id": MARKETPLACE}
    return _array(title, {"value": value, **marks}, ["marketplace_id", "language_tag"], most)


def _array(title: str, properties: Mapping[str, Schema], selectors: list[str], most: int) -> Schema:
    return {
        "title": title,
        "type": "array",
        "minItems": 1,
        "minUniqueItems": 1,
        "maxUniqueItems": most,
        "selectors": selectors,
        "items": _object(properties),
    }
