"""The numbers beside the menu are those of the pages they lead to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from factories import MISSING, make_cause, make_channel, make_integration, make_store
from ponte.db import causes
from ponte.db.cause_filters import CauseFilters, Tab
from ponte.db.models import Lane
from ponte.db.pulse import Pulse, pulse
from ponte.db.scope import Scope
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return make_store()


@pytest.fixture
def channels(store):
    """Three channels, one of them taken out, with causes and records of all kinds; and another store's."""
    mlb, amz, gone = make_channel(store), make_channel(store, "amz", "Amazon"), make_channel(store, "old", "Antigo")
    gone.archived_at = timezone.now()
    gone.save()
    for channel in (mlb, gone, make_channel(make_store("outraloja"))):
        make_integration(channel, "1", "error")
        make_integration(channel, "2", "queued")
        make_integration(channel, "3", "processing")
        make_integration(channel, "4", "waiting")
        Lane.objects.filter(channel=channel).update(state="paused")
    now = timezone.now()
    make_cause(amz, MISSING, more=2, state="ignored", ignored_until=now - timedelta(hours=1))
    make_cause(amz, problem("LATER"), more=2, state="ignored", ignored_until=now + timedelta(hours=1))
    make_cause(amz, problem("KNOWN"), more=2, state="known")
    make_cause(amz, problem("WARNED", severity=Severity.WARNING), more=2)
    make_cause(amz, problem("GONE"))
    make_cause(amz, problem("ACCOUNT", kind=next(kind for kind in ProblemClass if kind.about_account)), more=1)
    return mlb, amz


def problem(code, **values):
    told = {"kind": ProblemClass.ATTRIBUTE_MISSING, "stage": Stage.SEND, "subject": "x", **values}
    return Problem(code=code, message="", params={}, **told)


def test_the_numbers_are_those_of_the_pages(store, channels):
    scope = Scope(store.pk)
    listed = causes.page(scope, CauseFilters(tab=Tab.OPEN, severity="error"), now=timezone.now())
    assert pulse(scope) == Pulse(causes=len(listed.rows), queued=2, stopped=1)
    assert len(listed.rows) == 2


def test_who_sees_some_channels_gets_the_numbers_of_those(store, channels):
    mlb, amz = channels
    assert pulse(Scope(store.pk, (mlb.pk,))) == Pulse(causes=1, queued=2, stopped=1)
    assert pulse(Scope(store.pk, (amz.pk,))) == Pulse(causes=1, queued=0, stopped=0)


def test_a_circuit_that_is_open_stops_a_channel(store, channels, django_assert_num_queries):
    Lane.objects.update(state="open", breaker_until_ms=int(timezone.now().timestamp() * 1000) + 60_000)
    with django_assert_num_queries(1):
        assert pulse(Scope(store.pk)).stopped == 2
