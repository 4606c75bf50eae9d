"""Creates that the marketplace applied and whose answer was lost, with an index that lags: one listing per SKU."""

from __future__ import annotations

import random
import time
from argparse import Namespace
from typing import Any

from faults.crew import Crew
from faults.load import Load
from faults.oracle import judge, logged, wait_for_rest
from faults.stage import Setting, set_stage

INDEX_LAG, SEARCH_LAG = 2.0, 4
SHARE = 0.12


def run(told: Namespace) -> dict[str, Any]:
    each = told.skus // told.channels
    setting = Setting(told.database, told.channels, each, told.lease, told.heartbeat, INDEX_LAG, SEARCH_LAG)
    stage = set_stage(setting)
    load = Load(stage, random.Random(told.seed))
    crew = Crew(stage, 2, rig="no_look_up" if told.control else "")
    begin = time.monotonic()
    try:
        lost = told.lost // 2
        for kind in ("lost", "truncate"):
            stage.market.arm(kind=kind, method="POST", path="/items", probability=SHARE, count=lost)
        crew.start()
        load.first()
        rest = wait_for_rest(told.limit)
        fired = stage.market.fired()
        found = judge(stage, load)
        breaches = found.breaches()
        if fired < lost * 2:
            breaches["too_few_lost"] = lost * 2 - fired
        return {
            "lost_answers": fired,
            "creates_applied": _creates(stage.market.applied()),
            "integrations": found.integrations,
            "rest_seconds": rest and round(rest, 1),
            "seconds": round(time.monotonic() - begin, 1),
            "breaches": breaches,
            "logged": logged(stage),
        }
    finally:
        crew.end()
        stage.close()


def _creates(applied: list[dict[str, Any]]) -> int:
    return sum(entry["method"] == "POST" and entry["path"] == "/items" for entry in applied)
