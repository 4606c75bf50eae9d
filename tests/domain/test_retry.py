"""When to try again. The rows C28 to C32 of the bad-inputs catalogue are named in the tests."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.domain.problem import Problem, ProblemClass, Retry, Stage
from ponte.domain.retry import (
    BASE_SECONDS,
    DEAD_LETTER_SECONDS,
    MAX_ASKED_SECONDS,
    MAX_BACKOFF_SECONDS,
    backoff,
    dead_letter_wait,
    gives_up,
    not_sooner,
    retry_after,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LUCK = st.floats(0, 1, exclude_max=True)


def of(kind):
    return Problem(kind, Stage.SEND)


def test_the_wait_doubles_from_five_seconds_to_half_an_hour():
    waits = [backoff(tries, 0.5) for tries in range(1, 12)]
    assert waits[:4] == [5.0, 10.0, 20.0, 40.0]
    assert all(after == min(2 * before, MAX_BACKOFF_SECONDS) for before, after in pairwise(waits))
    assert waits[-1] == MAX_BACKOFF_SECONDS


def test_before_the_first_try_and_after_a_million_the_wait_is_bounded():
    assert backoff(0, 0.5) == BASE_SECONDS
    assert backoff(1_000_000, 0.5) == MAX_BACKOFF_SECONDS


@given(st.integers(0, 10**6), LUCK, st.one_of(st.none(), st.floats(allow_nan=False)))
def test_luck_spreads_over_half_to_one_and_a_half_and_asked_waits_are_never_undercut(tries, luck, asked):
    wait = backoff(tries, luck, asked)
    assert BASE_SECONDS / 2 <= wait <= max(1.5 * MAX_BACKOFF_SECONDS, 1.1 * MAX_ASKED_SECONDS)
    if asked is not None:
        assert wait >= min(asked, MAX_ASKED_SECONDS)


def test_c28_a_wait_of_120_seconds_is_kept_and_spread_afterwards():
    asked = retry_after("120", NOW)
    assert asked == 120.0
    assert backoff(1, 0.0, asked) == 120.0
    assert backoff(1, 0.9, asked) == pytest.approx(130.8)


@pytest.mark.parametrize(
    "date",
    ["Mon, 23 Nov 2026 12:02:00 GMT", "Mon, 23 Nov 2026 09:02:00 -0300", "Monday, 23-Nov-26 12:02:00 GMT"],
)
def test_c29_a_future_date_is_obeyed_in_any_time_zone(date):
    assert retry_after(date, NOW) == 120.0


def test_c29_a_date_without_a_zone_is_utc():
    assert retry_after("Mon, 23 Nov 2026 12:02:00 -0000", NOW) == 120.0
    assert retry_after("Mon Nov 23 12:02:00 2026", NOW) == 120.0


def test_c29_a_date_counts_from_now_whatever_zone_now_is_in():
    here = NOW.astimezone(timezone(timedelta(hours=-3)))
    assert retry_after("Mon, 23 Nov 2026 12:02:00 GMT", here) == 120.0


@pytest.mark.parametrize("date", ["Mon, 23 Nov 2026 12:00:00 GMT", "Sun, 22 Nov 2026 12:00:00 GMT"])
def test_c29_a_past_date_is_no_advice(date):
    assert retry_after(date, NOW) is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        " ",
        "soon",
        "1e3",
        "1.5",
        "0x10",
        "1,000",
        "10 seconds",
        "120;",
        "\x00",
        "Mon, 99 Foo 2026",
        "NaN",
        "inf",
    ],
)
def test_c30_garbage_is_no_advice(value):
    assert retry_after(value, NOW) is None


@pytest.mark.parametrize("value", ["-5", "٣", "１２０", "+30", "²", "0", "000"])
def test_c31_negative_zero_and_foreign_digits_are_no_advice(value):
    assert retry_after(value, NOW) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (" 30 ", 30.0),
        ("0000000000000120", 120.0),
        ("99999999999999", MAX_ASKED_SECONDS),
        ("9" * 5000, MAX_ASKED_SECONDS),
        ("Fri, 31 Dec 2099 23:59:59 GMT", MAX_ASKED_SECONDS),
        ("Fri, 31 Dec 9999 23:59:59 -2359", MAX_ASKED_SECONDS),
    ],
)
def test_c31_blanks_are_trimmed_and_huge_waits_are_cut_to_an_hour(value, seconds):
    assert retry_after(value, NOW) == seconds


def test_c32_throttling_for_ever_never_stops_being_tried():
    throttled = of(ProblemClass.THROTTLED)
    waits = [backoff(tries, 0.0) for tries in range(1, 30)]
    assert not any(gives_up(throttled, tries) for tries in range(1, 30))
    assert sum(waits) > 5 * 3600
    assert gives_up(throttled, 30)
    assert dead_letter_wait(throttled, 0.5) == DEAD_LETTER_SECONDS


@given(st.text(max_size=60))
def test_whatever_the_header_says_the_wait_is_usable(value):
    asked = retry_after(value, NOW)
    assert asked is None or 0 < asked <= MAX_ASKED_SECONDS


@pytest.mark.parametrize("kind", ProblemClass)
def test_only_automatic_classes_are_tried_again_and_as_often_as_they_say(kind):
    if kind.retry is not Retry.AUTOMATIC:
        assert gives_up(of(kind), 0)
    else:
        assert gives_up(of(kind), kind.tries)
        assert kind.tries == 0 or not gives_up(of(kind), kind.tries - 1)


def test_what_can_heal_by_itself_is_tried_slowly_and_the_rest_waits_for_a_change():
    assert dead_letter_wait(of(ProblemClass.NETWORK), 0.0) == DEAD_LETTER_SECONDS / 2
    assert dead_letter_wait(of(ProblemClass.IMAGE_UNREACHABLE), 0.0) is None
    assert dead_letter_wait(of(ProblemClass.UNKNOWN), 0.0) is None
    assert dead_letter_wait(of(ProblemClass.TITLE_INVALID), 0.0) is None
    assert dead_letter_wait(of(ProblemClass.POLICY_BRAND), 0.0) is None


def test_a_deferred_class_waits_its_own_time_and_an_account_waits_for_a_person():
    assert dead_letter_wait(of(ProblemClass.LISTING_QUOTA), 0.5) == 24 * 3600.0
    assert dead_letter_wait(of(ProblemClass.MARKETPLACE_TIMEOUT), 0.5) == 15 * 60.0
    assert dead_letter_wait(of(ProblemClass.AUTH_INVALID), 0.5) is None


def test_a_slow_try_is_not_sooner_than_asked():
    assert not_sooner(None, 30.0) is None
    assert not_sooner(900.0, None) == 900.0
    assert not_sooner(900.0, 30.0) == 900.0
    assert not_sooner(900.0, 1800.0) == 1800.0
    assert not_sooner(900.0, 10**9) == MAX_ASKED_SECONDS
