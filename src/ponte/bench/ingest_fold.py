"""How long it takes to bring into the queue what a run of the webhook left in the inbox.

Run as a process of its own (`python -m ponte.bench.ingest_fold`) with the database of that run; prints one JSON line.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Folded:
    """What folding everything took: `rows` are batches, `hints` what they hold, `records` what became of them.

    `cpu_seconds` is this process's; what PostgreSQL's own processes spend is in `seconds` only.
    """

    rows: int
    hints: int
    records: int
    seconds: float
    cpu_seconds: float
    rows_per_second: float
    hints_per_second: float


def fold_everything() -> Folded:
    """Fold until nothing waits. Django must be set up."""
    from ponte.db.models import Inbox, Integration  # noqa: PLC0415 -- once Django is set up
    from ponte.flows import inbox  # noqa: PLC0415 -- likewise

    hints = sum(len(json.loads(text)) for text in Inbox.objects.values_list("hints", flat=True).iterator())
    began, spent = time.perf_counter(), time.process_time()
    rows = 0
    while folded := inbox.fold():
        rows += folded
    seconds, cpu = time.perf_counter() - began, time.process_time() - spent
    per_second = [round(count / seconds, 1) for count in (rows, hints)]
    return Folded(rows, hints, Integration.objects.count(), round(seconds, 2), round(cpu, 2), *per_second)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ponte.settings")
    import django

    django.setup()
    print(json.dumps(asdict(fold_everything())))
