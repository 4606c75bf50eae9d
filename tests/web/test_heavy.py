"""Statements of pages and the API that take too long end, on PostgreSQL; nothing else ends with them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from django.test import AsyncClient, Client

from cast import make_cast
from factories import make_integration
from ponte.db.models import Audit, BulkAction, Channel, Integration, Lane, Membership, Work
from ponte.flows.people.people import make_token

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no limit for a statement"),
]


@pytest.fixture(autouse=True)
def _short(settings):
    settings.REQUEST_STATEMENT_MS = 300


@pytest.fixture
def patient(cast, as_) -> Client:
    made = as_(cast.ana)
    made.raise_request_exception = False
    return made


@contextmanager
def locked(table: str, seconds: float = 10) -> Iterator[None]:
    """Keep everybody else from a table, at most so long."""
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            held.set()
            over.wait(seconds)
            cursor.execute("ROLLBACK")
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    try:
        yield
    finally:
        over.set()
        thread.join()


def limit_now() -> str:
    """Return the limit of whoever is lent a connection next, for something else than a request."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


def everything() -> list[list[tuple[object, ...]]]:
    models = (Integration, Work, Audit, BulkAction, Channel, Lane, Membership)
    return [[*model.objects.order_by("pk").values_list()] for model in models]


def test_a_page_that_is_too_heavy_says_how_to_ask_for_less(patient, cast):
    make_integration(cast.channel)
    with locked("db_integration"):
        answer = patient.get("/produtos?status=error")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "O pedido ficou pesado demais" in answer.text
    assert "escolha um canal ou menos dias" in answer.text
    assert 'href="/produtos?status=error"' in answer.text
    assert "O banco de dados demorou demais" in answer.headers["HX-Trigger"].encode().decode("unicode_escape")


def test_the_api_answers_a_problem(cast):
    token = make_token(cast.ana, cast.store, "t")
    make_integration(cast.channel)
    client = Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)
    with locked("db_integration"):
        answers = [client.get(path) for path in ("/api/v1/integrations", "/logs/", "/metrics")]
    for answer in answers[:2]:
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:ponte:problem:too-heavy"
    assert answers[2].status_code == 200  # it reads counters, never the records


DEEDS = [
    ("/produtos/{record}/reprocessar", {}),
    ("/produtos/{record}/remover", {}),
    ("/produtos/acoes", {"verb": "reprocess", "id": "{record}"}),
    ("/fila/pausar", {}),
    ("/pessoas/{bruno}", {"role": "viewer"}),
]


@pytest.mark.parametrize(("path", "fields"), DEEDS)
def test_a_deed_that_is_cut_off_is_not_half_done(patient, cast, path, fields):
    """The audit is written at the end of a deed: kept from it, the deed is cut off when all else is written."""
    names = {"record": make_integration(cast.channel).pk, "bruno": cast.bruno.pk}
    filled = {name: value.format(**names) for name, value in fields.items()}
    before = everything()
    with locked("db_audit"):
        answer = patient.post(path.format(**names), filled, headers={"Referer": "http://testserver/causas"})
    assert answer.status_code == 503
    assert 'href="http://testserver/causas"' in answer.text
    assert "nada ficou pela metade" in answer.text
    assert everything() == before
    assert patient.post(path.format(**names), filled).status_code < 400
    assert everything() != before


@pytest.mark.parametrize("within", [nullcontext, transaction.atomic])
def test_what_follows_a_request_in_its_thread_takes_its_time(patient, cast, within):
    """With the connection that the request had, which a test does not give back."""
    assert patient.get("/produtos").status_code == 200
    with within(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.4)")
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] == "0"


def test_what_is_no_request_takes_its_time(patient, cast):
    assert patient.get("/produtos").status_code == 200
    assert limit_now() == "0"
    threads: list[str] = []
    thread = threading.Thread(target=lambda: (threads.append(limit_now()), connection.close()))
    thread.start()
    thread.join()
    assert threads == ["0"]


def test_a_limit_of_the_databases_own_stays_for_everybody_else(patient, cast):
    with connection.cursor() as cursor:
        cursor.execute("ALTER ROLE CURRENT_USER SET statement_timeout = '77s'")
    try:
        connection.close_pool()
        assert patient.get("/produtos").status_code == 200
        assert limit_now() == "77s"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER ROLE CURRENT_USER RESET statement_timeout")
        connection.close_pool()


def test_a_connection_given_back_in_the_midst_of_a_transaction_is_lent_with_its_limit(patient, cast):
    connection.close_pool()
    connection.close()
    connection.set_autocommit(False)
    Integration.objects.count()
    connection.close()
    with locked("db_integration"):
        assert patient.get("/produtos").status_code == 503
    assert limit_now() == "0"


def noting(said: list[str], wire, query: str):
    said.append(query)
    return type(wire).execute(wire, query)


def test_a_connection_that_is_lent_again_is_set_only_once(monkeypatch):
    """So that no page costs a statement more."""
    connection.close_pool()
    connection.limit_statements(300)
    said: list[str] = []
    try:
        for _ in range(3):
            connection.close()
            connection.ensure_connection()
            wire = connection.connection
            monkeypatch.setattr(wire, "execute", partial(noting, said, wire))
            with connection.cursor() as cursor:
                cursor.execute("SHOW statement_timeout")
                assert cursor.fetchone()[0] == "300ms"
    finally:
        connection.limit_statements(0)
        connection.close()
    assert said == ["SET statement_timeout = 300"]


def test_a_file_that_is_written_while_it_is_sent_takes_its_time(settings):
    """Under the server that Ponte runs with: the request's limit ends with its answer, not with its last byte."""

    async def download() -> bytes:
        cast = await sync_to_async(make_cast)()
        await sync_to_async(make_integration)(cast.channel)
        client = AsyncClient()
        await sync_to_async(client.force_login)(cast.ana, backend="django.contrib.auth.backends.ModelBackend")
        answer = await client.get("/exportar/produtos?tipo=csv")
        assert answer.status_code == 200
        pieces = aiter(answer.streaming_content)
        first = await anext(pieces)
        with locked("db_integration", seconds=1):
            await asyncio.sleep(0)
            rest = [piece async for piece in pieces]
        return b"".join([first, *rest])

    try:
        assert asyncio.run(download()).count(b"\r\n") >= 2
    finally:
        connections.close_all()
