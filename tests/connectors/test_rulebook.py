"""A connector's table of refusals: the order in which it is asked, and flaws that are told when it is read."""

from __future__ import annotations

import pytest

from ponte.connectors.rulebook import RulebookError, rulebook_of
from ponte.domain.problem import ProblemClass, Severity

TABLE = """
[[state]]
class = "LISTING_CLOSED"
pattern = 'listing (is )?closed'

[[code]]
class = "IDENTIFIER_MISSING"
codes = ["90220"]
names = ["EAN"]

[[code]]
class = "ATTRIBUTE_MISSING"
codes = ["90220"]
ids = [147]
subject = "ids"

[[code]]
class = "IMAGE_INVALID"
prefixes = ["image."]
severity = "warning"
note = "pictures"

[[code]]
class = "IMAGE_MISSING"
prefixes = ["image.none"]

[[category]]
class = "PRICE_INVALID"
categories = ["INVALID_PRICE"]

[[family]]
class = "TITLE_INVALID"
pattern = '^title\\b'

[[text]]
class = "DUPLICATE"
pattern = 'already exists'

[[narrow]]
class = "ATTRIBUTE_MISSING"
names = ["GTIN"]
becomes = "IDENTIFIER_MISSING"

[[moderation]]
class = "POLICY_BRAND"
pattern = 'BRAND'
"""
BOOK = rulebook_of(TABLE)


def kind(*args, **kwargs):
    found = BOOK.classify(*args, **kwargs)
    return found.kind if found else None


def test_what_the_message_says_of_the_state_goes_before_the_code():
    assert kind("90220", "The listing is closed") is ProblemClass.LISTING_CLOSED


def test_one_code_has_the_narrower_rule_where_its_condition_is_met():
    assert kind("90220", names=("ean",)) is ProblemClass.IDENTIFIER_MISSING
    assert kind("90220", names=("brand",)) is ProblemClass.ATTRIBUTE_MISSING
    assert kind("", number=147) is ProblemClass.ATTRIBUTE_MISSING


def test_the_longest_prefix_wins_and_may_say_that_it_is_only_a_warning():
    assert kind("image.none.main") is ProblemClass.IMAGE_MISSING
    found = BOOK.classify("IMAGE.size")
    assert found is not None
    assert (found.kind, found.severity) == (ProblemClass.IMAGE_INVALID, Severity.WARNING)


def test_enums_then_families_then_words_help_where_the_code_does_not():
    assert kind("7", categories=("INVALID_PRICE",)) is ProblemClass.PRICE_INVALID
    assert kind("title.length") is ProblemClass.TITLE_INVALID
    assert kind("7", "SKU already exists") is ProblemClass.DUPLICATE
    assert kind("7", "?") is None


def test_a_class_becomes_closer_by_its_field_and_other_sections_are_asked_by_name():
    assert BOOK.narrowed(ProblemClass.ATTRIBUTE_MISSING, "gtin") is ProblemClass.IDENTIFIER_MISSING
    assert BOOK.narrowed(ProblemClass.ATTRIBUTE_MISSING, "BRAND") is ProblemClass.ATTRIBUTE_MISSING
    moderation = BOOK.told("moderation", "BRAND_MISUSE")
    assert moderation is not None
    assert moderation.kind is ProblemClass.POLICY_BRAND


def test_the_table_of_refusals_names_codes_numbers_prefixes_and_enums():
    named = {refusal.code: refusal for refusal in BOOK.refusals()}
    assert {"90220", "147", "image.*", "image.none*", "INVALID_PRICE"} <= named.keys()
    assert named["image.*"].note == "pictures"
    assert named["147"].subject == ""


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[[code]]\nclass = 'NO_SUCH'\ncodes = ['x']", "NO_SUCH"),
        ("[[code]]\nclass = 'DUPLICATE'", "is needed"),
        ("[[code]]\nclass = 'DUPLICATE'\ncodes = ['x']\nclas = 1", "clas"),
        ("[[text]]\nclass = 'DUPLICATE'\npattern = '(a+)+'", "repeated"),
        ("[[text]]\nclass = 'DUPLICATE'", "pattern is needed"),
        ("[[code]]\nclass='DUPLICATE'\ncodes=['x']\n[[code]]\nclass='TITLE_INVALID'\ncodes=['X']", "'x'"),
        ("[[narrow]]\nclass='DUPLICATE'\nnames=['x']", "becomes"),
        ("[[code", "Expected"),
    ],
)
def test_a_flaw_in_a_table_is_told_when_it_is_read(text, word):
    with pytest.raises(RulebookError, match=word.replace("[", r"\[")):
        rulebook_of(text)
