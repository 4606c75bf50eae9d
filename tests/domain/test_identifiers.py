"""GTINs: lengths and check digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.domain.identifiers import GtinFlaw, check_digit, gtin_flaw


@pytest.mark.parametrize("gtin", ["12345670", "036000291452", "7891000315507", "4006381333931", "10614141000415"])
def test_a_well_formed_gtin_has_no_flaw(gtin):
    assert gtin_flaw(gtin) is None


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", GtinFlaw.NOT_DIGITS),
        ("SEM GTIN", GtinFlaw.NOT_DIGITS),
        (" 7891000315507", GtinFlaw.NOT_DIGITS),
        ("789100031550X", GtinFlaw.NOT_DIGITS),
        ("-891000315507", GtinFlaw.NOT_DIGITS),
        ("٧٨٩١٠٠٠٣١٥٥٠٧", GtinFlaw.NOT_DIGITS),
        ("７８９１０００３１５５０７", GtinFlaw.NOT_DIGITS),
        ("7", GtinFlaw.LENGTH),
        ("123456789", GtinFlaw.LENGTH),
        ("789100031550", GtinFlaw.CHECK_DIGIT),
        ("78910003155", GtinFlaw.LENGTH),
        ("789100031550799", GtinFlaw.LENGTH),
        ("7891000315508", GtinFlaw.CHECK_DIGIT),
        ("12345671", GtinFlaw.CHECK_DIGIT),
    ],
)
def test_a_flaw_is_named(text, flaw):
    assert gtin_flaw(text) is flaw


@given(st.sampled_from([7, 11, 12, 13]).flatmap(lambda size: st.text("0123456789", min_size=size, max_size=size)))
def test_one_check_digit_of_ten_is_right(digits):
    right = [digit for digit in "0123456789" if gtin_flaw(digits + digit) is None]
    assert right == [check_digit(digits)]


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_a_single_wrong_digit_is_always_found(digits, place, shift):
    right = digits + check_digit(digits)
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    assert gtin_flaw(wrong) is GtinFlaw.CHECK_DIGIT


@given(st.text())
def test_no_text_makes_it_raise(text):
    assert gtin_flaw(text) in {None, *GtinFlaw}
