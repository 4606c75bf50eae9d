"""Group commit: company, order, failures, and everybody's answer."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time

import pytest
from asgi_client import ADDRESS, DOORS, KEY, STORE, Call, Memory, Told, ask, ask_one, call, note, post, visit
from django.db import DataError, InterfaceError, OperationalError

from ponte.flows.ingest import Hint
from ponte.ingest.app import Ingest
from ponte.ingest.writer import Limits

MANY = [post(note(sku)) for sku in range(1, 101)]


def statuses(told: list[Told]) -> list[int]:
    return [answer.status for answer in told]


def test_requests_of_one_moment_share_one_transaction() -> None:
    memory = Memory()
    told = ask(memory, *MANY, limits=Limits(window=0.2))
    assert statuses(told) == [200] * 100
    assert memory.transactions == [100]
    assert memory.hints == [Hint(11, "product", str(sku)) for sku in range(1, 101)]


def test_a_batch_has_a_largest_size() -> None:
    memory = Memory()
    assert statuses(ask(memory, *MANY, limits=Limits(most=30))) == [200] * 100
    assert max(memory.transactions) == 30
    assert sum(memory.transactions) == 100


def test_nobody_is_told_200_before_the_commit() -> None:
    memory = Memory()
    gate = threading.Event()
    memory.breaks = lambda: gate.wait(5) and None

    async def session(app: Ingest) -> tuple[bool, Told]:
        asking = asyncio.create_task(call(app, post(note())))
        done, _ = await asyncio.wait({asking}, timeout=0.2)
        gate.set()
        return bool(done), await asking

    early, told = visit(memory, session)
    assert (early, told.status, len(memory.hints)) == (False, 200, 1)


def test_the_writer_has_one_thread_and_closes_what_it_opened() -> None:
    memory = Memory()
    ask(memory, *MANY, limits=Limits(most=10))
    assert len(memory.threads) == 1
    assert threading.get_ident() not in memory.threads
    assert memory.opened == memory.closed == 2
    assert [thread.name for thread in threading.enumerate() if "ponte-ingest" in thread.name] == []


@pytest.mark.parametrize("error", [DataError("x"), ValueError("x"), UnicodeEncodeError("utf-8", "x", 0, 1, "x")])
@pytest.mark.parametrize("bad", [{"1"}, {"50"}, {"100"}, {"3", "4", "77"}], ids=str)
def test_one_bad_body_never_fails_its_neighbours(error: Exception, bad: set[str]) -> None:
    memory = Memory(refuse=lambda hint: error if hint.sku in bad else None)
    told = ask(memory, *MANY, limits=Limits(window=0.2))
    assert {place for place, status in enumerate(statuses(told), 1) if status != 200} == {int(sku) for sku in bad}
    assert {hint.sku for hint in memory.hints} == {str(sku) for sku in range(1, 101)} - bad
    assert {item.reason for item in memory.aside} == {"not_storable"}
    assert len(memory.aside) == len(bad)
    assert {told[int(sku) - 1].status for sku in bad} == {202}


def test_a_body_that_cannot_even_be_set_aside_must_come_again() -> None:
    memory = Memory(refuse=lambda _: DataError("x"))
    memory.quarantine = refuse_all  # type: ignore[method-assign]
    told = ask_one(memory, post(note()))
    assert (told.status, told.headers["retry-after"]) == (503, "5")


def refuse_all(_: object) -> None:
    raise DataError("x")


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_a45_with_the_database_down_everybody_is_told_503_at_once(error: Exception) -> None:
    def fail() -> None:
        raise error

    memory = Memory(breaks=fail)
    began = time.monotonic()
    told = ask(memory, *MANY, limits=Limits(most=10))
    assert time.monotonic() - began < 10.0  # a second on a quiet machine; nobody waits for a database that is away
    assert statuses(told) == [503] * 100
    assert {answer.headers["retry-after"] for answer in told} == {"5"}
    assert (memory.hints, memory.aside) == ([], [])


def test_a45_once_the_database_is_back_the_next_ones_are_stored() -> None:
    memory = Memory()
    down = [True]

    def fail() -> None:
        if down[0]:
            raise OperationalError

    memory.breaks = fail

    async def session(app: Ingest) -> list[int]:
        first = await call(app, post(note("1")))
        down[0] = False
        second = await call(app, post(note("1")))
        return [first.status, second.status]

    assert visit(memory, session) == [503, 200]
    assert memory.hints == [Hint(11, "product", "1")]


def test_a_connection_that_broke_while_idle_costs_nobody_anything() -> None:
    memory = Memory()

    def fail() -> None:
        if not memory.resets:
            raise OperationalError

    memory.breaks = fail
    assert ask_one(memory, post(note())).status == 200
    assert memory.resets == 1


def test_a_database_that_hangs_is_a_503_when_patience_ends(caplog: pytest.LogCaptureFixture) -> None:
    gate = threading.Event()
    memory = Memory(breaks=lambda: gate.wait(10) and None)

    async def session(app: Ingest) -> list[Told]:
        waves = [asyncio.create_task(call(app, request)) for request in MANY[:5]]
        await asyncio.sleep(0.05)
        waves += [asyncio.create_task(call(app, request)) for request in MANY[5:10]]
        told = await asyncio.gather(*waves)
        gate.set()
        return told

    told = visit(memory, session, limits=Limits(patience=0.2))
    assert statuses(told) == [503] * 10
    assert "notifications were refused: the database took longer than 0.2 s" in caplog.text
    assert {hint.sku for hint in memory.hints} <= {str(sku) for sku in range(1, 6)}


def test_a_client_that_leaves_while_it_waits_takes_nobody_with_it() -> None:
    memory = Memory()

    async def session(app: Ingest) -> list[Told]:
        asking = [asyncio.create_task(call(app, request)) for request in MANY]
        await asyncio.sleep(0.05)
        for task in asking[::2]:
            task.cancel()
        await asyncio.gather(*asking[::2], return_exceptions=True)
        return await asyncio.gather(*asking[1::2])

    told = visit(memory, session, limits=Limits(window=0.2))
    assert statuses(told) == [200] * 50
    assert len(memory.hints) == 100


def test_a46_what_cannot_wait_is_turned_away_with_a_time_to_come_again() -> None:
    gate = threading.Event()
    memory = Memory(breaks=lambda: gate.wait(5) and None)

    async def session(app: Ingest) -> list[Told]:
        asking = [asyncio.create_task(call(app, request)) for request in MANY]
        refused, _ = await asyncio.wait(asking, timeout=0.3)
        assert len(refused) == 80
        gate.set()
        return await asyncio.gather(*asking)

    told = visit(memory, session, limits=Limits(waiting=20))
    assert sorted(statuses(told)) == [200] * 20 + [429] * 80
    assert {answer.headers["retry-after"] for answer in told if answer.status == 429} == {"5"}
    assert len(memory.hints) == 20


def test_what_waits_at_the_end_is_still_stored_and_answered() -> None:
    memory = Memory()
    asking: list[asyncio.Task[Told]] = []

    async def session(app: Ingest) -> list[Told]:
        asking.extend(asyncio.create_task(call(app, request)) for request in MANY)
        await asyncio.sleep(0.05)
        await app._writer.stop()
        return await asyncio.gather(*asking)

    told = visit(memory, session, limits=Limits(window=30.0, most=40))
    assert statuses(told) == [200] * 100
    assert len(memory.hints) == 100


def test_a_new_key_is_known_at_its_first_use() -> None:
    doors = dict(DOORS)
    memory = Memory(doors=lambda: dict(doors))

    async def session(app: Ingest) -> list[int]:
        request = post(note(), "/vtex/notifications/new-key")
        app._doors._read_at -= 10
        first = await call(app, request)
        doors[hashlib.sha256(b"new-key").hexdigest()] = STORE
        second = await call(app, request)
        app._doors._read_at -= 10
        third = await call(app, request)
        return [first.status, second.status, third.status]

    assert visit(memory, session) == [404, 404, 200]


def test_wrong_keys_do_not_make_us_read_the_stores_more_than_once_a_second() -> None:
    reads: list[int] = []

    def doors() -> dict:
        reads.append(1)
        return DOORS

    memory = Memory(doors=doors)
    told = ask(memory, *(Call(path=f"/vtex/notifications/wrong{place}") for place in range(200)))
    assert statuses(told) == [404] * 200
    assert len(reads) == 1


def test_stores_are_read_again_by_themselves() -> None:
    doors = dict(DOORS)
    memory = Memory(doors=lambda: dict(doors))

    async def session(app: Ingest) -> Told:
        doors.clear()
        while app._doors._known:
            await asyncio.sleep(0.05)
        return await call(app, post(note()))

    assert visit(memory, session).status == 404


def test_while_the_stores_could_not_be_read_nobody_is_told_that_a_key_is_wrong() -> None:
    def doors() -> dict:
        raise OperationalError

    memory = Memory(doors=doors)
    told = ask(memory, post(note()), Call(path=f"/vtex/notifications/{KEY}x"), Call(path="/vtex/other"))
    assert statuses(told) == [503, 503, 404]


def test_stores_once_read_are_kept_while_the_database_is_down() -> None:
    reads: list[int] = []

    def doors() -> dict:
        reads.append(1)
        if len(reads) > 1:
            raise OperationalError
        return DOORS

    async def session(app: Ingest) -> list[int]:
        app._doors._read_at -= 10
        unknown = await call(app, Call(path="/vtex/notifications/wrong"))
        known = await call(app, post(note(), ADDRESS))
        return [unknown.status, known.status]

    assert visit(Memory(doors=doors), session) == [404, 200]
    assert len(reads) == 2
