"""How fast channels go is told by the newest tries and requests, whoever made them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from factories import make_channel, make_integration, make_store
from ponte.db import bulk_queue
from ponte.db.bulk_queue import Speed
from ponte.db.models import Attempt, Exchange

pytestmark = pytest.mark.django_db


@pytest.fixture
def channels():
    store = make_store()
    return [make_channel(store, code, code) for code in ("mlb", "amz", "vtx")]


def tried(channel, seconds, requests=0, side="marketplace"):
    """Make a try of so many seconds ago, with its requests."""
    record = make_integration(channel, str(Attempt.objects.count()))
    at = timezone.now() - timedelta(seconds=seconds)
    made = Attempt.objects.create(
        integration=record, channel=channel, number=9, trigger="retry", result="rejected", started_at=at
    )
    for place in range(requests):
        Exchange.objects.create(
            attempt=made, place=place, side=side, method="GET", url="x", endpoint="GET x", started_at=at
        )


def test_speeds_are_of_the_last_minute_by_channel(channels):
    mlb, amz, vtx = channels
    Attempt.objects.all().delete()
    tried(mlb, 90, requests=3)
    tried(mlb, 40, requests=2)
    tried(mlb, 20, requests=1, side="vtex")
    tried(amz, 10, requests=4)
    assert bulk_queue.speeds([mlb.pk, amz.pk, vtx.pk]) == {
        mlb.pk: Speed(2.0, 2.0),
        amz.pk: Speed(1.0, 4.0),
        vtx.pk: Speed(0.0, 0.0),
    }


def test_where_the_newest_fill_less_than_a_minute_they_stand_for_it(channels, monkeypatch):
    mlb, amz, _ = channels
    for seconds in (50, 30, 20, 10):
        tried(mlb if seconds == 30 else amz, seconds)
    monkeypatch.setattr(bulk_queue, "LAST_TRIES", 3)
    found = bulk_queue.speeds([mlb.pk, amz.pk])
    assert found[mlb.pk].products == pytest.approx(2.0, rel=0.05)
    assert found[amz.pk].products == pytest.approx(4.0, rel=0.05)
