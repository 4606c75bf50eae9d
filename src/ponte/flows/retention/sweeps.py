"""Where a way through a table goes on: what has to stay is not looked at again by every slice.

A way that came to its end rests for a day, then begins anew: what was needed then may be needed no more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from ponte.db.models import Sweep

REST: Final = timedelta(days=1)


def take(name: str, now: datetime) -> Sweep | None:
    """Return the way's place, held to the transaction's end; None while it rests or another worker goes it."""
    Sweep.objects.get_or_create(name=name, defaults={"due_at": now})
    free = Sweep.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    return free.filter(name=name, due_at__lte=now).first()


def go_on(sweep: Sweep, place: str) -> None:
    """Keep how far the way was gone."""
    Sweep.objects.filter(pk=sweep.pk).update(place=place)


def rest(sweep: Sweep, now: datetime) -> None:
    """Note that the way came to its end."""
    Sweep.objects.filter(pk=sweep.pk).update(place="", due_at=now + REST)
