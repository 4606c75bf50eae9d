"""What an older epoch wrote late: whoever knows of it and whenever, the last word is a send that says everything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from queue_stage import (
    ANALYSED,
    BAD_TITLE,
    DOWN,
    LISTING,
    OFFER,
    REVOKED,
    check_invariants,
    claimed,
    due_now,
    expire,
    hold,
    last_try,
    make_lane,
    nothing_can_arrive,
    ran,
    record,
    settle,
    shown,
    tell,
    waiting,
    work,
)

from ponte.db.clock import now_ms
from ponte.db.models import Integration, Lane, Work
from ponte.db.scope import Scope
from ponte.domain.doubt import LATE_SECONDS, doubted_until
from ponte.domain.lifecycle import Priority, Trigger
from ponte.domain.outcome import Accepted, Blocked, Listing, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.reprocess import reprocess
from ponte.queue import lanes

pytestmark = pytest.mark.django_db

GONE = Problem(ProblemClass.LISTING_NOT_FOUND, Stage.SEND, "", "not_found", "Item not found")
OTHER = Listing("MLB2", "https://example.com/MLB2", "active", {"sku": "1"})


@pytest.fixture
def lane():
    made = make_lane()
    tell(made, "15")
    return made


def frozen(lane: Lane):
    """Claim in a runner whose lease then ends; return it with its job."""
    held = hold(lane, "frozen")
    [job] = claimed(held)
    expire(lane)
    return held, job


def rescued(lane: Lane):
    held = hold(lane, "rescuer")
    [job] = claimed(held, suspects=True)
    return held, job


def again(lane: Lane):
    """Claim once more, by the next runner."""
    lanes.release(lane.pk, Lane.objects.get(pk=lane.pk).lease_epoch)
    held = hold(lane, "next")
    [job] = claimed(held)
    return held, job


# -- the old runner lives, and owns up


def test_a_late_write_while_the_new_run_is_on_its_way_is_sent_over(lane):
    old, stale = frozen(lane)
    new, job = rescued(lane)
    settle(old, stale, Accepted(OTHER), changed=True, offer=OFFER)
    settle(new, job, Accepted(LISTING), changed=True, offer=OFFER)
    row = record(lane, "15")
    assert (shown(row), row.listing_id) == (("pending", "queued"), "MLB1")
    assert doubted_until(row.offer_digest) is not None
    _, third = again(lane)
    assert third.link.restate
    assert third.link.uncertain_seconds is not None
    assert third.offer_digest != OFFER.digest
    check_invariants()


def test_a_late_create_beside_a_listing_that_stands_is_looked_for(lane):
    old, stale = frozen(lane)
    new, job = rescued(lane)
    settle(new, job, Accepted(LISTING), changed=True, offer=OFFER)
    nothing_can_arrive()
    held, mended = again(lane)
    settle(held, mended, Accepted(LISTING), changed=True, offer=OFFER)
    assert (record(lane, "15").creating_since, work(lane, "15")) == (None, None)
    settle(old, stale, Accepted(OTHER), changed=True, offer=OFFER)
    _, job = again(lane)
    assert (job.claimed.trigger, job.link.restate, job.link.listing.id) == (Trigger.RECONCILE, True, "MLB1")
    assert job.link.uncertain_seconds is not None
    assert job.link.uncertain_seconds < 5


def test_a_late_update_is_said_over_but_no_create_is_looked_for(lane):
    ran(lane, "15", Accepted(LISTING), changed=True, offer=OFFER)
    tell(lane, "15")
    old, stale = frozen(lane)
    new, job = rescued(lane)
    settle(new, job, Accepted(LISTING), changed=True, offer=OFFER)
    settle(old, stale, Accepted(LISTING), changed=True, offer=OFFER)
    _, job = again(lane)
    assert (job.link.restate, job.link.uncertain_seconds) == (True, None)


def test_a_late_write_whose_answer_is_not_known_may_still_be_on_its_way(lane):
    old, stale = frozen(lane)
    hold(lane, "r2")
    Integration.objects.update(offer_digest="")
    settle(old, stale, Postponed(DOWN, unknown=True), changed=True)
    assert doubted_until(record(lane, "15").offer_digest) > now_ms() + LATE_SECONDS * 900


def test_one_that_owns_up_does_not_end_the_doubt_about_another(lane):
    first, stale = frozen(lane)
    rescued(lane)
    expire(lane)
    hold(lane, "third")
    before = doubted_until(record(lane, "15").offer_digest)
    settle(first, stale, Accepted(LISTING), changed=True, offer=OFFER)
    assert doubted_until(record(lane, "15").offer_digest) == before


def test_what_was_never_begun_leaves_a_newer_doubt_alone(lane):
    old, stale = frozen(lane)
    new, job = rescued(lane)
    settle(old, stale, Accepted(OTHER), changed=True, offer=OFFER)
    settle(new, job, Postponed(DOWN), sent=False, spared=True, begun=False)
    row = record(lane, "15")
    assert row.creating_since is not None
    assert doubted_until(row.offer_digest) is not None
    check_invariants()


# -- the old runner may have died before it could own up


def test_after_a_rescue_there_is_a_last_send_when_nothing_older_can_arrive(lane):
    frozen(lane)
    new, job = rescued(lane)
    settle(new, job, Accepted(LISTING), changed=True, offer=OFFER)
    assert shown(record(lane, "15")) == ("success", "idle")
    left = waiting(lane, "15").due_at_ms - now_ms()
    assert LATE_SECONDS * 900 < left <= LATE_SECONDS * 1000
    nothing_can_arrive()
    held, last = again(lane)
    assert (last.claimed.trigger, last.link.restate) == (Trigger.RECONCILE, True)
    assert last.link.uncertain_seconds is not None
    settle(held, last, Accepted(LISTING), changed=True, offer=OFFER)
    row = record(lane, "15")
    assert (row.offer_digest, row.creating_since, work(lane, "15")) == (OFFER.digest, None, None)
    check_invariants()


def test_a_send_before_that_does_not_end_the_doubt(lane):
    frozen(lane)
    new, job = rescued(lane)
    settle(new, job, Accepted(LISTING), changed=True, offer=OFFER)
    until = waiting(lane, "15").due_at_ms
    tell(lane, "15")
    held, job = again(lane)
    assert job.claimed.trigger is Trigger.NOTIFICATION
    assert (job.link.restate, job.link.uncertain_seconds is None) == (True, False)
    settle(held, job, Accepted(LISTING), changed=True, offer=OFFER)
    assert (waiting(lane, "15").trigger, waiting(lane, "15").due_at_ms) == ("reconcile", until)
    assert record(lane, "15").creating_since is not None


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(Rejected((BAD_TITLE,), LISTING), "error"), (Accepted(LISTING, follow_in=86_400.0), "success")],
)
def test_whatever_came_of_it_the_last_send_comes_first(lane, outcome, status):
    frozen(lane)
    new, job = rescued(lane)
    settle(new, job, outcome, changed=True, offer=OFFER)
    assert shown(record(lane, "15")) == (status, "idle")
    assert (waiting(lane, "15").task, waiting(lane, "15").trigger) == ("send", "reconcile")
    check_invariants()


def test_an_earlier_look_or_retry_is_not_put_off_and_ends_in_the_last_send(lane):
    frozen(lane)
    new, job = rescued(lane)
    settle(new, job, Pending(LISTING, ANALYSED, 60.0), changed=True, offer=OFFER)
    assert waiting(lane, "15").task == "follow"
    due_now()
    held, look = again(lane)
    settle(held, look, Accepted(LISTING))
    due_now()
    Integration.objects.update(status="success", phase="idle")
    assert (waiting(lane, "15").task, waiting(lane, "15").trigger) == ("send", "reconcile")


def test_a_later_look_that_brings_no_news_leads_to_the_last_send_too(lane):
    frozen(lane)
    new, job = rescued(lane)
    settle(new, job, Accepted(LISTING, follow_in=60.0), changed=True, offer=OFFER)
    due_now()
    held, look = again(lane)
    settle(held, look, Accepted(LISTING))
    assert (waiting(lane, "15").task, waiting(lane, "15").trigger) == ("send", "reconcile")
    assert waiting(lane, "15").due_at_ms > now_ms()


def test_who_only_looked_when_he_was_lost_leaves_no_doubt(lane):
    ran(lane, "15", Accepted(LISTING, follow_in=60.0), changed=True, offer=OFFER)
    due_now()
    frozen(lane)
    hold(lane, "r2")
    assert record(lane, "15").offer_digest == OFFER.digest


# -- a person's wish


def wish(lane: Lane) -> None:
    row = record(lane, "15")
    reprocess([row.pk], scope=Scope(row.store_id), actor_id=None)


def gone(lane: Lane) -> None:
    ran(lane, "15", Accepted(LISTING), changed=True, offer=OFFER)
    tell(lane, "15")
    ran(lane, "15", Rejected((GONE,), LISTING), changed=True)
    assert record(lane, "15").listing_id == "MLB1"


@pytest.mark.parametrize(
    ("outcome", "values"),
    [
        (Postponed(DOWN), {}),
        (Postponed(DOWN), {"sent": False}),
        (Postponed(DOWN, unknown=True), {"changed": True}),
        (Postponed(DOWN), {"spared": True}),
        (Blocked(REVOKED), {}),
    ],
)
def test_a_wish_to_make_a_listing_anew_outlives_a_try_that_came_to_nothing(lane, outcome, values):
    gone(lane)
    wish(lane)
    ran(lane, "15", outcome, **values)
    row = record(lane, "15")
    assert (row.listing_id, row.listing) == ("", None)
    assert row.creating_since is not None
    Lane.objects.update(state="open")
    due_now()
    _, job = again(lane)
    assert (job.link.listing, job.link.uncertain_seconds is None) == (None, False)
    check_invariants()


def test_a_notification_during_that_try_does_not_lose_the_wish(lane):
    gone(lane)
    wish(lane)
    held = hold(lane)
    [job] = claimed(held)
    tell(lane, "15")
    settle(held, job, Postponed(DOWN))
    assert record(lane, "15").listing_id == ""


@pytest.mark.parametrize("outcome", [Rejected((BAD_TITLE,)), Accepted(OTHER)])
def test_a_wish_that_was_answered_is_over(lane, outcome):
    gone(lane)
    wish(lane)
    ran(lane, "15", outcome, changed=True, offer=OFFER)
    row = record(lane, "15")
    assert row.listing_id == (outcome.listing.id if outcome.listing else "MLB1")
    assert row.creating_since is None


def test_a_worker_lost_while_it_makes_a_listing_anew_leaves_a_doubt_of_now(lane):
    gone(lane)
    wish(lane)
    frozen(lane)
    _, job = rescued(lane)
    assert job.recreates
    assert job.link.uncertain_seconds is not None
    assert job.link.uncertain_seconds < 5


def test_a_wish_to_send_again_outlives_a_try_that_came_to_nothing(lane):
    ran(lane, "15", Accepted(LISTING, (BAD_TITLE.as_warning(),)), changed=True, offer=OFFER)
    wish(lane)
    ran(lane, "15", Postponed(DOWN), sent=False)
    assert (record(lane, "15").offer_digest, waiting(lane, "15").trigger) == ("", "retry")


def test_nobody_else_takes_the_place_of_a_wish_that_waits(lane):
    ran(lane, "15", Rejected((BAD_TITLE,)))
    wish(lane)
    tell(lane, "15")
    found = waiting(lane, "15")
    assert (found.trigger, found.priority, found.generation) == ("person", Priority.PERSON, 2)
    ran(lane, "15", Rejected((BAD_TITLE,)))
    assert last_try(lane, "15").trigger == "person"
    tell(lane, "15")
    assert waiting(lane, "15").trigger == "notification"


def test_the_doubt_of_a_create_is_counted_from_the_rescue(lane):
    frozen(lane)
    Integration.objects.update(creating_since=datetime.now(UTC) - timedelta(hours=1))
    _, job = rescued(lane)
    assert job.link.uncertain_seconds is not None
    assert job.link.uncertain_seconds < 5
    assert Work.objects.get().deaths == 1
