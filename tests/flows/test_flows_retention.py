"""What has had its time goes, slice by slice; what a page, a comparison or a listing needs stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factories import make_attempt, make_channel, make_exchange, make_integration, make_store
from ponte.config import ConfigError, load
from ponte.db import forgetting
from ponte.db.models import (
    ActionCount,
    Attempt,
    BulkAction,
    Counter,
    Exchange,
    Export,
    Integration,
    ListingLink,
    ListingSearch,
    Note,
    Problem,
    Quarantine,
    Sweep,
    Work,
)
from ponte.db.record_offers import last_accepted, newest_offer
from ponte.domain.doubt import doubt_until
from ponte.flows.channels import steer
from ponte.flows.retention import attempts, exchanges, papers, removed
from ponte.flows.retention.attempts import forget_attempts
from ponte.flows.retention.exchanges import forget_exchanges
from ponte.flows.retention.papers import forget_actions, forget_exports, forget_quarantine
from ponte.flows.retention.removed import forget_removed

pytestmark = pytest.mark.django_db


def ago(days: float):
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def channel():
    return make_channel(make_store())


@pytest.fixture
def tried(channel):
    return make_attempt(make_integration(channel))


def passed(tried, place: int, days_ago: int) -> Exchange:
    return make_exchange(tried, place, started_at=ago(days_ago))


def record_with(channel, state: str, results: str, *, days_ago: float = 500, sku: str = "118204") -> Integration:
    """Make a record with a try per letter: Accepted, Unchanged, Rejected, Pending with an offer; f, p, i without."""
    names = {"A": "accepted", "U": "unchanged", "R": "rejected", "P": "pending"}
    without = {"f": "accepted", "p": "postponed", "i": "interrupted"}
    found = make_integration(channel, sku, state, attempts=len(results))
    for number, letter in enumerate(results, 1):
        offer = {"title": str(number)} if letter in names else None
        result = (names | without)[letter]
        one = make_attempt(found, number, result, offer=offer, started_at=ago(days_ago))
        make_exchange(one)
    return found


def numbers(found: Integration) -> list[int]:
    return sorted(Attempt.objects.filter(integration=found).values_list("number", flat=True))


def next_day() -> None:
    Sweep.objects.update(due_at=timezone.now())


def exhaust(step, **days: int) -> int:
    """Do a step until it has no more; returns how often."""
    for times in range(1, 100):
        if not step(**days):
            return times
    raise AssertionError(step)


# Requests and answers


def test_what_is_older_goes_and_what_is_younger_stays(tried):
    passed(tried, 0, 100)
    passed(tried, 1, 91)
    young = passed(tried, 2, 89)
    assert forget_exchanges(days=90) is False
    assert list(Exchange.objects.values_list("pk", flat=True)) == [young.pk]
    assert Attempt.objects.filter(pk=tried.pk).exists()


def test_more_than_one_handful_goes_in_several_slices(tried, monkeypatch):
    monkeypatch.setattr(exchanges, "SLICE", 2)
    for place in range(5):
        passed(tried, place, 100)
    assert [forget_exchanges(days=90) for _ in range(3)] == [True, True, False]
    assert not Exchange.objects.exists()


def test_one_moment_of_a_wrong_clock_does_not_hold_up_the_others(tried, monkeypatch):
    monkeypatch.setattr(exchanges, "SLICE", 2)
    ahead = passed(tried, 0, -400)
    for place in range(1, 5):
        passed(tried, place, 100)
    exhaust(forget_exchanges, days=90)
    assert Exchange.objects.get() == ahead


def test_no_days_keeps_everything(channel, tried):
    passed(tried, 0, 10_000)
    record_with(channel, "success", "AAAAAAA", sku="7", days_ago=10_000)
    make_integration(channel, "8", removed=True, ago=timedelta(days=10_000))
    ended_action(channel, 10_000)
    steps = (forget_exchanges, forget_attempts, forget_removed, forget_actions)
    assert [step(days=0) for step in steps] == [False] * 4
    assert (Exchange.objects.count(), Attempt.objects.count(), Integration.objects.count()) == (8, 8, 3)
    assert BulkAction.objects.count() == 1


@pytest.mark.parametrize("name", ["EXCHANGES", "ATTEMPTS", "REMOVED"])
@pytest.mark.parametrize("text", ["-1", "x", "1.5", "999999", "²"])
def test_a_number_of_days_that_is_none_stops_the_start(name, text, tmp_path):
    with pytest.raises(ConfigError, match=f"PONTE_KEEP_{name}_DAYS"):
        load({"PONTE_DATA": str(tmp_path), f"PONTE_KEEP_{name}_DAYS": text})


# Attempts


def test_of_a_success_the_newest_tries_and_the_last_accepted_offer_stay(channel):
    found = record_with(channel, "success", "AARAfffffff")
    accepted, newest = last_accepted(found.pk), newest_offer(found.pk)
    assert forget_attempts(days=400) is False
    assert numbers(found) == [4, 7, 8, 9, 10, 11]
    assert (last_accepted(found.pk), newest_offer(found.pk)) == (accepted, newest)
    assert Exchange.objects.count() == 6


def test_an_offer_that_was_accepted_later_stays(channel):
    found = record_with(channel, "success", "APfffffff")
    accepted = last_accepted(found.pk)
    forget_attempts(days=400)
    assert numbers(found) == [2, 5, 6, 7, 8, 9]
    assert last_accepted(found.pk) == accepted


@pytest.mark.parametrize("state", ["error", "alert", "queued"])
def test_the_story_of_what_is_not_solved_stays_whole(channel, state):
    found = record_with(channel, state, "AARAUpppiRRRppppp")
    forget_attempts(days=400)
    assert numbers(found) == [5, *range(6, 18)]


def test_an_error_that_was_never_accepted_keeps_all_its_tries(channel):
    found = record_with(channel, "error", "RRRRRRRRRR")
    forget_attempts(days=400)
    assert numbers(found) == [*range(1, 11)]


def test_what_was_needed_for_an_open_error_goes_when_it_is_solved(channel):
    found = record_with(channel, "error", "RRRRRRRRRR")
    forget_attempts(days=400)
    for number in range(11, 20):
        make_attempt(found, number, "accepted", offer={}, started_at=ago(0))
    Integration.objects.filter(pk=found.pk).update(status="success", attempts=19)
    forget_attempts(days=400)
    assert numbers(found) == [*range(1, 20)]  # the way rests until tomorrow
    next_day()
    forget_attempts(days=400)
    assert numbers(found) == [*range(11, 20)]


def test_tries_that_are_young_or_open_stay(channel):
    young = record_with(channel, "success", "AAAAAAAA", days_ago=399)
    running = record_with(channel, "queued", "Affffffff", sku="2")
    Attempt.objects.filter(integration=running, number=2).update(result="open")
    Integration.objects.filter(pk=running.pk).update(status="success", phase="idle")
    forget_attempts(days=400)
    assert numbers(young) == [*range(1, 9)]
    assert numbers(running) == [1, 2, 5, 6, 7, 8, 9]


def test_the_way_goes_on_where_the_last_slice_ended(channel, monkeypatch):
    monkeypatch.setattr(attempts, "SLICE", 4)
    first = record_with(channel, "success", "AAAAAAA", sku="1")
    second = record_with(channel, "success", "AAAAAAA", sku="2")
    assert forget_attempts(days=400) is True
    assert (numbers(first), numbers(second)) == ([3, 4, 5, 6, 7], [*range(1, 8)])
    assert exhaust(forget_attempts, days=400) == 3  # what stays is passed by once, not by every slice
    assert numbers(second) == [3, 4, 5, 6, 7]


def test_a_slice_asks_the_same_of_the_database_whatever_stays(channel):
    counts = []
    for records in (1, 3):
        next_day()
        for place in range(records):
            record_with(channel, "success", "AAAAAAA", sku=f"{records}-{place}")
        with CaptureQueriesContext(
            connection,
        ) as told:
            forget_attempts(days=400)
        counts.append(len([one for one in told if "SAVEPOINT" not in one["sql"]]))
    assert counts[1] <= counts[0]  # the way's place is made by the first


def test_a_slice_that_is_broken_off_deletes_nothing(channel, monkeypatch):
    found = record_with(channel, "success", "AAAAAAA")

    def broken(_ids):
        raise RuntimeError

    monkeypatch.setattr(forgetting, "delete_attempts", broken)
    with pytest.raises(RuntimeError):
        forget_attempts(days=400)
    assert (numbers(found), Exchange.objects.count()) == ([*range(1, 8)], 7)
    assert not Sweep.objects.exclude(place="").exists()


# Removed records


def removed_record(channel, sku: str = "1", days_ago: float = 91, **values) -> Integration:
    found = make_integration(channel, sku, values.pop("state", "error"), removed=True, attempts=2)
    Integration.objects.filter(pk=found.pk).update(removed_at=ago(days_ago), **values)
    for number in (1, 2):
        make_exchange(make_attempt(found, number))
    Note.objects.create(store_id=channel.store_id, integration=found, text="ask the brand", at=timezone.now())
    Problem.objects.create(
        integration=found, channel=channel, problem_class="UNKNOWN", stage="send", severity="error", fingerprint="f"
    )
    return found


def in_trash(channel) -> int:
    return Counter.objects.get(channel=channel, bucket="removed").count


def test_a_record_that_was_removed_long_ago_goes_with_all_that_is_its_own(channel):
    removed_record(channel, "1")
    young = removed_record(channel, "2", days_ago=89)
    shown = make_integration(channel, "3", ago=timedelta(days=500))
    assert forget_removed(days=90) is False
    assert list(Integration.objects.order_by("pk")) == [young, shown]
    assert [model.objects.count() for model in (Attempt, Exchange, Note, Problem)] == [2, 2, 1, 1]
    assert in_trash(channel) == 1


def test_everything_that_refers_to_a_record_is_thought_of():
    gone = {"db_attempt", *forgetting.OF_RECORDS}
    keep_it = {"db_listinglink", "db_work"}
    referring = [field for field in Integration._meta.get_fields(include_hidden=True) if field.auto_created]
    assert {field.related_model._meta.db_table for field in referring if field.is_relation} == gone | keep_it


@pytest.mark.parametrize(
    "values",
    [
        {"listing_id": "MLB1", "listing": {"id": "MLB1"}},
        {"offer_digest": "0123"},
        {"offer_digest": doubt_until(1)},
        {"creating_since": datetime(2026, 1, 2, tzinfo=UTC)},
        {"hold": "ended"},
        {"hold": "unlinked"},
        {"hold": "ending"},
    ],
    ids=str,
)
def test_what_says_whose_a_listing_is_stays(channel, values):
    found = removed_record(channel, days_ago=900, **values)
    forget_removed(days=90)
    assert (Integration.objects.get(), numbers(found), in_trash(channel)) == (found, [1, 2], 1)


def test_a_record_that_had_a_listing_once_stays_and_so_does_one_with_work(channel):
    linked, worked = removed_record(channel, "1"), removed_record(channel, "2")
    ListingLink.objects.create(
        integration=linked,
        channel=channel,
        listing_id="MLB1",
        how="chosen",
        since=ago(500),
        until=ago(400),
        why="gone",
    )
    Work.objects.create(integration=worked, lane=channel.lanes.get(), due_at_ms=0, queued_at_ms=0)
    forget_removed(days=90)
    assert Integration.objects.count() == 2


def test_the_records_of_a_channel_that_was_taken_out_stay(channel):
    found = removed_record(channel, days_ago=900)
    steer.take_out(channel.pk, store_id=channel.store_id, actor_id=None)
    forget_removed(days=90)
    assert Integration.objects.get() == found


def test_records_go_in_slices_past_those_that_stay(channel, monkeypatch):
    monkeypatch.setattr(removed, "SLICE", 2)
    kept = [removed_record(channel, f"k{place}", 100, listing_id=f"MLB{place}") for place in range(3)]
    for place in range(4):
        removed_record(channel, str(place), 91 + place)
    exhaust(forget_removed, days=90)
    assert list(Integration.objects.order_by("pk")) == kept
    assert in_trash(channel) == 3


def test_records_of_one_moment_are_all_found(channel, monkeypatch):
    monkeypatch.setattr(removed, "SLICE", 2)
    for place in range(5):
        removed_record(channel, str(place))
    Integration.objects.update(removed_at=ago(100), listing_id="")
    exhaust(forget_removed, days=90)
    assert not Integration.objects.exists()


def test_a_record_with_many_tries_goes_after_the_last_of_them(channel, monkeypatch):
    monkeypatch.setattr(removed, "ATTEMPTS", 3)
    for sku in ("1", "2"):
        removed_record(channel, sku)
    assert forget_removed(days=90) is True
    assert (Integration.objects.count(), Attempt.objects.count()) == (2, 1)
    assert forget_removed(days=90) is False
    assert (Integration.objects.count(), Attempt.objects.count(), Exchange.objects.count()) == (0, 0, 0)


def test_every_store_has_its_turn(channel):
    other = make_channel(make_store("outra"))
    for one in (channel, other):
        removed_record(one)
    exhaust(forget_removed, days=90)
    assert not Integration.objects.exists()


# What tells of ended work


def ended_action(channel, days_ago: float | None, **values) -> BulkAction:
    made = BulkAction.objects.create(
        store_id=channel.store_id,
        verb="remove",
        selection={},
        frozen_at=timezone.now(),
        last_id=1,
        state="done" if days_ago is not None else "paused",
        ended_at=None if days_ago is None else ago(days_ago),
        **values,
    )
    ActionCount.objects.create(action=made, outcome="error", count=1)
    return made


def test_actions_that_ended_long_ago_go_and_those_that_did_not_end_stay(channel):
    paused = ended_action(channel, None)
    undone = ended_action(channel, 401)
    young = ended_action(channel, 399, undo_of=undone)
    forget_actions(days=400)
    assert list(BulkAction.objects.order_by("pk")) == [paused, young]
    assert ActionCount.objects.count() == 2
    assert BulkAction.objects.get(pk=young.pk).undo_of is None


def test_searches_that_ended_go_after_the_actions(channel, monkeypatch):
    monkeypatch.setattr(papers, "SLICE", 1)
    ended_action(channel, 500)
    for days_ago in (500, 450):
        ListingSearch.objects.create(
            channel=channel, started_at=ago(days_ago), moved_at=ago(days_ago), ended_at=ago(days_ago)
        )
    running = ListingSearch.objects.create(channel=channel, started_at=ago(500), moved_at=ago(500))
    exhaust(forget_actions, days=400)
    assert (BulkAction.objects.count(), ListingSearch.objects.get()) == (0, running)


def test_exports_go_after_ninety_days(channel):
    for days_ago in (91, 89):
        Export.objects.create(
            store_id=channel.store_id,
            what="products",
            file_type="csv",
            started_at=ago(days_ago),
            moved_at=ago(days_ago),
        )
    assert forget_exports() is False
    assert Export.objects.get().started_at > ago(90)


def test_what_could_not_be_understood_goes_when_it_has_not_come_again(channel, monkeypatch):
    monkeypatch.setattr(papers, "SLICE", 1)
    for place, (first, last) in enumerate([(500, 91), (500, 1), (500, 92), (10, 10)]):
        Quarantine.objects.create(
            store_id=channel.store_id, reason="json", digest=str(place), first_at=ago(first), last_at=ago(last)
        )
    exhaust(forget_quarantine)
    assert list(Quarantine.objects.order_by("pk").values_list("digest", flat=True)) == ["1", "3"]
