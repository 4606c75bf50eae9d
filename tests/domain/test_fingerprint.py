"""Which problems are one cause."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.domain.fingerprint import MAX_TEXT, fingerprint, normalised
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage


def problem(message="", code="", subject="", kind=ProblemClass.UNKNOWN):
    return Problem(kind, Stage.SEND, subject, code, message)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Item MLB4400112233 not found", "item <listing> not found"),
        ("User product MLBU367467963 is full", "user product <listing> is full"),
        ("Picture 830983-MLB42088778762_112026 failed", "picture <picture> failed"),
        ("see https://a.example/x?y=1 for more", "see <url> for more"),
        ("at 2026-11-23T10:47:05.270-0400 exactly", "at <time> exactly"),
        ("at 2026-11-23 10:47 exactly", "at <time> exactly"),
        ("trace 3f0e8b1c-11aa-4bcd-9e0f-001122334455 lost", "trace <uuid> lost"),
        ("request deadbeef00112233 lost", "request <hex> lost"),
        ("needs 8.50 or 1,200 or 7", "needs <number> or <number> or <number>"),
        ("  Many\n blanks\t here ", "many blanks here"),
        ("defaced facades", "defaced facades"),
    ],
)
def test_what_changes_in_a_message_is_named(text, expected):
    assert normalised(text) == expected


def test_ten_thousand_variants_of_one_message_are_one_cause():
    variants = {
        fingerprint(problem(f"Item MLB{number:010} failed at 10:{number % 60:02}")) for number in range(10_000)
    }
    assert len(variants) == 1


def test_different_words_are_different_causes():
    assert fingerprint(problem("no stock")) != fingerprint(problem("no price"))


def test_a_code_tells_the_cause_and_the_words_do_not_matter():
    one = problem("needs 8", "item.price.invalid", "price", ProblemClass.PRICE_INVALID)
    other = problem("precisa de 9 reais", "item.price.invalid", "price", ProblemClass.PRICE_INVALID)
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    "other",
    [
        problem("x", "b", "BRAND", ProblemClass.ATTRIBUTE_MISSING),
        problem("x", "a", "MODEL", ProblemClass.ATTRIBUTE_MISSING),
        problem("x", "a", "BRAND", ProblemClass.ATTRIBUTE_INVALID),
    ],
)
def test_class_subject_and_code_each_make_another_cause(other):
    assert fingerprint(problem("x", "a", "BRAND", ProblemClass.ATTRIBUTE_MISSING)) != fingerprint(other)


def test_a_picture_s_address_does_not_make_another_cause():
    one = problem(code="response_code", subject="https://a.example/1.jpg", kind=ProblemClass.IMAGE_UNREACHABLE)
    other = problem(code="response_code", subject="https://a.example/2.jpg", kind=ProblemClass.IMAGE_UNREACHABLE)
    assert fingerprint(one) == fingerprint(other)


def test_severity_stage_and_parameters_do_not_count():
    bare = Problem(ProblemClass.TITLE_INVALID, Stage.SEND, "title", "c")
    rich = Problem(ProblemClass.TITLE_INVALID, Stage.VALIDATION, "title", "c", "m", Severity.WARNING, {"a": "b"}, 400)
    assert fingerprint(bare) == fingerprint(rich)


def test_fields_do_not_run_into_each_other():
    assert fingerprint(problem(subject="ab", code="c")) != fingerprint(problem(subject="a", code="bc"))


def test_only_the_beginning_of_a_very_long_message_counts():
    start = "palavra " * (MAX_TEXT // 8)
    assert fingerprint(problem(start + "um")) == fingerprint(problem(start + "dois"))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_has_a_fingerprint_of_sixteen_hex_digits(text):
    key = fingerprint(problem(text))
    assert len(key) == 16
    assert int(key, 16) >= 0
