"""What was answered with 200 is in the database, whatever happens to the process afterwards."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from ingest_servers import Server, Wire, notification, request

pytestmark = pytest.mark.faults

SENDERS = 8


def acknowledged_until_killed(server: Server, seconds: float = 0.7) -> set[str]:
    """Send from several connections, kill -9 in the midst of it, and return the SKUs that were told 200."""
    acknowledged: list[str] = []

    def send(sender: int) -> None:
        with Wire(server.port) as wire:
            for number in range(100_000):
                sku = f"{sender + 1}{number:06}"
                try:
                    wire.send(request(notification(sku)))
                except OSError:
                    return
                if wire.status() != 200:
                    return
                acknowledged.append(sku)

    senders = [threading.Thread(target=send, args=(sender,)) for sender in range(SENDERS)]
    for thread in senders:
        thread.start()
    time.sleep(seconds)
    server.kill()
    for thread in senders:
        thread.join(10)
    return set(acknowledged)


def test_p1_everything_acknowledged_outlives_kill_9(tmp_path: Path, database_url: str) -> None:
    with Server(tmp_path, database_url) as server:
        acknowledged: set[str] = acknowledged_until_killed(server)
        assert len(acknowledged) >= SENDERS
        assert acknowledged - server.stored() == set()


def test_p1_the_test_catches_a_webhook_that_answers_before_it_stores(tmp_path: Path) -> None:
    with Server(tmp_path, target="hasty_asgi:application") as server:
        acknowledged = acknowledged_until_killed(server)
        assert len(acknowledged) >= SENDERS
        assert acknowledged - server.stored() != set()


def test_a48_a_repeat_after_a_crash_has_one_effect(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        with Wire(server.port) as wire:
            wire.send(request(notification("15")))
            assert wire.status() == 200
        server.kill()
        server.start()
        with Wire(server.port) as wire:
            wire.send(request(notification("15")))
            assert wire.status() == 200
        assert server.stored() == {"15"}
