"""Records of channels that were taken out leave the lists' indices, some at a time: no list has to pass them."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from ponte.db.models import Channel, Integration, Work

SOME = 500
AT_ONCE = 20


def put_away(rounds: int = AT_ONCE) -> int:
    """Put up to `rounds` times `SOME` records away, each round in its own transaction; returns how many it were.

    They are out of sight already; run by every worker now and then until none is left, twice harms nothing.
    """
    total = 0
    for _ in range(rounds):
        done = _some()
        total += done
        if done < SOME:
            break
    return total


def _some() -> int:
    gone = Channel.objects.filter(archived_at__isnull=False).values("pk")
    with transaction.atomic():
        listed = Integration.objects.filter(channel_id__in=gone, removed_at=None)
        ids = list(listed.values_list("pk", flat=True)[:SOME])
        Work.objects.filter(lane__channel_id__in=gone, lease_epoch=0).delete()  # what ran then, and would try again
        return Integration.objects.filter(pk__in=ids).update(removed_at=timezone.now()) if ids else 0
