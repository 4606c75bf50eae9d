"""An expired token that many find at once: one refresh; and one whose refresh nobody heard of: no loop."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from argparse import Namespace
from typing import Any

from faults.crew import Crew
from faults.load import Load
from faults.oracle import logged, wait_for_rest
from faults.stage import Setting, Stage, set_stage

TOKEN = "POST /oauth/token"
PROCESSES, EACH = 4, 10
SPARE_SECONDS = 20.0


def run(told: Namespace) -> dict[str, Any]:
    setting = Setting(told.database, told.channels, told.skus // told.channels, told.lease, told.heartbeat)
    stage = set_stage(setting)
    begin = time.monotonic()
    try:
        breaches: dict[str, Any] = {}
        calls = _many_at_once(told, stage, breaches)
        if told.control:
            return {"token_calls": calls, "breaches": breaches}
        by_worker = _found_by_a_worker(told, stage, breaches)
        lost = _heard_by_nobody(told, stage, breaches)
        return {
            "refreshers": PROCESSES * EACH,
            "token_calls": calls,
            "token_calls_by_worker": by_worker,
            "after_a_lost_refresh": lost,
            "seconds": round(time.monotonic() - begin, 1),
            "breaches": breaches,
            "logged": logged(stage),
        }
    finally:
        stage.close()


def _token_calls(stage: Stage) -> int:
    return stage.market.requests().get(TOKEN, 0)


def _many_at_once(told: Namespace, stage: Stage, breaches: dict[str, Any]) -> int:
    """Let four processes with ten tasks each ask for newer tokens than the first."""
    stage.market.arm(kind="delay", path="/oauth/token", seconds=0.5)
    line = stage.lines[0]
    stage.market.expire(line.seller)
    rig = ["no_refresh_lock"] if told.control else []
    command = [sys.executable, "-m", "faults.refresher", str(line.channel_id), str(EACH), *rig]
    processes = [
        subprocess.Popen(command, env=stage.environment, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)
    ]
    versions = [version for process in processes for version in process.communicate(timeout=90)[0].split()]
    calls = _token_calls(stage)
    stage.market.disarm()
    if calls != 1:
        breaches["token_calls"] = calls
    if versions != ["1"] * (PROCESSES * EACH):
        breaches["versions"] = sorted(set(versions))
    return calls


def _found_by_a_worker(told: Namespace, stage: Stage, breaches: dict[str, Any]) -> int:
    """Let a worker find its token refused in the midst of many products."""
    before = _token_calls(stage)
    stage.market.expire(stage.lines[0].seller)
    load = Load(stage, random.Random(told.seed))
    crew = Crew(stage, 2)
    load.first()
    crew.start()
    try:
        if wait_for_rest(told.limit) is None:
            breaches["not_at_rest"] = 1
    finally:
        crew.end()
    calls = _token_calls(stage) - before
    if calls != 1:
        breaches["token_calls_by_worker"] = calls
    return calls


def _heard_by_nobody(told: Namespace, stage: Stage, breaches: dict[str, Any]) -> dict[str, Any]:
    """Kill the worker between the answer and its being kept: the tokens are gone, and a person must be asked."""
    from ponte.db.models import Lane, Work

    before = _token_calls(stage)
    stage.market.expire(stage.lines[0].seller)
    load = Load(stage, random.Random(told.seed + 1))
    crew = Crew(stage, 1, rig="quick_refresh", extra=lambda: {"PONTE_FAILPOINT": "before_keep_tokens:kill@1"})
    load.first()
    crew.start()
    crew.extra = dict
    try:
        lane = _wait_until_disconnected(stage.lines[0].lane_id, told.limit)
        calls = _token_calls(stage) - before
        time.sleep(3)
        later = _token_calls(stage) - before
    finally:
        crew.end()
    reason = (lane.reason or {}).get("class") if lane else None
    if not lane or reason != "AUTH_INVALID":
        breaches["disconnected"] = str(reason)
    if len(crew.deaths) != 1:
        breaches["deaths"] = len(crew.deaths)
    if later > calls or calls > 3:
        breaches["refresh_loop"] = later
    waiting = Work.objects.filter(lane_id=stage.lines[0].lane_id, task="send").count()
    running = Work.objects.filter(lease_epoch__gt=0).count()
    if not waiting or running:
        breaches["work_waits"] = waiting
    state = Lane.objects.get(pk=stage.lines[0].lane_id).state
    return {"state": state, "reason": reason, "token_calls": later, "waiting": waiting}


def _wait_until_disconnected(lane_id: int, seconds: float) -> Any:
    from ponte.db.models import Lane

    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        lane = Lane.objects.get(pk=lane_id)
        if lane.state == "disconnected":
            return lane
        time.sleep(0.2)
    return None
