"""`/actions`: the same limits and the same progress as on the screen."""

from __future__ import annotations

import pytest
from api_cast import Api, integration

from ponte.db.models import BulkAction, Role, Work
from ponte.flows import bulk
from ponte.flows.bulk.limits import CEILINGS


@pytest.fixture
def errors(ana):
    return [integration(ana, str(number)) for number in range(3)]


def test_an_action_says_what_it_plans_and_what_became_of_it(ana, errors):
    api = Api(ana.operator)
    made = api.post("/api/v1/actions", {"verb": "reprocess", "filter": {"status": "error"}, "trial": 2}).json()
    assert (made["planned"], made["state"], made["trial"]) == (3, "trying", 2)
    assert made["changes"] == ["pause", "cancel", "pace"]
    bulk.step()
    shown = api.get(f"/api/v1/actions/{made['id']}").json()
    assert (shown["queued"], shown["outstanding"]) == (2, 2)
    assert shown["outcomes"] == {"success": 0, "alert": 0, "error": 0}


def test_beyond_the_ceiling_of_the_role_nothing_begins(ana, errors, monkeypatch):
    monkeypatch.setitem(CEILINGS, Role.OPERATOR, 2)
    body = {"verb": "reprocess", "filter": {"status": "error"}}
    answer = Api(ana.operator).post("/api/v1/actions", body)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:ponte:problem:too-many")
    assert "2" in answer.json()["detail"]
    assert not BulkAction.objects.exists()
    assert Api(ana.admin).post("/api/v1/actions", body).status_code == 202


def test_only_what_changed_is_asked_for(ana, errors):
    body = {"verb": "reprocess", "filter": {"status": "error"}, "changed_only": True}
    made = Api(ana.operator).post("/api/v1/actions", body).json()
    bulk.step()
    assert made["selection"] == {"filter": {"status": "error"}, "changed_only": True}
    assert not Work.objects.exists()


def test_the_pace_is_changed_and_a_wrong_one_is_told(ana, errors):
    api = Api(ana.operator)
    made = api.post("/api/v1/actions", {"verb": "reprocess", "filter": {}, "per_second": 1}).json()
    path = f"/api/v1/actions/{made['id']}/pace"
    assert api.post(path, {"per_second": 9}).json()["per_second"] == 9
    assert api.post(path, {"per_second": None}).json()["per_second"] is None
    assert api.post(path, {"per_second": 0}).status_code == 422
