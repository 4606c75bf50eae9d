"""SIGTERM under load, again and again: every worker ends in order, nothing is left running, nothing is sent twice."""

from __future__ import annotations

import random
import signal
import time
from argparse import Namespace
from collections import Counter as Tally
from typing import Any

from faults.crew import Crew
from faults.load import Load
from faults.oracle import judge, logged, results, wait_for_rest
from faults.stage import Setting, set_stage

MAX_SECONDS = 25.0
BEFORE_IT_BEGAN = -15
"""At the very end a worker may just have been started again: it dies of the signal before it listens to it."""


def run(told: Namespace) -> dict[str, Any]:
    setting = Setting(told.database, told.channels, told.skus // told.channels, told.lease, told.heartbeat)
    stage = set_stage(setting)
    draw = random.Random(told.seed)
    load = Load(stage, draw)
    crew = Crew(stage, 2, rig="no_grace" if told.control else "")
    begin = time.monotonic()
    breaches: dict[str, Any] = {}
    codes: Tally[int] = Tally()
    waits: list[float] = []
    try:
        stage.market.arm(kind="delay", seconds=0.05)
        load.first()
        crew.start()
        while len(waits) < told.terms and time.monotonic() - begin < told.limit * 3:
            load.burst(40, lanes=4)
            worker = crew.a_busy_one(draw, 5)
            if worker is None:
                continue
            asked = time.monotonic()
            worker.send_signal(signal.SIGTERM)
            codes[worker.wait(90)] += 1
            waits.append(time.monotonic() - asked)
        rest = wait_for_rest(told.limit)
        orphans = sum(len(death.orphans) for death in crew.deaths)
        if rest is None:
            breaches["not_at_rest"] = 1
        last = crew.end()
        found = judge(stage, load)
        breaches |= found.breaches()
        if set(codes) != {0} or set(last) - {0, BEFORE_IT_BEGAN}:
            breaches["exit_codes"] = {str(code): count for code, count in codes.items()} | {"last": last}
        if waits and max(waits) > MAX_SECONDS:
            breaches["slow_end"] = round(max(waits), 1)
        if orphans:
            breaches["left_running"] = orphans
        if len(waits) < told.terms:
            breaches["too_few_terms"] = told.terms - len(waits)
        return {
            "terms": len(waits),
            "end_seconds": {"max": round(max(waits, default=0), 2)},
            "left_running": orphans,
            "attempts": results(),
            "changes": load.made,
            "integrations": found.integrations,
            "rest_seconds": rest and round(rest, 1),
            "seconds": round(time.monotonic() - begin, 1),
            "breaches": breaches,
            "logged": logged(stage),
        }
    finally:
        crew.end()
        stage.close()
