"""A worker's tidying: slice after slice, never one long deed; what fails does not stop the rest."""

from __future__ import annotations

import asyncio
import time

import pytest

from ponte.flows import tidy as tidying_steps
from ponte.flows.pipeline import tidying
from ponte.flows.pipeline.tidying import Tidying, tidy


class Writes:
    """A database that counts what is written, and lets others write between."""

    def __init__(self) -> None:
        self.names: list[str] = []

    async def write(self, call):
        self.names.append(call.__name__)
        return call()


def step(name: str, slices: int):
    left = [slices]

    def forget() -> bool:
        left[0] -= 1
        return left[0] > 0

    forget.__name__ = name
    return forget


def fails() -> bool:
    raise RuntimeError


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(tidying, "PAUSE_SECONDS", 0)


def test_each_slice_is_a_write_of_its_own_and_a_failure_stops_no_other(monkeypatch):
    monkeypatch.setattr(tidying, "STEPS", (step("one", 3), fails, step("two", 1)))
    database = Writes()
    asyncio.run(tidy(database))
    assert database.names == ["one", "one", "one", "fails", "two"]


def test_an_hour_has_only_so_many_slices(monkeypatch):
    monkeypatch.setattr(tidying, "STEPS", (step("endless", 10**9), step("two", 1)))
    monkeypatch.setattr(tidying, "SLICES", 4)
    database = Writes()
    asyncio.run(tidy(database))
    assert database.names == ["endless"] * 4 + ["two"]


def test_it_begins_once_an_hour_and_is_broken_off_at_the_end(monkeypatch):
    monkeypatch.setattr(tidying, "STEPS", (step("endless", 10**9),))
    monkeypatch.setattr(tidying, "PAUSE_SECONDS", 60)

    async def run() -> list[str]:
        database, own = Writes(), Tidying()
        for _ in range(3):
            own.look(database)
            await asyncio.sleep(0)
        await own.end()
        own.look(database)  # its hour is not over
        await asyncio.sleep(0)
        return database.names

    begin = time.monotonic()
    assert asyncio.run(run()) == ["endless"]
    assert time.monotonic() - begin < 30


@pytest.mark.django_db
def test_every_step_of_an_empty_database_has_no_more():
    assert [one() for one in tidying_steps.STEPS] == [False] * len(tidying_steps.STEPS)
