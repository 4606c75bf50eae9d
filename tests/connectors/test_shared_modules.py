"""What connectors may share, and what the shared modules promise."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from decimal import Decimal

from ponte.connectors import drafts, learnt, outcomes
from ponte.connectors.checking import price_problems
from ponte.connectors.exam.imports import SHARED, forbidden_imports
from ponte.connectors.exam.samples import ORDINARY
from ponte.connectors.gtin import says_none
from ponte.domain.connector import Rules
from ponte.domain.mapping import Mapping
from ponte.domain.offer import Provenance
from ponte.domain.outcome import Accepted, Blocked, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sku import Image


def test_the_exam_refuses_other_connectors_and_the_registry_but_not_what_is_shared(tmp_path, monkeypatch):
    shared = "\n".join(f"from ponte.connectors import {name}" for name in SHARED)
    sins = "from ponte.connectors import get\nfrom ponte.connectors.magalu.names import SKU\nimport socket"
    (tmp_path / "made_up_connector.py").write_text(f"{shared}\n{sins}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = set(forbidden_imports("made_up_connector"))
    assert found == {
        "made_up_connector.py: ponte.connectors.get",
        "made_up_connector.py: ponte.connectors.magalu.names",
        "made_up_connector.py: ponte.connectors.magalu.names.SKU",
        "made_up_connector.py: socket",
    }
    assert "made_up_connector" not in sys.modules


def test_what_is_named_as_shared_is_there():
    assert all(importlib.util.find_spec(f"ponte.connectors.{name}") for name in SHARED)


def test_a_field_without_a_number_says_so_in_many_ways():
    assert all(says_none(text) for text in ("", " ", "0", "000 0", "SEM GTIN", "Não tem", "isento"))
    assert not any(says_none(text) for text in ("7891000315507", "GTIN", "7"))


def test_a_draft_is_made_once_for_the_very_same_objects_only():
    made: list[object] = []

    def make(sku, rules):
        made.append((sku, rules))
        return object()

    draft_of = drafts.latest(make)
    rules, twin = Rules(Mapping()), replace(ORDINARY)
    first = draft_of(ORDINARY, rules)
    assert draft_of(ORDINARY, rules) is first
    assert twin == ORDINARY
    assert draft_of(twin, rules) is not first
    assert draft_of(twin, Rules(Mapping())) is not first
    assert len(made) == 3


def test_a_fact_is_read_again_when_it_is_another_object_and_no_more_than_most_are_kept():
    reads: list[str] = []

    def read(name, fact):
        reads.append(name)
        return dict(fact)

    reading = learnt.read_once(read, most=2)
    one = {"a": 1}
    assert reading("x", one) is reading("x", one)
    assert reading("x", {"a": 2}) == {"a": 2}
    reading("y", one)
    reading("z", one)
    reading("y", one)
    assert reads == ["x", "x", "y", "z", "y"]


def test_pictures_are_https_and_each_once():
    urls = (
        "http://a.example/1.jpg",
        "//a.example/1.jpg",
        "HTTPS://a.example/2.jpg",
        "ftp://a.example/3",
        "",
        "a.jpg",
    )
    sku = replace(ORDINARY, images=tuple(Image(url) for url in urls))
    assert drafts.pictures(sku) == ("https://a.example/1.jpg", "HTTPS://a.example/2.jpg")


def test_the_price_that_would_be_sent_is_judged_too():
    def codes(price, sent, largest=Decimal(100)):
        sku = replace(ORDINARY, price=price, flaws=())
        line = None if sent is None else Provenance("price", "price", "", "", sent)
        return [one.code for one in price_problems(sku, line, "price", largest=largest)]

    assert codes(None, None) == ["price.missing"]
    assert codes(Decimal("NaN"), None) == ["price.not_a_number"]
    assert codes(Decimal(0), "0.00") == ["price.zero"]
    assert codes(Decimal(-1), "-1.00") == ["price.negative"]
    assert codes(Decimal(50), "101.00") == ["price.too_high"]
    assert codes(Decimal(50), "0.00") == ["price.zero"]
    assert codes(Decimal(50), None) == ["price.too_high"]
    assert codes(Decimal(50), "50.00") == []
    assert codes(Decimal(50), "101.00", largest=None) == []


def test_the_headline_decides_what_becomes_of_a_refusal():
    def problem(kind):
        return Problem(kind, Stage.SEND)

    busy, title = problem(ProblemClass.THROTTLED), problem(ProblemClass.TITLE_INVALID)
    assert outcomes.refused(()) == Accepted(None)
    assert outcomes.refused((title.as_warning(),)) == Accepted(None, (title.as_warning(),))
    assert outcomes.refused((busy,)) == Postponed(busy)
    assert isinstance(outcomes.refused((busy, title)), Rejected)
    assert isinstance(outcomes.refused((problem(ProblemClass.ACCOUNT_BLOCKED), title)), Blocked)
    assert outcomes.not_learnt(Rejected((title,)), Postponed(busy)) == Postponed(title)
    assert outcomes.not_learnt(Accepted(None), Postponed(busy)) == Postponed(busy)
