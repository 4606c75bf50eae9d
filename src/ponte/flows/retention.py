"""Let old requests and answers go: they are most of what is stored, and the attempts say what came of them.

Exchanges are numbered in the order in which they were written, so the old ones are found without an index on time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from ponte.config import config
from ponte.db.models import Exchange

AT_ONCE = 2_000
ROUNDS = 200
"""At most 400,000 an hour: a worker that tidies must not stop working."""


def forget_exchanges(*, days: int | None = None, rounds: int = ROUNDS) -> int:
    """Delete what passed more than `days` ago (as configured when None; 0 keeps all); returns how many."""
    kept = config().keep_exchanges_days if days is None else days
    if not kept:
        return 0
    before = timezone.now() - timedelta(days=kept)
    gone = 0
    for _ in range(rounds):
        count = _forget_some(before)
        gone += count
        if count < AT_ONCE:
            break
    return gone


def _forget_some(before: datetime) -> int:
    """Take the oldest; stop at the first that is young enough. In a short transaction: results are to be written."""
    with transaction.atomic():
        oldest = Exchange.objects.order_by("pk").values_list("pk", "started_at")[:AT_ONCE]
        old = [pk for pk, started_at in oldest if started_at < before]
        Exchange.objects.filter(pk__in=old).delete()
    return len(old)
