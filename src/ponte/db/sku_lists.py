"""Pasted lists of SKUs: kept once, found by their number."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from ponte.db.models import SkuList
from ponte.db.scope import Scope
from ponte.db.sql import fetch, given, marks

MAX_LISTED: Final = 5_000
MISSING: Final = """SELECT given.sku FROM {listed} WHERE NOT EXISTS (SELECT 1 FROM db_integration AS one
    WHERE one.store_id = %s AND one.sku = given.sku {limited})"""


def sku_list(scope: Scope, number: int) -> SkuList | None:
    """Return a list of the store."""
    return SkuList.objects.filter(store_id=scope.store_id, pk=number).first()


def missing(scope: Scope, listed: SkuList, *, besides: Collection[str] = ()) -> list[str]:
    """Return which SKUs of a list have no record in sight, in the order they were pasted.

    Those `besides` are known to have one, and are not looked up.
    """
    rest = [(sku,) for sku in listed.skus if sku not in besides]
    if not rest:
        return []
    limited, channels = "", list(scope.channel_ids or ())
    if scope.channel_ids is not None:
        limited = f"AND one.channel_id IN ({marks(len(channels))})"
    source, values = given({"sku": "text"}, rest)
    found = fetch(MISSING.format(listed=source, limited=limited), [*values, scope.store_id, *channels])
    nowhere = {row[0] for row in found}
    return [sku for (sku,) in rest if sku in nowhere]
