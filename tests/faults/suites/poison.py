"""Products that kill their worker: put away after three deaths, while all others get through."""

from __future__ import annotations

import random
import time
from argparse import Namespace
from typing import Any

from faults.crew import Crew
from faults.load import Load
from faults.oracle import judge, logged, restless
from faults.rigged import POISON
from faults.stage import Setting, set_stage

MAX_SECONDS = 60.0
EACH_MORE_SECONDS = 20.0
"""Each further product may take two more deaths, and its worker's lanes wait for the lease after each."""
LOOK_SECONDS = 0.2


def run(told: Namespace) -> dict[str, Any]:
    setting = Setting(told.database, told.channels, told.skus // told.channels, told.lease, told.heartbeat)
    stage = set_stage(setting)
    load = Load(stage, random.Random(told.seed))
    marked = [stage.lines[place % len(stage.lines)].skus[place] for place in range(told.poison)]
    extra = {POISON: ",".join(marked)}
    crew = Crew(stage, 2, rig="no_death_cap" if told.control else "poison", extra=lambda: extra)
    begin = time.monotonic()
    try:
        load.first()
        crew.start()
        others, buried = _wait(told, stage.setting.channels * stage.setting.skus_each - len(marked), marked)
        deaths = len(crew.deaths)
        load.change(stage.lines[0], marked[:1])
        again = _wait_again(marked[0], told.limit)
        found = judge(stage, load)
        breaches = found.breaches()
        breaches.pop("errors", None)
        if found.errors != len(marked):
            breaches["errors"] = found.errors
        if buried is None or buried > MAX_SECONDS + EACH_MORE_SECONDS * (len(marked) - 1):
            breaches["poison_alive"] = buried or -1
        if again is None:
            breaches["changed_poison_stuck"] = 1
        return {
            "poison": len(marked),
            "deaths": deaths,
            "deaths_after_a_change": len(crew.deaths) - deaths,
            "others_seconds": others,
            "buried_seconds": buried,
            "buried_again_seconds": again,
            "seconds": round(time.monotonic() - begin, 1),
            "breaches": breaches,
            "logged": logged(stage),
        }
    finally:
        crew.end()
        stage.close()


def _wait(told: Namespace, others: int, marked: list[str]) -> tuple[float | None, float | None]:
    """Return when all others were done, and when all poison was put away; seconds, None for never."""
    begin = time.monotonic()
    others_at = buried_at = None
    while time.monotonic() - begin < told.limit and (others_at is None or buried_at is None):
        time.sleep(LOOK_SECONDS)
        done, dead = _so_far(marked)
        passed = round(time.monotonic() - begin, 1)
        others_at = others_at or (passed if done >= others else None)
        buried_at = buried_at or (passed if dead == len(marked) and not restless() else None)
    return others_at, buried_at


def _so_far(marked: list[str]) -> tuple[int, int]:
    from ponte.db.models import Integration

    done = Integration.objects.filter(status__in=["success", "alert"]).count()
    return done, Integration.objects.filter(sku__in=marked, headline_class="WORKER_LOST").count()


def _wait_again(sku: str, seconds: float) -> float | None:
    """Wait until the poison that changed in VTEX was tried once more, and put away once more."""
    from ponte.db.models import Integration

    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        if not restless() and Integration.objects.filter(sku=sku, headline_class="WORKER_LOST").exists():
            return round(time.monotonic() - begin, 1)
        time.sleep(LOOK_SECONDS)
    return None
