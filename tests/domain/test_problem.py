"""Problems: their classes, and which one is shown first."""

import itertools
import re

import pytest

from ponte.domain.problem import Problem, ProblemClass, Retry, Severity, Stage, headline, headline_first


def problem(kind, severity=Severity.ERROR, code=""):
    return Problem(kind, Stage.SEND, code=code, severity=severity)


def test_every_class_has_its_own_value_although_some_share_all_four():
    assert len({kind.value for kind in ProblemClass}) == len(ProblemClass)
    assert ProblemClass.DUPLICATE is not ProblemClass.DUPLICATE_IDENTIFIER


@pytest.mark.parametrize("kind", ProblemClass, ids=lambda kind: kind.name)
def test_every_class_is_whole(kind):
    assert isinstance(kind.retry, Retry)
    assert re.fullmatch(r"(AUTH|CTLG|PRICE|INVNT|NTMAP)-0\d\d", kind.vtex_code)
    assert 0 <= kind.rank < 100
    if kind.retry is not Retry.AUTOMATIC and kind is not ProblemClass.MARKETPLACE_TIMEOUT:
        assert kind.tries == 0


def test_what_heals_by_itself_is_tried_at_least_ten_times():
    transport = ("AUTH_EXPIRED", "THROTTLED", "MARKETPLACE_OUTAGE", "NETWORK", "VTEX_UNAVAILABLE", "STATE_CONFLICT")
    assert all(ProblemClass[name].tries >= 10 for name in transport)


@pytest.mark.parametrize(
    ("kind", "retry"),
    [
        ("AUTH_EXPIRED", "A"),
        ("AUTH_INVALID", "D"),
        ("AUTH_CLIENT", "N"),
        ("THROTTLED", "A"),
        ("PAYLOAD_INVALID", "N"),
        ("IMAGE_UNREACHABLE", "A"),
        ("POLICY_BRAND", "N"),
        ("CATEGORY_MAPPING", "F"),
        ("DEPENDENCY_PENDING", "D"),
        ("UNKNOWN", "A"),
    ],
)
def test_a_class_is_retried_as_the_vocabulary_says(kind, retry):
    assert ProblemClass[kind].retry.value == retry


def test_only_the_account_s_troubles_are_about_the_account():
    about = {kind.name for kind in ProblemClass if kind.about_account}
    assert about == {"AUTH_EXPIRED", "AUTH_INVALID", "AUTH_CLIENT", "ACCOUNT_BLOCKED", "VTEX_AUTH"}


ORDER = (
    ProblemClass.AUTH_INVALID,
    ProblemClass.ACCOUNT_BLOCKED,
    ProblemClass.POLICY_BRAND,
    ProblemClass.CATEGORY_MAPPING,
    ProblemClass.IDENTIFIER_INVALID,
    ProblemClass.ATTRIBUTE_MISSING,
    ProblemClass.IMAGE_INVALID,
    ProblemClass.TITLE_INVALID,
    ProblemClass.DESCRIPTION_INVALID,
    ProblemClass.PRICE_INVALID,
    ProblemClass.STOCK_INVALID,
    ProblemClass.UNKNOWN,
)


@pytest.mark.parametrize(("first", "second"), [*itertools.pairwise(ORDER)], ids=lambda kind: kind.name)
def test_the_headline_goes_by_rank_whatever_the_order(first, second):
    one, other = problem(first), problem(second)
    assert headline([one, other]) is one
    assert headline([other, one]) is one


def test_a_blocking_problem_goes_before_any_warning():
    warning = problem(ProblemClass.AUTH_INVALID, Severity.WARNING)
    error = problem(ProblemClass.UNKNOWN)
    assert headline_first([warning, error]) == (error, warning)


def test_equals_keep_their_order():
    three = [problem(ProblemClass.ATTRIBUTE_MISSING, code=code) for code in "cab"]
    assert headline_first(three) == tuple(three)


def test_without_problems_there_is_no_headline():
    assert headline([]) is None


def test_as_warning_changes_nothing_else():
    error = Problem(
        ProblemClass.TITLE_INVALID, Stage.VALIDATION, "title", "c", "m", params={"limit": "60"}, http_status=400
    )
    warning = error.as_warning()
    assert (error.blocking, warning.blocking) == (True, False)
    assert warning == Problem(
        ProblemClass.TITLE_INVALID, Stage.VALIDATION, "title", "c", "m", Severity.WARNING, {"limit": "60"}, 400
    )
