from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.connectors.texts import _of_any, _of_simple, plain_text

SIMPLE = ("<p>", "</p>", "<br>", "</br>", "<LI>", "</li>", "<b>", "</B>", "<h1>", "</div>", "&amp;", "&am", "p;", "é")
OTHER = ("<", ">", "<br/>", "<!--", "-->", "<p class='x'>", "<script>", "</script>", "</ p>", "<x>", "<?", "</")


@given(st.lists(st.sampled_from((*SIMPLE, *OTHER, "a", "\n", "\r\n"))).map("".join))
def test_the_quick_way_reads_what_the_parser_reads_or_leaves_it_alone(html: str) -> None:
    quick = _of_simple(html)
    assert quick is None or quick == _of_any(html)


@given(st.lists(st.sampled_from(SIMPLE)).map("".join))
def test_simple_tags_need_no_parser(html: str) -> None:
    assert _of_simple(html) is not None


@pytest.mark.parametrize("html", ["a<script>b</script>", '<p style="x">a', "a<!-- b -->", "a < b", "<x>a"])
def test_what_is_not_simple_is_left_to_the_parser(html: str) -> None:
    assert _of_simple(html) is None


def test_both_ways_give_the_same_description() -> None:
    assert plain_text("<p>Açaí &amp; <b>mel</b></p><ul><li>1 kg</li><li>2 kg</li></ul>") == plain_text(
        '<p id="a">Açaí &amp; <b>mel</b></p><ul><li>1 kg</li><li>2 kg</li></ul>'
    )
