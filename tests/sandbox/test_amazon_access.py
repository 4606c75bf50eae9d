"""Who is let in at the fake Amazon, how fast, and its faults."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import ClientSession, FormData, web
from amazon_stage import PLACE, Caller, backpack, on_stage

from ponte.sandbox.amazon import SANDBOX_APP, SANDBOX_SELLER, Seller, Settings, make_app
from ponte.sandbox.amazon.settings import RATES
from ponte.sandbox.switchboard import Switchboard

CASES = Path(__file__).parents[2] / "../shared/marketplaces/specs/amazon-sp-api/sandbox-static-cases.json"
NO_CASES = "the folder ../shared with the official sandbox's static cases is absent"


async def token(caller: Caller, **form: str) -> tuple[int, dict]:
    told = {"client_id": SANDBOX_APP.client_id, "client_secret": SANDBOX_APP.client_secret, **form}
    async with caller.session.post(f"{caller.base}/auth/o2/token", data=FormData(told)) as answer:
        return answer.status, await answer.json()


def test_a_refresh_token_stays_and_brings_an_access_token_that_works():
    async def scene(caller: Caller) -> None:
        status, told = await token(caller, grant_type="refresh_token", refresh_token=SANDBOX_SELLER.refresh_token)
        assert (status, told["refresh_token"], told["expires_in"]) == (200, SANDBOX_SELLER.refresh_token, 3600)
        caller.token = told["access_token"]
        assert (await caller.seen("nothing")).status == 404

    on_stage(scene)


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "refresh_token", "refresh_token": "Atzr|other"}, 400, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "other"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "client_secret": "wrong"}, 401, "invalid_client"),
    ],
)
def test_login_refuses_in_oauths_form(form, status, error):
    async def scene(caller: Caller) -> None:
        answered = await token(caller, **form)
        assert (answered[0], answered[1]["error"]) == (status, error)

    on_stage(scene)


def test_the_consent_page_leads_back_with_a_code_that_is_spent_once():
    async def scene(caller: Caller) -> None:
        asked = {
            "application_id": SANDBOX_APP.application_id,
            "state": "s1",
            "redirect_uri": "https://ponte.example/",
        }
        path = f"{caller.base}/apps/authorize/consent"
        async with caller.session.get(path, params=asked, allow_redirects=False) as answer:
            back = answer.headers["Location"]
        assert back.startswith("https://ponte.example/?state=s1&selling_partner_id=")
        code = back.partition("spapi_oauth_code=")[2]
        assert (await token(caller, grant_type="authorization_code", code=code))[0] == 200
        assert (await token(caller, grant_type="authorization_code", code=code))[0] == 400

    on_stage(scene)


def test_a_token_that_ended_is_a_403_told_apart_by_its_details():
    async def scene(caller: Caller) -> None:
        caller.clock.now += 3_600
        ended = (await caller.seen("a-1")).json["errors"][0]
        absent = (await caller.call("GET", "/x", token="")).status, (await caller.item("GET", "a-1")).status
        assert (ended["code"], "expired" in ended["details"]) == ("Unauthorized", True)
        assert absent == (404, 403)

    on_stage(scene)


def test_a_seller_without_the_role_gets_the_same_403_without_details():
    seller = Seller(id="A1NOROLE", refresh_token="Atzr|no-role", has_role=False)

    async def scene(caller: Caller) -> None:
        answer = await caller.item("GET", "a-1")
        assert (answer.status, answer.json["errors"][0]["details"]) == (403, "")

    on_stage(scene, sellers=(seller,))


def test_each_operation_has_its_own_bucket_and_429_names_no_rate():
    async def scene(caller: Caller) -> None:
        put = [(await caller.item("PUT", f"a-{number}", backpack())).status for number in range(11)]
        assert put == [200] * 10 + [429]
        assert (await caller.seen("a-1")).headers["x-amzn-ratelimit-limit"] == "5.0"
        throttled = await caller.item("PUT", "a-11", backpack())
        assert throttled.json["errors"][0]["code"] == "QuotaExceeded"
        assert "x-amzn-ratelimit-limit" not in throttled.headers
        assert (await caller.seen("a-1")).status == 200
        caller.clock.now += 0.2
        assert (await caller.item("PUT", "a-11", backpack())).status == 200

    on_stage(scene, rates=RATES)


BODIES = {
    413: "RequestEntityTooLarge",
    429: "QuotaExceeded",
    500: "InternalFailure",
    503: "ServiceUnavailable",
}


@pytest.mark.parametrize(("status", "code"), BODIES.items())
def test_the_switchboard_answers_with_the_vendors_bodies(status, code):
    async def scene(caller: Caller) -> None:
        caller.market.switchboard.arm({"kind": "status", "status": status, "method": "PUT", "sku": "a-*", "count": 1})
        met = await caller.item("PUT", "a-1", backpack())
        assert (met.status, met.json["errors"][0]["code"]) == (status, code)
        assert (await caller.item("PUT", "a-1", backpack())).status == 200

    on_stage(scene)


def test_two_fakes_with_one_seed_answer_the_same():
    told: list[bytes] = []

    async def scene(caller: Caller) -> None:
        await caller.item("PUT", "a-1", backpack())
        told.append((await caller.seen("a-1")).content + (await caller.item("DELETE", "a-1")).content)

    on_stage(scene)
    on_stage(scene)
    assert told[0] == told[1]


@pytest.mark.shared
@pytest.mark.skipif(not CASES.is_file(), reason=NO_CASES)
def test_the_official_sandboxs_static_cases_are_reproduced_exactly():
    rows = json.loads(CASES.read_text(encoding="utf-8"))
    assert len(rows) == 32
    asyncio.run(reproduce(rows))


async def reproduce(rows: list[dict]) -> None:
    app = make_app(seed=7, switchboard=Switchboard(), settings=Settings(static_cases=CASES))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with ClientSession() as session:
            for row in rows:
                await one_case(row, base, session)
    finally:
        await runner.cleanup()


async def one_case(row: dict, base: str, session: ClientSession) -> None:
    told = {name: one["value"] for name, one in row["request"].get("parameters", {}).items() if "value" in one}
    body, path, query = told.pop("body", None), row["path"], {}
    for name, value in told.items():
        text = ",".join(str(one) for one in value) if isinstance(value, list) else str(value)
        if f"{{{name}}}" in path:
            path = path.replace(f"{{{name}}}", text)
        else:
            query[name] = text
    for name in ("sellerId", "sku", "productType", "feedId", "feedDocumentId"):
        path = path.replace(f"{{{name}}}", "ANY")
    query.setdefault("marketplaceIds", PLACE)
    async with session.request(row["method"], base + path, params=query, json=body) as answer:
        raw = await answer.read()
        assert answer.status == row["status"], row
        assert (json.loads(raw) if raw else None) == row["response"], row
