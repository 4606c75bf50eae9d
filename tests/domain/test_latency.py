"""Durations on a logarithmic scale."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ponte.domain.latency import BUCKETS, LONGEST_MS, bucket, quantile, typical_ms, upper_ms

durations = st.integers(min_value=0, max_value=LONGEST_MS)


@given(durations)
def test_a_duration_lies_in_its_bucket(milliseconds: int) -> None:
    place = bucket(milliseconds)
    assert milliseconds <= upper_ms(place)
    assert place == 0 or milliseconds > upper_ms(place - 1)


@given(st.integers(min_value=1001, max_value=LONGEST_MS))
def test_what_is_said_of_a_duration_is_an_eighth_off_at_most(milliseconds: int) -> None:
    assert abs(typical_ms(bucket(milliseconds)) - milliseconds) / milliseconds < 0.135


@given(durations, durations)
def test_a_longer_duration_never_lands_lower(one: int, other: int) -> None:
    assert bucket(min(one, other)) <= bucket(max(one, other))


def test_the_scale_keeps_whatever_a_clock_says() -> None:
    assert bucket(-5000) == 0
    assert bucket(LONGEST_MS * 12) == BUCKETS - 1


@given(st.lists(st.integers(min_value=1001, max_value=LONGEST_MS), min_size=1), st.sampled_from([0.5, 0.95, 1.0]))
def test_a_quantile_is_within_an_eighth_of_the_sorted_durations(times: list[int], share: float) -> None:
    counts: dict[int, int] = {}
    for time in times:
        counts[bucket(time)] = counts.get(bucket(time), 0) + 1
    rank = next(place for place in range(1, len(times) + 1) if place >= share * len(times))
    exact = sorted(times)[rank - 1]
    found = quantile(counts, share)
    assert found is not None
    assert abs(found - exact) / exact < 0.135


def test_of_nothing_there_is_no_quantile() -> None:
    assert quantile({}, 0.5) is None
    assert quantile({3: 0}, 0.5) is None
