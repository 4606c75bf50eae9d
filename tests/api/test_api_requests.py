"""Requests that cannot be followed: each is refused by name, none is half understood."""

from __future__ import annotations

import pytest
from api_cast import NOON, Api, integration
from django.db import OperationalError

from factories import make_integration
from ponte.api import schemas
from ponte.db.models import BulkAction

LIST = "/api/v1/integrations"
ACTIONS = "/api/v1/actions"


def refused(answer, status: int, name: str) -> list[str]:
    """Check that an answer is a whole problem; return the fields it names."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    schemas.Refusal.model_validate(answer.json())
    assert answer.json()["type"] == f"urn:ponte:problem:{name}"
    assert answer.json()["status"] == status
    return [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    "query",
    [
        {"page": "-1"},
        {"page": "0"},
        {"page": "999999999"},
        {"page": "1e9"},
        {"sort": "password"},
        {"sort": "-x;drop"},
        {"channel[]": "1", "channel": "2"},
        {"channel": ["1", "2"]},
        {"size": "0"},
        {"size": "201"},
        {"size": "1e3"},
        {"size": ["1", "2"]},
        {"status": "password"},
        {"from": "2026-02-31"},
        {"from": "99999-01-01"},
        {"from": "2026-02-02", "to": "2026-02-01"},
        {"cause": "x"},
        {"removed": "yes"},
        {"is_admin": "1"},
    ],
)
def test_f15_f16_a_parameter_that_cannot_be_followed_is_refused_by_name(ana, query):
    fields = refused(Api(ana.viewer).get(LIST, **query), 400, "bad-query")
    assert set(fields) & {f"query.{name}" for name in query}


@pytest.mark.parametrize("path", ["/api/v1/summary", "/api/v1/channels", "/api/v1/causes", ACTIONS])
def test_f16_every_list_refuses_what_it_does_not_know(ana, path):
    assert refused(Api(ana.viewer).get(path, sort="x"), 400, "bad-query") == ["query.sort"]


def test_a_list_is_narrowed_by_the_status_that_its_records_tell(ana):
    for state in ("queued", "processing", "waiting", "success", "error"):
        make_integration(ana.channel, state, state)
    found = Api(ana.viewer).get(LIST, status="pending").json()["items"]
    assert {(one["sku"], one["status"]) for one in found} == {
        ("queued", "pending"),
        ("processing", "pending"),
        ("waiting", "pending"),
    }


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"limit": "5"}, "unknown parameter; known are status, channel, q, from"),
        ({"status": "running"}, "unknown value; one of error, processing, queued"),
        ({"cause": "x"}, "unknown value"),
    ],
)
def test_what_is_unknown_is_told_with_what_is_known(ana, query, reason):
    [error] = Api(ana.viewer).get(LIST, **query).json()["errors"]
    assert error["reason"].startswith(reason)


def pages(api: Api, **query) -> list[list[str]]:
    found, cursor = [], None
    while cursor is not None or not found:
        page = api.get(LIST, **query, **({"cursor": cursor} if cursor else {})).json()
        found.append([item["sku"] for item in page["items"]])
        cursor = page["next"]
    return found


def test_pages_are_whole_and_in_order(ana):
    for number in range(7):
        integration(ana, str(number))
    assert pages(Api(ana.viewer), size=3) == [["6", "5", "4"], ["3", "2", "1"], ["0"]]


def test_what_comes_meanwhile_does_not_shift_a_page(ana):
    for number in range(4):
        integration(ana, str(number))
    first = Api(ana.viewer).get(LIST, size=2).json()
    integration(ana, "new")
    second = Api(ana.viewer).get(LIST, size=2, cursor=first["next"]).json()
    assert [item["sku"] for item in (*first["items"], *second["items"])] == ["3", "2", "1", "0"]


def test_f15_a_cut_forged_or_foreign_cursor_is_refused(ana, carla):
    for number in range(3):
        integration(ana, str(number))
        integration(carla, str(number))
    hers = Api(carla.viewer).get(LIST, size=1).json()["next"]
    mine = Api(ana.viewer).get(LIST, size=1).json()["next"]
    for cursor in (hers, mine[:-1], "x" + mine, "x" * 10_000, "1", "abc", "\x00"):
        assert refused(Api(ana.viewer).get(LIST, cursor=cursor), 400, "bad-query") == ["query.cursor"]
    assert refused(Api(ana.viewer).get(LIST, cursor=mine, removed="1"), 400, "bad-query") == ["query.cursor"]


@pytest.mark.parametrize("cursor", ["0", "-1", "abc", "1e3", "9" * 30])
def test_f15_a_number_that_is_no_cursor_is_refused(ana, cursor):
    row = integration(ana, "1")
    for path in (ACTIONS, f"{LIST}/{row.pk}/attempts"):
        assert refused(Api(ana.viewer).get(path, cursor=cursor), 400, "bad-query") == ["query.cursor"]


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", '"', "*", "🙂", "(z+)+$", "a OR b", "NEAR("])
def test_f17_a_search_text_is_literal(ana, text):
    integration(ana, "1", name="Caneca azul")
    answer = Api(ana.viewer).get(LIST, q=text)
    assert (answer.status_code, answer.json()["items"]) == (200, [])


def test_f17_words_are_found(ana):
    integration(ana, "1", name="Caneca azul")
    integration(ana, "2", name="Prato")
    assert pages(Api(ana.viewer), q="CANECA") == [["1"]]


def test_f17_ten_kilobytes_are_refused_by_name(ana):
    assert refused(Api(ana.viewer).get(LIST, q="x" * 10_240), 400, "bad-query") == ["query.q"]


def test_filters_narrow_together(ana):
    integration(ana, "1")
    integration(ana, "2", "success")
    integration(ana, "3", at=NOON.replace(day=11))
    api = Api(ana.viewer)
    assert pages(api, status="error") == [["3", "1"]]
    assert pages(api, status="error", to="2026-06-10", channel="ml") == [["1"]]
    assert pages(api, sku=["2", "3"]) == [["3", "2"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"verb": "reprocess", "ids": [1], "is_admin": True}, "body.is_admin"),
        ({"verb": "reprocess", "ids": [1], "store_id": 2}, "body.store_id"),
        ({"verb": "reprocess", "filter": {"account_id": 1}}, "body.filter.account_id"),
        ({"verb": "drop", "ids": [1]}, "body.verb"),
        ({"ids": [1]}, "body.verb"),
        ({"verb": "remove"}, "body.ids"),
        ({"verb": "remove", "ids": [1], "filter": {}}, "body.ids"),
        ({"verb": "remove", "ids": []}, "body.ids"),
        ({"verb": "remove", "ids": "1"}, "body.ids"),
        ({"verb": "remove", "ids": ["1"]}, "body.ids.0"),
        ({"verb": "remove", "ids": [1, True]}, "body.ids.1"),
        ({"verb": "remove", "ids": [0]}, "body.ids.0"),
        ({"verb": "remove", "ids": [2**63]}, "body.ids.0"),
        ({"verb": "remove", "ids": [1.5]}, "body.ids.0"),
        ({"verb": "remove", "ids": [1] * 1001}, "body.ids"),
        ({"verb": "remove", "filter": {}, "per_second": 0}, "body.per_second"),
        ({"verb": "remove", "filter": {"status": "password"}}, "body.filter.status"),
        ({"verb": "remove", "filter": {"channel": "a b"}}, "body.filter.channel"),
        ({"verb": "remove", "filter": {"q": "\x00"}}, "body.filter.q"),
        ({"verb": "remove", "filter": {"sku": ["\ud800"]}}, "body.filter.sku.0"),
        ({"verb": "remove", "filter": {"from": "2026-02-31"}}, "body.filter.from"),
        ({"verb": "remove", "filter": {"from": "2026-02-02", "to": "2026-02-01"}}, "body.filter.to"),
        ({"verb": "remove", "filter": {"removed": "1"}}, "body.filter.removed"),
        ([], "body"),
        (1, "body"),
    ],
)
def test_f42_a_body_is_refused_by_the_field(ana, body, field):
    assert field in refused(Api(ana.operator).post(ACTIONS, body), 422, "invalid")
    assert BulkAction.objects.count() == 0


@pytest.mark.parametrize("raw", [b"{", b"\xff", b'{"verb": NaN}', b"[" * 100_000, b"verb=remove"])
def test_f42_what_is_not_json_is_refused(ana, raw):
    refused(Api(ana.operator).post(ACTIONS, raw=raw), 400, "bad-json")


def test_an_empty_body_is_refused_by_the_field(ana):
    assert refused(Api(ana.operator).post(ACTIONS, raw=b""), 422, "invalid") == ["body"]


def test_a_body_over_the_limit_is_refused(ana):
    refused(Api(ana.operator).post(ACTIONS, raw=b" " * 1_048_577), 413, "too-large")


@pytest.mark.parametrize("accept", ["application/xml", "", "*/*," * 5_000])
def test_f43_the_answer_is_json_whatever_is_asked_for(ana, accept):
    answer = Api(ana.viewer, Accept=accept).get(LIST)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/x", f"{LIST}/", "/api/v1/../etc"])
def test_an_address_that_is_none_is_a_problem_too(db, client, path):
    refused(client.get(path), 404, "not-found")


def test_a_wrong_method_is_a_problem_too(ana):
    answer = Api(ana.operator).client.put(LIST)
    refused(answer, 405, "method-not-allowed")
    assert answer["Allow"] == "GET"


@pytest.mark.parametrize(
    ("language", "title"), [("pt-BR", "Não encontrado"), ("en", "Not found"), ("es", "No encontrado")]
)
def test_refusals_are_told_in_the_caller_s_language(db, client, language, title):
    answer = client.get("/api/x", headers={"Accept-Language": language})
    assert (answer.json()["title"], answer["Content-Language"]) == (title, language)


def broken(error: Exception):
    def fails(*_args, **_kwargs):
        raise error

    return fails


def test_a_database_that_does_not_answer_is_503_with_retry_after(ana, monkeypatch):
    monkeypatch.setattr("ponte.db.queries.page", broken(OperationalError("secret dsn")))
    answer = Api(ana.viewer).get(LIST)
    refused(answer, 503, "unavailable")
    assert answer["Retry-After"] == "5"
    assert b"secret" not in answer.content


def test_a_bug_is_500_without_its_words(ana, monkeypatch):
    monkeypatch.setattr("ponte.db.queries.page", broken(KeyError("secret")))
    answer = Api(ana.viewer).get(LIST)
    refused(answer, 500, "internal")
    assert b"secret" not in answer.content
