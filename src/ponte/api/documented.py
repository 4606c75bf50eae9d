"""Pieces of the OpenAPI document that routes share: parameters read by ourselves, and the refusals."""

from __future__ import annotations

from typing import Any

from ponte.api.schemas import Refusal
from ponte.db.filters import STATUSES, Period
from ponte.domain.problem import Stage
from ponte.flows.idempotency import MAX_KEY

Parameter = dict[str, Any]


def _query(name: str, description: str, schema: dict[str, Any]) -> Parameter:
    return {"in": "query", "name": name, "required": False, "description": description, "schema": schema}


FILTERS = (
    _query(
        "status",
        "Where a record is; `pending` is queued, processing or waiting.",
        {"type": "string", "enum": [status.value for status in STATUSES]},
    ),
    _query("channel", "The channel's code.", {"type": "string"}),
    _query("q", "Words of SKU, name, EAN, reference or messages; literal.", {"type": "string"}),
    _query("from", "First day of the last change, in the store's time zone.", {"type": "string", "format": "date"}),
    _query("to", "Last day of the last change, included.", {"type": "string", "format": "date"}),
    _query(
        "period", "The last days, today included.", {"type": "string", "enum": [period.value for period in Period]}
    ),
    _query("cause", "The fingerprint of a cause.", {"type": "string"}),
    _query("code", "The marketplace's code (or ours) of a cause.", {"type": "string"}),
    _query("stage", "The stage of a cause.", {"type": "string", "enum": [stage.value for stage in Stage]}),
    _query("category", "The category, whole.", {"type": "string"}),
    _query("brand", "The brand, whole.", {"type": "string"}),
    _query("action", "The id of the last action on many that touched the record.", {"type": "integer"}),
    _query("list", "The number of a list of SKUs pasted on the screen.", {"type": "integer"}),
    _query("sku", "SKU; may be repeated.", {"type": "array", "items": {"type": "string"}}),
    _query("removed", "1 lists the removed records instead.", {"type": "string", "enum": ["1"]}),
)
SIZE = _query("size", "Rows per page.", {"type": "integer", "minimum": 1})
CURSOR = _query("cursor", "`next` of the page before.", {"type": "string"})
CHANNEL = FILTERS[1]
STATE = _query("state", "One state of causes.", {"type": "string", "enum": ["open", "known", "ignored", "resolved"]})
IDEMPOTENCY_KEY: Parameter = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same key with the same request has one effect and one answer, for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY},
}


def queried(*parameters: Parameter) -> dict[str, Any]:
    """Return the OpenAPI of a route with these query parameters."""
    return {"parameters": list(parameters)}


def keyed() -> dict[str, Any]:
    """Return the OpenAPI of a POST that takes an Idempotency-Key."""
    return {"parameters": [IDEMPOTENCY_KEY]}


def errors(*statuses: int) -> dict[int, type[Refusal]]:
    """Return the refusals that a route may answer, besides 500 and 503 which all may, and 429."""
    return dict.fromkeys((*statuses, 429, 500, 503), Refusal)
