"""Let old requests and answers go: they are most of what is stored, and the attempts say what came of them.

Exchanges are numbered in the order in which they were written, so the old ones are found without an index on time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from ponte.config import config
from ponte.db.models import Exchange

SLICE: Final = 500


def forget_exchanges(*, days: int | None = None) -> bool:
    """Delete a slice of what passed more than `days` ago (as configured when None; 0 keeps all), the oldest first.

    Says if there is more.
    """
    kept = config().keep_exchanges_days if days is None else days
    if not kept:
        return False
    before = timezone.now() - timedelta(days=kept)
    with transaction.atomic():
        oldest = list(Exchange.objects.order_by("pk").values_list("pk", "started_at")[:SLICE])
        old = [pk for pk, started_at in oldest if started_at < before]
        Exchange.objects.filter(pk__in=old).delete()
    # One whose moment is a wrong clock's does not hold up the others.
    return bool(old) and len(oldest) == SLICE
