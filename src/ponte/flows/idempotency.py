"""One effect for one Idempotency-Key, whatever is repeated and however many come at once.

The effect, its answer and the key are written in one transaction: the key's unique constraint lets one through, the
others wait for it and then read its answer. If the process dies half-way, nothing has happened and the key is free.
An effect that uses the network cannot be inside a transaction: `once_outside` marks the key first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from ponte.db.models import IdempotencyKey

KEPT = timedelta(hours=24)
SLICE = 500
# Nobody's network call takes this long (deadlines are shorter): the process that marked the key is gone.
ABANDONED = timedelta(minutes=2)
MAX_KEY = 255


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it was given: HTTP status and JSON text."""

    status: int
    body: str


@dataclass(frozen=True, slots=True)
class OtherRequest:
    """The key was used for another request."""


@dataclass(frozen=True, slots=True)
class StillRunning:
    """The first request with this key has no answer yet."""


Result = Reply | OtherRequest | StillRunning
Effect = Callable[[], Reply]


def once(token_id: int, key: str, request_digest: str, effect: Effect) -> Result:
    """Do `effect` and keep its answer, or return the answer kept. An effect that raises keeps nothing."""
    if kept := _kept(token_id, key, request_digest):
        return kept
    with transaction.atomic():
        row, mine = _take(token_id, key, request_digest)
        if not mine:
            return _read(row, request_digest)
        reply = effect()
        _write(row, reply)
    return reply


def once_outside(
    token_id: int, key: str, request_digest: str, effect: Effect, *, patience_seconds: float = 5.0
) -> Result:
    """Do an `effect` that uses the network: the key is marked and committed before, the answer kept after it.

    Who comes meanwhile waits up to `patience_seconds` for that answer. A mark left by a process that died is taken
    over after two minutes, so the effect must be one that may be repeated.
    """
    row, mine = _take(token_id, key, request_digest)
    if not mine:
        return _wait(row, request_digest, patience_seconds)
    try:
        reply = effect()
    except BaseException:
        row.delete()
        raise
    _write(row, reply)
    return reply


def sweep() -> bool:
    """Delete a slice of the keys older than 24 hours, the oldest first; say if there is more."""
    before = datetime.now(UTC) - KEPT
    with transaction.atomic():
        oldest = IdempotencyKey.objects.order_by("pk").values_list("pk", "created_at")[:SLICE]
        old = [pk for pk, created_at in oldest if created_at < before]
        IdempotencyKey.objects.filter(pk__in=old, created_at__lt=before).delete()
    return len(old) == SLICE


def _kept(token_id: int, key: str, request_digest: str) -> Result | None:
    """Look without a write lock: a replay costs one read."""
    row = IdempotencyKey.objects.filter(token_id=token_id, key=key).first()
    if row is None or _is_over(row):
        return None
    return _read(row, request_digest)


def _is_over(row: IdempotencyKey) -> bool:
    limit = ABANDONED if row.status is None else KEPT
    return row.created_at < datetime.now(UTC) - limit


def _take(token_id: int, key: str, request_digest: str) -> tuple[IdempotencyKey, bool]:
    now = datetime.now(UTC)
    with transaction.atomic():
        rows = IdempotencyKey.objects.filter(token_id=token_id, key=key)
        rows.filter(created_at__lt=now - KEPT).delete()
        rows.filter(created_at__lt=now - ABANDONED, status=None).delete()
        return IdempotencyKey.objects.get_or_create(
            token_id=token_id, key=key, defaults={"request_digest": request_digest, "created_at": now}
        )


def _read(row: IdempotencyKey, request_digest: str) -> Result:
    if row.request_digest != request_digest:
        return OtherRequest()
    if row.status is None:
        return StillRunning()
    return Reply(row.status, row.body)


def _write(row: IdempotencyKey, reply: Reply) -> None:
    IdempotencyKey.objects.filter(pk=row.pk).update(status=reply.status, body=reply.body)


def _wait(row: IdempotencyKey, request_digest: str, seconds: float) -> Result:
    until = time.monotonic() + seconds
    result = _read(row, request_digest)
    while isinstance(result, StillRunning) and time.monotonic() < until:
        time.sleep(0.05)
        found = IdempotencyKey.objects.filter(pk=row.pk).first()
        if found is None:
            return StillRunning()
        result = _read(found, request_digest)
    return result
