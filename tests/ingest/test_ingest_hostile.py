"""Bodies nobody thought of: none is ever a server's fault, and none is stored by halves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from asgi_client import Call, Memory, ask, ask_one, note, post
from hypothesis import given, settings
from hypothesis import strategies as st

SUITE = Path(__file__).parents[2] / "../shared/data/hostile/JSONTestSuite/test_parsing"
EXPECTED = {200, 202, 400, 413}

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
names = st.sampled_from(["IdSku", "idSKU", "An", "IdAffiliate", "ProductId", "IsActive", "StockModified", "x"])


def suite(prefix: str) -> list[Path]:
    return sorted(SUITE.glob(f"{prefix}_*.json"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=30))
def test_random_bytes_are_never_our_fault(bodies: list[bytes]) -> None:
    told = ask(Memory(), *(post(body) for body in bodies))
    assert {answer.status for answer in told} <= EXPECTED


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(names, values, max_size=6), min_size=1, max_size=20))
def test_random_notifications_name_a_sku_or_are_refused(documents: list[dict]) -> None:
    memory = Memory()
    told = ask(memory, *(post(json.dumps(document).encode()) for document in documents))
    assert {answer.status for answer in told} <= EXPECTED
    assert all(hint.sku.isascii() and hint.sku.isdigit() and len(hint.sku) <= 18 for hint in memory.hints)
    assert (sum(answer.status == 200 for answer in told) == 0) is (memory.hints == [])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 70), st.sampled_from(["counted", "in chunks", "cut short"]))
def test_a_body_means_the_same_however_it_is_cut(step: int, way: str) -> None:
    whole = json.dumps(note()).encode()
    pieces = tuple(whole[place : place + step] for place in range(0, len(whole), step))
    headers = ((b"content-length", str(len(whole)).encode()),) if way == "counted" else ()
    memory = Memory()
    told = ask_one(memory, Call(pieces, headers=headers, leaves=way == "cut short"))
    assert told.status == (400 if way == "cut short" else 200)
    assert [hint.sku for hint in memory.hints] == ["15"] * (way != "cut short")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["GET", "HEAD", "POST", "PUT"]))
def test_no_address_is_our_fault(path: str, method: str) -> None:
    memory = Memory()
    assert ask_one(memory, Call(path=f"/vtex/{path}", method=method)).status == 404
    assert (memory.hints, memory.aside) == ([], [])


@pytest.mark.shared
@pytest.mark.skipif(not SUITE.exists(), reason="the JSON test suite is not here")
@pytest.mark.parametrize("prefix", ["n", "y", "i"])
def test_the_json_suite_names_no_sku_and_is_told_so(prefix: str) -> None:
    files = suite(prefix)
    assert len(files) > 5
    memory = Memory()
    told = ask(memory, *(post(file.read_bytes()) for file in files))
    assert {file.name: answer.status for file, answer in zip(files, told, strict=True)} == {
        file.name: 400 if file.stat().st_size <= 64 * 1024 else 413 for file in files
    }
    assert memory.hints == []


@pytest.mark.shared
@pytest.mark.skipif(not SUITE.exists(), reason="the JSON test suite is not here")
def test_a_good_name_inside_a_bad_document_is_still_refused() -> None:
    """Each refused file of the suite as the value of a key beside a good SKU."""
    files = [file for file in suite("n") if file.stat().st_size < 60_000]
    memory = Memory()
    told = ask(memory, *(post(b'{"IdSku":"15","x":' + file.read_bytes() + b"}") for file in files))
    # A few of them are only bad as a whole document, not in this place.
    taken = {file.name for file, answer in zip(files, told, strict=True) if answer.status == 200}
    assert {answer.status for answer in told} <= {200, 400}
    assert len(taken) < len(files) // 10
