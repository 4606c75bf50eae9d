"""Who may do what: every route for nobody, Ana's people, and Carla, who must see nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from api_cast import NOON, Api, attempt, integration
from django.utils import timezone

from ponte.api.document import openapi
from ponte.db.models import Audit, BulkAction, Cause, Integration, Membership, Token, Work
from ponte.db.scope import Scope
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows import bulk
from ponte.flows.people.people import find_token, make_token, revoke_token, token_text

ROUTES = sorted((method, path) for path, methods in openapi()["paths"].items() for method in methods)
# What an operator of the store gets; "testChannel" goes to the network: see test_api_shapes.
ALLOWED = {
    ("get", "/api/v1/actions"): 200,
    ("post", "/api/v1/actions"): 202,
    ("get", "/api/v1/actions/{action_id}"): 200,
    ("post", "/api/v1/actions/{action_id}/cancel"): 200,
    ("post", "/api/v1/actions/{action_id}/pace"): 200,
    ("post", "/api/v1/actions/{action_id}/pause"): 200,
    ("post", "/api/v1/actions/{action_id}/resume"): 200,
    ("post", "/api/v1/actions/{action_id}/undo"): 202,
    ("get", "/api/v1/causes"): 200,
    ("get", "/api/v1/causes/{cause_id}"): 200,
    ("post", "/api/v1/causes/{cause_id}/state"): 200,
    ("get", "/api/v1/codes"): 200,
    ("get", "/api/v1/channels"): 200,
    ("post", "/api/v1/channels/{code}/pause"): 403,  # a manager's
    ("post", "/api/v1/channels/{code}/resume"): 403,  # likewise
    ("get", "/api/v1/integrations"): 200,
    ("get", "/api/v1/integrations/{integration_id}"): 200,
    ("delete", "/api/v1/integrations/{integration_id}"): 204,
    ("get", "/api/v1/integrations/{integration_id}/attempts"): 200,
    ("get", "/api/v1/integrations/{integration_id}/listing"): 200,
    ("post", "/api/v1/integrations/{integration_id}/listing/relink"): 403,  # a manager's
    ("post", "/api/v1/integrations/{integration_id}/listing/unlink"): 403,  # likewise
    ("post", "/api/v1/integrations/{integration_id}/listing/end"): 403,  # likewise
    ("post", "/api/v1/integrations/{integration_id}/listing/keep"): 403,  # likewise
    ("post", "/api/v1/integrations/{integration_id}/reprocess"): 202,
    ("post", "/api/v1/integrations/{integration_id}/restore"): 200,
    ("get", "/api/v1/summary"): 200,
}
ON_NETWORK = (
    ("post", "/api/v1/channels/{code}/test"),
    ("post", "/api/v1/integrations/{integration_id}/listing/find"),
    ("post", "/api/v1/integrations/{integration_id}/listing/adopt"),
)
POSTS = [route for route in ROUTES if route[0] != "get"]
BY_ID = [route for route in ROUTES if "{" in route[1]]


@pytest.fixture
def address(ana):
    """Return how a route is asked for Ana's own rows."""
    row = integration(ana, "1", name="Segredo da Ana")
    attempt(row)
    ana.channel.code = "ana-ml"
    ana.channel.save()
    selection = {"ids": [row.pk]}
    action = bulk.start(scope=Scope(ana.store.pk), actor_id=ana.people[0].pk, verb="remove", selection=selection)
    cause = Cause.objects.get(channel=ana.channel)
    return {"integration_id": row.pk, "action_id": action.pk, "cause_id": cause.pk, "code": "ana-ml"}


def ask(token: str, method: str, path: str, address: dict[str, object]):
    api = Api(token)
    target = path.format(**address)
    if method == "post":
        body = {"verb": "remove", "ids": [address["integration_id"]]} if path.endswith("/actions") else None
        body = {"per_second": 5} if path.endswith("/pace") else body
        body = {"state": "known"} if path.endswith("/state") else body
        body = {"listing": "MLB1"} if path.endswith(("/relink", "/adopt")) else body
        return api.post(target, body)
    return api.get(target) if method == "get" else api.delete(target)


def world() -> tuple[object, ...]:
    rows = tuple(Integration.objects.order_by("pk").values_list("pk", "status", "phase", "removed_at"))
    actions = tuple(BulkAction.objects.order_by("pk").values_list("pk", "state"))
    causes = tuple(Cause.objects.order_by("pk").values_list("pk", "state"))
    return rows, actions, causes, Work.objects.count()


def test_the_matrix_knows_every_route():
    assert {*ALLOWED, *ON_NETWORK} == set(ROUTES)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_gets_401_and_is_told_how(address, method, path):
    before = world()
    answer = ask("", method, path, address)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert world() == before


@pytest.mark.parametrize(("method", "path"), sorted(ALLOWED))
def test_the_store_s_operator_may(ana, address, method, path):
    answer = ask(ana.operator, method, path, address)
    assert answer.status_code == ALLOWED[method, path]


@pytest.mark.parametrize(("method", "path"), POSTS)
def test_the_store_s_viewer_may_only_read_and_the_try_is_on_record(ana, address, method, path):
    before = world()
    answer = ask(ana.viewer, method, path, address)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:ponte:problem:forbidden")
    assert world() == before
    assert Audit.objects.get(verb="refused").actor == ana.people[2]


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[0] == "get"])
def test_the_store_s_viewer_reads(ana, address, method, path):
    assert ask(ana.viewer, method, path, address).status_code == 200


@pytest.mark.parametrize(("method", "path"), BY_ID)
def test_for_carla_ana_s_rows_do_not_exist(carla, address, method, path):
    before = world()
    answer = ask(carla.admin, method, path, address)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:ponte:problem:not-found")
    assert world() == before


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[0] == "get" and "{" not in route[1]])
def test_carla_s_lists_have_nothing_of_ana_s(ana, carla, address, method, path):
    integration(ana, "77", problems=(Problem(ProblemClass.UNKNOWN, Stage.SEND, code="ana-77"),))
    assert b"ana" in ask(ana.admin, method, path, address).content
    assert b"ana" not in ask(carla.admin, method, path, address).content.lower()


def test_f20_foreign_ids_in_a_list_are_ignored_and_on_record(ana, carla):
    hers = integration(carla, "9")
    made = Api(ana.operator).post("/api/v1/actions", {"verb": "remove", "ids": [hers.pk]})
    assert made.status_code == 202
    bulk.step()
    hers.refresh_from_db()
    assert hers.removed_at is None
    assert Audit.objects.get(verb="foreign ids").detail == {"ids": [hers.pk]}


@pytest.mark.parametrize(
    "number", ["0", "-1", str(2**63), "9" * 30, "uuid", "1 OR 1=1", "%2e%2e%2f", "٣", "1.0", "%00"]
)
@pytest.mark.parametrize("path", ["/api/v1/integrations/{}", "/api/v1/actions/{}"])
def test_f21_what_can_be_nobody_s_id_is_not_found(ana, path, number):
    answer = Api(ana.operator).get(path.format(number))
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_f09_a_success_cannot_be_reprocessed(ana):
    row = integration(ana, "1", "success")
    refused = Api(ana.operator).post(f"/api/v1/integrations/{row.pk}/reprocess")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:ponte:problem:nothing-to-reprocess")
    assert Work.objects.count() == 0


def test_a_removed_record_cannot_be_reprocessed_until_it_is_restored(ana):
    row = integration(ana, "1")
    api = Api(ana.operator)
    assert [api.delete(f"/api/v1/integrations/{row.pk}").status_code for _ in range(2)] == [204, 204]
    refused = api.post(f"/api/v1/integrations/{row.pk}/reprocess")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:ponte:problem:removed")
    assert api.get("/api/v1/integrations").json()["items"] == []
    assert [one["id"] for one in api.get("/api/v1/integrations", removed="1").json()["items"]] == [row.pk]
    assert api.post(f"/api/v1/integrations/{row.pk}/restore").json()["removed_at"] is None
    assert api.post(f"/api/v1/integrations/{row.pk}/reprocess").status_code == 202


def test_f41_a_token_in_the_address_never_counts(ana, client):
    for name in ("token", "access_token", "api_key", "Authorization"):
        assert client.get("/api/v1/summary", {name: ana.admin}).status_code == 401


def test_f41_a_session_never_counts(ana, client):
    client.force_login(ana.people[0], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/v1/summary").status_code == 401
    assert client.post("/api/v1/actions", {}).status_code == 401


def test_what_is_refused_over_and_over_does_not_fill_the_audit(ana):
    """T12: the tries are in the audit and counted, but not with a row for each that a program makes."""
    for number in range(70):
        assert Api(ana.viewer).post(f"/api/v1/integrations/{number}/reprocess").status_code == 403
    assert Api(ana.operator).post("/api/v1/channels/mlb/pause").status_code == 403
    tries = Audit.objects.filter(verb="refused").order_by("pk")
    assert [(one.actor.username, one.tries.count) for one in tries] == [("vera", 70), ("bruno", 1)]


def test_a_deed_that_is_for_a_higher_role_is_on_record_though_all_else_is_undone(ana):
    """T12: with a key the route works within a transaction, which the refusal rolls back."""
    row = integration(ana, "1", problems=(Problem(ProblemClass.UNKNOWN, Stage.SEND, code="x"),))
    found = Api(ana.operator).get("/api/v1/causes").json()["items"][0]
    assert row.pk
    for key in ("a", "b"):
        answer = Api(ana.operator).post(
            f"/api/v1/causes/{found['id']}/state", {"state": "ignored"}, headers={"Idempotency-Key": key}
        )
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:ponte:problem:role-too-low")
    assert Audit.objects.get(verb="refused").tries.count == 2


def test_f41_an_expired_token_is_refused(ana):
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Api(ana.admin).get("/api/v1/summary").status_code == 401


def test_f41_a_revoked_token_is_refused_at_the_next_request(ana):
    assert Api(ana.admin).get("/api/v1/summary").status_code == 200
    revoke_token(Token.objects.get(user=ana.people[0]))
    assert Api(ana.admin).get("/api/v1/summary").status_code == 401


def test_f41_a_token_dies_with_its_membership_and_with_its_user(ana):
    Membership.objects.filter(user=ana.people[0]).delete()
    assert Api(ana.admin).get("/api/v1/summary").status_code == 401
    ana.people[1].is_active = False
    ana.people[1].save()
    assert Api(ana.operator).get("/api/v1/summary").status_code == 401


def test_a_role_taken_away_counts_at_the_next_request(ana):
    Membership.objects.filter(user=ana.people[1]).update(role="viewer")
    assert Api(ana.operator).post("/api/v1/channels/ml/pause").status_code == 403


@pytest.mark.parametrize("text", ["", "ponte_", "x" * 10_000, "ponte_" + "a" * 36, "ponte_é" + "a" * 35])
def test_what_is_no_token_does_not_reach_the_database(text, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert find_token(text) is None


def test_a_token_is_shown_once_and_only_its_digest_kept(ana):
    text = make_token(ana.people[0], ana.store, "x", days=None)
    kept = str(list(Token.objects.values_list()))
    assert text.startswith("ponte_")
    assert len(text) == 42
    assert text not in kept
    assert find_token(text).expires_at is None
    # The checksum is of the 30 characters, so a scanner can tell a real one.
    assert token_text(text[6:36]) == text


def test_a_token_s_last_use_is_known_to_the_minute(ana):
    Api(ana.admin).get("/api/v1/summary")
    first = Token.objects.get(user=ana.people[0]).used_at
    Api(ana.admin).get("/api/v1/summary")
    assert Token.objects.get(user=ana.people[0]).used_at == first
    Token.objects.update(used_at=NOON - timedelta(days=999))
    Api(ana.admin).get("/api/v1/summary")
    assert Token.objects.get(user=ana.people[0]).used_at > first - timedelta(seconds=1)
