"""What people tried without the right to: one entry of the audit per person, deed and hour, and how often it was."""

from __future__ import annotations

import time
from typing import Any

from django.db import transaction
from django.db.models import F

from ponte.db.audit import note_one
from ponte.db.models import RefusedTry
from ponte.domain.message import JSON

HOUR_SECONDS = 3_600
MOST_COUNTED = 10_000
"""Beyond it nothing is written any more: who tries that often is a program."""
LONGEST_DEED = 120


def note_refused(deed: str, *, store_id: int, user_id: int, detail: dict[str, JSON]) -> None:
    """Write a try down; `deed` is a method and a route ("POST produtos/<int:number>/remover"): there are few.

    The entry of the audit is written once and stays as it is, for it is part of a chain; the count is beside it.
    """
    known: dict[str, Any] = {
        "user_id": user_id,
        "deed": deed[:LONGEST_DEED],
        "hour": int(time.time()) // HOUR_SECONDS,
    }
    with transaction.atomic():
        tries, is_first = RefusedTry.objects.get_or_create(store_id=store_id, **known)
        if is_first:
            written = note_one("refused", f"user:{user_id}", store_id=store_id, actor_id=user_id, detail=detail)
            RefusedTry.objects.filter(pk=tries.pk).update(audit=written)
        elif tries.count < MOST_COUNTED:
            RefusedTry.objects.filter(pk=tries.pk).update(count=F("count") + 1)
