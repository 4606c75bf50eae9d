"""Workers stopped past their lease, a newer change sent by another, then woken: nothing stale or twice may stand.

Some stop in the worst moment, at the socket: what they send when they wake nobody can stop. And some of those are
killed right after it, so that nobody knows.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import threading
import time
from argparse import Namespace
from dataclasses import dataclass
from typing import Any

from faults.crew import Crew, is_stopped, running_of, stop
from faults.load import Load
from faults.oracle import error_classes, judge, let_time_pass, logged, reprocess_those_put_away, wait_for_rest
from faults.stage import Line, Setting, Stage, set_stage

WORKERS, LANES = 4, 3
AT_ONCE = 2
KILLED = 0.4
AT_THE_MARKETPLACE_SECONDS = 0.05
LOOK_SECONDS = 0.05


@dataclass(slots=True)
class Zombie:
    """A stopped worker and what ran in it: {lane: epoch} and integrations."""

    pid: int
    lanes: dict[int, int]
    integrations: list[int]


def run(told: Namespace) -> dict[str, Any]:
    setting = Setting(told.database, told.channels, told.skus // told.channels, told.lease, told.heartbeat)
    stage = set_stage(setting)
    draw = random.Random(told.seed)
    load = Load(stage, draw)
    rig = f"no_{told.without}" if told.control else ""
    # Without doubts the very first create that is frozen at the socket stands twice in the end.
    failpoints = Failpoints(draw, ("at_the_socket",), latest=1) if rig == "no_doubt" else Failpoints(draw)
    crew = Crew(stage, WORKERS, LANES, rig=rig, extra=failpoints)
    begin = time.monotonic()
    stopped: list[Zombie] = []
    killed = 0
    unlocker = Unlocker(stage, crew)
    try:
        stage.market.arm(kind="delay", seconds=AT_THE_MARKETPLACE_SECONDS)
        load.first()
        crew.start()
        deadline = time.monotonic() + told.limit * 5
        while len(stopped) < told.stops and time.monotonic() < deadline:
            _replace(crew, stopped)
            zombies = _stop_some(crew, load, draw, unlocker)
            _overtake(stage, load, zombies, seconds=told.lease + 30)
            stopped += zombies
            killed += _wake(zombies, draw, 0.0 if rig == "no_doubt" else KILLED)
            unlocker.watch_all()
            load.burst(10)
        crew.extra = dict
        _wake_all(crew)
        rest = wait_for_rest(told.limit)
        put_away = reprocess_those_put_away(told.limit)
        last_sends = let_time_pass(told.limit)
        found = judge(stage, load)
        breaches = found.breaches()
        if len(stopped) < told.stops:
            breaches["too_few_stops"] = told.stops - len(stopped)
        unmarked = _unmarked(stopped)
        if unmarked:
            breaches["zombies_without_a_trace"] = unmarked
        return {
            "stops": len(stopped),
            "killed_on_waking": killed,
            "last_sends": last_sends,
            "at_work": sum(bool(zombie.integrations) for zombie in stopped),
            "changes": load.made,
            "superseded": _count("superseded"),
            "interrupted": _count("interrupted"),
            "reconciles": _reconciles(),
            "stale_seen": found.stale_seen,
            "put_away": put_away,
            "errors": error_classes(),
            "integrations": found.integrations,
            "rest_seconds": rest and round(rest, 1),
            "seconds": round(time.monotonic() - begin, 1),
            "breaches": breaches,
            "logged": logged(stage),
        }
    finally:
        unlocker.stop()
        crew.end()
        stage.close()


@dataclass(slots=True)
class Failpoints:
    """What makes workers stop by themselves: the fence was asked, nothing is sent yet; or the last look is over, too.

    Half of the first ones work on, so that there is somebody who takes over.
    """

    draw: random.Random
    places: tuple[str, ...] = ("", "after_fence", "at_the_socket", "at_the_socket")
    latest: int = 12
    made: int = 0

    def __call__(self) -> dict[str, str]:
        self.made += 1
        place = self.draw.choice(self.places) if self.made > WORKERS // 2 else ""
        return {"PONTE_FAILPOINT": f"{place}:stop@{self.draw.randint(1, self.latest)}"} if place else {}


def _stop_some(crew: Crew, load: Load, draw: random.Random, unlocker: Unlocker) -> list[Zombie]:
    """Make work, and stop workers in the midst of it; those that stopped by themselves are taken first."""
    zombies: list[Zombie] = []
    deadline = time.monotonic() + 20
    while len(zombies) < AT_ONCE and time.monotonic() < deadline:
        load.burst(12, lanes=4)
        time.sleep(draw.random() * 0.3)
        known = {zombie.pid for zombie in zombies}
        own = [worker for worker in crew.workers if is_stopped(worker.pid) and worker.pid not in known]
        worker = own[0] if own else crew.a_busy_one(draw, 2.0)
        if worker is None or worker.pid in known:
            continue
        unlocker.leave(worker.pid)
        stop(worker)
        lanes, integrations = running_of(worker.pid)
        if integrations and not _holds_the_file(load.stage):
            zombies.append(Zombie(worker.pid, lanes, integrations))
        else:
            unlocker.watch(worker.pid)
            worker.send_signal(signal.SIGCONT)
    return zombies


class Unlocker:
    """Wakes workers that stopped by themselves, when nobody is left who could take over, or write (SQLite)."""

    def __init__(self, stage: Stage, crew: Crew) -> None:
        self._stage, self._crew = stage, crew
        self._left: set[int] = set()
        self._leaving = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._ending.wait(0.2):
            own = [worker for worker in self._crew.workers if worker.pid not in self._left]
            stopped = [worker for worker in own if is_stopped(worker.pid)]
            if stopped and (len(stopped) == len(own) or _holds_the_file(self._stage)):
                with self._leaving:
                    for worker in stopped:
                        if worker.pid not in self._left:
                            worker.send_signal(signal.SIGCONT)

    def leave(self, pid: int) -> None:
        """Wake this one no more: it is to sleep."""
        with self._leaving:
            self._left.add(pid)

    def watch(self, pid: int) -> None:
        with self._leaving:
            self._left.discard(pid)

    def watch_all(self) -> None:
        with self._leaving:
            self._left.clear()

    def stop(self) -> None:
        self._ending.set()
        self._thread.join()


def _holds_the_file(stage: Stage) -> bool:
    """True when the worker was stopped in a transaction on SQLite: nobody can write then, so there is no zombie.

    On PostgreSQL the server ends such a transaction after ten seconds; that is part of the play.
    """
    if stage.setting.database != "sqlite":
        return False
    file = sqlite3.connect(stage.data / "ponte.sqlite3", timeout=1.0, isolation_level=None)
    try:
        file.execute("BEGIN IMMEDIATE")
        file.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        file.close()
    return False


def _overtake(stage: Stage, load: Load, zombies: list[Zombie], *, seconds: float) -> None:
    """Change what ran in the zombies, and wait until others have taken their lanes and sent the change."""
    wanted = {integration for zombie in zombies for integration in zombie.integrations}
    for line, skus in _by_line(stage, wanted):
        load.change(line, skus)
    deadline = time.monotonic() + seconds
    while _unsent(wanted) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)


def _by_line(stage: Stage, integrations: set[int]) -> list[tuple[Line, list[str]]]:
    from ponte.db.models import Integration

    rows = Integration.objects.filter(pk__in=integrations).values_list("channel_id", "sku")
    found = [(line, [sku for channel, sku in rows if channel == line.channel_id]) for line in stage.lines]
    return [(line, skus) for line, skus in found if skus]


def _unsent(integrations: set[int]) -> int:
    from ponte.db.models import Integration

    return Integration.objects.filter(
        pk__in=integrations, status="pending", phase__in=["queued", "processing"]
    ).count()


def _wake(zombies: list[Zombie], draw: random.Random, share: float) -> int:
    """Wake them; a part is killed while what it sent is on its way. Returns how many."""
    killed = 0
    for zombie in zombies:
        with contextlib.suppress(ProcessLookupError):
            os.kill(zombie.pid, signal.SIGCONT)
            if draw.random() < share:
                time.sleep(draw.random() * AT_THE_MARKETPLACE_SECONDS)
                os.kill(zombie.pid, signal.SIGKILL)
                killed += 1
    return killed


def _replace(crew: Crew, zombies: list[Zombie]) -> None:
    """Kill those that were woken: the workers in their place stop by themselves again."""
    pids = {zombie.pid for zombie in zombies}
    for worker in crew.workers:
        if worker.pid in pids:
            worker.kill()


def _wake_all(crew: Crew) -> None:
    """Wake whoever has stopped by himself meanwhile, until nobody does any more."""
    for _ in range(20):
        for worker in crew.workers:
            if is_stopped(worker.pid):
                worker.send_signal(signal.SIGCONT)
        time.sleep(LOOK_SECONDS)


def _unmarked(zombies: list[Zombie]) -> int:
    """Return how many zombies left no superseded or interrupted attempt."""
    from ponte.db.models import Attempt

    marked = set(Attempt.objects.filter(result__in=["superseded", "interrupted"]).values_list("runner", flat=True))
    pids = {int(runner.split(":")[1]) for runner in marked}
    return sum(zombie.pid not in pids for zombie in zombies)


def _count(result: str) -> int:
    from ponte.db.models import Attempt

    return Attempt.objects.filter(result=result).count()


def _reconciles() -> int:
    from ponte.db.models import Attempt

    return Attempt.objects.filter(trigger="reconcile").count()
