"""Causes over the API: the list that agrees with the records, and who may decide what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from api_cast import GTIN, TITLE, Api, integration

from factories import make_cause
from ponte.api import schemas
from ponte.db.models import Audit, Cause, Membership

LATER = datetime.now(UTC) + timedelta(days=2)


@pytest.fixture
def cause(ana):
    return make_cause(ana.channel, GTIN, count=3, value=12_345)


def test_causes_are_counted_and_lead_to_their_records(ana, carla):
    for number in range(3):
        integration(ana, f"g{number}", problems=(GTIN, TITLE), stock_value=4_115)
    cause = Cause.objects.get(channel=ana.channel)
    make_cause(carla.channel, GTIN, count=9)
    page = Api(ana.viewer).get("/api/v1/causes").json()
    schemas.CausePage.model_validate(page)
    (shown,) = page["items"]
    assert (shown["count"], shown["value"], shown["state"], shown["by"]) == (3, 12_345, "open", None)
    assert shown["headline"]["class"] == "IDENTIFIER_MISSING"
    assert shown["headline"]["fix"]
    listed = Api(ana.viewer).get("/api/v1/integrations", cause=shown["fingerprint"], channel=shown["channel"]).json()
    assert len(listed["items"]) == shown["count"]
    assert Api(ana.viewer).get("/api/v1/causes", channel="ml", state="open").json() == page
    assert Api(ana.viewer).get("/api/v1/causes", state="resolved").json() == {"items": [], "next": None}
    assert Api(ana.viewer).get(f"/api/v1/causes/{cause.pk}").json() == shown


def test_pages_follow_one_another(ana, cause):
    make_cause(ana.channel, TITLE, count=7)
    first = Api(ana.viewer).get("/api/v1/causes", size=1).json()
    rest = Api(ana.viewer).get("/api/v1/causes", size=1, cursor=first["next"]).json()
    assert [page["items"][0]["count"] for page in (first, rest)] == [7, 3]
    assert rest["next"] is None


@pytest.mark.parametrize("query", [{"state": "x"}, {"channel": "x"}, {"channel": "\0"}, {"cursor": "x"}, {"q": "x"}])
def test_f16_a_query_that_cannot_be_followed_is_400(ana, cause, query):
    assert Api(ana.viewer).get("/api/v1/causes", **query).status_code == 400


@pytest.mark.parametrize("count", [1, 2])
def test_the_list_costs_the_same_queries_whatever_its_length(ana, count, django_assert_num_queries):
    for problem in (GTIN, TITLE)[:count]:
        make_cause(ana.channel, problem, count=1)
    api = Api(ana.viewer)
    api.get("/api/v1/summary")
    with django_assert_num_queries(3):  # token, role, causes with their channels
        assert len(api.get("/api/v1/causes").json()["items"]) == count


def test_a_cause_is_decided_about_and_it_is_on_record(ana, cause):
    path = f"/api/v1/causes/{cause.pk}/state"
    known = Api(ana.operator).post(path, {"state": "known"})
    schemas.CauseOut.model_validate(known.json())
    assert (known.status_code, known.json()["state"], known.json()["by"]) == (200, "known", "bruno")
    ignored = Api(ana.admin).post(path, {"state": "ignored", "until": LATER.isoformat(), "above": 10}).json()
    assert (ignored["state"], ignored["ignored_above"]) == ("ignored", 10)
    assert datetime.fromisoformat(ignored["ignored_until"]) == LATER
    reopened = Api(ana.admin).post(path, {"state": "open"}).json()
    assert (reopened["state"], reopened["ignored_until"], reopened["ignored_above"]) == ("open", None, None)
    verbs = Audit.objects.filter(target=f"cause:{cause.pk}").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["cause known", "cause ignored", "cause open"]


def test_a_repeat_with_the_key_has_one_effect(ana, cause):
    path = f"/api/v1/causes/{cause.pk}/state"
    first = Api(ana.operator).post(path, {"state": "known"}, key="k")
    assert Api(ana.operator).post(path, {"state": "known"}, key="k").content == first.content
    assert Api(ana.operator).post(path, {"state": "open"}, key="k").status_code == 422
    assert Audit.objects.filter(verb="cause known").count() == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"state": "ignored", "above": 2}, 422),
        ({"state": "ignored", "until": "2020-01-01T00:00:00Z"}, 422),
        ({"state": "ignored", "until": "2090-01-01T00:00:00"}, 422),
        ({"state": "resolved", "above": 5}, 422),
        ({"state": "gone"}, 422),
        ({"state": "open", "is_admin": True}, 422),
        ({}, 422),
    ],
)
def test_f42_what_cannot_be_decided_is_422_and_changes_nothing(ana, cause, body, status):
    assert Api(ana.admin).post(f"/api/v1/causes/{cause.pk}/state", body).status_code == status
    assert Cause.objects.get().state == "open"


def test_roles_and_stores_and_channels_are_kept_apart(ana, carla, cause):
    path = f"/api/v1/causes/{cause.pk}"
    for state in ("ignored", "resolved"):
        refused = Api(ana.operator).post(f"{path}/state", {"state": state})
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:ponte:problem:role-too-low")
    assert Api(ana.viewer).post(f"{path}/state", {"state": "known"}).status_code == 403
    assert Api(carla.admin).post(f"{path}/state", {"state": "known"}).status_code == 404
    assert Api(carla.admin).get(path).status_code == 404
    Membership.objects.filter(store=ana.store).update(channel_ids=[carla.channel.pk])
    assert Api(ana.viewer).get(path).status_code == 404
    assert Api(ana.viewer).get("/api/v1/causes").json()["items"] == []
    assert Api(ana.viewer).get("/api/v1/causes", channel="ml").status_code == 400
