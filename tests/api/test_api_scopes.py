"""Scopes and pace of tokens: a token never may more than its person, and less where its scope says so."""

from __future__ import annotations

import pytest
from api_cast import Api, integration
from django.db import connection
from test_api_access import ALLOWED, ON_NETWORK, POSTS, ROUTES, address, ask, world

from ponte.api import callers
from ponte.api.pace import Pace
from ponte.db.models import Audit, Cause, Role, Token, TokenScope
from ponte.flows.people.people import find_token, make_token

__all__ = ["address"]  # a fixture
MANAGERS = {route for route, status in ALLOWED.items() if status == 403}
NARROW = "urn:ponte:problem:scope-too-narrow"


def token(shop, scope: str, person: int = 0) -> str:
    return make_token(shop.people[person], shop.store, scope, scope=TokenScope(scope))


@pytest.mark.parametrize(("method", "path"), POSTS)
def test_a_token_for_reading_changes_nothing_and_the_try_is_on_record(ana, address, method, path):
    before = world()
    answer = ask(token(ana, "read"), method, path, address)
    assert (answer.status_code, answer.json()["type"]) == (403, NARROW)
    assert world() == before
    noted = Audit.objects.get(verb="refused")
    assert (noted.actor, noted.detail["scope"], noted.detail["role"]) == (ana.people[0], "read", "admin")


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[0] == "get"])
def test_a_token_for_reading_reads_all_that_is_to_be_read(ana, address, method, path):
    assert ask(token(ana, "read"), method, path, address).status_code == 200


@pytest.mark.parametrize(("method", "path"), sorted(ALLOWED))
def test_a_token_for_acting_may_what_an_operator_may_whoever_its_person_is(ana, address, method, path):
    answer = ask(token(ana, "act"), method, path, address)
    assert answer.status_code == ALLOWED[method, path]
    if (method, path) in MANAGERS:
        assert answer.json()["type"] == NARROW


@pytest.mark.parametrize("route", ["pause", "resume"])
def test_a_token_for_all_may_what_its_person_may(ana, address, route):
    assert ask(token(ana, "all"), "post", f"/api/v1/channels/{{code}}/{route}", address).status_code == 200


@pytest.mark.parametrize("scope", ["act", "all"])
@pytest.mark.parametrize(("method", "path"), [*ON_NETWORK, *POSTS])
def test_no_scope_gives_a_token_more_than_its_person_has(ana, address, scope, method, path):
    before = world()
    answer = ask(token(ana, scope, person=2), method, path, address)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:ponte:problem:forbidden")
    assert world() == before


@pytest.mark.parametrize("scope", list(TokenScope))
@pytest.mark.parametrize("role", list(Role))
def test_scope_and_role_meet_at_the_lower(scope, role):
    most = {"read": Role.VIEWER, "act": Role.OPERATOR, "all": Role.ADMIN}[scope]
    assert scope.narrows(role) is min(role, most, key=[*Role].index)


def test_within_a_route_too_the_scope_counts(ana, address):
    """Who may a cause be ignored by is decided in the route, not at its door."""
    path, number = "/api/v1/causes/{}/state", Cause.objects.get(channel=ana.channel).pk
    answer = Api(token(ana, "act")).post(path.format(number), {"state": "ignored"})
    assert (answer.status_code, answer.json()["type"]) == (403, NARROW)
    assert Api(token(ana, "all")).post(path.format(number), {"state": "ignored"}).status_code == 200
    assert Audit.objects.get(verb="refused").tries.count == 1


def test_a_token_from_before_scopes_keeps_what_it_may(ana):
    """As the version before writes it, which knows of no scope."""
    text = make_token(ana.people[0], ana.store, "old")
    row = Token.objects.get(name="old")
    columns = "user_id, store_id, name, digest, created_at"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM db_token WHERE id = %s", [row.pk])
        values = [row.user_id, row.store_id, "old", row.digest, row.created_at]
        cursor.execute(f"INSERT INTO db_token ({columns}) VALUES (%s, %s, %s, %s, %s)", values)
    assert find_token(text).scope == "all"
    channel = ana.channel.code
    assert Api(text).post(f"/api/v1/channels/{channel}/pause").status_code == 200


def test_a_token_that_asks_too_fast_waits_and_the_others_do_not(ana, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("ponte.api.pace.time.monotonic", lambda: now[0])
    monkeypatch.setattr(callers, "pace", Pace(3))
    integration(ana, "1")
    said = [Api(ana.viewer).get("/api/v1/summary") for _ in range(4)]
    assert [answer.status_code for answer in said] == [200, 200, 200, 429]
    assert (said[3]["Retry-After"], said[3].json()["type"]) == ("20", "urn:ponte:problem:too-fast")
    assert "3 pedidos por minuto" in said[3].json()["detail"]
    assert Api(ana.viewer).get("/logs/").status_code == 429
    assert Api(ana.operator).get("/api/v1/summary").status_code == 200
    now[0] += 20
    assert [Api(ana.viewer).get("/api/v1/summary").status_code for _ in range(2)] == [200, 429]


def test_without_a_limit_nobody_waits():
    assert {Pace(0).wait(1) for _ in range(9)} == {0}
