"""A marketplace that answers 503 for a while: the circuit opens soon, probes are few, no try is burnt, all heals.

Then a channel is paused and resumed: nothing goes out meanwhile, nothing is lost.
"""

from __future__ import annotations

import random
import time
from argparse import Namespace
from typing import Any

from faults.crew import Crew
from faults.load import Load
from faults.oracle import judge, logged, restless, wait_for_rest
from faults.stage import Setting, Stage, set_stage

MOST_BEFORE_OPEN = 30
"""20 are on their way at once; ten failures open the circuit."""
MOST_SECONDS_BEFORE_OPEN = 10.0
MOST_TRIES = 3
SHORT = 10.0
"""A shorter outage is played with a circuit that opens for seconds."""
HEALED_SECONDS = 95.0
"""After 30 s of outage the circuit was opened twice, 30 s and 60 s: the second probe comes 90 s after the start."""
QUIET_SECONDS = 2.0


def run(told: Namespace) -> dict[str, Any]:
    setting = Setting(told.database, told.channels, told.skus // told.channels, told.lease, told.heartbeat)
    stage = set_stage(setting)
    load = Load(stage, random.Random(told.seed))
    crew = Crew(stage, 2, rig="no_breaker" if told.control else "quick_breaker" if told.outage < SHORT else "")
    sick, well = stage.lines[0], stage.lines[1]
    begin = time.monotonic()
    breaches: dict[str, Any] = {}
    try:
        crew.start()
        load.change(sick, sick.skus[:5])  # the facts are learnt before the trouble begins
        wait_for_rest(told.limit)
        for sku in sick.skus:
            stage.market.arm(kind="status", status=503, path="/items*", sku=sku, duration_seconds=told.outage)
        outage = time.monotonic()
        load.first()
        opened = _wait_until_open(sick.lane_id, min(told.limit, told.outage))
        others = _wait_for(well.channel_id, len(well.skus), told.limit)
        time.sleep(max(0.0, outage + told.outage - 3 - time.monotonic()))
        met, tries = stage.market.fired(), _most_tries()
        rest = wait_for_rest(told.limit)
        healed = time.monotonic() - outage - told.outage
        stage.market.disarm()
        if opened is None or opened > MOST_SECONDS_BEFORE_OPEN:
            breaches["opened_seconds"] = opened or -1
        if met > MOST_BEFORE_OPEN + 1:  # and one probe
            breaches["requests_in_the_outage"] = met
        if tries > MOST_TRIES:
            breaches["burnt_tries"] = tries
        if healed > HEALED_SECONDS:
            breaches["healed_seconds"] = round(healed)
        if told.control:
            return {"requests_in_the_outage": met, "breaches": breaches}
        paused = _pause_and_resume(stage, load, told, breaches)
        found = judge(stage, load)
        breaches |= found.breaches()
        return {
            "outage_seconds": told.outage,
            "requests_in_the_outage": met,
            "opened_seconds": opened,
            "most_tries": tries,
            "other_channel_seconds": others,
            "healed_seconds_after": round(healed, 1),
            "requests_while_paused": paused,
            "integrations": found.integrations,
            "rest_seconds": rest and round(rest, 1),
            "seconds": round(time.monotonic() - begin, 1),
            "breaches": breaches,
            "logged": logged(stage),
        }
    finally:
        crew.end()
        stage.close()


def _wait_for(channel_id: int, count: int, seconds: float) -> float | None:
    from ponte.db.models import Integration

    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        if Integration.objects.filter(channel_id=channel_id, status__in=["success", "alert"]).count() >= count:
            return round(time.monotonic() - begin, 1)
        time.sleep(0.1)
    return None


def _wait_until_open(lane_id: int, seconds: float) -> float | None:
    from ponte.db.models import Lane

    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        if Lane.objects.filter(pk=lane_id, breaker_trips__gt=0).exists():
            return round(time.monotonic() - begin, 1)
        time.sleep(0.05)
    return None


def _most_tries() -> int:
    from django.db.models import Max

    from ponte.db.models import Work

    return int(Work.objects.filter(task="send").aggregate(most=Max("tries"))["most"] or 0)


def _pause_and_resume(stage: Stage, load: Load, told: Namespace, breaches: dict[str, Any]) -> int:
    """Pause a channel under work; once what ran has ended, nothing goes out until it is resumed."""
    from ponte.db.models import Channel, Work
    from ponte.flows.channels.steer import pause, resume

    line = stage.lines[0]
    store_id = Channel.objects.get(pk=line.channel_id).store_id
    load.change(line, line.skus)
    pause(line.channel_id, store_id=store_id, actor_id=None)
    deadline = time.monotonic() + told.limit
    while Work.objects.filter(lease_epoch__gt=0).exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    before = len(stage.market.applied())
    time.sleep(QUIET_SECONDS)
    sent = len(stage.market.applied()) - before
    waiting = restless()
    if sent or not waiting:
        breaches["paused"] = {"sent": sent, "waiting": waiting}
    resume(line.channel_id, store_id=store_id, actor_id=None)
    if wait_for_rest(told.limit) is None:
        breaches["not_resumed"] = restless()
    return sent
