import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import ClientError
from mercadolivre_stage import SELLER, Shop, attribute, on_stage, speaker, staged

FIXTURES = Path(__file__).parents[2] / "../shared/marketplaces/specs/mercadolivre/fixtures.json"


@staged(index_lag_seconds=2)
async def test_a_listing_whose_answer_was_lost_exists_once_and_is_found_by_its_sku(shop: Shop):
    shop.board.arm({"kind": "lost", "method": "POST", "path": "/items", "sku": "2000123", "count": 1})
    with pytest.raises(ClientError):
        await shop.post("/items", speaker("2000123"))
    shop.clock.now += 2
    found = (await shop.get(f"/users/{SELLER}/items/search?seller_sku=2000123")).json["results"]
    assert len(found) == len(shop.market.listings) == 1
    assert (await shop.get(f"/items/{found[0]}")).json["price"] == 199.9


@staged()
async def test_a_request_cut_before_it_was_applied_lists_nothing(shop: Shop):
    shop.board.arm({"kind": "reset", "count": 1})
    with pytest.raises(ClientError):
        await shop.post("/items", speaker())
    assert len(shop.market.listings) == len(shop.market.journal) == 0


@staged()
async def test_a_change_whose_answer_was_lost_is_applied_once(shop: Shop):
    item_id = (await shop.list_one("2000123"))["id"]
    shop.board.arm({"kind": "lost", "method": "PUT", "sku": "2000123", "count": 1})
    with pytest.raises(ClientError):
        await shop.put(f"/items/{item_id}", {"price": 99})
    assert (await shop.get(f"/items/{item_id}")).json["price"] == 99
    assert len(shop.market.journal) == 2


@staged()
async def test_a_500_may_come_after_the_listing_was_made(shop: Shop):
    shop.board.arm({"kind": "status", "status": 500, "applied": True, "count": 1})
    assert (await shop.post("/items", speaker())).json["error"] == "internal_server_error"
    assert len(shop.market.listings) == 1


@staged()
async def test_a_fault_of_a_sku_spares_the_others_on_every_endpoint(shop: Shop):
    bad, good = (await shop.list_one("bad"))["id"], (await shop.list_one("good"))["id"]
    shop.board.arm({"kind": "status", "status": 503, "sku": "bad"})
    for item_id, sku, status in ((bad, "bad", 503), (good, "good", 200)):
        assert (await shop.get(f"/items/{item_id}")).status == status
        assert (await shop.get(f"/items?ids={item_id}")).status == status
        assert (await shop.put(f"/items/{item_id}", {"price": 50})).status == status
        assert (await shop.get(f"/users/{SELLER}/items/search?seller_sku={sku}")).status == status
        assert (await shop.get(f"/moderations/last_moderation/{item_id}-ITM")).status == status
    assert (await shop.post("/items/validate", speaker("bad"))).status == 503
    assert (await shop.post("/items/validate", speaker("good"))).status == 204


@pytest.mark.parametrize(
    ("status", "variant", "part"),
    [
        (429, "", b'"message":"Too Many Requests"'),
        (429, "quota", b'"message":"client.id over quota"'),
        (429, "local", b"local_rate_limited"),
        (400, "", b'"message":"Bad_request"'),
        (400, "invalid_scope", b'"error":"invalid_scope"'),
        (400, "unauthorized_client", b'"error":"unauthorized_client"'),
        (400, "unauthorized_application", b'"error":"unauthorized_application"'),
        (400, "invalid_operator_user_id", b'"error":"invalid_operator_user_id"'),
        (403, "token", b'"error":"forbidden"'),
        (401, "", b'"message":"invalid access token"'),
        (401, "owner", b"Caller is not the item's owner"),
        (403, "", b"access_denied"),
        (403, "scopes", b"Invalid scopes"),
        (403, "policy", b"PA_UNAUTHORIZED_RESULT_FROM_POLICIES"),
        (403, "html", b"<hr/><center>tengine</center>"),
        (409, "", b"item optimistic locking error"),
        (500, "", b"internal server error"),
        (502, "", b"Bad Gateway"),
        (502, "html", b"<html><body>502 Bad Gateway"),
        (503, "html", b"<html><body>503"),
        (504, "", b"gateway_timeout"),
    ],
)
def test_each_of_the_vendors_bodies_can_be_had(status, variant, part):
    @staged()
    async def scenario(shop: Shop):
        shop.board.arm({"kind": "status", "status": status, "variant": variant})
        answer = await shop.get("/users/me")
        assert answer.status == status
        assert part in answer.content
        expected = "text/html" if variant == "html" else "application/json"
        assert answer.headers["Content-Type"].startswith(expected)

    scenario()


@staged()
async def test_faults_are_switched_over_http_while_it_runs(shop: Shop):
    fault = {"kind": "status", "status": 429, "retry_after": "120", "count": 1}
    assert (await shop.post("/_sandbox/faults", fault, seller=None)).status == 201
    throttled = await shop.get("/users/me")
    assert (throttled.status, throttled.headers["Retry-After"]) == (429, "120")
    assert (await shop.get("/users/me")).status == 200


@staged()
async def test_requests_are_counted_by_endpoint(shop: Shop):
    await shop.list_one()
    await shop.get("/users/me")
    await shop.get("/users/me")
    counted = (await shop.get("/_sandbox/requests", seller=None)).json["requests"]
    assert counted == {"POST /items": 1, "GET /users/me": 2}


@staged()
async def test_many_listings_at_once_get_a_number_each(shop: Shop):
    made = await asyncio.gather(*(shop.list_one(str(number)) for number in range(50)))
    assert len({one["id"] for one in made}) == 50
    doubled = (await shop.get("/_sandbox/duplicates", seller=None)).json
    assert doubled == {"skus": 50, "listings": 50, "duplicates": {}}


async def told(shop: Shop, answers: list) -> None:
    """A run through everything that draws, counts or dates."""
    shop.board.arm({"kind": "status", "probability": 0.3, "method": "PUT"})
    shop.board.arm({"kind": "garbage", "path": "/users/me", "count": 1})
    answers.append((await shop.get("/users/me")).content)
    answers.append((await shop.refresh(shop.pairs[SELLER]["refresh_token"])).content)
    for number in range(10):
        listed = await shop.post("/items", speaker(str(number)))
        answers.append(listed.content)
        shop.clock.now += 1.5
        answers.append((await shop.put(f"/items/{listed.json['id']}", {"price": 50 + number})).content)
    answers.append((await shop.get("/_sandbox/applied", seller=None)).content)


def run_of(seed: int) -> list:
    answers = []
    asyncio.run(on_stage(lambda shop: told(shop, answers), seed=seed, picture_seconds=1))
    return answers


def test_two_servers_with_one_seed_answer_the_same_and_another_seed_differently():
    first = run_of(7)
    assert first == run_of(7)
    other = run_of(8)
    assert len(other) == len(first)
    assert [one for one, its in zip(first, other, strict=True) if one == its] == []


def test_the_journal_is_appended_to_a_file(tmp_path):
    path = tmp_path / "log" / "applied.jsonl"

    async def scenario(shop: Shop) -> None:
        item_id = (await shop.list_one("a"))["id"]
        await shop.put(f"/items/{item_id}", {"available_quantity": 1})

    for _run in range(2):
        asyncio.run(on_stage(scenario, applied_log=path))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(one["method"], one["sku"]) for one in lines] == [("POST", "a"), ("PUT", "a")] * 2


def fixture(name: str) -> dict:
    if not FIXTURES.exists():
        pytest.skip("the folder ../shared with the contract's fixtures is absent")
    return next(case for case in json.loads(FIXTURES.read_text())["cases"] if case["id"] == name)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("price_below_min", speaker(price=7)),
        ("picture_required", speaker(pictures=[])),
        ("category_not_leaf", speaker(category_id="MLB1000")),
        (
            "gtin_already_used",
            speaker(
                attributes=[attribute("BRAND", "Rival"), attribute("MODEL", "X"), attribute("GTIN", "7894900011517")]
            ),
        ),
    ],
)
def test_refusals_are_the_contracts(name, body):
    wanted = fixture(name)

    @staged()
    async def scenario(shop: Shop):
        own = [one for one in speaker()["attributes"] if one["id"] != "GTIN"]
        await shop.list_one("first", attributes=[*own, attribute("GTIN", "7894900011517")])
        answer = await shop.post("/items", body)
        cause = {key: value for key, value in wanted["body"]["cause"][0].items() if key != "message"}
        assert answer.status == wanted["status"]
        assert {key: answer.json["cause"][0][key] for key in cause} == cause
        told_first = wanted["body"]["cause"][0]["message"].replace("MLB1000", body["category_id"])
        assert answer.json["cause"][0]["message"] == told_first

    scenario()


@pytest.mark.shared
def test_a_listing_has_every_field_of_the_contracts():
    wanted = fixture("create_ok")["body"]

    @staged()
    async def scenario(shop: Shop):
        listed = await shop.list_one()
        assert wanted.keys() - listed.keys() == set()
        assert wanted["pictures"][0].keys() == listed["pictures"][0].keys()
        types = {key: type(value) for key, value in wanted.items()}
        assert {key: type(listed[key]) for key in wanted} == types

    scenario()
