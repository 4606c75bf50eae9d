"""`check` and `map` are pure, and survive any SKU."""

from __future__ import annotations

import copy
from dataclasses import replace

from ponte.connectors.exam import troubles
from ponte.connectors.exam.bench import Bench, is_json
from ponte.connectors.exam.rehearsal import always, play
from ponte.connectors.exam.samples import ODD
from ponte.connectors.exam.silence import silence
from ponte.connectors.exam.spoiling import NOTHING, wrongs
from ponte.connectors.exam.telling import one_problem
from ponte.domain.connector import Rules
from ponte.domain.offer import Offer
from ponte.domain.problem import Problem
from ponte.domain.sku import Sku


class PurityExam(Bench):
    """The same in gives the same out, and nothing is touched or raised."""

    def _skus(self) -> dict[str, Sku]:
        return {"ordinary": self.ordinary().sku, **ODD}

    def _rules(self) -> tuple[Rules, ...]:
        ordinary = self.ordinary().rules
        return (ordinary, Rules(ordinary.mapping), Rules(type(ordinary.mapping)()))

    def test_check_and_map_are_pure(self) -> None:
        for name, sku in self._skus().items():
            for rules in self._rules():
                before = copy.deepcopy((sku, rules))
                first = (self.subject.check(sku, rules), self.subject.map(sku, rules))
                assert (sku, rules) == before, f"{name}: the input was changed"
                # Equal values, other objects: what a connector remembered of the first must not show.
                again = (self.subject.check(*before), self.subject.map(*before))
                assert first == again, f"{name}: the second time gave something else"

    def test_check_tells_problems_and_map_an_offer_whatever_the_sku(self) -> None:
        for name, sku in self._skus().items():
            for rules in self._rules():
                found = self.subject.check(sku, rules)
                assert isinstance(found, tuple), f"{name}: check returned {type(found)}"
                assert all(isinstance(problem, Problem) for problem in found), name
                offer = self.subject.map(sku, rules)
                assert isinstance(offer, Offer), f"{name}: map returned {type(offer)}"
                assert is_json(offer.payload), f"{name}: the offer is not JSON"
                assert offer.digest == self.subject.map(sku, rules).digest, f"{name}: the digest is another each time"

    def test_what_is_needed_is_named_whatever_the_sku(self) -> None:
        for name, sku in self._skus().items():
            for rules in self._rules():
                needed = self.subject.needs(sku, rules)
                assert isinstance(needed, tuple), f"{name}: needs returned {type(needed)}"
                assert all(isinstance(key, str) and key for key in needed), f"{name}: needs {needed!r}"

    def test_any_fact_is_survived(self) -> None:
        """A fact that is kept for a day may have been learnt by the connector's version before this one."""
        ordinary = self.ordinary()
        for key in self.subject.needs(ordinary.sku, ordinary.rules):
            for fact in (*NOTHING, *wrongs(ordinary.rules.facts.get(key))):
                rules = replace(ordinary.rules, facts={**ordinary.rules.facts, key: fact})
                for verb in (self.subject.needs, self.subject.check, self.subject.map):
                    try:
                        verb(ordinary.sku, rules)
                    except Exception as raised:
                        told = f"{verb.__name__} with the fact {key} as {str(fact)[:100]}"
                        raise AssertionError(f"{told}: {type(raised).__name__}: {raised}") from raised

    def test_the_same_answer_always_means_the_same(self) -> None:
        for trouble, response in troubles.RESPONSES.items():
            told = [self.subject.classify("GET /x", response) for _ in range(4)]
            assert told.count(told[0]) == len(told), f"{trouble}: {told}"

    def test_nobody_opens_a_connection(self) -> None:
        ordinary = self.ordinary()
        with silence() as heard:
            self.subject.needs(ordinary.sku, ordinary.rules)
            self.subject.check(ordinary.sku, ordinary.rules)
            self.subject.map(ordinary.sku, ordinary.rules)
            self.subject.classify("GET /x", troubles.RESPONSES["500"])
            for conversation in self.conversations().values():
                play(conversation, always(troubles.EMPTY_SUCCESSES["200 object"]))
        assert heard == [], f"requests are yielded, connections are Ponte's: {heard}"

    def test_the_ordinary_sku_has_no_problem_and_each_field_an_origin(self) -> None:
        ordinary = self.ordinary()
        found = [one_problem(p) for p in self.subject.check(ordinary.sku, ordinary.rules) if p.blocking]
        assert found == [], f"check finds something wrong with the everyday SKU: {found}"
        told = self.subject.map(ordinary.sku, ordinary.rules).provenance
        assert told, "map does not say where the fields of the offer came from: Offer(payload, (Provenance(...),))"

    def test_flaws_of_vtex_are_told_first(self) -> None:
        sku = ODD["flawed"]
        found = self.subject.check(sku, self.ordinary().rules)
        assert found[: len(sku.flaws)] == sku.flaws, f"check begins with sku.flaws, not with {found[:1]}"
