"""The inbox: what VTEX told is written down in one short statement, and folded into the queue a moment later.

So the answer 200 costs one row for a whole batch of notifications, however many records and counters they move. A
hint is here or in the queue, never nowhere: it leaves the inbox in the transaction that queues it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson
from django.db import connection, transaction
from django.utils import timezone

from ponte.db.inbox import append
from ponte.db.integrations import Key
from ponte.db.models import Channel
from ponte.db.sql import DOWN, fetch, marks, run
from ponte.domain.lifecycle import Priority, Trigger
from ponte.flows.ingest import CHUNK, Hint, Unrecognised, quarantine, take_in

log = logging.getLogger("ponte.worker")
ROWS = 64
AT_ONCE = 250
"""Hints of one transaction: on SQLite the webhook waits while it runs (5 to 10 ms)."""
NOT_STORABLE = "not_storable"


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    hints: str


def write_down(hints: Sequence[Hint]) -> None:
    """Keep these hints; durable when it returns (outside a transaction). Hints of one SKU are kept once."""
    unique = {(hint.channel_id, hint.kind, hint.sku): hint.product_id for hint in hints}
    kept = [(*key, product_id) for key, product_id in unique.items()]
    pieces = [orjson.dumps(kept[start : start + CHUNK]) for start in range(0, len(kept), CHUNK)]
    if pieces:
        append(timezone.now(), pieces)


def waiting() -> bool:
    """Say whether anything is to be folded; cheap enough to be asked all the time."""
    return bool(fetch("SELECT 1 FROM db_inbox WHERE refused = '' LIMIT 1"))


def fold(limit: int = AT_ONCE) -> int:
    """Bring the oldest rows into the queue, at most about `limit` hints; returns how many rows were dealt with.

    One transaction takes the rows away and queues what they say. Several workers may fold at once. A hint that the
    database refuses is set aside by itself; a row that cannot be read at all stays, marked, for a person.
    """
    rows: list[_Row] = []
    try:
        with transaction.atomic():
            rows = _oldest(limit)
            _fold(rows)
    except DOWN:
        raise
    except Exception:  # noqa: BLE001 -- whatever a hint provokes, its neighbours must get into the queue
        for row in rows:
            _fold_alone(row)
    return len(rows)


def _fold(rows: Sequence[_Row]) -> None:
    if rows:
        take_in(_products(rows), trigger=Trigger.NOTIFICATION, priority=Priority.LIVE)
        run(f"DELETE FROM db_inbox WHERE id IN ({marks(len(rows))})", [row.id for row in rows])  # noqa: S608 -- only marks


def _oldest(limit: int) -> list[_Row]:
    found = fetch(f"SELECT id, hints FROM db_inbox WHERE refused = '' ORDER BY id LIMIT %s{_locked()}", [ROWS])  # noqa: S608 -- a constant
    chosen: list[_Row] = []
    for row in (_Row(*values) for values in found):
        limit -= row.hints.count("],[") + 1
        if chosen and limit < 0:
            break
        chosen.append(row)
    return chosen


def _locked() -> str:
    """Return the clause that leaves to another worker what it folds; SQLite has one writer at a time anyway."""
    return " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""


def _products(rows: Sequence[_Row]) -> dict[Key, str]:
    """Merge rows; the last one's product id stands."""
    return {
        (channel_id, kind, sku): product_id
        for row in rows
        for channel_id, kind, sku, product_id in orjson.loads(row.hints)
    }


def _fold_alone(row: _Row) -> None:
    try:
        with transaction.atomic():
            if fetch(f"SELECT 1 FROM db_inbox WHERE id = %s{_locked()}", [row.id]):  # noqa: S608 -- a constant
                _take_with_care(_products([row]))
                run("DELETE FROM db_inbox WHERE id = %s", [row.id])
    except DOWN:
        raise
    except Exception as error:
        log.exception("row %s of the inbox cannot be folded; it stays there", row.id)
        run("UPDATE db_inbox SET refused = %s WHERE id = %s", [type(error).__name__[:40], row.id])


def _take_with_care(products: Mapping[Key, str]) -> None:
    """Queue what can be queued, half by half, and set aside what the database refuses."""
    try:
        with transaction.atomic():
            take_in(products, trigger=Trigger.NOTIFICATION, priority=Priority.LIVE)
    except DOWN:
        raise
    except Exception as error:  # noqa: BLE001 -- likewise
        if len(products) == 1:
            _set_aside(products, error)
            return
        for half in _halves(products):
            _take_with_care(half)


def _halves(products: Mapping[Key, str]) -> Iterator[Mapping[Key, str]]:
    keys = list(products)
    middle = len(keys) // 2
    for some in (keys[:middle], keys[middle:]):
        yield {key: products[key] for key in some}


def _set_aside(products: Mapping[Key, str], error: Exception) -> None:
    [((channel_id, kind, sku), product_id)] = products.items()
    store_id = Channel.objects.values_list("store_id", flat=True).get(pk=channel_id)
    body = orjson.dumps({"IdSku": sku, "ProductId": product_id, "kind": kind, "channel": channel_id})
    log.error("store %s: a notification cannot be queued: %s", store_id, type(error).__name__)
    quarantine([Unrecognised(store_id, NOT_STORABLE, type(error).__name__, "application/json", body)])
