"""Every answer has exactly the fields that the document promises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from api_cast import GTIN, NOON, TITLE, Api, attempt, integration, shop

from ponte.api import schemas
from ponte.api.document import openapi
from ponte.db.models import BulkAction, Lane

FIELDS = [
    *("id", "store", "channel", "connector", "kind", "sku", "product_id", "name", "ean", "status", "phase"),
    *("headline", "problems", "attempts", "requested_at", "processed_at", "next_attempt_at", "removed_at", "actions"),
]
DOCS = Path(__file__).parents[2] / "docs" / "api.md"


def test_an_integration_has_exactly_the_fixed_fields(ana):
    row = integration(ana, "1", problems=(GTIN, TITLE), name="Caneca azul", ean="789", product_id="7")
    shown = Api(ana.viewer).get(f"/api/v1/integrations/{row.pk}").json()
    schemas.IntegrationOut.model_validate(shown)
    assert list(shown) == FIELDS
    assert list(shown["headline"]) == ["class", "subject", "code", "title", "fix", "stage"]
    assert shown["headline"]["class"] == "IDENTIFIER_MISSING"
    assert shown["headline"]["stage"] == "marketplace"
    assert shown["headline"]["fix"]
    assert [problem["class"] for problem in shown["problems"]] == ["IDENTIFIER_MISSING", "TITLE_INVALID"]
    assert (shown["store"], shown["channel"], shown["connector"]) == ("loja-ana", "ml", "mercadolivre")
    assert (shown["id"], shown["sku"], shown["name"], shown["ean"]) == (row.pk, "1", "Caneca azul", "789")
    assert (shown["requested_at"], shown["processed_at"]) == ("2026-06-10T14:59:55Z", "2026-06-10T15:00:00Z")
    assert shown["removed_at"] is None
    assert shown["actions"] == ["reprocess", "remove"]


@pytest.mark.parametrize(
    ("status", "removed", "actions"),
    [
        ("success", False, ["remove"]),
        ("error", False, ["reprocess", "remove"]),
        ("alert", False, ["reprocess", "remove"]),
        ("pending", False, ["reprocess", "remove"]),
        ("error", True, ["restore"]),
    ],
)
def test_actions_are_what_may_be_done_now(ana, status, removed, actions):
    row = integration(ana, "1", status, removed_at=NOON if removed else None)
    assert Api(ana.viewer).get(f"/api/v1/integrations/{row.pk}").json()["actions"] == actions


@pytest.mark.parametrize(
    ("asked", "class_of_language"),
    [("", "pt-BR"), ("en-US,en;q=0.9", "en"), ("es", "es"), ("de, fr", "pt-BR"), ("x" * 10_000, "pt-BR")],
)
def test_texts_come_in_the_language_of_accept_language(ana, asked, class_of_language):
    row = integration(ana, "1")
    titles = {
        language: Api(ana.viewer, **{"Accept-Language": language}).get(f"/api/v1/integrations/{row.pk}").json()
        for language in ("pt-BR", "en", "es")
    }
    shown = Api(ana.viewer, **{"Accept-Language": asked}).get(f"/api/v1/integrations/{row.pk}").json()
    assert shown["headline"] == titles[class_of_language]["headline"]
    assert len({title["headline"]["title"] for title in titles.values()}) == 3
    assert shown["problems"][0]["message"] == GTIN.message


def test_attempts_come_newest_first_with_their_exchanges_and_pages(ana):
    row = integration(ana, "1")
    for number in (1, 2, 3):
        attempt(row, number)
    path = f"/api/v1/integrations/{row.pk}/attempts"
    first = Api(ana.viewer).get(path, size=2).json()
    schemas.AttemptPage.model_validate(first)
    assert [one["number"] for one in first["items"]] == [3, 2]
    rest = Api(ana.viewer).get(path, size=2, cursor=first["next"]).json()
    assert ([one["number"] for one in rest["items"]], rest["next"]) == ([1], None)
    tried = first["items"][0]
    assert [exchange["side"] for exchange in tried["exchanges"]] == ["vtex", "marketplace"]
    assert tried["offer"] == {"title": "Caneca", "price": 149.9}
    assert tried["provenance"][0]["field"] == "warranty"


@pytest.mark.parametrize("count", [1, 3])
def test_attempts_cost_the_same_queries_whatever_their_number(ana, count, django_assert_num_queries):
    row = integration(ana, "1")
    for number in range(1, count + 1):
        attempt(row, number)
    api = Api(ana.viewer)
    api.get("/api/v1/summary")
    with django_assert_num_queries(5):  # token, role, record, tries, exchanges
        api.get(f"/api/v1/integrations/{row.pk}/attempts")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_queries_whatever_its_length(ana, count, django_assert_num_queries):
    for number in range(count):
        integration(ana, str(number))
    api = Api(ana.viewer)
    api.get("/api/v1/summary")
    with django_assert_num_queries(3):  # token, role, rows with their channels
        page = api.get("/api/v1/integrations").json()
    schemas.IntegrationPage.model_validate(page)
    assert len(page["items"]) == count


def test_the_summary_adds_up(ana, carla):
    integration(ana, "1")
    integration(ana, "2", "success")
    integration(ana, "3", "success", removed_at=NOON)
    integration(carla, "4")
    shown = Api(ana.viewer).get("/api/v1/summary").json()
    schemas.SummaryOut.model_validate(shown)
    expected = {"error": 1, "success": 1, "removed": 1, "alert": 0, "queued": 0, "processing": 0, "waiting": 0}
    assert shown == {"store": "loja-ana", "counts": expected, "channels": {"ml": expected}}


def test_a_channel_is_paused_and_resumed(ana):
    api = Api(ana.admin)
    (listed,) = api.get("/api/v1/channels").json()["items"]
    schemas.ChannelOut.model_validate(listed)
    assert (listed["code"], listed["state"]) == ("ml", "open")
    paused = api.post("/api/v1/channels/ml/pause")
    assert (paused.status_code, paused.json()["state"]) == (200, "paused")
    assert Lane.objects.get(channel=ana.channel).state == "paused"
    assert api.post("/api/v1/channels/ml/resume").json()["state"] == "open"


@pytest.mark.django_db(transaction=True)
def test_testing_a_channel_tells_what_is_wrong_and_a_repeat_with_the_key_gets_that_answer():
    ana = shop("loja-ana", ("ana", "bruno", "vera"))
    # Loopback is refused by the guard before a connection is opened, so nothing here depends on a network.
    type(ana.store).objects.update(base_url="http://127.0.0.1:9")
    type(ana.channel).objects.update(base_url="http://127.0.0.1:9")
    first = Api(ana.operator).post("/api/v1/channels/ml/test", key="k")
    schemas.TestOut.model_validate(first.json())
    assert (first.status_code, first.json()["ok"]) == (200, False)
    assert first.json()["problems"]
    assert Api(ana.operator).post("/api/v1/channels/ml/test", key="k").content == first.content


def test_an_action_is_made_steered_and_listed(ana):
    api = Api(ana.operator)
    row = integration(ana, "1")
    made = api.post("/api/v1/actions", {"verb": "remove", "ids": [row.pk], "per_second": 5})
    assert made.status_code == 202
    schemas.ActionOut.model_validate(made.json())
    assert (made.json()["state"], made.json()["by"], made.json()["changes"]) == (
        "running",
        "bruno",
        ["pause", "cancel"],
    )
    path = f"/api/v1/actions/{made.json()['id']}"
    assert api.post(f"{path}/pause").json()["state"] == "paused"
    assert api.post(f"{path}/resume").json()["state"] == "running"
    assert api.post(f"{path}/cancel").json()["state"] == "cancelled"
    assert api.get(path).json()["state"] == "cancelled"
    undone = api.post(f"{path}/undo")
    assert (undone.status_code, undone.json()["verb"]) == (202, "restore")
    listed = api.get("/api/v1/actions", size=1).json()
    schemas.ActionPage.model_validate(listed)
    assert listed["items"][0]["id"] == undone.json()["id"]
    rest = api.get("/api/v1/actions", size=1, cursor=listed["next"]).json()
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([made.json()["id"]], None)


def test_a_reprocess_of_many_cannot_be_undone(ana):
    made = Api(ana.operator).post(
        "/api/v1/actions", {"verb": "reprocess", "filter": {"status": "error", "channel": "ml"}}
    )
    assert BulkAction.objects.get().selection == {"filter": {"status": "error", "channel": "ml"}}
    refused = Api(ana.operator).post(f"/api/v1/actions/{made.json()['id']}/undo")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:ponte:problem:nothing-to-undo")


def test_operation_ids_are_all_there_once():
    ids = [one["operationId"] for methods in openapi()["paths"].values() for one in methods.values()]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+[A-Z]\w+", one) for one in ids)


def test_the_manual_names_every_route():
    manual = DOCS.read_text("utf-8")
    routes = {f"`{method.upper()} {path}`" for path, methods in openapi()["paths"].items() for method in methods} | {
        "`GET /api/v1/openapi.json`",
        "`GET /api/v1/docs`",
        "`GET /{account}/logs/`",
        "`GET /healthz`",
    }
    routes |= {"`GET /readyz`", "`GET /metrics`", "`GET /logs/`"}
    assert {route for route in routes if route not in manual} == set()


def test_the_manual_names_every_refusal():
    from ponte.api.refusal_texts import TEXTS

    manual = DOCS.read_text("utf-8")
    assert {name for name, text in TEXTS.items() if f"| `{name}` | {text.status} |" not in manual} == set()


@pytest.mark.parametrize("path", ["openapi.json", "docs"])
def test_the_document_is_for_holders_of_a_token_and_people_signed_in(ana, client, path):
    anonymous = client.get(f"/api/v1/{path}")
    assert anonymous.status_code == (401 if path == "openapi.json" else 302)
    assert b"listIntegrations" in Api(ana.viewer).get(f"/api/v1/{path}").content
    client.force_login(ana.people[0], backend="django.contrib.auth.backends.ModelBackend")
    assert b"listIntegrations" in client.get(f"/api/v1/{path}").content


def test_the_page_of_the_document_has_no_script_and_loads_nothing(ana):
    page = Api(ana.viewer).get("/api/v1/docs").content.decode()
    assert re.findall(r"<script|<link|<img|<style|style=|src=|https?://", page) == []
