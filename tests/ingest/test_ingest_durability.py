"""What was answered with 200 is in the database, whatever happens to the process afterwards."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from ingest_servers import Server, Wire, databases, notification, request

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


def answers_until(server: Server, ended: threading.Event) -> dict[str, int]:
    """Send from several connections until `ended`; return the status of each SKU's only notification."""
    answers: dict[str, int] = {}

    def send(sender: int) -> None:
        with Wire(server.port) as wire:
            number = 0
            while not ended.is_set():
                sku = f"{sender + 1}{number:06}"
                wire.send(request(notification(sku)))
                answers[sku] = wire.status()
                number += 1

    senders = [threading.Thread(target=send, args=(sender,)) for sender in range(SENDERS)]
    for thread in senders:
        thread.start()
    for thread in senders:
        thread.join(60)
    return answers


def an_outage(database_url: str, ended: threading.Event) -> None:
    """End every connection in the midst of the load, refuse new ones for a while, and go on for a while."""
    name = urlsplit(database_url).path[1:]
    with psycopg.connect(os.environ["PONTE_TEST_POSTGRES_URL"], autocommit=True) as admin:
        try:
            time.sleep(1.0)
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            time.sleep(1.5)
        finally:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    time.sleep(3.0)
    ended.set()


def test_an_outage_of_postgresql_under_load_is_503_and_loses_nothing_acknowledged(tmp_path: Path) -> None:
    with databases("postgresql") as url:
        if url is None:
            pytest.skip("PONTE_TEST_POSTGRES_URL names no PostgreSQL")
        with Server(tmp_path, url) as server:
            ended = threading.Event()
            outage = threading.Thread(target=an_outage, args=(url, ended))
            outage.start()
            answers = answers_until(server, ended)
            outage.join()
            acknowledged = {sku for sku, status in answers.items() if status == 200}
            assert set(answers.values()) == {200, 503}
            assert {answers[max(sku for sku in answers if sku[0] == str(1 + one))] for one in range(SENDERS)} == {200}
            assert acknowledged - server.stored() == set()
