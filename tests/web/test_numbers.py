"""Numbers as people type them (F49)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from ponte.web.clock import brief, short_day
from ponte.web.numbers import percent, shown_number, typed_number, typed_whole


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("pt-br", "1.000", 1000),
        ("pt-br", "1.000,5", 1000.5),
        ("pt-br", "0,5", 0.5),
        ("pt-br", " 12 ", 12),
        ("en", "1,000", 1000),
        ("en", "1,000.5", 1000.5),
        ("en", "0.5", 0.5),
        ("es", "0,5", 0.5),
    ],
)
def test_f49_a_number_is_read_as_its_language_writes_it(language, text, value):
    with translation.override(language):
        assert typed_number(text) == value


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pt-br", "1.5"),
        ("pt-br", "1,000.5"),
        ("pt-br", "10.00"),
        ("en", "1,5"),
        ("en", "1.000,5"),
        ("pt-br", ""),
        ("pt-br", "-1"),
        ("pt-br", "1e9"),
        ("pt-br", "½"),
        ("pt-br", "１２"),
        ("pt-br", "NaN"),
        ("pt-br", "9" * 400),
    ],
)
def test_f49_a_number_that_could_mean_another_one_is_refused(language, text):
    with translation.override(language), pytest.raises(ValueError):
        typed_number(text)


def test_a_part_of_a_send_is_no_number_of_sends():
    with pytest.raises(ValueError):
        typed_whole("1,5")


@pytest.mark.parametrize(
    ("language", "value", "text"),
    [("pt-br", 1000.0, "1.000"), ("pt-br", 0.5, "0,5"), ("en", 1000.25, "1,000.25"), ("pt-br", None, "")],
)
def test_f49_what_was_understood_is_echoed_in_the_same_language(language, value, text):
    with translation.override(language):
        assert shown_number(value) == text


@pytest.mark.parametrize(("share", "text"), [(1.0, "100%"), (0.9999, "99,9%"), (0.939, "93,9%"), (0.6, "60%")])
def test_what_is_not_all_is_never_called_all(share, text):
    assert percent(share) == text


@pytest.mark.parametrize(
    ("language", "text"), [("pt-br", "93,9%"), ("en", "93.9%"), ("es", "93,9\N{NO-BREAK SPACE}%")]
)
def test_a_percentage_is_written_as_its_language_writes_it(language, text):
    with translation.override(language):
        assert percent(0.939) == text


@pytest.mark.parametrize(("language", "text"), [("pt-br", "10/11"), ("en", "11/10"), ("es", "10/11")])
def test_a_short_day_has_the_order_of_its_language(language, text):
    with translation.override(language):
        assert short_day(date(2026, 11, 10)) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [("pt-br", "23 de novembro de 2026"), ("en", "Nov. 23, 2026"), ("es", "23 de noviembre de 2026")],
)
def test_a_month_has_the_letters_of_its_language(language, text):
    with translation.override(language):
        page = Template("{% load ponte %}{{ day|day }}").render(Context({"day": date(2026, 11, 23)}))
    assert page == text


@pytest.mark.parametrize(
    ("days", "text"),
    [(-2, "21/11/2026, 14:09"), (-1, "ontem, 14:09"), (0, "14:09"), (1, "amanhã, 14:09"), (2, "25/11/2026, 14:09")],
)
def test_a_moment_near_today_is_told_by_its_day(days, text):
    now = datetime(2026, 11, 23, 14, 9, tzinfo=timezone.get_default_timezone())
    assert brief(now + timedelta(days=days), now) == text
