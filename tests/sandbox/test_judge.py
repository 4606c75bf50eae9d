"""The judge says right where the screen and the truth agree, and wrong where they do not."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from factories import make_channel, make_integration, make_store
from ponte.cli.demo import demo
from ponte.db.models import Integration
from ponte.domain.lifecycle import Status
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.sandbox.catalogue import Defect, make_catalogue
from ponte.sandbox.fate import Standing
from ponte.sandbox.judge import UNSETTLED, judge, truth_of

SEED = 7
CATALOGUE = make_catalogue(120, SEED)
pytestmark = pytest.mark.django_db


def sku_with(defect: Defect | None) -> str:
    return next(sku for sku in CATALOGUE.skus if CATALOGUE.defects.get(sku) is defect)


@pytest.mark.parametrize(
    ("defect", "standing", "kind"),
    [
        (None, Standing.LIVE, None),
        (Defect.EAN_CHECK_DIGIT, Standing.REFUSED, ProblemClass.IDENTIFIER_INVALID),
        (Defect.NO_PRICE, Standing.REFUSED, ProblemClass.VTEX_PRICE_MISSING),
        (Defect.INACTIVE, Standing.REFUSED, ProblemClass.VTEX_SKU_INACTIVE),
        (Defect.NO_PICTURE, Standing.REFUSED, ProblemClass.IMAGE_MISSING),
        (Defect.ZERO_WEIGHT, Standing.REFUSED, ProblemClass.DIMENSIONS_INVALID),
        (Defect.TITLE_TOO_LONG, Standing.REFUSED, ProblemClass.TITLE_INVALID),
        (Defect.UNMAPPED_CATEGORY, Standing.REFUSED, ProblemClass.CATEGORY_MAPPING),
    ],
)
def test_the_truth_of_each_defect_is_the_marketplaces(defect, standing, kind):
    fate = truth_of("mercadolivre", SEED)(CATALOGUE.skus[sku_with(defect)])
    assert fate.standing is standing
    assert kind is None or kind in fate.kinds


def said(sku: str, state: str, kind: ProblemClass | None = None) -> Integration:
    problems = (Problem(kind, Stage.VALIDATION),) if kind else ()
    return make_integration(make_channel(make_store()), sku, state, problems=problems)


def test_a_sound_product_on_sale_is_right_and_one_in_error_is_wrong():
    record = said(sku_with(None), "success")
    assert judge(CATALOGUE, SEED).wrong == ()
    Integration.objects.filter(pk=record.pk).update(status=Status.ERROR, headline_class="UNKNOWN")
    [wrong] = judge(CATALOGUE, SEED).wrong
    assert (wrong.sku, wrong.said) == (record.sku, "error: UNKNOWN")


def test_a_refusal_of_another_class_is_wrong():
    record = said(sku_with(Defect.EAN_CHECK_DIGIT), "error", ProblemClass.IDENTIFIER_INVALID)
    assert judge(CATALOGUE, SEED).wrong == ()
    Integration.objects.filter(pk=record.pk).update(headline_class=ProblemClass.TITLE_INVALID.name)
    assert len(judge(CATALOGUE, SEED).wrong) == 1


def test_a_success_that_the_marketplace_would_have_refused_is_wrong():
    said(sku_with(Defect.NO_PICTURE), "success")
    assert len(judge(CATALOGUE, SEED).wrong) == 1


def test_what_was_refused_only_after_sending_was_not_caught_before():
    record = said(sku_with(Defect.EAN_CHECK_DIGIT), "error", ProblemClass.IDENTIFIER_INVALID)
    assert any("named 1 of 1 refusals (100%)" in line for line in judge(CATALOGUE, SEED).lines())
    Integration.objects.filter(pk=record.pk).update(headline_stage=Stage.MARKETPLACE)
    assert any("named 0 of 1 refusals (0%)" in line for line in judge(CATALOGUE, SEED).lines())


def test_an_error_of_our_own_on_a_sound_product_is_a_false_alarm():
    said(sku_with(None), "error", ProblemClass.TITLE_INVALID)
    assert any("1 false alarms among 1" in line for line in judge(CATALOGUE, SEED).lines())


def test_what_has_no_result_yet_is_not_right():
    said(sku_with(None), "queued")
    verdict = judge(CATALOGUE, SEED)
    assert [one.said for one in verdict.wrong] == [UNSETTLED]
    assert any(line.endswith("0 of 1 right") for line in verdict.lines())


def test_unknown_marketplaces_are_refused_by_name(tmp_path):
    done = CliRunner().invoke(demo, ["--data", str(tmp_path / "d"), "--channels", "mercadolivre,acme"])
    assert done.exit_code == 2
    assert "acme" in done.output
    assert not (tmp_path / "d").exists()
