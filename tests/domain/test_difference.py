"""What differs between two offers, path by path."""

from __future__ import annotations

from ponte.domain.difference import MAX_CHANGES, Way, difference


def seen(before, after):
    return [(one.written, one.way.value, one.before, one.after) for one in difference(before, after).changes]


def test_equal_values_do_not_differ():
    value = {"item": {"price": 10, "pictures": [{"source": "a"}], "on": True}}
    assert not difference(value, {"item": {"on": True, "pictures": [{"source": "a"}], "price": 10.0}})


def test_added_removed_and_changed_fields_are_told_apart():
    assert seen({"a": 1, "b": {"c": "x"}}, {"b": {"c": "y"}, "d": [1]}) == [
        ("b.c", "changed", "x", "y"),
        ("d", "added", None, [1]),
        ("a", "removed", 1, None),
    ]


def test_rows_that_name_themselves_are_compared_wherever_they_stand():
    before = [{"id": "BRAND", "value_name": "Olympikus"}, {"id": "MODEL", "value_name": "Corre"}]
    after = [{"id": "MODEL", "value_name": "Corre 3"}, {"id": "BRAND", "value_name": "Olympikus"}]
    assert seen({"attributes": before}, {"attributes": after}) == [
        ("attributes[MODEL].value_name", "changed", "Corre", "Corre 3")
    ]


def test_rows_without_a_name_of_their_own_are_compared_by_their_place():
    assert seen(["a", "b"], ["a", "c", "d"]) == [("[1]", "changed", "b", "c"), ("[2]", "added", None, "d")]
    twice = [{"id": "X", "v": 1}, {"id": "X", "v": 2}]
    assert seen(twice, [{"id": "X", "v": 1}, {"id": "X", "v": 3}]) == [("[1].v", "changed", 2, 3)]


def test_a_list_that_became_empty_says_which_rows_left():
    assert [one[:2] for one in seen([{"source": "https://a"}], [])] == [("[https://a]", "removed")]


def test_true_is_not_one():
    assert [one.way for one in difference({"free": 1}, {"free": True}).changes] == [Way.CHANGED]


def test_it_ends_after_so_many_differences():
    found = difference({}, {str(number): number for number in range(MAX_CHANGES + 5)})
    assert (len(found.changes), found.more) == (MAX_CHANGES, True)


def test_it_ends_after_so_many_values():
    rows = list(range(60_000))
    found = difference(rows, [*rows[:-1], -1])
    assert (found.changes, found.more) == ((), True)


def test_depth_is_bounded_and_deeper_values_are_compared_whole():
    before, after = {"v": 1}, {"v": 2}
    for _ in range(90):
        before, after = {"in": before}, {"in": after}
    assert len(difference(before, after).changes) == 1
