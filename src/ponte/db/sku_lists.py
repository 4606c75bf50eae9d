"""Pasted lists of SKUs: kept once, found by their number."""

from __future__ import annotations

from typing import Final

from django.db import connection

from ponte.db.models import SkuList
from ponte.db.scope import Scope
from ponte.db.sql import fetch, marks

MAX_LISTED: Final = 5_000
MISSING: Final = {
    "sqlite": """SELECT named.value FROM db_skulist AS kept, json_each(kept.skus) AS named
        WHERE kept.id = %s AND kept.store_id = %s AND NOT EXISTS (SELECT 1 FROM db_integration AS one
        WHERE one.store_id = kept.store_id AND one.sku = named.value {limited})""",
    "postgresql": """SELECT named.value FROM db_skulist AS kept, jsonb_array_elements_text(kept.skus) AS named(value)
        WHERE kept.id = %s AND kept.store_id = %s AND NOT EXISTS (SELECT 1 FROM db_integration AS one
        WHERE one.store_id = kept.store_id AND one.sku = named.value {limited})""",
}


def sku_list(scope: Scope, number: int) -> SkuList | None:
    """Return a list of the store."""
    return SkuList.objects.filter(store_id=scope.store_id, pk=number).first()


def missing(scope: Scope, number: int) -> list[str]:
    """Return which SKUs of a list have no record in sight, in the order they were pasted."""
    limited, channels = "", list(scope.channel_ids or ())
    if scope.channel_ids is not None:
        limited = f"AND one.channel_id IN ({marks(len(channels))})"
    statement = MISSING[connection.vendor].format(limited=limited)
    return [str(row[0]) for row in fetch(statement, [number, scope.store_id, *channels])]
