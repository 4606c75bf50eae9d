"""VTEX's catalogue log: names, spellings and statuses exactly as VTEX wrote them."""

from __future__ import annotations

import json

import pytest
from api_cast import GTIN, NOON, TITLE, Api, attempt, integration

DAY = {"DateAt": "2026-06-10"}
FIELDS = [
    "id",
    "Operation",
    "Direction",
    "ContentSource",
    "ContentTransalted",
    "ContentDestination",
    "BusinessMessage",
    "Status",
]


def messages(token: str, path: str = "/logs/", **query):
    answer = Api(token).get(path, **query)
    assert answer.status_code == 200
    return answer.json()["Messages"]


def test_a_message_has_vtex_s_fields_all_strings(ana):
    row = integration(ana, "2001773", problems=(GTIN, TITLE), name="Caneca azul")
    attempt(row)
    (message,) = messages(ana.viewer, **DAY, status="all")
    assert list(message) == FIELDS
    assert all(isinstance(value, str) for value in message.values())
    assert (message["id"], message["Status"]) == (str(row.pk), "error")
    assert (message["Operation"], message["Direction"]) == ("Catalog change", "VTEX to Mercado Livre")
    assert message["ContentSource"] == '{"Id": 1}'
    assert json.loads(message["ContentTransalted"]) == {"title": "Caneca", "price": 149.9}
    assert message["ContentDestination"] == '{"error": "validation_error"}'


def test_the_business_message_tells_every_problem_and_how_to_fix_it(ana):
    row = integration(ana, "1", problems=(GTIN, TITLE))
    told = messages(ana.viewer, **DAY)[0]["BusinessMessage"]
    shown = Api(ana.viewer).get(f"/api/v1/integrations/{row.pk}").json()["problems"]
    assert len(shown) == 2
    for problem in shown:
        assert problem["title"] in told
        assert problem["steps"][0] in told


def test_only_the_last_try_counts(ana):
    row = integration(ana, "1")
    attempt(row, 1)
    last = attempt(row, 2)
    last.offer = {"title": "Nova"}
    last.save()
    assert messages(ana.viewer, **DAY)[0]["ContentTransalted"] == '{"title":"Nova"}'


def test_a_record_without_a_try_has_empty_contents(ana):
    integration(ana, "1", "pending")
    (message,) = messages(ana.viewer, **DAY)
    assert (message["Status"], message["BusinessMessage"], message["ContentSource"]) == ("pending", "", "")


@pytest.mark.parametrize(
    ("asked", "skus"),
    [
        ("all", {"success", "warning", "error", "pending"}),
        ("", {"success", "warning", "error", "pending"}),
        ("sucess,error", {"success", "error"}),
        ("success", {"success"}),
        ("alert", {"warning"}),
        ("warning", {"warning"}),
        ("Pending, ERROR", {"pending", "error"}),
    ],
)
def test_statuses_are_taken_in_every_spelling_and_given_in_one(ana, asked, skus):
    for status in ("success", "alert", "error", "pending"):
        integration(ana, status, status)
    assert {message["Status"] for message in messages(ana.viewer, **DAY, status=asked)} == skus


def test_a_day_is_the_server_s_day(ana):
    integration(ana, "before", at=NOON.replace(hour=2, minute=59))  # 23:59 of the 9th in São Paulo
    inside = {integration(ana, "first", at=NOON.replace(hour=3, minute=0)).pk}
    inside.add(integration(ana, "last", at=NOON.replace(day=11, hour=2, minute=59)).pk)
    integration(ana, "after", at=NOON.replace(day=11, hour=3, minute=0))
    assert {int(message["id"]) for message in messages(ana.viewer, **DAY)} == inside


def test_removed_records_are_not_told(ana):
    integration(ana, "1", removed_at=NOON)
    assert messages(ana.viewer, **DAY) == []


@pytest.mark.parametrize("path", ["/loja-ana/logs/", "/loja-ana/logs", "/logs", "/logs/", "/Loja-Ana/logs/"])
def test_the_account_may_stand_in_the_path_or_not(ana, path):
    integration(ana, "1")
    assert len(messages(ana.viewer, path, **DAY)) == 1


def test_another_store_s_account_does_not_exist_and_shows_nothing(ana, carla):
    integration(ana, "1")
    assert Api(carla.admin).get("/loja-ana/logs/", **DAY).status_code == 404
    assert messages(carla.admin, **DAY) == []


def test_nobody_gets_401(ana, client):
    answer = client.get("/loja-ana/logs/", DAY)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_the_token_may_come_in_a_header_of_its_own(ana, client):
    assert client.get("/logs/", DAY, headers={"X-PONTE-Token": ana.viewer}).status_code == 200
    assert client.get("/logs/", {**DAY, "X-PONTE-Token": ana.viewer}).status_code == 401


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"DateAt": "2026-02-31"}, "query.DateAt"),
        ({"DateAt": "20260610"}, "query.DateAt"),
        ({"DateAt": "10/06/2026"}, "query.DateAt"),
        ({"DateAt": "9999-12-31"}, "query.DateAt"),
        ({"status": "password"}, "query.status"),
        ({"page": "0"}, "query.page"),
        ({"page": "1001"}, "query.page"),
        ({"sort": "x"}, "query.sort"),
    ],
)
def test_a_wrong_value_is_refused_by_name(ana, query, field):
    answer = Api(ana.viewer).get("/logs/", **query)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_without_a_day_it_is_today(ana):
    integration(ana, "old")
    assert messages(ana.viewer) == []


def test_pages_hold_fifty_and_name_the_next(ana):
    for number in range(51):
        integration(ana, str(number))
    first = Api(ana.viewer).get("/logs/", **DAY)
    assert len(first.json()["Messages"]) == 50
    assert first["Link"] == '</logs/?DateAt=2026-06-10&page=2>; rel="next"'
    second = Api(ana.viewer).get("/logs/", **DAY, page=2)
    assert len(second.json()["Messages"]) == 1
    assert not second.has_header("Link")


def test_pages_of_some_statuses_are_in_the_order_of_the_whole(ana):
    for number in range(60):
        at = NOON.replace(minute=number)
        integration(ana, str(number), ("error", "success", "pending")[number % 3], at=at)
    whole = [*messages(ana.viewer, **DAY), *messages(ana.viewer, **DAY, page=2)]
    assert [message["id"] for message in messages(ana.viewer, **DAY, status="error,pending")] == [
        message["id"] for message in whole if message["Status"] != "success"
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_queries_whatever_its_length(ana, count, django_assert_num_queries):
    for number in range(count):
        attempt(integration(ana, str(number)))
    api = Api(ana.viewer)
    api.get("/api/v1/summary")
    with django_assert_num_queries(6):  # token, role, ids, records, last tries, exchanges
        api.get("/logs/", **DAY)


def test_only_reading_is_possible(ana):
    answer = Api(ana.admin).post("/logs/")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
