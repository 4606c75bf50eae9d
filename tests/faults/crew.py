"""Worker processes of Ponte: started, killed, stopped, and started again when they die."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from faults.stage import Stage

LOOK_SECONDS = 0.02


@dataclass(slots=True)
class Death:
    """A worker's end; `lanes` {lane: epoch} had work running, that of `orphans`."""

    at_ms: int
    pid: int
    code: int
    lanes: dict[int, int]
    orphans: list[int]


@dataclass(slots=True)
class Crew:
    """So many workers, always. `rig` names a changed worker (see `faults.rigged`), "" the real one."""

    stage: Stage
    size: int
    lanes: int = 4
    rig: str = ""
    respawn: bool = True
    extra: Callable[[], dict[str, str]] = dict
    deaths: list[Death] = field(default_factory=list)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)
    _watcher: threading.Thread | None = None

    def start(self) -> None:
        for _ in range(self.size):
            self.workers.append(self._spawn())
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def _spawn(self) -> subprocess.Popen[bytes]:
        module = ["faults.rigged", self.rig] if self.rig else ["ponte"]
        command = [sys.executable, "-m", *module, "worker", "--lanes", str(self.lanes)]
        log = (self.stage.data / "workers.log").open("ab")
        try:
            return subprocess.Popen(
                command, env=self.stage.environment | self.extra(), stderr=log, stdout=log, start_new_session=True
            )
        finally:
            log.close()

    def _watch(self) -> None:
        from django.db import connection

        while not self._ending.wait(LOOK_SECONDS):
            for place, worker in enumerate(self.workers):
                if worker.poll() is not None and self.respawn:
                    self.deaths.append(self._death(worker))
                    self.workers[place] = self._spawn()
        connection.close()

    def _death(self, worker: subprocess.Popen[bytes]) -> Death:
        from ponte.db.clock import now_ms

        at = now_ms()
        lanes, orphans = running_of(worker.pid)
        return Death(at, worker.pid, worker.returncode, lanes, orphans)

    def busy(self) -> list[subprocess.Popen[bytes]]:
        """Return the workers that have work running now."""
        pids = {pid for pid in _busy_pids() if not is_stopped(pid)}
        return [worker for worker in self.workers if worker.poll() is None and worker.pid in pids]

    def a_busy_one(self, draw: random.Random, seconds: float) -> subprocess.Popen[bytes] | None:
        """Wait for workers with running work, and choose one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := self.busy():
                return draw.choice(found)
            time.sleep(LOOK_SECONDS)
        return None

    def end(self) -> list[int]:
        """Ask all to end in order; returns their exit codes. Who does not end in a minute is killed."""
        self._ending.set()
        if self._watcher is not None:
            self._watcher.join()
        for worker in self.workers:
            for number in (signal.SIGCONT, signal.SIGTERM):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker.pid, number)
        return [_ended(worker) for worker in self.workers]


def _ended(worker: subprocess.Popen[bytes]) -> int:
    try:
        return worker.wait(60)
    except subprocess.TimeoutExpired:
        worker.kill()
        return worker.wait()


def is_stopped(pid: int) -> bool:
    """True while SIGSTOP holds the process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "T"
    except OSError:
        return False


def stop(worker: subprocess.Popen[bytes]) -> None:
    """Stop a process, and wait until every thread stands: one in a system call may come out of it with a lock."""
    worker.send_signal(signal.SIGSTOP)
    while worker.poll() is None and not all(map(_stands, Path(f"/proc/{worker.pid}/task").glob("*"))):
        time.sleep(LOOK_SECONDS)


def _stands(task: Path) -> bool:
    try:
        return (task / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] in "TZX"
    except OSError:
        return True


def _busy_pids() -> list[int]:
    from ponte.db.sql import fetch

    rows = fetch(
        """SELECT DISTINCT lane.lease_owner FROM db_work work JOIN db_lane lane ON lane.id = work.lane_id
           WHERE work.lease_epoch > 0 AND work.lease_epoch = lane.lease_epoch AND lane.lease_owner <> ''"""
    )
    return [int(owner.split(":")[1]) for (owner,) in rows]


def running_of(pid: int) -> tuple[dict[int, int], list[int]]:
    """Return ({lane: epoch}, integrations) of the work that runs, or ran, in a process."""
    from ponte.db.sql import fetch

    rows = fetch(
        """SELECT lane.id, lane.lease_epoch, work.integration_id FROM db_work work
           JOIN db_lane lane ON lane.id = work.lane_id
           WHERE work.lease_epoch > 0 AND work.lease_epoch = lane.lease_epoch AND lane.lease_owner LIKE %s""",
        [f"%:{pid}:%"],
    )
    return {lane: epoch for lane, epoch, _ in rows}, [integration for _, _, integration in rows]
