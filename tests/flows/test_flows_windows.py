"""Endpoints that may be asked only now and then: known to every worker, and after a restart."""

from __future__ import annotations

import asyncio

import pytest
from django.utils import timezone

from factories import make_channel, make_store
from ponte.connectors import get
from ponte.connectors.transport import unanswered
from ponte.db.models import Window
from ponte.domain.connector import Rate
from ponte.domain.lifecycle import Phase, Status, settle
from ponte.domain.message import Failure, NoAnswer, Request, Response
from ponte.domain.outcome import Postponed
from ponte.flows.pipeline.windows import Windows, next_batches, take_window

FILE = "POST /imports"
pytestmark = pytest.mark.django_db


@pytest.fixture
def channel_id() -> int:
    return make_channel(make_store()).pk


def test_a_window_opens_once_and_tells_the_next_how_long_it_is_shut(channel_id):
    assert take_window(channel_id, FILE, Rate(900)) == 0
    assert 899 < take_window(channel_id, FILE, Rate(900)) <= 900


def test_a_burst_is_as_many_turns_at_once(channel_id):
    assert [take_window(channel_id, FILE, Rate(900, burst=3)) for _ in range(3)] == [0, 0, 0]
    assert 899 < take_window(channel_id, FILE, Rate(900, burst=3)) <= 900


def test_windows_of_endpoints_and_channels_are_apart(channel_id):
    take_window(channel_id, FILE, Rate(900))
    assert take_window(channel_id, "GET /imports/{id}", Rate(60)) == 0


def test_a_window_that_has_passed_is_open(channel_id):
    take_window(channel_id, FILE, Rate(900))
    Window.objects.update(full_at_ms=1)
    assert take_window(channel_id, FILE, Rate(900)) == 0


def test_people_are_told_when_the_next_batch_leaves(channel_id):
    endpoint = get("mirakl").manifest.limits.batch
    assert next_batches({channel_id: "mirakl"}) == {}
    take_window(channel_id, endpoint, Rate(900))
    at = next_batches({channel_id: "mirakl"})[channel_id]
    assert 890 < (at - timezone.now()).total_seconds() <= 901


def test_other_windows_and_connectors_without_batches_tell_nothing(channel_id):
    take_window(channel_id, FILE, Rate(900))
    assert next_batches({channel_id: "mirakl"}) == {}
    assert next_batches({channel_id: "mercadolivre"}) == {}
    assert next_batches({channel_id: "nothing"}) == {}


class Straight:
    async def write(self, call, *args):
        return call(*args)


def shut(windows: Windows, endpoint: str) -> float:
    return asyncio.run(windows.shut(endpoint))


def test_short_limits_wait_and_unlimited_endpoints_do_not(channel_id):
    windows = Windows(channel_id, {"GET /items": Rate(0.01)}, Straight())
    assert [shut(windows, "GET /items"), shut(windows, "GET /items"), shut(windows, "GET /others")] == [0, 0, 0]
    assert not Window.objects.exists()


def told(channel_id: int, header: str, text: str) -> float:
    """Return the rate of an endpoint of ten a second after an answer with this header."""
    windows = Windows(channel_id, {"GET /items": Rate(0.1)}, Straight(), header=header)
    shut(windows, "GET /items")
    windows.told("GET /items", Response(200, {"x-rate": text}))
    windows.told("GET /others", Response(200, {"x-rate": "7"}))
    return windows.rate("GET /items")


def test_an_endpoint_is_asked_as_often_as_its_answers_say(channel_id):
    assert [told(channel_id, "x-rate", text) for text in ("2.5", "40")] == [2.5, 40.0]


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "-1", "0", "0.01", "1e9", "5,0", "9" * 100])
def test_a_rate_that_cannot_be_is_not_believed(channel_id, text):
    assert told(channel_id, "x-rate", text) == 10.0


def test_without_a_name_no_header_tells_a_rate(channel_id):
    assert told(channel_id, "", "2.5") == 10.0


def test_a_shut_window_uses_up_no_try_and_waits_for_its_time():
    outcome = unanswered(
        Request("POST", "/imports", FILE, changes=True), NoAnswer(Failure.WINDOW, sent=False, detail="432")
    )
    assert isinstance(outcome, Postponed)
    assert (outcome.retry_in, outcome.unknown, outcome.by_window) == (432.0, False, True)
    verdict = settle(outcome, tries=7, luck=0.9)
    assert (verdict.status, verdict.phase) == (Status.PENDING, Phase.QUEUED)
    assert (verdict.next_in, verdict.tries) == (432.0, 7)
