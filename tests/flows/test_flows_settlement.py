from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from queue_stage import (
    ANALYSED,
    BAD_TITLE,
    CUT,
    DOWN,
    LISTING,
    MODERATED,
    OFFER,
    REVOKED,
    check_invariants,
    claimed,
    due_now,
    expire,
    hold,
    last_try,
    make_lane,
    ran,
    record,
    settle,
    shown,
    spare,
    tell,
    waiting,
    work,
)

from ponte.db.clock import now_ms
from ponte.db.models import Integration, Lane, Problem, Work
from ponte.db.scope import Scope
from ponte.domain.doubt import LATE_SECONDS, doubted_until
from ponte.domain.lifecycle import Priority, Task
from ponte.domain.outcome import WINDOW, Accepted, Blocked, Pending, Postponed, Rejected
from ponte.domain.problem import Problem as VtexProblem
from ponte.domain.problem import ProblemClass, Stage
from ponte.flows.remove import remove
from ponte.queue import lanes

pytestmark = pytest.mark.django_db


@pytest.fixture
def lane():
    made = make_lane()
    tell(made, "15")
    return made


def test_an_accepted_product_is_a_success_and_its_work_is_over(lane):
    row = ran(lane, "15", Accepted(LISTING), offer=OFFER)
    assert (shown(row), row.listing_id, row.offer_digest, row.creating_since) == (
        ("success", "idle"),
        "MLB1",
        OFFER.digest,
        None,
    )
    assert row.listing == {"id": "MLB1", "url": LISTING.url, "state": "active", "memory": {"sku": "1"}}
    assert work(lane, "15") is None
    made = last_try(lane, "15")
    assert (made.result, made.status, made.offer) == ("accepted", "success", {"title": "Tênis"})
    assert made.ended_at is not None
    check_invariants()


def test_warnings_make_an_alert(lane):
    row = ran(lane, "15", Accepted(LISTING, (CUT,)))
    assert (shown(row), row.headline_class) == (("alert", "idle"), "TITLE_INVALID")
    assert Problem.objects.get().severity == "warning"


def test_a_refusal_is_an_error_with_every_problem(lane):
    row = ran(lane, "15", Rejected((CUT, BAD_TITLE)))
    assert (shown(row), row.headline_code, row.headline_stage) == (
        ("error", "idle"),
        "item.title.length",
        "marketplace",
    )
    assert [one["code"] for one in row.problems] == ["item.title.length", "title.cut"]
    assert Problem.objects.count() == 2
    assert work(lane, "15") is None
    check_invariants()


def test_a_new_result_replaces_the_problems_of_the_one_before(lane):
    ran(lane, "15", Rejected((CUT, BAD_TITLE)))
    tell(lane, "15")
    row = ran(lane, "15", Accepted(LISTING))
    assert (row.problems, row.headline_class, row.fingerprint) == ([], "", "")
    assert Problem.objects.count() == 0


def test_an_outage_is_tried_again_with_growing_waits_and_counts_its_tries(lane):
    waits = []
    for number in range(1, 5):
        row = ran(lane, "15", Postponed(DOWN))
        found = waiting(lane, "15")
        assert (shown(row), found.tries, found.trigger) == (("pending", "queued"), number, "retry")
        assert (found.priority, found.task) == (Priority.RETRY, "send")
        waits.append(found.due_at_ms - now_ms())
        assert row.next_attempt_at is not None
        due_now()
    for number, wait in enumerate(waits):
        step = 5_000 * 2**number
        assert step * 0.5 - 2_000 < wait <= step * 1.5
    check_invariants()


def test_a_wait_that_was_asked_for_is_not_undercut(lane):
    ran(lane, "15", Postponed(DOWN, 600.0))
    assert waiting(lane, "15").due_at_ms >= now_ms() + 599_000


def test_after_ten_tries_an_outage_is_an_error_that_is_still_tried_slowly(lane):
    for _ in range(10):
        row = ran(lane, "15", Postponed(DOWN))
        due_now()
    assert (shown(row), row.headline_class) == (("error", "idle"), "MARKETPLACE_OUTAGE")
    assert row.next_attempt_at > timezone.now() + timedelta(hours=2)
    row = ran(lane, "15", Accepted(LISTING))
    assert shown(row) == ("success", "idle")
    check_invariants()


def test_what_the_marketplace_still_works_on_waits_and_is_followed(lane):
    row = ran(lane, "15", Pending(LISTING, ANALYSED, 60.0), offer=OFFER)
    found = waiting(lane, "15")
    assert (shown(row), found.task, found.trigger) == (("pending", "waiting"), "follow", "follow")
    assert (row.listing_id, row.offer_digest) == ("MLB1", OFFER.digest)
    due_now()
    row = ran(lane, "15", Accepted(LISTING))
    assert shown(row) == ("success", "idle")
    check_invariants()


def test_a_look_that_could_not_be_made_leaves_the_record_waiting(lane):
    ran(lane, "15", Pending(LISTING, ANALYSED, 60.0))
    due_now()
    row = ran(lane, "15", Postponed(DOWN))
    assert shown(row) == ("pending", "waiting")
    assert (waiting(lane, "15").task, waiting(lane, "15").tries) == ("follow", 1)
    assert last_try(lane, "15").result == "postponed"
    check_invariants()


def test_looks_that_fail_ten_times_end_in_an_error(lane):
    ran(lane, "15", Pending(LISTING, ANALYSED, 60.0))
    for _ in range(10):
        due_now()
        row = ran(lane, "15", Postponed(DOWN))
    assert shown(row) == ("error", "idle")
    check_invariants()


def test_a_later_look_without_news_leaves_the_success_as_it_is(lane):
    before = ran(lane, "15", Accepted(LISTING, follow_in=120.0))
    assert waiting(lane, "15").task == Task.FOLLOW
    due_now()
    row = ran(lane, "15", Accepted(LISTING))
    assert (shown(row), row.processed_at) == (("success", "idle"), before.processed_at)
    assert work(lane, "15") is None
    check_invariants()


def test_a_later_look_may_ask_for_another_one(lane):
    ran(lane, "15", Accepted(LISTING, follow_in=120.0))
    due_now()
    ran(lane, "15", Accepted(LISTING, follow_in=600.0))
    assert waiting(lane, "15").due_at_ms > now_ms() + 500_000


def test_a_moderation_found_later_turns_the_success_into_an_error(lane):
    ran(lane, "15", Accepted(LISTING, follow_in=120.0))
    due_now()
    row = ran(lane, "15", Rejected((MODERATED,), LISTING))
    assert (shown(row), row.headline_class, row.listing_id) == (("error", "idle"), "POLICY_MODERATION", "MLB1")
    check_invariants()


def test_a_warning_found_later_is_shown(lane):
    ran(lane, "15", Accepted(LISTING, follow_in=120.0))
    due_now()
    assert shown(ran(lane, "15", Accepted(LISTING, (CUT,)))) == ("alert", "idle")


def test_a_look_that_finds_an_error_gone_says_so(lane):
    ran(lane, "15", Accepted(LISTING, follow_in=120.0))
    Integration.objects.update(status="error")
    due_now()
    held = hold(lane)
    [job] = claimed(held)
    settle(held, job, Accepted(LISTING))
    assert shown(record(lane, "15")) == ("success", "idle")


def test_a_revoked_account_stops_the_lane_once_and_burns_no_try(lane):
    row = ran(lane, "15", Postponed(DOWN))
    due_now()
    row = ran(lane, "15", Blocked(REVOKED))
    assert shown(row) == ("pending", "queued")
    assert (waiting(lane, "15").tries, last_try(lane, "15").result) == (1, "blocked")
    lane.refresh_from_db()
    assert (lane.state, lane.reason["code"]) == ("disconnected", "invalid_grant")
    with pytest.raises(AssertionError):
        hold(lane)
    check_invariants()


def test_a_look_that_finds_the_account_revoked_stops_the_lane_and_keeps_the_result(lane):
    ran(lane, "15", Accepted(LISTING, follow_in=120.0))
    due_now()
    row = ran(lane, "15", Blocked(REVOKED))
    assert (shown(row), waiting(lane, "15").task) == (("success", "idle"), "follow")
    assert Lane.objects.get().state == "disconnected"
    check_invariants()


def test_a_revoked_account_is_noticed_although_the_product_changed_meanwhile(lane):
    held = hold(lane)
    [job] = claimed(held)
    tell(lane, "15")
    settle(held, job, Blocked(REVOKED))
    assert Lane.objects.get().state == "disconnected"
    assert shown(record(lane, "15")) == ("pending", "queued")
    check_invariants()


def test_a_result_of_an_older_epoch_does_not_stand_and_is_reconciled(lane):
    old = hold(lane)
    [job] = claimed(old)
    expire(lane)
    hold(lane, "r2")
    settle(old, job, Accepted(LISTING), changed=True, offer=OFFER)
    row = record(lane, "15")
    assert (shown(row), row.listing_id) == (("pending", "processing"), "")
    assert doubted_until(row.offer_digest) is not None
    assert last_try(lane, "15").result == "superseded"
    assert (waiting(lane, "15").trigger, waiting(lane, "15").generation) == ("reconcile", 2)
    check_invariants()


def test_a_result_of_an_older_epoch_that_changed_nothing_queues_nothing(lane):
    old = hold(lane)
    [job] = claimed(old)
    expire(lane)
    new = hold(lane, "r2")
    [again] = claimed(new, suspects=True)
    settle(new, again, Accepted(LISTING))
    settle(old, job, Rejected((BAD_TITLE,)))
    assert shown(record(lane, "15")) == ("success", "idle")
    assert (waiting(lane, "15").trigger, waiting(lane, "15").generation) == ("reconcile", 1)
    assert waiting(lane, "15").due_at_ms > now_ms() + LATE_SECONDS * 900
    check_invariants()


def test_a_result_whose_work_is_gone_is_reconciled_when_it_changed_something(lane):
    old = hold(lane)
    [job] = claimed(old)
    expire(lane)
    new = hold(lane, "r2")
    [again] = claimed(new, suspects=True)
    settle(new, again, Accepted(LISTING), offer=OFFER)
    settle(old, job, Accepted(LISTING), changed=True)
    row = record(lane, "15")
    assert shown(row) == ("pending", "queued")
    assert doubted_until(row.offer_digest) is not None
    assert (waiting(lane, "15").trigger, waiting(lane, "15").due_at_ms <= now_ms()) == ("reconcile", True)
    check_invariants()


def test_a_run_whose_product_changed_meanwhile_keeps_what_it_learnt_and_runs_once_more(lane):
    held = hold(lane)
    [job] = claimed(held)
    tell(lane, "15")
    settle(held, job, Accepted(LISTING), offer=OFFER)
    row = record(lane, "15")
    assert (shown(row), row.listing_id, row.offer_digest) == (("pending", "queued"), "MLB1", OFFER.digest)
    assert (last_try(lane, "15").result, waiting(lane, "15").lease_epoch) == ("accepted", 0)
    check_invariants()


def test_a_run_that_sent_nothing_before_the_change_is_superseded(lane):
    held = hold(lane)
    [job] = claimed(held)
    tell(lane, "15")
    settle(held, job, Rejected((BAD_TITLE,)), sent=False)
    assert last_try(lane, "15").result == "superseded"
    check_invariants()


def test_an_unchanged_offer_is_written_down_as_unchanged(lane):
    ran(lane, "15", Accepted(LISTING), offer=OFFER)
    tell(lane, "15")
    row = ran(lane, "15", Accepted(LISTING), offer=OFFER, unchanged=True, sent=False)
    assert (shown(row), last_try(lane, "15").result) == (("success", "idle"), "unchanged")


def test_a_partly_applied_update_does_not_leave_the_old_digest_standing(lane):
    ran(lane, "15", Accepted(LISTING), offer=OFFER)
    tell(lane, "15")
    row = ran(lane, "15", Rejected((BAD_TITLE,), LISTING), changed=True)
    assert row.offer_digest == ""


def test_a_refusal_before_anything_was_sent_keeps_the_digest(lane):
    ran(lane, "15", Accepted(LISTING), offer=OFFER)
    tell(lane, "15")
    row = ran(lane, "15", Rejected((BAD_TITLE,), LISTING), sent=False)
    assert row.offer_digest == OFFER.digest


def test_a_withdrawn_product_is_sent_anew_when_it_is_active_again(lane):
    ran(lane, "15", Accepted(LISTING), offer=OFFER)
    tell(lane, "15")
    row = ran(lane, "15", Accepted(LISTING, (CUT,)), withdrawn=True)
    assert (shown(row), row.offer_digest) == (("alert", "idle"), "")


MISSING_IN_VTEX = VtexProblem(ProblemClass.VTEX_SKU_NOT_FOUND, Stage.VTEX)
INACTIVE = VtexProblem(ProblemClass.VTEX_SKU_INACTIVE, Stage.VTEX)


def off_sale(lane, reason):
    """Take a listing off sale whose marketplace answers in a minute: tried three times while VTEX may be late."""
    ran(lane, "15", Accepted(LISTING), offer=OFFER)
    tell(lane, "15")
    if reason is INACTIVE:
        return ran(lane, "15", Accepted(LISTING, (reason.as_warning(),), 60.0), withdrawn=True)
    for _ in range(3):
        due_now()
        row = ran(lane, "15", Rejected((reason,), LISTING, 60.0), withdrawn=True)
    return row


@pytest.mark.parametrize(("reason", "status"), [(MISSING_IN_VTEX, "error"), (INACTIVE, "alert")])
def test_the_pause_of_what_vtex_does_not_sell_is_looked_at_and_its_reason_stays(lane, reason, status):
    before = off_sale(lane, reason)
    assert (shown(before), before.headline_class) == ((status, "idle"), reason.kind.name)
    assert work(lane, "15").task == Task.FOLLOW
    paused = replace(LISTING, state="paused")
    for outcome, left in ((Pending(LISTING, ANALYSED, 60.0), True), (Accepted(paused), False)):
        due_now()
        row = ran(lane, "15", outcome)
        assert (shown(row), row.headline_class) == ((status, "idle"), reason.kind.name)
        assert (work(lane, "15") is not None) is left
    assert row.listing["state"] == "paused"
    check_invariants()


def test_a_pause_that_was_refused_later_is_shown(lane):
    off_sale(lane, MISSING_IN_VTEX)
    due_now()
    row = ran(lane, "15", Rejected((MODERATED,), LISTING))
    assert (shown(row), row.headline_class) == (("error", "idle"), MODERATED.kind.name)
    check_invariants()


def test_f07_a_record_removed_while_it_runs_stays_hidden_when_it_succeeds(lane):
    held = hold(lane)
    [job] = claimed(held)
    row = record(lane, "15")
    remove([row.pk], scope=Scope(row.store_id), actor_id=None)
    settle(held, job, Accepted(LISTING))
    row.refresh_from_db()
    assert (shown(row), row.removed_at is not None) == (("success", "idle"), True)
    check_invariants()


def test_f07_a_record_removed_while_it_runs_comes_back_when_it_ends_in_error(lane):
    held = hold(lane)
    [job] = claimed(held)
    row = record(lane, "15")
    remove([row.pk], scope=Scope(row.store_id), actor_id=None)
    settle(held, job, Rejected((BAD_TITLE,)))
    row.refresh_from_db()
    assert (shown(row), row.removed_at) == (("error", "idle"), None)
    check_invariants()


def test_a_removed_record_that_waits_for_the_marketplace_stays_hidden_while_it_is_looked_at(lane):
    row = ran(lane, "15", Pending(LISTING, ANALYSED, 60.0))
    remove([row.pk], scope=Scope(row.store_id), actor_id=None)
    due_now()
    ran(lane, "15", Postponed(DOWN))
    check_invariants()
    due_now()
    ran(lane, "15", Pending(LISTING, ANALYSED, 60.0))
    check_invariants()
    due_now()
    assert ran(lane, "15", Accepted(LISTING)).removed_at is not None
    check_invariants()


def test_a_removed_record_whose_product_changes_while_it_runs_comes_back_once(lane):
    held = hold(lane)
    [job] = claimed(held)
    row = record(lane, "15")
    remove([row.pk], scope=Scope(row.store_id), actor_id=None)
    check_invariants()
    tell(lane, "15")
    check_invariants()
    settle(held, job, Accepted(LISTING))
    row.refresh_from_db()
    assert (shown(row), row.removed_at) == (("pending", "queued"), None)
    check_invariants()


def test_a_spared_try_comes_back_at_once_and_does_not_count(lane):
    ran(lane, "15", Postponed(DOWN))
    due_now()
    held = hold(lane)
    [job] = claimed(held)
    spare(held, job)
    row = record(lane, "15")
    assert (shown(row), waiting(lane, "15").tries) == (("pending", "queued"), 1)
    assert (waiting(lane, "15").due_at_ms <= now_ms(), waiting(lane, "15").trigger) == (True, "retry")
    check_invariants()


def test_a_spared_look_stays_a_look(lane):
    ran(lane, "15", Pending(LISTING, ANALYSED, 60.0))
    due_now()
    held = hold(lane)
    [job] = claimed(held)
    spare(held, job)
    assert (waiting(lane, "15").task, last_try(lane, "15").result) == ("follow", "interrupted")
    assert shown(record(lane, "15")) == ("pending", "waiting")
    check_invariants()


def test_a_spared_try_with_a_reason_shows_it(lane):
    held = hold(lane)
    [job] = claimed(held)
    settle(held, job, Postponed(DOWN), spared=True)
    assert record(lane, "15").headline_class == "MARKETPLACE_OUTAGE"


# -- what is not known of a create


def test_a_create_is_in_doubt_from_the_claim_until_its_result(lane):
    held = hold(lane)
    [job] = claimed(held)
    assert job.link.uncertain_seconds is None
    assert record(lane, "15").creating_since is not None
    settle(held, job, Rejected((BAD_TITLE,)))
    assert record(lane, "15").creating_since is None


def test_a_create_without_an_answer_stays_in_doubt_until_it_is_resolved(lane):
    first = ran(lane, "15", Postponed(DOWN, unknown=True), changed=True).creating_since
    assert first is not None
    due_now()
    Integration.objects.update(creating_since=timezone.now() - timedelta(seconds=90))
    held = hold(lane)
    [job] = claimed(held)
    assert 89 < job.link.uncertain_seconds < 100
    settle(held, job, Postponed(DOWN))
    assert record(lane, "15").creating_since is not None
    lanes.release(held.lane_id, held.epoch)
    due_now()
    assert ran(lane, "15", Accepted(LISTING)).creating_since is None


@pytest.mark.parametrize("outcome", [Blocked(REVOKED), Postponed(DOWN), Postponed(DOWN, unknown=True)])
def test_a_doubt_outlives_a_run_that_could_not_resolve_it(lane, outcome):
    ran(lane, "15", Postponed(DOWN, unknown=True), changed=True)
    due_now()
    assert ran(lane, "15", outcome).creating_since is not None


def test_a_doubt_of_this_very_moment_is_a_doubt(lane):
    ran(lane, "15", Postponed(DOWN, unknown=True), changed=True)
    due_now()
    Integration.objects.update(creating_since=timezone.now() + timedelta(seconds=5))
    held = hold(lane)
    [job] = claimed(held)
    assert job.link.uncertain_seconds == 0.0
    settle(held, job, Postponed(DOWN))
    assert record(lane, "15").creating_since is not None


def test_a_doubt_outlives_a_run_that_was_stopped_by_the_check(lane):
    ran(lane, "15", Postponed(DOWN, unknown=True), changed=True)
    due_now()
    assert ran(lane, "15", Rejected((BAD_TITLE,)), sent=False).creating_since is not None


def test_a_create_that_was_asked_for_and_then_blocked_is_in_doubt(lane):
    assert ran(lane, "15", Blocked(REVOKED), changed=True).creating_since is not None


def test_a_listing_that_is_known_is_never_in_doubt(lane):
    ran(lane, "15", Accepted(LISTING))
    tell(lane, "15")
    held = hold(lane)
    [job] = claimed(held)
    assert (record(lane, "15").creating_since, job.link.listing.id) == (None, "MLB1")


def test_a_look_that_a_window_puts_off_leaves_the_result_however_often(lane):
    """Nobody refused: it is no try, so it can never be one too many."""
    ran(lane, "15", Accepted(LISTING, follow_in=120.0))
    shut = Postponed(replace(DOWN, kind=ProblemClass.THROTTLED, code=WINDOW), 900.0)
    due_now()
    Work.objects.update(tries=50)
    row = ran(lane, "15", shut)
    assert (shown(row), waiting(lane, "15").task, waiting(lane, "15").tries) == (("success", "idle"), "follow", 50)
