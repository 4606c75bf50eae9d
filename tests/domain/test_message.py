"""Requests and answers as values, and strict JSON."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.domain.message import MAX_JSON_DEPTH, UNREADABLE, Response, parse_json

SUITE = Path(__file__).parents[2] / "../shared/data/hostile/JSONTestSuite/test_parsing"
needs_suite = pytest.mark.skipif(not SUITE.is_dir(), reason="needs ../shared/data/hostile/JSONTestSuite")


def test_json_is_read_with_or_without_a_byte_order_mark():
    assert parse_json(b'{"a": [1, 2.5, null, true, "\xc3\xa9"]}') == {"a": [1, 2.5, None, True, "é"]}
    assert parse_json(b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"<html>",
        b'{"a": 1',
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"1e999",
        b"[-1e999]",
        b'"\xff"',
        b"\xff\xfe{\x00}\x00",
        b"1 2",
        b"{'a': 1}",
        b"[1,]",
        b"9" * 5000,
        b"[" * 200_000,
    ],
)
def test_what_is_not_strict_json_is_unreadable(body):
    assert parse_json(body) is UNREADABLE


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_the_depth_is_limited(opening, closing):
    deep = opening * (MAX_JSON_DEPTH - 1) + b"[]" + closing * (MAX_JSON_DEPTH - 1)
    assert parse_json(deep) is not UNREADABLE
    too_deep = opening * MAX_JSON_DEPTH + b"[]" + closing * MAX_JSON_DEPTH
    assert parse_json(too_deep) is UNREADABLE


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_raise(body):
    found = parse_json(body)
    assert found is UNREADABLE or json.loads(json.dumps(found)) == found


def test_an_unreadable_body_is_told_from_null_and_is_false():
    assert parse_json(b"null") is None
    assert not UNREADABLE
    assert repr(UNREADABLE) == "UNREADABLE"


def test_a_response_gives_its_json_and_its_text():
    response = Response(200, {}, b'{"a": 1}')
    assert (response.json(), response.text) == ({"a": 1}, '{"a": 1}')
    assert Response(200, {}, b"\xff").text == "\ufffd"


@pytest.mark.shared
@needs_suite
def test_every_valid_file_of_the_json_suite_is_read():
    files = sorted(SUITE.glob("y_*.json"))
    assert files
    assert [file.name for file in files if parse_json(file.read_bytes()) is UNREADABLE] == []


@pytest.mark.shared
@needs_suite
def test_no_invalid_file_of_the_json_suite_is_read():
    files = sorted(SUITE.glob("n_*.json"))
    assert files
    assert [file.name for file in files if parse_json(file.read_bytes()) is not UNREADABLE] == []
