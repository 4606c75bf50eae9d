"""An administrator's rule on a problem and on an outcome: what it changes, leaves, and how it is taken back."""

from __future__ import annotations

import pytest

from ponte.connectors.rulebook import rulebook_of
from ponte.domain.code_rules import Match, OwnRule, as_told, as_toml, classed, reclassed, rule_of
from ponte.domain.outcome import Accepted, Blocked, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage
from ponte.explain import explain, summary

NEW = Problem(ProblemClass.UNKNOWN, Stage.SEND, code="E-77", message="Lojista sem contrato 123 vigente")
RULE = OwnRule(5, Match.CODE, "e-77", ProblemClass.POLICY_RESTRICTED, "contract")
WORDS = OwnRule(6, Match.WORDS, "sem contrato * vigente", ProblemClass.COMPLIANCE)


def test_a_rule_gives_class_and_subject_and_the_problem_keeps_what_it_was():
    found = classed(NEW, (RULE,))
    assert (found.kind, found.subject, found.code, found.message) == (
        ProblemClass.POLICY_RESTRICTED,
        "contract",
        NEW.code,
        NEW.message,
    )
    assert rule_of(found) == "5"
    assert as_told(found) == NEW


def test_the_first_rule_that_fits_counts_and_applying_again_changes_nothing():
    found = classed(NEW, (WORDS, RULE))
    assert found.kind is ProblemClass.COMPLIANCE
    assert classed(found, (WORDS, RULE)) == found
    assert classed(found, (RULE,)).kind is ProblemClass.POLICY_RESTRICTED


def test_without_its_rule_a_problem_is_again_what_the_connector_told():
    assert classed(classed(NEW, (RULE,)), ()) == NEW


@pytest.mark.parametrize(
    "problem",
    [
        Problem(ProblemClass.AUTH_INVALID, Stage.SEND, code="E-77"),
        Problem(ProblemClass.THROTTLED, Stage.SEND, code="E-77"),
        Problem(ProblemClass.TITLE_INVALID, Stage.VALIDATION, code="E-77"),
        Problem(ProblemClass.UNKNOWN, Stage.SEND, code="ponte_bug"),
    ],
)
def test_accounts_transport_own_checks_and_own_faults_are_no_business_of_a_rule(problem):
    anything = OwnRule(1, Match.PREFIX, problem.code, ProblemClass.DUPLICATE)
    assert classed(problem, (anything,)) == problem


def test_an_outcome_put_off_becomes_final_when_a_rule_says_that_only_a_person_can_help():
    assert reclassed(Postponed(NEW), (RULE,)) == Rejected((classed(NEW, (RULE,)),))
    doubtful = Postponed(NEW, unknown=True)
    assert isinstance(reclassed(doubtful, (RULE,)), Postponed)


def test_all_problems_of_a_refusal_and_warnings_of_a_success_are_looked_at_and_a_stop_is_not():
    other = Problem(ProblemClass.PRICE_INVALID, Stage.SEND, code="p")
    assert reclassed(Rejected((other, NEW)), (RULE,)) == Rejected((other, classed(NEW, (RULE,))))
    warned = Accepted(None, (NEW.as_warning(),))
    found = reclassed(warned, (RULE,))
    assert isinstance(found, Accepted)
    assert (found.warnings[0].kind, found.warnings[0].severity) == (RULE.kind, Severity.WARNING)
    assert reclassed(Blocked(NEW), (RULE,)) == Blocked(NEW)


def test_words_alone_class_only_what_nobody_knows_and_never_make_ponte_try_again():
    assert classed(NEW, (), lambda _: (ProblemClass.COMPLIANCE, "x")).kind is ProblemClass.COMPLIANCE
    assert classed(NEW, (), lambda _: (ProblemClass.THROTTLED, "")) == NEW
    assert classed(NEW, (), lambda _: (ProblemClass.AUTH_INVALID, "")) == NEW
    known = Problem(ProblemClass.PRICE_INVALID, Stage.SEND, code="p")
    assert classed(known, (), lambda _: (ProblemClass.COMPLIANCE, "")) == known


def test_a_rules_own_words_are_shown_in_the_language_asked_for_or_in_ours():
    texts = {
        "rule.title.pt-BR": "Contrato vencido",
        "rule.title.en": "Contract over",
        "rule.fix.pt-BR": "Ligue para a operadora.\nDepois, reprocesse.",
    }
    found = classed(NEW, (OwnRule(5, Match.CODE, "E-77", ProblemClass.POLICY_RESTRICTED, texts=texts),))
    assert explain(found, "pt-BR").title == "Contrato vencido"
    assert explain(found, "en").title == "Contract over"
    assert explain(found, "es").fix == ("Ligue para a operadora.", "Depois, reprocesse.")
    assert summary([found], "pt-BR") == "Contrato vencido"


@pytest.mark.parametrize(
    ("rule", "code", "message"),
    [
        (RULE, "E-77", ""),
        (OwnRule(1, Match.PREFIX, 'E"-', ProblemClass.DUPLICATE), 'e"-9', ""),
        (OwnRule(1, Match.WORDS, "a (b) * c. * d", ProblemClass.DUPLICATE), "", "xx A (B) 12 c. 3 D"),
    ],
)
def test_a_rule_written_out_is_a_line_that_a_connectors_table_takes(rule, code, message):
    found = rulebook_of(as_toml(rule, "seen in May")).classify(code, message)
    assert found is not None
    assert (found.kind, found.note) == (rule.kind, "seen in May")
