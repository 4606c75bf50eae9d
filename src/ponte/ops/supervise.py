"""Keeps child processes running: one that dies is started again, a signal ends all in order."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from ponte.ops.orphan import SUPERVISED

log = logging.getLogger("ponte.serve")
GRACE_SECONDS = 25.0
LOOK_SECONDS = 0.1
QUICK_DEATH_SECONDS = 5.0
MAX_PAUSE_SECONDS = 10.0


@dataclass(slots=True)
class Child:
    """One process: `python -m ponte` with `arguments`.

    Exit code `gives_up_on` of its first start ends everything. Of a later one it does not: a killed web server's
    own child keeps the port for some seconds.
    """

    name: str
    arguments: Sequence[str]
    gives_up_on: int | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    started: float = 0.0
    pause: float = 0.0
    not_before: float = 0.0
    starts: int = 0

    def start(self) -> None:
        self.started = time.monotonic()
        command = [sys.executable, "-m", "ponte", *self.arguments]
        self.process = subprocess.Popen(  # noqa: S603 -- our own program
            command, env={**os.environ, SUPERVISED: "1"}, start_new_session=True
        )

    def died(self) -> int | None:
        return None if self.process is None else self.process.poll()

    def plan_restart(self) -> None:
        """Start again at once, but one that keeps dying ever later."""
        quick = time.monotonic() - self.started < QUICK_DEATH_SECONDS
        self.pause = min(MAX_PAUSE_SECONDS, max(0.5, self.pause * 2)) if quick else 0.0
        self.not_before = time.monotonic() + self.pause
        self.process = None


class _Ending:
    """Set by the first SIGTERM or SIGINT; the second ends the children at once."""

    def __init__(self, children: Sequence[Child]) -> None:
        self._children = children
        self.asked = False

    def __call__(self, *_: object) -> None:
        if self.asked:
            _signal_all(self._children, signal.SIGKILL)
        self.asked = True


def supervise(children: Sequence[Child]) -> int:
    """Run the children until a signal; returns the exit code. Call it in the main thread."""
    ending = _Ending(children)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ending)
    code = 0
    try:
        while not ending.asked and not code:
            code = _look(children)
            time.sleep(LOOK_SECONDS)
    finally:
        end(children)
    return code


def _look(children: Sequence[Child]) -> int:
    for child in children:
        if child.process is None:
            if time.monotonic() >= child.not_before:
                child.starts += 1
                child.start()
            continue
        code = child.died()
        if code is None:
            continue
        if code == child.gives_up_on and child.starts == 1:
            return code
        log.warning("%s ended (%s) and is started again", child.name, code)
        child.plan_restart()
    return 0


def end(children: Sequence[Child]) -> None:
    """Ask all to end, wait, and kill who does not."""
    _signal_all(children, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()


def _signal_all(children: Sequence[Child], number: signal.Signals) -> None:
    for child in children:
        if child.process is not None and child.process.poll() is None:
            child.process.send_signal(number)
