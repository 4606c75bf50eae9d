"""A child of `ponte serve` or `ponte demo` must not outlive it: an orphan would keep the port and the lanes."""

from __future__ import annotations

import os
import signal
import threading
import time

SUPERVISED = "PONTE_SUPERVISED"
LOOK_SECONDS = 1.0


def leave_with_parent() -> None:
    """End this process in order when the one that started it is gone; only where it said that it supervises."""
    if os.environ.get(SUPERVISED):
        threading.Thread(target=_watch, args=(os.getppid(),), name="ponte-orphan", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
