"""The statements that move integrations, for many rows at once. Every one runs inside its caller's transaction.

Rows are locked in the order of their ids, by everybody, so that two transactions never wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from ponte.db.counts import Moves, bucket
from ponte.db.scope import Scope
from ponte.db.sql import among, fetch, given, locked, marks, run
from ponte.domain.lifecycle import Phase

Key = tuple[int, str, str]
"""(channel, kind, sku)"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an integration stands now."""

    id: int
    channel_id: int
    kind: str
    sku: str
    status: str
    phase: str
    removed: bool
    headline_class: str
    fingerprint: str
    stock_value: int
    hold: str = ""

    @property
    def key(self) -> Key:
        return (self.channel_id, self.kind, self.sku)

    @property
    def bucket(self) -> str:
        return bucket(self.status, self.phase, removed=self.removed)


_PLACE = (
    "id, channel_id, kind, sku, status, phase, removed_at IS NOT NULL, headline_class, fingerprint, stock_value, hold"
)


NOT_TAKEN_OUT = "channel_id NOT IN (SELECT gone.id FROM db_channel gone WHERE gone.archived_at IS NOT NULL)"


def lanes_of(channel_ids: Sequence[int]) -> dict[tuple[int, str], tuple[int, int]]:
    """Return {(channel, kind): (lane, store)}."""
    if not channel_ids:
        return {}
    rows = fetch(
        f"""SELECT lane.channel_id, lane.kind, lane.id, channel.store_id
            FROM db_lane lane JOIN db_channel channel ON channel.id = lane.channel_id
            WHERE channel.archived_at IS NULL AND lane.channel_id IN ({marks(len(channel_ids))})""",
        sorted(channel_ids),
    )
    return {(channel_id, kind): (lane_id, store_id) for channel_id, kind, lane_id, store_id in rows}


def places_by_key(keys: Sequence[Key]) -> dict[Key, Place]:
    """Read and lock the integrations of these keys that exist."""
    by_lane: dict[tuple[int, str], list[str]] = {}
    for channel_id, kind, sku in keys:
        by_lane.setdefault((channel_id, kind), []).append(sku)
    if not by_lane:
        return {}
    where: list[str] = []
    params: list[Any] = []
    for (channel_id, kind), skus in by_lane.items():
        named, values = among("sku", skus, "text")
        where.append(f"(channel_id = %s AND kind = %s AND {named})")
        params += [channel_id, kind, *values]
    rows = fetch(f"SELECT {_PLACE} FROM db_integration WHERE {' OR '.join(where)} ORDER BY id{locked()}", params)
    return {place.key: place for place in map(_place, rows)}


def places_by_id(ids: Sequence[int], *, scope: Scope | None = None) -> dict[int, Place]:
    """Read and lock the integrations of these ids; with a `scope`, only what it sees."""
    if not ids:
        return {}
    # The plus keeps SQLite from walking the whole store in an index that begins with it.
    where = "" if scope is None else f" AND +store_id = %s AND {NOT_TAKEN_OUT}"
    named, params = among("id", ids)
    params += [] if scope is None else [scope.store_id]
    rows = fetch(f"SELECT {_PLACE} FROM db_integration WHERE {named}{where} ORDER BY id{locked()}", params)
    places = (_place(row) for row in rows)
    return {place.id: place for place in places if scope is None or scope.sees(place.channel_id)}


def _place(row: tuple[Any, ...]) -> Place:
    integration_id, channel_id, kind, sku, status, phase, removed, headline, mark, value, hold = row
    return Place(integration_id, channel_id, kind, sku, status, phase, bool(removed), headline, mark, value, hold)


_FIXED = {
    "status": "pending",
    "phase": "queued",
    "problems": "[]",
    "name": "",
    "ean": "",
    "reference": "",
    "category": "",
    "brand": "",
    "stock_value": 0,
    "image_url": "",
    "headline_class": "",
    "headline_subject": "",
    "headline_code": "",
    "headline_stage": "",
    "fingerprint": "",
    "attempts": 0,
    "listing_id": "",
    "offer_digest": "",
}
_GIVEN = ("store_id", "channel_id", "kind", "sku", "product_id", "search_text", "requested_at", "updated_at")


def make(
    products: Mapping[Key, str], lanes: Mapping[tuple[int, str], tuple[int, int]], now: datetime, moves: Moves
) -> dict[Key, int]:
    """Insert integrations ({key: product id}); one that another transaction just made is taken as it is.

    In the order of their keys: two that make the same ones would else wait for each other.
    """
    if not products:
        return {}
    columns = (*_GIVEN, *_FIXED)
    types = {"store_id": "bigint", "channel_id": "bigint", "kind": "text", "sku": "text", "product_id": "text"}
    source, rows_given = given(
        types, [(lanes[key[:2]][1], *key, product_id) for key, product_id in sorted(products.items())]
    )
    is_new = "xmax = 0" if connection.vendor == "postgresql" else "1"
    rows = fetch(
        f"""INSERT INTO db_integration ({", ".join(columns)})
            SELECT store_id, channel_id, kind, sku, product_id, sku, %s, %s, {marks(len(_FIXED))}
            FROM {source} WHERE true
            ON CONFLICT (channel_id, kind, sku) DO UPDATE SET requested_at = excluded.requested_at
            RETURNING id, channel_id, kind, sku, {is_new}""",
        [now, now, *_FIXED.values(), *rows_given],
    )
    for _, channel_id, kind, _, inserted in rows:
        if inserted:
            moves.add(channel_id, kind, "queued")
    return {(channel_id, kind, sku): integration_id for integration_id, channel_id, kind, sku, _ in rows}


def to_queued(places: Sequence[Place], now: datetime, moves: Moves, *, action_id: int | None = None) -> None:
    """Show them as waiting again; one that a person had taken off the screen comes back, for it lives again.

    With an `action_id` that action on many is noted as the last that touched them.
    """
    sleeping = [place for place in places if place.bucket not in {"queued", "processing"}]
    for place in sleeping:
        moves.move(place.channel_id, place.kind, place.bucket, "queued")
        if place.removed:
            moves.cause(place.channel_id, place.fingerprint, 1, place.stock_value)
    if sleeping:
        named, ids = among("id", [place.id for place in sleeping])
        run(
            f"""UPDATE db_integration SET status = 'pending', phase = 'queued', requested_at = %s, updated_at = %s,
                    removed_at = NULL, next_attempt_at = NULL, action_id = COALESCE(%s, action_id) WHERE {named}""",
            [now, now, action_id, *ids],
        )
    if action_id is not None:
        mark_action([place.id for place in places if place.bucket in {"queued", "processing"}], action_id)


def to_processing(places: Sequence[Place], now: datetime, moves: Moves, *, creating: Collection[int] = ()) -> None:
    """Show them as running, and count the try; note since when `creating` may come to have a listing unheard of."""
    shown: list[int] = []
    hidden: list[int] = []
    for place in places:
        if place.bucket in {"queued", "waiting"}:
            moves.move(place.channel_id, place.kind, place.bucket, "processing")
            shown.append(place.id)
        else:
            hidden.append(place.id)
    for made in (True, False):
        ids = [integration_id for integration_id in shown if (integration_id in creating) is made]
        if ids:
            run(
                f"""UPDATE db_integration SET attempts = attempts + 1, phase = 'processing', updated_at = %s,
                        next_attempt_at = NULL, creating_since = COALESCE(creating_since, %s)
                    WHERE id IN ({marks(len(ids))})""",
                [now, now if made else None, *ids],
            )
        ids = [integration_id for integration_id in hidden if (integration_id in creating) is made]
        if ids:
            run(
                f"""UPDATE db_integration SET attempts = attempts + 1, creating_since = COALESCE(creating_since, %s)
                    WHERE id IN ({marks(len(ids))})""",
                [now if made else None, *ids],
            )


def set_removed(places: Sequence[Place], removed_at: datetime | None, now: datetime, moves: Moves) -> None:
    """Take them off the screen, or (None) bring them back as they were."""
    if not places:
        return
    for place in places:
        shown = bucket(place.status, place.phase, removed=False)
        before, after, sign = ("removed", shown, 1) if removed_at is None else (shown, "removed", -1)
        moves.move(place.channel_id, place.kind, before, after)
        moves.cause(place.channel_id, place.fingerprint, sign, sign * place.stock_value)
    named, ids = among("id", [place.id for place in places])
    run(f"UPDATE db_integration SET removed_at = %s, updated_at = %s WHERE {named}", [removed_at, now, *ids])


def mark_action(ids: Sequence[int], action_id: int) -> None:
    """Note which action on many touched them last."""
    if not ids:
        return
    named, values = among("id", ids)
    run(f"UPDATE db_integration SET action_id = %s WHERE {named}", [action_id, *values])


def to_rest(ids: Sequence[int], phase: Phase, now: datetime) -> None:
    """Show them again as they were before a run that brought no news: waiting for the marketplace, or queued."""
    if ids:
        run(
            f"UPDATE db_integration SET phase = %s, updated_at = %s WHERE id IN ({marks(len(ids))})",
            [phase.value, now, *ids],
        )
