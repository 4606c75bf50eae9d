"""The audit's chain: each row carries an HMAC over itself and the one before it in its store.

A row is put at the chain's end some seconds after it was written, in batches, so that nobody waits on a chain to
reprocess a product. Until then it is not protected. The chain shows what was changed, deleted or put elsewhere; that
the newest rows were cut off, only a head kept in another place shows (`ponte audit head`).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac

from ponte.db.models import Audit, AuditHead

BATCH = 500
MOST_BATCHES = 20
SALT = "ponte.audit"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a store's chain. `store_id` is None for what belongs to no store."""

    store_id: int | None
    place: int
    digest: str


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold; `audit_id` is the row's number, None where a row is missing."""

    store_id: int | None
    place: int
    audit_id: int | None
    what: str


def seal_waiting() -> int:
    """Put what waits at the end of its store's chain, at most 10,000 rows; returns how many."""
    sealed = 0
    for _ in range(MOST_BATCHES):
        done = _seal_batch()
        sealed += done
        if not done:
            break
    return sealed


def heads() -> list[Head]:
    """Return the ends of all chains."""
    return [
        Head(one.store_number or None, one.place, one.digest) for one in AuditHead.objects.order_by("store_number")
    ]


def breaks(kept: list[Head] | None = None) -> Iterator[Break]:
    """Walk all chains and yield every place that does not hold; `kept` are heads from another place."""
    for head in _ends():
        yield from _walk(head)
    for one in kept or []:
        yield from _compare(one)


def _ends() -> list[Head]:
    """Return the ends of all chains; of one whose end is gone, rows and all would else be passed over."""
    known = heads()
    sealed = set(Audit.objects.filter(place__isnull=False).values_list("store_id", flat=True).distinct())
    lost = sealed - {one.store_id for one in known}
    return [*known, *(Head(store_id, 0, "") for store_id in sorted(lost, key=lambda number: number or 0))]


def _seal_batch() -> int:
    waiting = Audit.objects.filter(place=None).order_by("pk")
    store_ids = waiting.values_list("store_id", flat=True)[:1]
    if not store_ids:
        return 0
    with transaction.atomic():
        head = _held_head(store_ids[0])
        rows = list(waiting.filter(_of(store_ids[0]))[:BATCH])
        for row in rows:
            row.place = head.place + 1
            row.digest = digest_of(row, head.digest)
            head.place, head.digest = row.place, row.digest
        Audit.objects.bulk_update(rows, ["place", "digest"])
        head.save(update_fields=["place", "digest"])
    return len(rows)


def _held_head(store_id: int | None) -> AuditHead:
    """Return the chain's end, held: whoever else wants to seal waits, and only for this."""
    AuditHead.objects.get_or_create(store_number=store_id or 0)
    return AuditHead.objects.select_for_update().get(store_number=store_id or 0)


def _of(store_id: int | None) -> Q:
    return Q(store_id=store_id) if store_id else Q(store=None)


def digest_of(row: Audit, before: str) -> str:
    """Return what ties a row to its place and to the row before it."""
    said = [
        row.place,
        row.store_id,
        row.actor_id,
        row.verb,
        row.target,
        row.detail,
        row.at.astimezone(UTC).isoformat(),
    ]
    text = json.dumps([before, *said], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()


def _walk(head: Head) -> Iterator[Break]:
    before, expected = "", 1
    chain = Audit.objects.filter(_of(head.store_id), place__isnull=False).order_by("place")
    for row in chain.iterator(chunk_size=2_000):
        assert row.place is not None
        while expected < row.place:
            yield Break(head.store_id, expected, None, "missing")
            expected += 1
            before = ""
        known = expected == 1 or before
        if known and not hmac.compare_digest(digest_of(row, before), row.digest):
            yield Break(head.store_id, row.place, row.pk, "altered")
        before, expected = row.digest, row.place + 1
    if expected <= head.place:
        yield Break(head.store_id, expected, None, "missing")
    elif before != head.digest or expected != head.place + 1:
        yield Break(head.store_id, head.place, None, "head altered")


def _compare(kept: Head) -> Iterator[Break]:
    found = Audit.objects.filter(_of(kept.store_id), place=kept.place).first()
    if found is None:
        yield Break(kept.store_id, kept.place, None, "missing")
    elif not hmac.compare_digest(found.digest, kept.digest):
        yield Break(kept.store_id, kept.place, found.pk, "altered")
