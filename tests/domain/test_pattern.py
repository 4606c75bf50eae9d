"""Patterns that hostile text cannot make slow: what the dialect takes, what it refuses, and how long it may take."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.domain.pattern import MAX_TEXT, PatternError, SafePattern, Words


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("without stock|sem estoque", "Item WITHOUT stock"),
        (r"category .{0,40}(does not exist|not found)", "Category MLB1 was not found"),
        (r"^(item|invalid)\.title\b", "item.title.length"),
        (r"\[[^\]]*\] are required", "[BRAND, MODEL] are required"),
        (r"^item (with id \S+ )?not found", "Item with id MLB1 not found"),
    ],
)
def test_a_pattern_of_the_dialect_is_searched_without_regard_to_case(source, text):
    assert SafePattern(source).says(text)
    assert not SafePattern(source).says("nothing of the kind")


@pytest.mark.parametrize(
    "source",
    [
        "(a+)+",
        "(a|aa)*",
        "(a*){2,5}",
        "(?=a)b",
        "(?P<x>a)",
        r"(a)\1",
        ".*.*",
        r"\s+\s+x",
        "(a",
        "a)",
        "[a",
        "*a",
        "a" * 1_001,
        "a?" * 20,
        "(in|int)" * 20,
        "a{5,2}",
    ],
)
def test_what_could_be_slow_or_is_no_pattern_is_refused_when_it_is_read(source):
    with pytest.raises(PatternError):
        SafePattern(source)


@pytest.mark.parametrize("source", [".{0,60}x.{0,60}y", ".*zz", "(a|b){1}.{0,90}(c|d)", r"\w{1,40}_\w{1,40}!"])
def test_the_dearest_patterns_stay_quick_on_a_text_made_to_be_slow(source):
    pattern = SafePattern(source)
    text = ("ab_x" * MAX_TEXT)[:MAX_TEXT]
    began = time.process_time()
    pattern.says(text)
    assert time.process_time() - began < 3.0


@given(st.text(max_size=60))
def test_any_text_is_either_a_pattern_or_refused(source):
    try:
        SafePattern(source).says("The category 123 is unknown")
    except PatternError:
        return


def test_words_are_found_in_their_order_with_anything_between():
    words = Words.of("Category * is   unknown")
    assert words.says("error: category MLB123 IS unknown.")
    assert not words.says("is unknown: category 1")
    assert not Words.of(" * ").says("anything")
