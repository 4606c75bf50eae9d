from __future__ import annotations

import io
import logging

import pytest
from django.db import OperationalError

from ponte.ops.logging import MOST_KINDS, CalmHandler, LineFormatter, one_line


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


def test_no_line_of_a_traceback_can_pass_for_a_record():
    try:
        raise ValueError("x\n2026-11-23T12:00:00+0000 INFO ponte: forged \x1b[2J")
    except ValueError as error:
        record = logging.LogRecord("p", logging.ERROR, "f", 1, "m", (), (ValueError, error, error.__traceback__))
    told = LineFormatter().format(record)
    assert all(line.startswith("  ") for line in told.splitlines()[1:])
    assert "\x1b" not in told


def test_a_database_that_went_away_is_one_line_with_its_reason():
    try:
        raise OperationalError("server closed the connection unexpectedly\n\tThis probably means")
    except OperationalError as error:
        found = (OperationalError, error, error.__traceback__)
    told = LineFormatter().format(logging.LogRecord("p", logging.ERROR, "f", 1, "looking again", (), found))
    assert told.splitlines() == [told]
    assert told.endswith("ERROR p: looking again: server closed the connection unexpectedly")


@pytest.fixture
def calm(monkeypatch):
    """Return a logger, what it wrote, and a way to let time pass."""
    clock = [1000.0]
    monkeypatch.setattr("ponte.ops.logging.time.monotonic", lambda: clock[0])
    written = io.StringIO()
    handler = CalmHandler(written)
    handler.setFormatter(LineFormatter())
    logger = logging.getLogger("ponte.x")
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "propagate", False)
    logger.setLevel(logging.INFO)

    def later(seconds: float) -> None:
        clock[0] += seconds

    return logger, written, later


def test_an_outage_does_not_fill_the_log(calm):
    logger, written, later = calm
    for number in range(5_000):
        logger.warning("lane %s is not reached", number)
        later(0.01)
    logger.warning("something else")
    assert len(written.getvalue().splitlines()) == 11
    later(60)
    logger.info("well again")
    lines = written.getvalue().splitlines()
    assert lines[-2].endswith('WARNING ponte.x: and 4990 more within a minute: "lane %s is not reached"')
    assert lines[-1].endswith("INFO ponte.x: well again")


def test_what_is_said_now_and_then_is_all_told(calm):
    logger, written, later = calm
    for _ in range(100):
        logger.warning("once in ten seconds")
        later(10)
    assert len(written.getvalue().splitlines()) == 100


def test_texts_without_end_are_kept_in_bounded_room(calm):
    logger, written, _later = calm
    for number in range(10_000):
        logger.warning(f"made of {number}")  # noqa: G004 -- as some library does
    assert len(logger.handlers[0]._kinds) <= MOST_KINDS + 1
    assert len(written.getvalue().splitlines()) <= MOST_KINDS + 10
