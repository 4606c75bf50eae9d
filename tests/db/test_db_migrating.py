"""A migration under way beside workers of the version before."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction
from django.db.models.signals import pre_migrate

from ponte.db import frozen
from ponte.ops.database import migrate

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no sessions to end"),
]


def ended_by_a_worker() -> int:
    """Let a worker end what it takes for forgotten, on a connection of its own."""
    ended: list[int] = []

    def beat() -> None:
        ended.append(frozen.end_frozen_transactions())
        connection.close()

    thread = threading.Thread(target=beat)
    thread.start()
    thread.join()
    return ended[0]


def test_a_worker_does_not_end_a_migration_that_takes_long(monkeypatch):
    monkeypatch.setattr(frozen, "SECONDS", 0)
    ended: list[int] = []

    def in_the_midst(**_: object) -> None:
        if ended:
            return
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            time.sleep(0.05)
            ended.append(ended_by_a_worker())

    pre_migrate.connect(in_the_midst)
    try:
        migrate()
    finally:
        pre_migrate.disconnect(in_the_midst)
    assert ended == [0]
