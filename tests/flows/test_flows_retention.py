"""Old requests and answers go, the attempts stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from factories import make_attempt, make_channel, make_exchange, make_integration, make_store
from ponte.config import ConfigError, load
from ponte.db.models import Attempt, Exchange
from ponte.flows import retention
from ponte.flows.retention import forget_exchanges

pytestmark = pytest.mark.django_db


@pytest.fixture
def tried():
    return make_attempt(make_integration(make_channel(make_store())))


def passed(tried, place: int, days_ago: int) -> Exchange:
    return make_exchange(tried, place, started_at=timezone.now() - timedelta(days=days_ago))


def test_what_is_older_goes_and_what_is_younger_stays(tried):
    passed(tried, 0, 100)
    passed(tried, 1, 91)
    young = passed(tried, 2, 89)
    assert forget_exchanges(days=90) == 2
    assert list(Exchange.objects.values_list("pk", flat=True)) == [young.pk]
    assert Attempt.objects.filter(pk=tried.pk).exists()


def test_doing_it_twice_changes_nothing(tried):
    passed(tried, 0, 100)
    assert (forget_exchanges(days=90), forget_exchanges(days=90)) == (1, 0)


def test_more_than_one_handful_goes_in_several_rounds(tried, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for place in range(5):
        passed(tried, place, 100)
    assert forget_exchanges(days=90, rounds=2) == 4
    assert forget_exchanges(days=90) == 1


def test_no_days_keeps_everything(tried):
    passed(tried, 0, 10_000)
    assert forget_exchanges(days=0) == 0
    assert Exchange.objects.count() == 1


@pytest.mark.parametrize("text", ["-1", "x", "1.5", "999999", "²"])
def test_a_number_of_days_that_is_none_stops_the_start(text, tmp_path):
    with pytest.raises(ConfigError, match="PONTE_KEEP_EXCHANGES_DAYS"):
        load({"PONTE_DATA": str(tmp_path), "PONTE_KEEP_EXCHANGES_DAYS": text})
