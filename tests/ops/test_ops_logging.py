from __future__ import annotations

import logging

import pytest

from ponte.ops.logging import LineFormatter, one_line


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Tênis 42 › ção 😀", "Tênis 42 › ção 😀"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[2Jx", "\\x1b[2Jx"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u2028x\x00", "\\u2028x\\x00"),
        ("\u200bx", "\\u200bx"),
        ("\ud800", "\\ud800"),
    ],
)
def test_foreign_text_is_one_line_and_cannot_fool_a_terminal(text, told):
    assert one_line(text) == told


def test_a_record_is_one_line_whatever_it_says():
    record = logging.LogRecord("ponte.x", logging.INFO, "f", 1, "told %s", ("a\nINFO forged",), None)
    told = LineFormatter().format(record)
    assert told.count("\n") == 0
    assert told.endswith("INFO ponte.x: told a\\nINFO forged")


def test_a_traceback_follows_on_lines_of_its_own():
    try:
        raise ValueError("x")
    except ValueError as error:
        record = logging.LogRecord("p", logging.ERROR, "f", 1, "m", (), (ValueError, error, error.__traceback__))
    assert "ValueError: x" in LineFormatter().format(record).splitlines()[-1]
