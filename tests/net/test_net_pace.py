from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ponte.net.pace import PATIENCE_SECONDS, Pace


class Time:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 1e-9)
        await asyncio.sleep(0)


def paced(rate: float, burst: int) -> tuple[Pace, Time]:
    time = Time()
    return Pace(rate, burst, clock=time, sleep=time.sleep), time


def take(pace: Pace, times: int = 1) -> float:
    """Take so many turns one after the other; returns the last answer."""

    async def run() -> float:
        return [await pace.take() for _ in range(times)][-1]

    return asyncio.run(run())


@settings(max_examples=40, deadline=None)
@given(rate=st.floats(0.1, 500), burst=st.integers(1, 50), count=st.integers(1, 200))
def test_no_more_than_the_burst_goes_out_beyond_the_rate(rate, burst, count):
    pace, time = paced(rate, burst)
    begin = time.now
    take(pace, count)
    assert count <= burst + (time.now - begin) * rate + 1e-6


def test_a_burst_goes_out_at_once_and_the_rest_at_the_rate():
    pace, time = paced(2.0, 4)
    take(pace, 4)
    assert time.now == 1_000.0
    take(pace, 4)
    assert time.now == pytest.approx(1_002.0)


def test_a_quiet_time_saves_up_no_more_than_a_burst():
    pace, time = paced(2.0, 4)
    time.now += 3_600
    take(pace, 5)
    assert time.now == pytest.approx(4_600.5)


def test_after_a_429_nothing_goes_out_before_the_wait_is_over_and_no_burst_then():
    pace, time = paced(4.0, 10)
    pace.slow_down(8.0)
    take(pace)
    assert time.now >= 1_008.0
    before = time.now
    take(pace, 4)
    assert time.now - before == pytest.approx(4 / 2.0), "half the rate, and nothing saved up meanwhile"


def test_c28_a_long_silence_is_told_at_once_instead_of_sat_out():
    pace, time = paced(4.0, 10)
    pace.slow_down(120.0)
    assert take(pace) == pytest.approx(120.0)
    assert time.now == 1_000.0
    time.now += 115.0
    assert take(pace) == 0.0
    assert time.now >= 1_120.0
    assert PATIENCE_SECONDS == 10.0


def test_refusals_of_requests_that_were_under_way_together_are_one_refusal():
    pace, time = paced(8.0, 10)
    for _ in range(20):
        pace.slow_down(5.0)
    assert pace.rate == 4.0
    time.now += 6
    pace.slow_down(5.0)
    assert pace.rate == 2.0


def test_a_longer_wait_replaces_a_shorter_one_and_not_the_other_way_round():
    pace, time = paced(8.0, 10)
    pace.slow_down(5.0)
    pace.slow_down(9.0)
    pace.slow_down(1.0)
    take(pace)
    assert time.now >= 1_009.0


def test_the_rate_never_falls_to_nothing():
    pace, time = paced(64.0, 1)
    for _ in range(30):
        pace.slow_down(1.0)
        time.now += 2.0
    assert pace.rate == 1.0


def test_quiet_minutes_give_the_rate_back():
    pace, time = paced(10.0, 1)
    pace.slow_down(1.0)
    time.now += 1.0 + 60 * 3
    take(pace)
    assert pace.rate == pytest.approx(8.0)
    time.now += 60 * 10
    take(pace)
    assert pace.rate == 10.0


@pytest.mark.parametrize(("told", "seconds"), [(1.0, 10.0), (20.0, 0.5)])
def test_a_rate_that_the_other_side_tells_is_obeyed_slower_or_quicker(told, seconds):
    pace, time = paced(5.0, 1)
    take(pace)
    pace.allow(told)
    take(pace, 10)
    assert time.now == pytest.approx(1_000.0 + seconds)


def test_a_told_rate_ends_no_caution_and_is_what_quiet_minutes_lead_back_to():
    pace, time = paced(8.0, 1)
    pace.slow_down(1.0)
    pace.allow(10.0)
    assert pace.rate == 4.0
    time.now += 20 * 60
    take(pace)
    assert pace.rate == pace.full_rate == 10.0


def test_a_rate_told_in_a_silence_earns_nothing_for_it():
    pace, time = paced(5.0, 3)
    pace.slow_down(5.0)
    pace.allow(2.0)
    take(pace)
    assert time.now == pytest.approx(1_000.0 + 5.0 + 0.5)
