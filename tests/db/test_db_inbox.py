"""The inbox's own statement, on both databases; what PostgreSQL says goes wrong is what Django would raise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import DataError, OperationalError, ProgrammingError, connection, connections, transaction

from ponte.db.inbox import append
from ponte.db.models import Inbox
from ponte.db.sql import DOWN

AT = datetime(2026, 11, 24, 4, 5, 6, 789, tzinfo=UTC)
HINTS = '[[1,"product","15","São \\u0000 \U0001f600"]]'
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server and no libpq")


@pytest.fixture
def autocommit(transactional_db: None) -> Iterator[None]:
    assert not connection.in_atomic_block
    yield
    connections.close_all()


def kept() -> list[tuple[datetime, str, str]]:
    return list(Inbox.objects.order_by("pk").values_list("received_at", "hints", "refused"))


def test_a_text_is_kept_as_it_is(autocommit: None) -> None:
    append(AT, [HINTS.encode()])
    append(AT, [b"[]"])
    assert kept() == [(AT, HINTS, ""), (AT, "[]", "")]


def test_several_texts_are_several_rows(autocommit: None) -> None:
    append(AT, [b"[1]", b"[2]"])
    assert [hints for _, hints, _ in kept()] == ["[1]", "[2]"]


def test_in_a_transaction_it_goes_with_the_transaction(autocommit: None) -> None:
    with transaction.atomic():
        append(AT, [HINTS.encode()])
        transaction.set_rollback(True)
    assert kept() == []


@on_postgresql
def test_a_refused_text_is_a_data_error_and_the_next_one_is_kept(autocommit: None) -> None:
    with pytest.raises(DataError):
        append(AT, [b"\xed\xa0\x80"])  # a lone surrogate is no UTF-8
    append(AT, [b"[]"])
    assert [hints for _, hints, _ in kept()] == ["[]"]


@on_postgresql
def test_a_missing_table_is_an_error_of_the_program_and_no_outage(autocommit: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE db_inbox RENAME TO db_inbox_away")
        try:
            with pytest.raises(ProgrammingError):
                append(AT, [b"[]"])
        finally:
            cursor.execute("ALTER TABLE db_inbox_away RENAME TO db_inbox")
    append(AT, [b"[]"])
    assert len(kept()) == 1


@on_postgresql
def test_a_connection_that_the_server_ended_is_an_outage_until_it_is_closed(autocommit: None) -> None:
    append(AT, [b"[1]"])
    end_from_elsewhere(connection.connection.info.backend_pid)
    for _ in range(2):
        with pytest.raises(DOWN):
            append(AT, [b"[2]"])
    connection.close()
    append(AT, [b"[3]"])
    assert [hints for _, hints, _ in kept()] == ["[1]", "[3]"]


@on_postgresql
def test_a_statement_that_takes_too_long_is_an_outage_and_the_connection_stays(autocommit: None) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor, connection.cursor() as ours:
            ours.execute("SET lock_timeout = 50")
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE db_inbox")
            with pytest.raises(OperationalError):
                append(AT, [b"[1]"])
            cursor.execute("ROLLBACK")
            append(AT, [b"[2]"])
    finally:
        other.close()
    assert [hints for _, hints, _ in kept()] == ["[2]"]


def end_from_elsewhere(pid: int) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    finally:
        other.close()
