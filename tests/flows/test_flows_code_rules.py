"""Rules that administrators write: what is unfit, what they would change, records classed anew with true counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factories import MISSING, make_channel, make_integration
from ponte.db.clock import now_ms
from ponte.db.code_inbox import Why, inbox
from ponte.db.code_rules import rules_for
from ponte.db.models import Audit, Cause, CodeRule, Integration, Lane
from ponte.db.models import Problem as ProblemRow
from ponte.db.scope import Scope
from ponte.domain.fingerprint import fingerprint
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.codes import sweep as code_sweep
from ponte.flows.codes.rules import Draft, Unfit, effect, flaws, keep, switch

pytestmark = pytest.mark.django_db

ODD = Problem(ProblemClass.UNKNOWN, Stage.SEND, code="E-77", message="No contract 123 in force")
OTHER = Problem(ProblemClass.UNKNOWN, Stage.MARKETPLACE, message="Cupom 9 sem lastro")
RULE = Draft("mercadolivre", "code", "e-77", "POLICY_RESTRICTED", subject="contract")


def told(channel, sku, *problems, **values):
    """Make a record with its problem rows, as the settlement writes them."""
    found = make_integration(channel, sku, problems=problems, **values)
    ProblemRow.objects.bulk_create(
        ProblemRow(
            integration=found,
            channel=channel,
            problem_class=one.kind.name,
            stage=one.stage,
            severity=one.severity,
            subject=one.subject,
            code=one.code,
            message=one.message,
            fingerprint=fingerprint(one),
        )
        for one in problems
    )
    return found


def sweep() -> int:
    steps = 0
    while code_sweep.step():
        steps += 1
    return steps


def counted() -> dict[str, int]:
    return {row.fingerprint: row.count for row in Cause.objects.filter(count__gt=0)}


def shown() -> dict[str, int]:
    marks = list(
        Integration.objects.filter(removed_at=None).exclude(fingerprint="").values_list("fingerprint", flat=True)
    )
    return {mark: marks.count(mark) for mark in marks}


def test_records_that_stand_are_classed_anew_and_causes_count_what_is_shown(cast):
    for number in range(3):
        told(cast.channel, str(number), ODD, stock_value=100)
    told(cast.channel, "8", MISSING)
    told(cast.channel, "9", ODD, removed=True)
    keep(cast.store.pk, RULE, actor_id=cast.ana.pk)
    sweep()
    rows = Integration.objects.filter(channel=cast.channel, headline_code="E-77")
    assert {row.headline_class for row in rows} == {"POLICY_RESTRICTED"}
    assert {row.headline_subject for row in rows} == {"contract"}
    assert set(ProblemRow.objects.filter(code="E-77").values_list("problem_class", flat=True)) == {
        "POLICY_RESTRICTED"
    }
    assert counted() == shown()
    cause = Cause.objects.get(problem_class="POLICY_RESTRICTED")
    assert (cause.count, cause.value, cause.code, cause.message, cause.state) == (3, 300, "E-77", ODD.message, "open")
    assert Cause.objects.get(problem_class="UNKNOWN").state == "resolved"
    assert CodeRule.objects.get().swept == 4


def test_a_rule_that_is_switched_off_leaves_records_as_the_connector_told_them(cast):
    found = told(cast.channel, "1", ODD)
    before = Integration.objects.get(pk=found.pk).problems
    rule = keep(cast.store.pk, RULE, actor_id=cast.ana.pk)
    sweep()
    assert Integration.objects.get(pk=found.pk).problems != before
    switch(cast.store.pk, rule.pk, active=False, actor_id=cast.ana.pk)
    assert rules_for(cast.channel) == ()
    sweep()
    back = Integration.objects.get(pk=found.pk)
    assert (back.problems, back.headline_class) == (before, "UNKNOWN")
    assert counted() == shown()
    assert [row.verb for row in Audit.objects.order_by("id")] == ["code rule added", "code rule off"]


def test_a_sweep_goes_on_where_a_step_ended_and_its_queries_do_not_grow_with_the_records(cast, monkeypatch):
    monkeypatch.setattr(code_sweep, "CHUNK", 4)
    for number in range(9):
        told(cast.channel, str(number), ODD)
    keep(cast.store.pk, RULE, actor_id=None)
    assert code_sweep.step()
    first = CodeRule.objects.get()
    assert (first.sweeping, first.swept) == (True, 4)
    told(cast.channel, "late", OTHER)
    assert sweep() == 2
    assert CodeRule.objects.get().swept == 9
    monkeypatch.undo()
    costs = []
    for count in (2, 20):
        for number in range(count):
            told(cast.channel, f"{count}-{number}", OTHER)
        keep(
            cast.store.pk, Draft("mercadolivre", "words", f"cupom * lastro{' ' * count}", "COMPLIANCE"), actor_id=None
        )
        with CaptureQueriesContext(connection) as asked:
            code_sweep.step()
        costs.append(len(asked))
        CodeRule.objects.all().delete()
    assert costs[0] == costs[1]


def test_a_rule_of_one_channel_or_store_leaves_the_others_alone(cast):
    other = make_channel(cast.store, "mlb2")
    told(cast.channel, "1", ODD)
    told(other, "2", ODD)
    told(cast.other_channel, "3", ODD)
    keep(cast.store.pk, replace(RULE, channel="mlb2"), actor_id=None)
    sweep()
    found = dict(Integration.objects.values_list("sku", "headline_class"))
    assert found == {"1": "UNKNOWN", "2": "POLICY_RESTRICTED", "3": "UNKNOWN"}
    assert rules_for(cast.other_channel) == ()


def test_the_narrower_rule_goes_first(cast):
    keep(cast.store.pk, Draft("mercadolivre", "words", "contract * force", "COMPLIANCE"), actor_id=None)
    keep(cast.store.pk, Draft("mercadolivre", "prefix", "E-", "DUPLICATE"), actor_id=None)
    keep(cast.store.pk, RULE, actor_id=None)
    assert [rule.kind.name for rule in rules_for(cast.channel)] == ["POLICY_RESTRICTED", "DUPLICATE", "COMPLIANCE"]


def test_what_a_rule_would_change_says_what_is_classed_already(cast):
    told(cast.channel, "1", ODD)
    told(cast.channel, "2", ODD)
    priced = Problem(ProblemClass.PRICE_INVALID, Stage.SEND, code="E-770", message="x")
    told(cast.channel, "3", priced)
    found = effect(cast.store.pk, Draft("mercadolivre", "prefix", "E-77", "POLICY_RESTRICTED"))
    assert [(one.kind, one.records) for one in found.changes] == [("UNKNOWN", 2), ("PRICE_INVALID", 1)]
    assert {one.sku for one in found.examples} == {"1", "2", "3"}
    Cause.objects.update(last_at=timezone.now() - timedelta(days=40))
    assert effect(cast.store.pk, RULE).records == 0


@pytest.mark.parametrize(
    ("change", "field", "flaw"),
    [
        ({"connector": "nowhere"}, "connector", Unfit.UNKNOWN),
        ({"channel": "nowhere"}, "channel", Unfit.UNKNOWN),
        ({"match": "regex"}, "match", Unfit.UNKNOWN),
        ({"pattern": " "}, "pattern", Unfit.MISSING),
        ({"pattern": "x\0y"}, "pattern", Unfit.TOO_LONG),
        ({"pattern": "x" * 121}, "pattern", Unfit.TOO_LONG),
        ({"match": "prefix", "pattern": "-"}, "pattern", Unfit.TOO_SHORT),
        ({"match": "words", "pattern": "* a *"}, "pattern", Unfit.TOO_SHORT),
        ({"match": "words", "pattern": "aa*bb*cc*dd*ee*ff*gg"}, "pattern", Unfit.TOO_LONG),
        ({"kind": "AUTH_INVALID"}, "kind", Unfit.UNKNOWN),
        ({"kind": ""}, "kind", Unfit.MISSING),
        ({"titles": {"pt-BR": "x" * 121}}, "title.pt-BR", Unfit.TOO_LONG),
        ({"titles": {"xx": "x"}}, "title.xx", Unfit.UNKNOWN),
    ],
)
def test_what_is_unfit_is_told_by_its_field(cast, change, field, flaw):
    base = {"connector": "mercadolivre", "match": "code", "pattern": "E-77", "kind": "DUPLICATE"}
    assert flaws(cast.store.pk, Draft(**{**base, **change})) == {field: flaw}


def test_the_same_rule_twice_is_refused(cast):
    keep(cast.store.pk, RULE, actor_id=None)
    assert flaws(cast.store.pk, RULE) == {"pattern": Unfit.TWICE}


def test_the_inbox_has_a_line_per_code_and_per_message_without_a_code(cast):
    for number in range(3):
        told(cast.channel, f"a{number}", ODD)
    told(cast.channel, "b1", OTHER)
    told(cast.channel, "b2", Problem(ProblemClass.UNKNOWN, Stage.MARKETPLACE, message="Cupom 10 sem lastro"))
    told(cast.channel, "c", MISSING)
    general = Problem(ProblemClass.ATTRIBUTE_INVALID, Stage.SEND, code="brand.new.code", message="?")
    told(cast.channel, "d", general)
    told(cast.other_channel, "e", ODD)
    found = inbox([Scope(cast.store.pk)])
    assert [(line.code, line.records) for line in found.unknown] == [("E-77", 3), ("", 2)]
    assert [(line.code, line.why) for line in found.general] == [("brand.new.code", Why.GENERAL)]
    assert inbox([Scope(cast.store.pk, ())]).unknown == ()


def test_a_code_with_a_rule_leaves_the_inbox_at_once(cast):
    told(cast.channel, "1", ODD)
    keep(cast.store.pk, RULE, actor_id=None)
    assert inbox([Scope(cast.store.pk)]).unknown == ()


def test_what_a_drain_writes_under_the_rules_before_is_classed_anew_too(cast):
    """A drain reads the rules when it takes the lane; what runs then is settled after the rule is kept."""
    told(cast.channel, "1", ODD)
    lane = Lane.objects.filter(channel=cast.channel)
    lane.update(lease_until_ms=now_ms() + 60_000, served_at_ms=now_ms() - 60_000)
    keep(cast.store.pk, RULE, actor_id=None)
    sweep()
    told(cast.channel, "2", ODD)
    assert CodeRule.objects.get().sweeping
    lane.update(lease_until_ms=0)
    sweep()
    assert set(Integration.objects.values_list("headline_class", flat=True)) == {"POLICY_RESTRICTED"}
    rule = CodeRule.objects.get()
    assert (rule.sweeping, rule.swept) == (False, 2)
    assert counted() == shown()


def test_a_drain_that_began_after_the_change_is_not_waited_for(cast):
    told(cast.channel, "1", ODD)
    keep(cast.store.pk, RULE, actor_id=None)
    lane = Lane.objects.filter(channel=cast.channel)
    lane.update(lease_until_ms=now_ms() + 60_000, served_at_ms=now_ms() + code_sweep.MARGIN_MS + 1_000)
    sweep()
    assert not CodeRule.objects.get().sweeping


def test_a_sweep_over_nothing_ends(cast):
    keep(cast.store.pk, RULE, actor_id=None)
    sweep()
    assert not CodeRule.objects.get().sweeping
