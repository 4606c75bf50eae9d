"""Real processes, small ones: what is supervised is `python -m ponte` with arguments."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ponte.ops.supervise import MAX_PAUSE_SECONDS, Child, _look, end

SCRIPT = """
import signal, sys, time
from ponte.ops import supervise
supervise.GRACE_SECONDS = float(sys.argv[2])

class Small(supervise.Child):
    def start(self):
        self.started = time.monotonic()
        self.process = supervise.subprocess.Popen([sys.executable, "-c", self.arguments[0]])

print("up", flush=True)
sys.exit(supervise.supervise([Small("small", (sys.argv[1],), gives_up_on=3)]))
"""


def started(child: str, grace: float = 5.0) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", SCRIPT, child, str(grace)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "up\n"
    return process


def wait_for(path: Path, lines: int, seconds: float = 20.0) -> list[str]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = path.read_text().split() if path.exists() else []
        if len(found) >= lines:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{path} never had {lines} lines")


def ended(process: subprocess.Popen[str]) -> int:
    code = process.wait(20)
    process.stdout.close()
    process.stderr.close()
    return code


def test_a_child_that_dies_is_started_again_and_a_signal_ends_all(tmp_path):
    told = tmp_path / "pids"
    child = f"import os, time; open({str(told)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
    process = started(child)
    [first] = wait_for(told, 1)
    os.kill(int(first), signal.SIGKILL)
    second = wait_for(told, 2)[1]
    process.send_signal(signal.SIGTERM)
    assert ended(process) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(second), 0)


def test_an_exit_code_that_means_hopeless_ends_everything():
    assert ended(started("import sys; sys.exit(3)")) == 3


def test_a_port_that_a_killed_childs_own_child_still_has_is_waited_for(tmp_path):
    told = tmp_path / "pids"
    child = (
        f"import os, sys, time; file = open({str(told)!r}, 'a+'); file.write(f'{{os.getpid()}}\\n'); file.flush();"
        "file.seek(0); sys.exit(3) if len(file.readlines()) == 2 else time.sleep(60)"
    )
    process = started(child)
    os.kill(int(wait_for(told, 1)[0]), signal.SIGKILL)
    assert len(wait_for(told, 3)) == 3
    process.send_signal(signal.SIGTERM)
    assert ended(process) == 0


def test_a_child_that_does_not_listen_is_killed_after_the_grace(tmp_path):
    told = tmp_path / "pids"
    child = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"open({str(told)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
    )
    process = started(child, grace=0.3)
    [pid] = wait_for(told, 1)
    process.send_signal(signal.SIGTERM)
    assert ended(process) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)


def test_a_second_signal_ends_the_children_at_once(tmp_path):
    told = tmp_path / "pids"
    child = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"open({str(told)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
    )
    process = started(child, grace=60)
    wait_for(told, 1)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    assert ended(process) == 0


def test_a_child_that_keeps_dying_is_started_ever_later():
    child = Child("x", ())
    pauses = []
    for _ in range(7):
        child.started = time.monotonic()
        child.plan_restart()
        pauses.append(child.pause)
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, MAX_PAUSE_SECONDS, MAX_PAUSE_SECONDS]
    child.started = time.monotonic() - 60
    child.plan_restart()
    assert child.pause == 0.0


def test_a_child_that_waits_for_its_time_is_left_alone():
    child = Child("x", (), not_before=time.monotonic() + 60)
    assert child.died() is None
    assert _look([child]) == 0
    assert child.process is None
    end([child])
