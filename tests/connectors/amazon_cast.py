"""What tests of the Amazon connector share: the recorded everyday situation, answers, small schemas."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import ponte.connectors.amazon as package
from ponte.connectors.amazon import Amazon
from ponte.connectors.amazon.compact import compact
from ponte.connectors.amazon.definition import Definition
from ponte.connectors.exam.recordings import Recording, read_recording
from ponte.domain.connector import Rules
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.message import Response
from ponte.domain.problem import Problem
from ponte.domain.sku import Sku

AMAZON = Amazon()
PLACE = "A2Q3Y263D00KWC"
PUT = "PUT /listings/2021-08-01/items/{sellerId}/{sku}"
GET = "GET /listings/2021-08-01/items/{sellerId}/{sku}"


def recorded(situation: str = "accepted") -> Recording:
    return read_recording(Path(package.__file__).parent / f"recordings/{situation}.json")


EVERYDAY = recorded()
SKU, RULES = EVERYDAY.sku, EVERYDAY.rules


def rules_with(lines: str = "", **changes: Any) -> Rules:
    """Return the everyday rules with more lines of mapping."""
    text = "\n".join([*EVERYDAY.raw["mapping"], lines])
    mapping = parse_mapping(text).mapping
    assert mapping is not None, parse_mapping(text).errors
    return replace(RULES, mapping=mapping, **changes)


def checked(sku: Sku = SKU, rules: Rules = RULES) -> dict[tuple[str, str], Problem]:
    """Return the problems of a check by class and code."""
    return {(one.kind.name, one.code): one for one in AMAZON.check(sku, rules)}


def attributes(sku: Sku = SKU, rules: Rules = RULES) -> dict[str, Any]:
    found: dict[str, Any] = AMAZON.map(sku, rules).payload["body"]["attributes"]
    return found


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    return Response(status, headers, json.dumps(body).encode())


def definition(**properties: Any) -> Definition:
    schema = {
        "$defs": {"language_tag": {"type": "string"}, "marketplace_id": {"type": "string"}},
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return Definition("TEST", "Teste", "1", compact(schema))


def listed(title: str, more: dict[str, Any] | None = None, **inner: Any) -> dict[str, Any]:
    marks = {"marketplace_id": {"$ref": "#/$defs/marketplace_id"}}
    items = {"type": "object", "required": list(inner), "properties": {**inner, **marks}}
    return {"title": title, "type": "array", "maxUniqueItems": 1, "selectors": ["marketplace_id"], "items": items} | (
        more or {}
    )
