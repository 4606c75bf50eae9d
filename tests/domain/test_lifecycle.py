"""What each outcome means for an integration."""

import pytest

from ponte.domain.lifecycle import Action, AttemptResult, Phase, Status, Task, Verdict, actions, settle
from ponte.domain.outcome import Accepted, Blocked, Listing, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Retry, Severity, Stage
from ponte.domain.retry import DEAD_LETTER_SECONDS, MAX_ASKED_SECONDS

KIND = ProblemClass
LISTING = Listing("MLB1", "https://ml.test/MLB1")


def of(kind):
    return Problem(kind, Stage.MARKETPLACE)


TITLE, PRICE, IMAGE, OUTAGE = map(
    of, (KIND.TITLE_INVALID, KIND.PRICE_INVALID, KIND.IMAGE_UNREACHABLE, KIND.MARKETPLACE_OUTAGE)
)


def test_an_accepted_offer_is_a_success_and_its_tries_start_anew():
    verdict = settle(Accepted(LISTING), tries=7, luck=0.5)
    assert verdict == Verdict(
        Status.SUCCESS, Phase.IDLE, AttemptResult.ACCEPTED, listing=LISTING, next_task=Task.FOLLOW
    )


def test_an_accepted_offer_may_ask_for_a_later_look():
    verdict = settle(Accepted(LISTING, follow_in=600.0), tries=0, luck=0.5)
    assert (verdict.next_in, verdict.next_task) == (600.0, Task.FOLLOW)


def test_warnings_on_an_accepted_offer_make_an_alert_whatever_severity_they_came_with():
    verdict = settle(Accepted(LISTING, (PRICE, TITLE)), tries=0, luck=0.5)
    assert verdict.status is Status.ALERT
    assert [problem.kind for problem in verdict.problems] == [KIND.TITLE_INVALID, KIND.PRICE_INVALID]
    assert {problem.severity for problem in verdict.problems} == {Severity.WARNING}


def test_a_refusal_of_content_is_an_error_that_waits_for_a_change():
    verdict = settle(Rejected((PRICE, TITLE), LISTING), tries=0, luck=0.5)
    assert verdict == Verdict(
        Status.ERROR, Phase.IDLE, AttemptResult.REJECTED, problems=(TITLE, PRICE), listing=LISTING, tries=1
    )


def test_a_refusal_that_may_pass_is_tried_again_until_its_tries_are_used_up():
    first = settle(Rejected((IMAGE,)), tries=0, luck=0.5)
    assert (first.status, first.phase, first.next_in, first.tries) == (Status.PENDING, Phase.QUEUED, 5.0, 1)
    assert first.result is AttemptResult.REJECTED
    last = settle(Rejected((IMAGE,)), tries=2, luck=0.5)
    assert (last.status, last.phase, last.next_in, last.tries) == (Status.ERROR, Phase.IDLE, None, 3)


def test_a_refusal_with_warnings_alone_is_an_alert():
    assert settle(Rejected((TITLE.as_warning(),)), tries=0, luck=0.5).status is Status.ALERT


def test_a_refusal_without_a_reason_is_an_error_all_the_same():
    verdict = settle(Rejected(()), tries=4, luck=0.5)
    assert verdict == Verdict(Status.ERROR, Phase.IDLE, AttemptResult.REJECTED, tries=5)


def test_a_postponed_try_goes_back_into_the_queue_and_obeys_the_wait_asked_for():
    verdict = settle(Postponed(OUTAGE, retry_in=120.0, unknown=True, listing=LISTING), tries=0, luck=0.0)
    assert verdict == Verdict(
        Status.PENDING,
        Phase.QUEUED,
        AttemptResult.POSTPONED,
        problems=(OUTAGE,),
        listing=LISTING,
        next_in=120.0,
        tries=1,
    )


def test_the_tenth_postponed_try_is_a_dead_letter_that_goes_on_slowly():
    ninth = settle(Postponed(OUTAGE), tries=8, luck=0.5)
    tenth = settle(Postponed(OUTAGE), tries=9, luck=0.5)
    assert (ninth.status, ninth.dead) == (Status.PENDING, False)
    assert (tenth.status, tenth.phase, tenth.dead, tenth.tries) == (Status.ERROR, Phase.IDLE, True, 10)
    assert tenth.next_in == DEAD_LETTER_SECONDS


def test_a_dead_letter_does_not_undercut_the_wait_asked_for():
    late = of(KIND.MARKETPLACE_TIMEOUT)
    assert settle(Postponed(late), tries=0, luck=0.5).next_in == 900.0
    assert settle(Postponed(late, retry_in=3000.0), tries=0, luck=0.5).next_in == 3000.0
    assert settle(Postponed(late, retry_in=10.0**9), tries=0, luck=0.5).next_in == MAX_ASKED_SECONDS


def test_a_dependency_is_waited_for_without_end():
    verdict = settle(Postponed(of(KIND.DEPENDENCY_PENDING)), tries=500, luck=0.5)
    assert (verdict.status, verdict.phase, verdict.next_in, verdict.dead) == (
        Status.PENDING,
        Phase.QUEUED,
        1800.0,
        False,
    )


def test_a_postponed_content_problem_is_dead_at_once_and_waits_for_a_change():
    verdict = settle(Postponed(TITLE, retry_in=60.0), tries=0, luck=0.5)
    assert (verdict.status, verdict.dead, verdict.next_in) == (Status.ERROR, True, None)


def test_a_pending_offer_waits_for_the_marketplace_and_uses_up_no_try():
    waiting = of(KIND.DEPENDENCY_PENDING)
    verdict = settle(Pending(LISTING, waiting, 30.0), tries=3, luck=0.5)
    assert verdict == Verdict(
        Status.PENDING,
        Phase.WAITING,
        AttemptResult.PENDING,
        problems=(waiting,),
        listing=LISTING,
        next_in=30.0,
        next_task=Task.FOLLOW,
        tries=3,
    )


def test_a_blocked_account_stops_the_lane_and_uses_up_no_try():
    refused = of(KIND.AUTH_INVALID)
    verdict = settle(Blocked(refused), tries=3, luck=0.5)
    assert verdict == Verdict(
        Status.PENDING,
        Phase.QUEUED,
        AttemptResult.BLOCKED,
        problems=(refused,),
        next_in=0.0,
        tries=3,
        block=refused,
    )


@pytest.mark.parametrize("kind", ProblemClass)
@pytest.mark.parametrize("make", [lambda one: Rejected((one,)), Postponed], ids=["rejected", "postponed"])
def test_a_record_at_rest_with_an_error_never_says_pending(kind, make):
    verdict = settle(make(of(kind)), tries=100, luck=0.5)
    assert (verdict.status is Status.PENDING) is (verdict.phase is not Phase.IDLE)
    if verdict.phase is not Phase.IDLE:
        assert verdict.next_in is not None
    if kind.retry in {Retry.FIX, Retry.NEVER}:
        assert (verdict.status, verdict.next_in) == (Status.ERROR, None)


@pytest.mark.parametrize("status", Status)
def test_a_removed_record_can_only_be_restored(status):
    assert actions(status, removed=True) == (Action.RESTORE,)


def test_a_success_offers_only_its_removal_and_the_rest_a_reprocess_too():
    assert actions(Status.SUCCESS, removed=False) == (Action.REMOVE,)
    for status in (Status.PENDING, Status.ALERT, Status.ERROR):
        assert actions(status, removed=False) == (Action.REPROCESS, Action.REMOVE)
