"""Whatever happens in whatever order, a cause counts exactly the records that the list shows for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from queue_stage import BAD_TITLE, CUT, DOWN, LISTING, OFFER, due_now, make_lane, settle, tell

from ponte.db import causes, queries
from ponte.db.cause_filters import CauseFilters
from ponte.db.filters import Filters
from ponte.db.models import Audit, Cause, CauseState, Integration, Lane, Role, User
from ponte.db.scope import Scope
from ponte.domain.fingerprint import fingerprint
from ponte.domain.outcome import Accepted, Blocked, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.causes import Until, decide
from ponte.flows.pipeline.begin import begin
from ponte.flows.remove import remove, restore
from ponte.flows.reprocess import reprocess
from ponte.queue import lanes

pytestmark = pytest.mark.django_db

REVOKED = Problem(ProblemClass.AUTH_INVALID, Stage.SEND, "", "invalid_grant", "The grant is gone")
NO_BRAND = Problem(ProblemClass.ATTRIBUTE_MISSING, Stage.MARKETPLACE, "BRAND", "missing_required")
OUTCOMES = {
    "accepted": Accepted(LISTING),
    "alert": Accepted(LISTING, (CUT,)),
    "bad title": Rejected((BAD_TITLE,)),
    "no brand": Rejected((NO_BRAND, BAD_TITLE)),
    "down": Postponed(DOWN),
    "revoked": Blocked(REVOKED),
}
SKUS = ("1", "2", "3")
steps = st.one_of(
    st.tuples(st.just("run"), st.sampled_from(SKUS), st.sampled_from(sorted(OUTCOMES))),
    st.tuples(st.sampled_from(["tell", "wish", "remove", "restore"]), st.sampled_from(SKUS), st.just("")),
    st.tuples(st.just("decide"), st.just(""), st.sampled_from(sorted(CauseState.values))),
)


def scope_of(lane: Lane) -> Scope:
    return Scope(lane.channel.store_id)


def act(lane: Lane, verb: str, sku: str, told: str) -> None:
    ids = list(Integration.objects.filter(sku=sku).values_list("pk", flat=True))
    match verb:
        case "tell":
            tell(lane, sku)
        case "wish":
            reprocess(ids, scope=scope_of(lane), actor_id=None)
        case "remove":
            remove(ids, scope=scope_of(lane), actor_id=None)
        case "restore":
            restore(ids, scope=scope_of(lane), actor_id=None)
        case "decide":
            numbers = list(Cause.objects.values_list("pk", flat=True))
            decide(numbers, CauseState(told), scope=scope_of(lane), role=Role.ADMIN, actor_id=None)
        case _:
            run(lane, sku, told)


def run(lane: Lane, sku: str, told: str) -> None:
    """Bring every waiting SKU through one run; the named one as told, the others accepted."""
    Lane.objects.update(state="open")
    due_now()
    held = lanes.take(lane.pk, "r", 60)
    assert held is not None
    for job in begin(held, limit=10, runner="r", suspects=False):
        settle(held, job, OUTCOMES[told if job.sku == sku else "accepted"], changed=True, offer=OFFER)
    lanes.release(held.lane_id, held.epoch)


def listed(lane: Lane, cause: Cause) -> int:
    filters = Filters.from_query({"causa": cause.fingerprint, "canal": lane.channel.code})
    assert isinstance(filters, Filters)
    return len(queries.page(scope_of(lane), filters, size=50).rows)


def check(lane: Lane) -> None:
    """Hold every count against the list, and every mark against a cause."""
    known = list(Cause.objects.all())
    for cause in known:
        assert cause.count == listed(lane, cause), cause
        valued = Integration.objects.filter(fingerprint=cause.fingerprint, removed_at=None)
        assert cause.value == sum(row.stock_value for row in valued), cause
    still_open = causes.page(scope_of(lane), CauseFilters(accounts=True), size=50, now=timezone.now()).rows
    assert all(listed(lane, cause) for cause in still_open)
    shown = Integration.objects.filter(removed_at=None).exclude(fingerprint="")
    assert {row.fingerprint for row in shown} <= {cause.fingerprint for cause in known if cause.count}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(steps, min_size=4, max_size=30))
def test_a_cause_counts_exactly_the_records_that_the_list_shows_for_it(history):
    with transaction.atomic():
        lane = make_lane()
        tell(lane, *SKUS)
        for step in history:
            act(lane, *step)
            check(lane)
        transaction.set_rollback(True)


@pytest.fixture
def lane():
    """A lane with two SKUs that were refused for their title."""
    made = make_lane()
    for sku in ("1", "2"):
        tell(made, sku)
        run(made, sku, "bad title")
    return made


def titled() -> Cause:
    return Cause.objects.get(fingerprint=fingerprint(BAD_TITLE))


def put(lane: Lane, state: CauseState, until: Until | None = None, role: Role = Role.MANAGER):
    return decide([titled().pk], state, scope=scope_of(lane), role=role, actor_id=None, until=until or Until())


def test_a_resolved_cause_that_is_met_again_is_open_again_and_says_how_often(lane):
    put(lane, CauseState.RESOLVED)
    assert (titled().state, titled().count) == ("resolved", 2)
    tell(lane, "1")
    run(lane, "1", "bad title")
    assert (titled().state, titled().returns, titled().state_by) == ("open", 1, None)


def test_a_cause_that_no_record_has_any_more_is_resolved_by_itself(lane):
    for sku in ("1", "2"):
        tell(lane, sku)
        run(lane, sku, "accepted")
    assert (titled().state, titled().count, titled().value) == ("resolved", 0, 0)


def test_a_removal_lowers_the_count_and_its_undo_raises_it(lane):
    ids = list(Integration.objects.values_list("pk", flat=True))
    remove(ids, scope=scope_of(lane), actor_id=None)
    assert (titled().count, titled().state) == (0, "resolved")
    restore(ids, scope=scope_of(lane), actor_id=None)
    assert (titled().count, titled().state) == (2, "open")


def test_an_ignored_cause_stays_ignored_up_to_its_number_and_is_open_beyond(lane):
    put(lane, CauseState.IGNORED, Until(records=2))
    tell(lane, "1")
    run(lane, "1", "bad title")
    assert titled().state == "ignored"
    tell(lane, "3")
    run(lane, "3", "bad title")
    assert (titled().state, titled().count) == ("open", 3)


def test_an_ignored_cause_is_open_when_it_is_met_after_its_time(lane):
    put(lane, CauseState.IGNORED, Until(moment=timezone.now() + timedelta(hours=1)))
    tell(lane, "1")
    run(lane, "1", "bad title")
    assert titled().state == "ignored"
    Cause.objects.update(ignored_until=timezone.now() - timedelta(hours=1))
    tell(lane, "1")
    run(lane, "1", "bad title")
    assert titled().state == "open"


def test_a_term_that_is_over_already_is_refused(lane):
    past = timezone.now() - timedelta(seconds=1)
    for until in (Until(records=1), Until(moment=past)):
        assert put(lane, CauseState.IGNORED, until).refused == (titled().pk,)
    assert titled().state == "open"
    assert not Audit.objects.filter(verb__startswith="cause").exists()


def test_account_trouble_that_ends_leaves_no_cause_with_records_behind(lane):
    tell(lane, "1", "2")
    run(lane, "1", "revoked")
    revoked = Cause.objects.get(fingerprint=fingerprint(REVOKED))
    assert revoked.count == 1
    run(lane, "1", "accepted")
    revoked.refresh_from_db()
    assert (revoked.count, revoked.state) == (0, "resolved")


@pytest.mark.parametrize(
    ("role", "before", "after", "allowed"),
    [
        (Role.VIEWER, "open", "known", False),
        (Role.OPERATOR, "open", "known", True),
        (Role.OPERATOR, "known", "open", True),
        (Role.OPERATOR, "open", "ignored", False),
        (Role.OPERATOR, "open", "resolved", False),
        (Role.OPERATOR, "ignored", "known", False),
        (Role.OPERATOR, "resolved", "open", False),
        (Role.MANAGER, "resolved", "open", True),
        (Role.MANAGER, "open", "ignored", True),
        (Role.ADMIN, "ignored", "resolved", True),
    ],
)
def test_who_may_decide_what(lane, role, before, after, allowed):
    Cause.objects.update(state=before)
    done = put(lane, CauseState(after), role=role)
    assert (done.changed, done.refused) == (((titled().pk,), ()) if allowed else ((), (titled().pk,)))
    assert titled().state == (after if allowed else before)


def test_a_decision_names_its_person_and_a_second_one_like_it_changes_nothing(lane):
    ana = User.objects.create(username="ana")
    for expected in ("changed", "same"):
        done = decide([titled().pk], CauseState.RESOLVED, scope=scope_of(lane), role=Role.ADMIN, actor_id=ana.pk)
        assert getattr(done, expected) == (titled().pk,)
    assert titled().state_by == ana
    (audit,) = Audit.objects.filter(verb="cause resolved")
    assert (audit.actor, audit.target, audit.detail["from"]) == (ana, f"cause:{titled().pk}", "open")


def test_causes_of_others_are_in_no_answer(lane):
    done = decide(
        [titled().pk], CauseState.RESOLVED, scope=Scope(lane.channel.store_id + 1), role=Role.ADMIN, actor_id=1
    )
    assert (done.changed, done.same, done.refused) == ((), (), ())
