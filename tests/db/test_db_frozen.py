"""Transactions that were begun and forgotten, by a worker that is frozen in the midst of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from ponte.db import frozen

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no sessions to end"),
]


def between_two_statements() -> None:
    connection.cursor().execute("BEGIN")


def in_the_midst_of_a_pipeline() -> None:
    """Send a statement and ask for its result, but not yet for the end of the pipeline, as `executemany` does."""
    connection.ensure_connection()
    wire = connection.connection.pgconn
    wire.enter_pipeline_mode()
    for statement in (b"BEGIN", b"SELECT 1"):
        wire.send_query_params(statement, None)
    wire.send_flush_request()
    wire.flush()


def in_the_midst_of_a_result() -> None:
    """Ask for more than the sockets hold, and read nothing of it."""
    connection.ensure_connection()
    connection.connection.pgconn.send_query(b"BEGIN; SELECT repeat('x', 1000) FROM generate_series(1, 100000)")


@contextmanager
def forgotten(begin: Callable[[], None]) -> Iterator[None]:
    """Hold a transaction open on a connection of its own."""
    begun, over = threading.Event(), threading.Event()

    def hold() -> None:
        begin()
        begun.set()
        over.wait(30)
        connection.connection.close()
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    begun.wait(10)
    try:
        yield
    finally:
        over.set()
        thread.join()


def ended(*, within: float) -> int:
    """Look as workers do, again and again, until something is ended or the time is over."""
    until = time.monotonic() + within
    while not (count := frozen.end_frozen_transactions()) and time.monotonic() < until:
        time.sleep(0.02)
    return count


@pytest.mark.parametrize(
    "begin",
    [between_two_statements, in_the_midst_of_a_pipeline, in_the_midst_of_a_result],
    ids=lambda begin: begin.__name__,
)
def test_what_is_forgotten_is_ended(begin, monkeypatch):
    monkeypatch.setattr(frozen, "SECONDS", 0)
    with forgotten(begin):
        assert ended(within=10) == 1


@pytest.mark.parametrize(
    "begin", [between_two_statements, in_the_midst_of_a_pipeline], ids=lambda begin: begin.__name__
)
def test_what_has_just_begun_is_left_alone(begin):
    with forgotten(begin):
        assert ended(within=0.2) == 0
