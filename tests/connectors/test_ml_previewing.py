"""Mercado Livre's own verdict in a dry run: asked, believed but for its false alarms, and nothing is made."""

import pytest

from connectors.ml_cast import ML, answer, cause, names, refusal, rules
from ponte.connectors.exam.rehearsal import first_then, play
from ponte.connectors.exam.samples import ORDINARY
from ponte.connectors.exam.troubles import LOST
from ponte.domain.outcome import Accepted, Blocked, Postponed, Rejected


def preview(*answers, by=None):
    channel = by or rules()
    return play(ML.preview(ML.map(ORDINARY, channel), channel), first_then(answers, LOST["refused"]))


def test_a_good_offer_is_taken_and_nothing_is_made():
    played = preview(answer(204))
    assert played.result == Accepted(None)
    [request] = played.requests
    assert (request.method, request.path, request.changes) == ("POST", "/items/validate", False)
    assert request.json == ML.map(ORDINARY, rules()).payload["item"]


def test_everything_that_is_wrong_is_told_with_the_sheet_s_names():
    missing = cause(147, "item.attributes.missing_required", "The attributes [MODEL] are required for category MLB1")
    result = preview(answer(400, refusal(missing, cause(109, "item.price.invalid")))).result
    assert names(result) == ["ATTRIBUTE_MISSING MODEL", "PRICE_INVALID price"]
    assert result.problems[0].params["name"] == "Modelo"


def test_a_false_alarm_is_a_warning_and_what_is_beside_it_decides():
    alarm = cause(None, "lost_me1_by_user")
    alone = preview(answer(400, refusal(alarm))).result
    assert isinstance(alone, Accepted)
    assert [one.code for one in alone.warnings] == ["lost_me1_by_user"]
    both = preview(answer(400, refusal(alarm, cause(109, "item.price.invalid")))).result
    assert isinstance(both, Rejected)
    assert names(both) == ["PRICE_INVALID price"]


def test_an_account_that_changed_its_model_is_asked_with_the_other_name():
    other = answer(400, {"message": "body.invalid_fields", "error": "The fields [title] are invalid.", "cause": []})
    played = preview(other, answer(204))
    assert played.result == Accepted(None)
    assert ["family_name" in request.json for request in played.requests] == [False, True]


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        (answer(500), Postponed),
        (answer(429, {}), Postponed),
        (LOST["timeout"], Postponed),
        (answer(403, {"message": "seller.unable_to_list", "error": "User is unable to list."}), Blocked),
    ],
)
def test_trouble_is_no_verdict_and_leaves_no_doubt(trouble, outcome):
    result = preview(trouble).result
    assert isinstance(result, outcome)
    assert not getattr(result, "unknown", False)
