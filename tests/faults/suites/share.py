"""Two workers share many lanes, one is killed half way: all is done, nothing is created twice."""

from __future__ import annotations

import random
import signal
import time
from argparse import Namespace
from collections import Counter as Tally
from typing import Any

from faults.crew import Crew
from faults.load import Load
from faults.oracle import judge, logged, wait_for_rest
from faults.stage import Setting, set_stage


def run(told: Namespace) -> dict[str, Any]:
    setting = Setting(told.database, told.channels, told.skus // told.channels, told.lease, told.heartbeat)
    stage = set_stage(setting)
    load = Load(stage, random.Random(told.seed))
    # Half of the lanes each: whoever starts first must leave the other its share.
    crew = Crew(stage, 2, lanes=max(1, told.channels // 2), rig="no_rescue" if told.control else "")
    begin = time.monotonic()
    try:
        load.first()
        crew.start()
        _wait_for_half(told, load.made)
        victim = crew.a_busy_one(load.draw, 10)
        assert victim is not None, "nobody was at work half way"
        before = _applied(stage.market.applied())
        victim.send_signal(signal.SIGKILL)
        rest = wait_for_rest(told.limit)
        found = judge(stage, load)
        applied = _applied(stage.market.applied())
        twice = sum(count > 1 for count in applied.values())
        in_flight = len(crew.deaths[0].orphans)
        breaches = found.breaches()
        if twice > in_flight:
            breaches["sent_twice"] = twice - in_flight
        workers = _workers()
        if len(workers) < 2:
            breaches["idle_worker"] = 1
        return {
            "skus": load.made,
            "lanes": told.channels,
            "done_at_kill": len(before),
            "in_flight_at_kill": in_flight,
            "sent_twice": twice,
            "attempts_by_worker": workers,
            "rest_seconds": rest and round(rest, 1),
            "seconds": round(time.monotonic() - begin, 1),
            "drain_jobs_left": _jobs_left(told.database),
            "breaches": breaches,
            "logged": logged(stage),
        }
    finally:
        crew.end()
        stage.close()


def _wait_for_half(told: Namespace, made: int) -> None:
    from ponte.db.models import Integration

    deadline = time.monotonic() + told.limit
    while time.monotonic() < deadline:
        if Integration.objects.exclude(status="pending").count() >= made // 2:
            return
        time.sleep(0.1)


def _applied(entries: list[dict[str, Any]]) -> Tally[tuple[int, str]]:
    """Count creates and updates by (seller, SKU); a description belongs to its create."""
    return Tally((entry["seller_id"], entry["sku"]) for entry in entries if "/description" not in entry["path"])


def _workers() -> dict[str, int]:
    from django.db.models import Count

    from ponte.db.models import Attempt

    rows = Attempt.objects.values_list("runner").annotate(n=Count("id"))
    return {runner.split(":")[1]: count for runner, count in rows}


def _jobs_left(database: str) -> int:
    from ponte.db.sql import fetch

    return int(fetch("SELECT count(*) FROM procrastinate_jobs")[0][0]) if database == "postgresql" else 0
