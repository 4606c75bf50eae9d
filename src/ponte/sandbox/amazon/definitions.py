"""Product type definitions: what is listed, found by words, and served as a schema with its checksum."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Any

import orjson

from ponte.domain.mapping import plain
from ponte.sandbox.amazon.schemas import ProductType, Schema, product_types, schema_of, version
from ponte.sandbox.amazon.validation import is_parent

META = b'{"$comment":"Sandbox meta-schema of Ponte; not Amazon\'s.","$id":"sandbox:meta-schema"}'
OFFER_GROUP = ("purchasable_offer", "fulfillment_availability", "condition_type")


class Definitions:
    """The product types of one marketplace."""

    def __init__(self, marketplace_id: str) -> None:
        self._marketplace_id = marketplace_id
        self._bodies: dict[tuple[str, str], tuple[Schema, bytes]] = {}

    def schema(self, name: str, requirements: str = "LISTING") -> Schema:
        return self._made(name, requirements)[0]

    def schema_for(self, name: str, requirements: str, attributes: dict[str, Any]) -> Schema:
        """Return what a listing is held against: a family's parent against less."""
        if not is_parent(attributes):
            return self.schema(name, requirements)
        return schema_of(product_types()[name], self._marketplace_id, requirements, parent=True)

    def body(self, name: str, requirements: str) -> bytes:
        return self._made(name, requirements)[1]

    def _made(self, name: str, requirements: str) -> tuple[Schema, bytes]:
        key = (name, requirements)
        if key not in self._bodies:
            schema = schema_of(product_types()[name], self._marketplace_id, requirements)
            self._bodies[key] = (schema, orjson.dumps(schema))
        return self._bodies[key]

    def search(self, words: str) -> list[dict[str, Any]]:
        """Return the product types that one of the words speaks of; all of them without words."""
        asked = plain(words.replace(",", " ")).split()
        found = [kind for kind in product_types().values() if not asked or _speaks_of(kind, asked)]
        return [self._shown(kind) for kind in found]

    def _shown(self, kind: ProductType) -> dict[str, Any]:
        return {"name": kind.name, "displayName": kind.display, "marketplaceIds": [self._marketplace_id]}

    def definition(self, name: str, requirements: str, address: str, locale: str) -> dict[str, Any]:
        """Return the definition; its schema lies at the address."""
        kind, body = product_types()[name], self.body(name, requirements)
        own = [one for one in self.schema(name, requirements)["properties"] if one not in OFFER_GROUP]
        return {
            "metaSchema": _link(f"{address}/schemas/meta", META),
            "schema": _link(f"{address}/schemas/{name}/{requirements}", body),
            "requirements": requirements,
            "requirementsEnforced": "ENFORCED",
            "propertyGroups": {
                "product_identity": {"title": "Produto", "description": "", "propertyNames": own},
                "offer": {"title": "Oferta", "description": "", "propertyNames": list(OFFER_GROUP)},
            },
            "locale": locale,
            "marketplaceIds": [self._marketplace_id],
            "productType": name,
            "displayName": kind.display,
            "productTypeVersion": {"version": version(), "latest": True, "releaseCandidate": False},
        }


def _speaks_of(kind: ProductType, asked: list[str]) -> bool:
    names = (*kind.words, plain(kind.display), kind.name.casefold())
    return any(word.startswith(name[:5]) for name in names for word in asked if len(word) > 1)


def _link(address: str, body: bytes) -> dict[str, Any]:
    checksum = b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    return {"link": {"resource": address, "verb": "GET"}, "checksum": checksum}
