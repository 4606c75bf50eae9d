"""What settling adds to the figures: causes, hours, times to go live, outcomes of actions on many."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from queue_stage import (
    BAD_TITLE,
    CUT,
    DOWN,
    LISTING,
    OFFER,
    check_invariants,
    claimed,
    due_now,
    hold,
    make_lane,
    ran,
    record,
    settle,
    tell,
    waiting,
)

from ponte.db.counts import Moves
from ponte.db.models import ActionCount, Cause, Tally, Work
from ponte.db.scope import Scope
from ponte.domain.fingerprint import fingerprint
from ponte.domain.lifecycle import Trigger
from ponte.domain.outcome import Accepted, Pending, Postponed, Rejected
from ponte.domain.sku import Dimensions, Sku
from ponte.flows import bulk
from ponte.flows.remove import remove, restore
from ponte.flows.reprocess import reprocess

pytestmark = pytest.mark.django_db

TITLE = fingerprint(BAD_TITLE)


@pytest.fixture
def lane():
    made = make_lane()
    tell(made, "15")
    return made


def cause(lane) -> Cause:
    return Cause.objects.get(channel_id=lane.channel_id, fingerprint=TITLE)


def tallied(measure: str) -> int:
    return sum(Tally.objects.filter(measure=measure).values_list("count", flat=True))


def told_and_ran(lane, sku: str) -> None:
    tell(lane, sku)
    ran(lane, sku, Rejected((BAD_TITLE,)))


def scope_of(row) -> Scope:
    return Scope(row.store_id)


def test_records_with_one_headline_are_one_cause_with_its_words(lane):
    ran(lane, "15", Rejected((BAD_TITLE,)))
    told_and_ran(lane, "16")
    found = cause(lane)
    assert (found.count, found.problem_class, found.state) == (2, BAD_TITLE.kind.name, "open")
    assert tallied(f"cause:{TITLE}") == 2
    assert tallied("error") == 2


def test_a_cause_whose_last_record_succeeds_is_resolved_and_one_that_comes_back_opens_itself(lane):
    ran(lane, "15", Rejected((BAD_TITLE,)))
    tell(lane, "15")
    ran(lane, "15", Accepted(LISTING), offer=OFFER)
    assert (cause(lane).count, cause(lane).state, cause(lane).returns) == (0, "resolved", 0)
    told_and_ran(lane, "16")
    assert (cause(lane).count, cause(lane).state, cause(lane).returns) == (1, "open", 1)
    check_invariants()


def test_removed_logs_leave_their_cause_and_restored_ones_come_back_to_it(lane):
    row = ran(lane, "15", Rejected((BAD_TITLE,)))
    remove([row.pk], scope=scope_of(row), actor_id=None)
    assert (cause(lane).count, cause(lane).state) == (0, "resolved")
    restore([row.pk], scope=scope_of(row), actor_id=None)
    assert (cause(lane).count, cause(lane).state) == (1, "open")


def test_a_removed_record_that_ends_in_a_warning_brings_no_cause_up(lane):
    held = hold(lane)
    [job] = claimed(held)
    row = record(lane, "15")
    remove([row.pk], scope=scope_of(row), actor_id=None)
    settle(held, job, Accepted(LISTING, (CUT,)))
    assert not Cause.objects.exists()


def test_an_ignored_cause_stays_quiet_until_its_time_is_over(lane):
    ran(lane, "15", Rejected((BAD_TITLE,)))
    Cause.objects.update(state="ignored", ignored_until=timezone.now() + timedelta(hours=1))
    told_and_ran(lane, "16")
    assert cause(lane).state == "ignored"
    Cause.objects.update(ignored_until=timezone.now() - timedelta(seconds=1))
    told_and_ran(lane, "16")
    assert cause(lane).state == "open"


def test_an_ignored_cause_opens_when_it_grows_beyond_its_number(lane):
    ran(lane, "15", Rejected((BAD_TITLE,)))
    Cause.objects.update(state="ignored", ignored_above=1)
    told_and_ran(lane, "16")
    assert cause(lane).state == "open"


def test_a_cause_that_somebody_works_at_stays_with_them(lane):
    ran(lane, "15", Rejected((BAD_TITLE,)))
    Cause.objects.update(state="known")
    told_and_ran(lane, "16")
    assert (cause(lane).state, cause(lane).count) == ("known", 2)


def test_the_stock_value_of_a_record_is_its_causes(lane):
    sku = make_sku()
    ran(lane, "15", Rejected((BAD_TITLE,)), sku=sku)
    assert record(lane, "15").stock_value == 12_990 * 4
    assert cause(lane).value == 12_990 * 4
    check_invariants()


def test_a_hint_that_overtakes_a_run_keeps_the_value_right(lane):
    ran(lane, "15", Rejected((BAD_TITLE,)), sku=make_sku())
    tell(lane, "15")
    ran(lane, "15", Rejected((BAD_TITLE,)), sku=make_sku(price="10"))
    assert cause(lane).value == 1_000 * 4
    check_invariants()


def test_a_sku_without_price_has_no_value(lane):
    ran(lane, "15", Rejected((BAD_TITLE,)), sku=make_sku(price=None))
    assert cause(lane).value == 0


def test_the_time_from_a_notification_to_its_acceptance_is_counted_once(lane):
    Work.objects.filter(pk=waiting(lane, "15").pk).update(heard_at_ms=1)
    ran(lane, "15", Accepted(LISTING, follow_in=60.0), offer=OFFER)
    assert tallied("live:59") == 1
    due_now()
    ran(lane, "15", Accepted(LISTING, follow_in=60.0))
    assert tallied("live:59") == 1


def test_the_time_runs_on_over_tries_that_fail_for_a_while(lane):
    Work.objects.filter(pk=waiting(lane, "15").pk).update(heard_at_ms=1)
    ran(lane, "15", Postponed(DOWN))
    assert (tallied("again"), tallied("live:59")) == (1, 0)
    due_now()
    ran(lane, "15", Accepted(LISTING), offer=OFFER)
    assert tallied("live:59") == 1


def test_a_load_that_no_notification_asked_for_has_no_such_time(lane):
    tell(lane, "17", trigger=Trigger.SYNC)
    ran(lane, "17", Accepted(LISTING), offer=OFFER)
    assert not Tally.objects.filter(measure__startswith="live:").exists()


def action_of(row) -> int:
    return bulk.start(scope=scope_of(row), actor_id=None, verb="reprocess", selection={"ids": [row.pk]}).pk


def test_what_became_of_an_actions_records_is_counted_once_each(lane):
    row = ran(lane, "15", Rejected((BAD_TITLE,)))
    action_id = action_of(row)
    reprocess([row.pk], scope=scope_of(row), actor_id=None, action_id=action_id)
    ran(lane, "15", Postponed(DOWN))
    assert not ActionCount.objects.exists()
    due_now()
    ran(lane, "15", Rejected((BAD_TITLE,)))
    tell(lane, "15")
    ran(lane, "15", Accepted(LISTING), offer=OFFER)
    assert list(ActionCount.objects.values_list("action_id", "outcome", "count")) == [(action_id, "error", 1)]
    assert record(lane, "15").action_id == action_id


def test_a_hint_in_between_does_not_take_a_record_from_its_action(lane):
    row = ran(lane, "15", Rejected((BAD_TITLE,)))
    action_id = action_of(row)
    reprocess([row.pk], scope=scope_of(row), actor_id=None, action_id=action_id)
    tell(lane, "15")
    ran(lane, "15", Accepted(LISTING), offer=OFFER)
    assert ActionCount.objects.get(action_id=action_id, outcome="success").count == 1


def test_a_marketplace_that_answers_later_settles_the_action_later(lane):
    row = ran(lane, "15", Rejected((BAD_TITLE,)))
    action_id = action_of(row)
    reprocess([row.pk], scope=scope_of(row), actor_id=None, action_id=action_id)
    ran(lane, "15", Pending(LISTING, DOWN, 60.0), offer=OFFER)
    assert not ActionCount.objects.exists()
    due_now()
    ran(lane, "15", Accepted(LISTING))
    assert ActionCount.objects.get(action_id=action_id).outcome == "success"


def test_figures_of_one_moment_are_added_up_whoever_writes_them(lane):
    for _ in range(2):
        moves = Moves()
        moves.tally(lane.channel_id, "product", "success")
        moves.cause(lane.channel_id, "00ff", 1, 50)
        moves.write(timezone.now())
    assert tallied("success") == 2
    assert Cause.objects.get(fingerprint="00ff").value == 100


def make_sku(price: str | None = "129.90") -> Sku:
    texts = dict.fromkeys(("product_name", "sku_name", "brand_id", "ean", "reference", "description"), "")
    return Sku(
        id="15",
        product_id="7",
        name="Cafeteira",
        brand="Aurora",
        category_ids=("1",),
        category_names=("Casa",),
        images=(),
        specifications=(),
        dimensions=Dimensions(None, None, None, None),
        trade_policies=("1",),
        active=True,
        product_active=True,
        price=Decimal(price) if price else None,
        stock=4,
        **texts,
    )


def test_what_only_waits_is_a_cause_of_no_error_until_it_is_refused(lane):
    ran(lane, "15", Pending(LISTING, BAD_TITLE, 60.0), offer=OFFER)
    assert (cause(lane).severity, cause(lane).count) == ("warning", 1)
    due_now()
    ran(lane, "15", Rejected((BAD_TITLE,)))
    assert (cause(lane).severity, cause(lane).count) == ("error", 1)
