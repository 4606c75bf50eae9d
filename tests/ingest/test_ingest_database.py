"""The webhook with the real flows and the real database."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from dataclasses import replace

import pytest
from asgi_client import Told, call, note, post, visit
from django.db import connection

from ponte.db.models import Counter, Inbox, Integration, Quarantine, Store, Work
from ponte.flows import inbox
from ponte.ingest.app import Ingest
from ponte.ingest.committing import Fate, Parcel
from ponte.ingest.storage import database


def told(*bodies: object) -> list[int]:
    """Send these bodies at once, fold what was written down, and return the statuses."""

    async def session(app: Ingest) -> list[Told]:
        return list(await asyncio.gather(*(call(app, post(body)) for body in bodies)))  # type: ignore[arg-type]

    answers = visit(database(), session)
    fold_all()
    return [answer.status for answer in answers]


def fold_all() -> None:
    while inbox.fold():
        pass


def test_a_notification_makes_one_integration_that_waits(store: Store) -> None:
    assert told(note("15", ProductId=7)) == [200]
    [row] = Integration.objects.all()
    assert (row.store_id, row.sku, row.product_id, row.status, row.phase) == (
        store.pk,
        "15",
        "7",
        "pending",
        "queued",
    )
    assert Work.objects.get().integration_id == row.pk


def test_what_was_told_200_is_in_the_inbox_and_nowhere_else_yet(store: Store) -> None:
    async def session(app: Ingest) -> int:
        return (await call(app, post(note("15", ProductId=7)))).status

    assert visit(database(), session) == 200
    [row] = Inbox.objects.all()
    channel = store.channels.get()
    assert (json.loads(row.hints), row.refused) == ([[channel.pk, "product", "15", "7"]], "")
    assert Integration.objects.count() == Work.objects.count() == 0


def test_a36_a_thousand_times_the_same_is_one_work(store: Store) -> None:
    assert told(*[note("15")] * 1_000) == [200] * 1_000
    assert [row.sku for row in Integration.objects.all()] == ["15"]
    assert Work.objects.count() == 1
    assert [(row.bucket, row.count) for row in Counter.objects.exclude(count=0)] == [("queued", 1)]


def test_a22_a_leading_zero_is_another_sku(store: Store) -> None:
    assert told(note("15"), note(15), note("015")) == [200] * 3
    assert sorted(Integration.objects.values_list("sku", flat=True)) == ["015", "15"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"IdSku":"1","Nome":"\\ud800"}', id="A10"),
        pytest.param(b"\x00\xff\xfe{", id="A11-raw-nul"),
        pytest.param(b'{"IdSku":"x\\u0000"}', id="A11-nul"),
        pytest.param(b'{"IdSku":"1","x":NaN}', id="A12"),
        pytest.param(b"[" * 30_000, id="A14"),
    ],
)
def test_what_is_not_understood_is_kept_once_and_counted(store: Store, body: bytes) -> None:
    assert told(body, body, body) == [400] * 3
    [kept] = Quarantine.objects.all()
    assert (kept.store_id, kept.seen) == (store.pk, 3)
    assert "\x00" not in kept.body
    assert Integration.objects.count() == 0


def test_a27_a_nul_in_a_foreign_account_is_no_obstacle(store: Store) -> None:
    assert told({"IdSku": "15", "An": "outra\x00loja"}) == [202]
    assert Quarantine.objects.get().reason == "account_other"


def test_a44_a_paused_store_has_one_row_that_counts(store: Store) -> None:
    Store.objects.update(paused=True)
    assert told(*(note(str(sku)) for sku in range(1, 31))) == [202] * 30
    [kept] = Quarantine.objects.all()
    assert (kept.reason, kept.seen, kept.body) == ("store_paused", 30, "")
    assert Integration.objects.count() == 0


def test_one_body_that_the_database_refuses_leaves_its_neighbours_alone(store: Store) -> None:
    """No body gets a text past the parser that a database refuses; should one ever, it is set aside alone."""

    async def session(app: Ingest) -> list[Told]:
        put = app._writer.put

        def spoilt(parcel: Parcel) -> asyncio.Future[Fate]:
            [hint] = parcel.hints
            return put(replace(parcel, hints=(replace(hint, sku="\ud800"),)) if hint.sku == "13" else parcel)

        app._writer.put = spoilt  # type: ignore[method-assign]
        return list(await asyncio.gather(*(call(app, post(note(sku))) for sku in range(1, 41))))

    statuses = [answer.status for answer in visit(database(), session)]
    fold_all()
    assert [sku for sku, status in enumerate(statuses, 1) if status != 200] == [13]
    assert statuses[12] == 202
    assert set(Integration.objects.values_list("sku", flat=True)) == {str(sku) for sku in range(1, 41)} - {"13"}
    assert [kept.reason for kept in Quarantine.objects.all()] == ["not_storable"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite has one lock for all writers")
def test_a45_a_locked_database_is_a_503_within_a_second_and_then_all_is_well(store: Store) -> None:
    async def session(app: Ingest) -> list[float]:
        loop = asyncio.get_running_loop()
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            began = loop.time()
            locked = await asyncio.gather(*(call(app, post(note(sku))) for sku in range(1, 300)))
            took = loop.time() - began
            other.execute("ROLLBACK")
        finally:
            other.close()
        free = await call(app, post(note("15")))
        return [took, free.status, *{answer.status for answer in locked}]

    took, free, *locked = visit(database(), session)
    fold_all()
    assert locked == [503]
    assert took < 1.5
    assert free == 200
    assert list(Integration.objects.values_list("sku", flat=True)) == ["15"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connection to break")
def test_a_connection_that_the_server_ended_costs_nobody_anything(store: Store) -> None:
    async def session(app: Ingest) -> list[int]:
        first = await call(app, post(note("15")))
        await asyncio.to_thread(end_others)
        second = await call(app, post(note("16")))
        return [first.status, second.status]

    assert visit(database(), session) == [200, 200]
    fold_all()
    assert sorted(Integration.objects.values_list("sku", flat=True)) == ["15", "16"]


def end_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'ponte-ingest'"
        )
        ended = len(cursor.fetchall())
    connection.close()
    assert ended == 2


def test_random_order_of_the_same_hints_is_one_state(store: Store) -> None:
    """A37: what came first and what came last make no difference, for nothing but the SKU is kept."""
    assert told(note("15", DateModified="2026-02-02T00:00:00Z"), note("15", DateModified="2026-01-01T00:00:00Z")) == [
        200,
        200,
    ]
    [row] = Integration.objects.all()
    assert (row.sku, row.phase) == ("15", "queued")
