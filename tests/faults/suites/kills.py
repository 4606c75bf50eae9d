"""kill -9 of random workers under changes: nothing lost, stuck, stale or doubled; orphans are taken up soon."""

from __future__ import annotations

import random
import signal
import threading
import time
from argparse import Namespace
from typing import Any

from faults.crew import Crew, Death
from faults.load import Load
from faults.oracle import (
    error_classes,
    judge,
    let_time_pass,
    logged,
    reprocess_those_put_away,
    results,
    wait_for_rest,
)
from faults.stage import Setting, set_stage

PLACES = ("after_claim", "before_send", "before_settle", "after_settle")
WORKERS, LANES = 4, 3
AT_WORK = 0.7
MAX_RESCUE_SECONDS = 15.0
"""The promise, for leases of ten seconds. Shorter ones make the play quicker, not the machine that it runs on."""
MAX_PUT_AWAY = 0.15
"""Whoever is killed three times in a row, at last alone, is taken for poison: an error that a click brings back.
So many of them per kill are taken for chance."""
FEW = 5
"""After a handful of kills one unlucky batch is a large share: so many are always taken for chance."""
SAMPLE_SECONDS = 0.05


class Rescues:
    """Watches when each epoch of each lane began."""

    def __init__(self) -> None:
        self.began: dict[int, list[tuple[int, int]]] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def _sample(self) -> None:
        from django.db import connection

        from ponte.db.sql import fetch

        while not self._ending.wait(SAMPLE_SECONDS):
            for lane, epoch, served in fetch("SELECT id, lease_epoch, served_at_ms FROM db_lane"):
                known = self.began.setdefault(lane, [])
                if not known or known[-1][0] < epoch:
                    known.append((epoch, served))
        connection.close()

    def stop(self) -> None:
        self._ending.set()
        self._thread.join()

    def seconds(self, deaths: list[Death]) -> list[float]:
        """Return, for each lane that lost its holder at work, how long it was nobody's."""
        found = []
        for death in deaths:
            for lane, epoch in death.lanes.items():
                later = [served for known, served in self.began.get(lane, []) if known > epoch]
                if later:
                    found.append(max(0, later[0] - death.at_ms) / 1000)
        return sorted(found)


def run(told: Namespace) -> dict[str, Any]:
    setting = Setting(told.database, told.channels, told.skus // told.channels, told.lease, told.heartbeat)
    stage = set_stage(setting)
    draw = random.Random(told.seed)
    load = Load(stage, draw)
    crew = Crew(stage, WORKERS, LANES, rig="no_rescue" if told.control else "", extra=lambda: _failpoint(draw))
    begin = time.monotonic()
    try:
        stage.market.arm(kind="delay", seconds=0.03)
        crew.start()
        rescues = Rescues()
        _drive(crew, load, told, draw)
        crew.extra = dict
        rest = wait_for_rest(told.limit)
        rescues.stop()
        put_away = reprocess_those_put_away(told.limit)
        last_sends = let_time_pass(told.limit)
        found = judge(stage, load)
        waits = rescues.seconds(crew.deaths)
        breaches = found.breaches()
        p99 = percentile(waits, 0.99)
        if put_away > max(FEW, told.kills * MAX_PUT_AWAY):
            breaches["innocents_put_away"] = put_away
        if len(crew.deaths) < told.kills:
            breaches["too_few_kills"] = told.kills - len(crew.deaths)
        if not told.control and p99 > MAX_RESCUE_SECONDS:
            breaches["rescue_p99"] = p99
        return {
            "kills": len(crew.deaths),
            "by_failpoint": len(crew.deaths) - _by_us(crew),
            "changes": load.made,
            "orphans": sum(len(death.orphans) for death in crew.deaths),
            "rescue_seconds": {"lanes": len(waits), "p50": percentile(waits, 0.5), "p99": p99, "max": waits[-1:]},
            "next_attempt_seconds": next_attempts(crew.deaths),
            "stale_seen": found.stale_seen,
            "put_away": put_away,
            "last_sends": last_sends,
            "errors": error_classes(),
            "attempts": results(),
            "integrations": found.integrations,
            "rest_seconds": rest and round(rest, 1),
            "seconds": round(time.monotonic() - begin, 1),
            "breaches": breaches,
            "logged": logged(stage),
        }
    finally:
        crew.end()
        stage.close()


_killed: set[int] = set()


def _by_us(crew: Crew) -> int:
    return sum(death.pid in _killed for death in crew.deaths)


def _failpoint(draw: random.Random) -> dict[str, str]:
    """Let some of the workers die by themselves at a named place."""
    if draw.random() > 0.35:
        return {}
    return {"PONTE_FAILPOINT": f"{draw.choice(PLACES)}:kill@{draw.randint(1, 8)}"}


def _drive(crew: Crew, load: Load, told: Namespace, draw: random.Random) -> None:
    deadline = time.monotonic() + told.limit * 6
    while len(crew.deaths) < told.kills and time.monotonic() < deadline:
        share = told.changes * (len(crew.deaths) + 1) // told.kills
        load.burst(max(min(5, told.changes - load.made), min(share, told.changes) - load.made, 2))
        time.sleep(told.gap * draw.random() * 2)
        victim = crew.a_busy_one(draw, 1.5) if draw.random() < AT_WORK else draw.choice(crew.workers)
        if victim is None or victim.poll() is not None:
            continue
        _killed.add(victim.pid)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        time.sleep(0.05)
    if load.made < told.changes:
        load.burst(told.changes - load.made, lanes=len(load.stage.lines))


def percentile(values: list[float], share: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(len(values) * share))], 2) if values else 0.0


def next_attempts(deaths: list[Death]) -> dict[str, float]:
    """Return how long after its runner's death each orphan was tried again."""
    from ponte.db.sql import fetch

    waits = []
    for death in deaths:
        for integration in death.orphans:
            rows = fetch(
                "SELECT min(started_at) FROM db_attempt WHERE integration_id = %s AND started_at > %s",
                [integration, _moment(death.at_ms)],
            )
            if rows[0][0] is not None:
                waits.append(_ms(rows[0][0]) / 1000 - death.at_ms / 1000)
    return {"orphans": len(waits), "p50": percentile(waits, 0.5), "p99": percentile(waits, 0.99)}


def _moment(milliseconds: int) -> Any:
    from ponte.db.clock import moment

    return moment(milliseconds)


def _ms(value: Any) -> float:
    from datetime import UTC, datetime

    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return float((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
