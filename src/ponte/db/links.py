"""Writes whose listing is whose. Every function runs inside its caller's transaction, with the records locked.

The lane of the records is locked too, by whoever gives a listing to a record: two of one lane cannot race.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ponte.db.sql import fetch, given, marks, run
from ponte.domain.lifecycle import Hold


@dataclass(frozen=True, slots=True)
class Owner:
    """The record that a listing belongs to."""

    integration_id: int
    sku: str


@dataclass(frozen=True, slots=True)
class NewLink:
    """A listing that becomes a record's; `how` is one of `ponte.db.models.identity.How`."""

    integration_id: int
    listing_id: str
    how: str


def owners(channel_id: int, kind: str, listing_ids: Sequence[str]) -> dict[str, Owner]:
    """Return whose these listings are now, of those that are anybody's."""
    if not listing_ids:
        return {}
    rows = fetch(
        f"""SELECT link.listing_id, link.integration_id, one.sku
            FROM db_listinglink link JOIN db_integration one ON one.id = link.integration_id
            WHERE link.channel_id = %s AND link.kind = %s AND link.until IS NULL
              AND link.listing_id IN ({marks(len(listing_ids))})""",
        [channel_id, kind, *(listing_id[:80] for listing_id in listing_ids)],
    )
    return {listing_id: Owner(integration_id, sku) for listing_id, integration_id, sku in rows}


def claims_on(integration_id: int, listing_ids: Sequence[str]) -> dict[str, Owner]:
    """Return which of these listings may not become this record's.

    They are another SKU's in its channel; or a person unlinked them from this very record (an owner without a SKU).
    """
    if not listing_ids:
        return {}
    ids = [listing_id[:80] for listing_id in listing_ids]
    rows = fetch(
        f"""SELECT link.listing_id, link.integration_id, other.sku
            FROM db_integration own
            JOIN db_listinglink link ON link.channel_id = own.channel_id AND link.until IS NULL
            JOIN db_integration other ON other.id = link.integration_id
            WHERE own.id = %s AND other.sku <> own.sku AND link.listing_id IN ({marks(len(ids))})
            UNION ALL
            SELECT listing_id, integration_id, '' FROM db_listinglink
            WHERE integration_id = %s AND why = 'unlinked' AND listing_id IN ({marks(len(ids))})""",
        [integration_id, *ids, integration_id, *ids],
    )
    return {listing_id: Owner(owner_id, sku) for listing_id, owner_id, sku in reversed(rows)}


def link(links: Sequence[NewLink], now: datetime, *, actor_id: int | None = None) -> None:
    """Note that listings became records', and that what was theirs before is not any more.

    A listing that is another's already is left to it: `owners` says so beforehand.
    """
    if not links:
        return
    _end_links([one.integration_id for one in links], "replaced", now)
    types = {"integration_id": "bigint", "listing_id": "text", "how": "text"}
    source, params = given(types, [(one.integration_id, one.listing_id[:80], one.how) for one in links])
    run(
        f"""INSERT INTO db_listinglink (integration_id, channel_id, kind, listing_id, how, actor_id, since, why)
            SELECT one.id, one.channel_id, one.kind, given.listing_id, given.how, CAST(%s AS bigint), %s, ''
            FROM {source} JOIN db_integration one ON one.id = given.integration_id
            WHERE true ON CONFLICT DO NOTHING""",
        [actor_id, now, *params],
    )
    for how in sorted({one.how for one in links}):
        ids = [one.integration_id for one in links if one.how == how]
        run(
            f"UPDATE db_integration SET linked = %s WHERE linked <> %s AND id IN ({marks(len(ids))})",
            [how, how, *ids],
        )


def unlink(ids: Sequence[int], why: str, now: datetime) -> None:
    """Note that these records have no listing any more, and why: "ended", "unlinked", "gone"."""
    if ids:
        _end_links(ids, why, now)
        run(f"UPDATE db_integration SET linked = '' WHERE id IN ({marks(len(ids))})", ids)


def _end_links(ids: Sequence[int], why: str, now: datetime) -> None:
    run(
        f"""UPDATE db_listinglink SET until = %s, why = %s
            WHERE until IS NULL AND integration_id IN ({marks(len(ids))})""",
        [now, why, *ids],
    )


def look_first(ids: Sequence[int], since: datetime) -> None:
    """Have these records looked up at the marketplace before they create: the listing they had may come back."""
    if ids:
        run(
            f"""UPDATE db_integration SET creating_since = %s
                WHERE creating_since IS NULL AND id IN ({marks(len(ids))})""",
            [since, *ids],
        )


def hold(holds: Mapping[int, Hold]) -> None:
    """Note persons' wishes about listings ({record: wish})."""
    for wish in sorted(set(holds.values())):
        ids = [integration_id for integration_id, one in holds.items() if one is wish]
        run(f"UPDATE db_integration SET hold = %s WHERE id IN ({marks(len(ids))})", [wish.value, *ids])
