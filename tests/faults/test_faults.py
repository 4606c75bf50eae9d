"""The suites, small: every protection holds, and every control, with the protection taken away, fails.

Short leases make them quick; what is waited for are states, never times.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from faults.stage import SERVER

TESTS = Path(__file__).resolve().parents[1]
QUICK = ("--lease", "2", "--heartbeat", "0.5", "--limit", "90")
SMALL = {
    "kills": ("--kills", "8", "--changes", "160", "--channels", "6", "--skus", "60", "--gap", "0.3"),
    "zombies": ("--stops", "4", "--channels", "4", "--skus", "60"),
    "ambiguous": ("--lost", "12", "--channels", "2", "--skus", "100"),
    "poison": ("--channels", "2", "--skus", "60"),
    "share": ("--channels", "6", "--skus", "600"),
    "refresh": ("--skus", "20"),
    "breaker": ("--outage", "5", "--skus", "200"),
    "graceful": ("--terms", "4", "--channels", "4", "--skus", "120"),
    "retention": ("--kills", "4", "--skus", "60"),
}
CONTROLS = (
    ("kills", "stuck", "--kills", "2", "--changes", "40"),
    ("ambiguous", "duplicates"),
    ("refresh", "token_calls"),
    ("breaker", "requests_in_the_outage"),
    ("graceful", "exit_codes", "--terms", "2"),
    ("retention", "half_deleted", "--kills", "1"),
)
NO_SERVER = f"{SERVER} is not set: the suites need a PostgreSQL server on which they may make databases."

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Both databases; PostgreSQL may only be left out where nobody asked for it."""
    wanted = os.environ.get("CI") or os.environ.get("PONTE_TEST_POSTGRES") == "required"
    if request.param == "postgresql" and not os.environ.get(SERVER):
        pytest.fail(NO_SERVER) if wanted else pytest.skip(NO_SERVER)
    return str(request.param)


def play(suite: str, database: str, *more: str) -> dict[str, Any]:
    """Run a suite in a process of its own, and return its figures."""
    command = [sys.executable, "-m", "faults", suite, "--database", database, *QUICK, *SMALL[suite], *more]
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", SERVER}}
    done = subprocess.run(
        command,
        env=environment | {"PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.stdout, done.stderr[-2000:]
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == int(bool(figures["breaches"])), done.stderr[-2000:]
    return figures


def test_killed_workers_lose_nothing_and_their_lanes_are_taken_up(database: str) -> None:
    figures = play("kills", database)
    assert (figures["breaches"], figures["kills"] >= 8) == ({}, True)


def test_what_a_frozen_worker_sends_when_it_wakes_does_not_stand(database: str) -> None:
    figures = play("zombies", database)
    assert (figures["breaches"], figures["at_work"] >= 4) == ({}, True)


def test_a_create_whose_answer_was_lost_is_not_made_twice(database: str) -> None:
    figures = play("ambiguous", database)
    assert (figures["breaches"], figures["lost_answers"]) == ({}, 12)


def test_a_product_that_kills_its_worker_is_put_away_after_three_deaths(database: str) -> None:
    figures = play("poison", database)
    assert (figures["breaches"], figures["deaths"], figures["deaths_after_a_change"]) == ({}, 3, 1)


def test_two_workers_share_the_lanes_and_one_carries_on_alone(database: str) -> None:
    assert play("share", database)["breaches"] == {}


def test_an_expired_token_is_refreshed_once_and_a_lost_one_stops_the_channel(database: str) -> None:
    figures = play("refresh", database)
    assert (figures["breaches"], figures["token_calls"]) == ({}, 1)


def test_a_marketplace_that_is_down_is_asked_seldom_and_no_try_is_burnt(database: str) -> None:
    assert play("breaker", database)["breaches"] == {}


def test_workers_that_are_asked_to_end_leave_nothing_running(database: str) -> None:
    assert play("graceful", database)["breaches"] == {}


def test_workers_killed_while_they_delete_old_attempts_leave_none_half(database: str) -> None:
    figures = play("retention", database)
    assert (figures["breaches"], figures["kills"]) == ({}, 4)


@pytest.mark.parametrize("control", CONTROLS, ids="-".join)
def test_without_its_protection_a_suite_fails(control: tuple[str, ...]) -> None:
    suite, breach, *less = control
    figures = play(suite, "sqlite", "--control", "--limit", "8", *less)
    assert {*breach.split("|")} & figures["breaches"].keys()
