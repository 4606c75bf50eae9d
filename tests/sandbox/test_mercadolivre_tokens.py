import base64
import hashlib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from aiohttp import FormData
from mercadolivre_stage import PRODUCTS, SELLER, Shop, staged

from ponte.sandbox.mercadolivre import CLASSIC_SELLER, SANDBOX_APP, Account, App

SPENT = "Error validating grant. Your authorization code or refresh token may be expired or it was already used"


@staged()
async def test_a_refresh_token_serves_once(shop: Shop):
    first = shop.pairs[SELLER]["refresh_token"]
    renewed = await shop.refresh(first)
    assert (renewed.status, renewed.json["expires_in"], renewed.json["user_id"]) == (200, 21_600, SELLER)
    again = await shop.refresh(first)
    refusal = {"error_description": SPENT, "error": "invalid_grant", "status": 400, "cause": []}
    assert (again.status, again.json) == (400, refusal)
    assert (await shop.refresh(renewed.json["refresh_token"])).status == 200


@staged(token_seconds=10_800)
async def test_an_access_token_dies_after_the_time_it_was_told_to_live(shop: Shop):
    shop.clock.now += 10_799
    assert (await shop.get("/users/me")).status == 200
    shop.clock.now += 1
    late = await shop.get("/users/me")
    assert (late.status, late.json) == (401, {"code": "unauthorized", "message": "invalid access token"})
    shop.pairs[SELLER] = (await shop.refresh(shop.pairs[SELLER]["refresh_token"])).json
    assert (await shop.get("/users/me")).status == 200


@staged(refresh_seconds=100)
async def test_a_refresh_token_dies_of_age(shop: Shop):
    shop.clock.now += 100
    assert (await shop.refresh(shop.pairs[SELLER]["refresh_token"])).json["error"] == "invalid_grant"


@staged()
async def test_a_call_without_a_token_or_with_a_wrong_one_is_refused(shop: Shop):
    assert (await shop.get("/categories/MLB1676", seller=None)).status == 401
    shop.pairs[SELLER]["access_token"] = "APP_USR-made-up"
    assert (await shop.get("/categories/MLB1676")).status == 401


@staged()
async def test_the_token_endpoint_names_what_is_wrong(shop: Shop):
    token = shop.pairs[SELLER]["refresh_token"]
    assert (await shop.refresh(token, client_secret="wrong")).json["error"] == "invalid_client"
    assert (await shop.refresh(token, grant_type="password")).json["error"] == "unsupported_grant_type"
    assert (await shop.refresh(token, grant_type="authorization_code")).json["error"] == "invalid_request"
    assert (await shop.refresh(token)).status == 200, "a refused request spends no refresh token"


async def authorize(shop: Shop, **changes: str) -> str:
    asked = {
        "response_type": "code",
        "client_id": SANDBOX_APP.client_id,
        "redirect_uri": "https://ponte.example/back",
    }
    query = urlencode({**asked, "state": "s1", "user_id": str(PRODUCTS), **changes})
    answer = await shop.get(f"/authorization?{query}", seller=None)
    assert answer.status == 302
    sent = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert sent["state"] == ["s1"]
    return sent["code"][0]


async def exchange(shop: Shop, code: str, **changes: str):
    form = {
        "grant_type": "authorization_code",
        "client_id": SANDBOX_APP.client_id,
        "client_secret": SANDBOX_APP.client_secret,
        "code": code,
        "redirect_uri": "https://ponte.example/back",
    }
    return await shop.call("POST", "/oauth/token", FormData({**form, **changes}), seller=None)


@staged()
async def test_a_code_is_exchanged_once(shop: Shop):
    code = await authorize(shop)
    assert (await exchange(shop, code)).json["user_id"] == PRODUCTS
    assert (await exchange(shop, code)).json["error"] == "invalid_grant"


@staged()
async def test_a_code_for_another_address_is_refused(shop: Shop):
    code = await authorize(shop)
    assert (await exchange(shop, code, redirect_uri="https://evil.example/")).json["error"] == "invalid_grant"


@staged()
async def test_pkce_asks_for_the_verifier_of_the_challenge(shop: Shop):
    digest = hashlib.sha256(b"verifier").digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    asked = {"code_challenge": challenge, "code_challenge_method": "S256"}
    wrong = await exchange(shop, await authorize(shop, **asked), code_verifier="another")
    assert wrong.json["error"] == "invalid_grant"
    assert (await exchange(shop, await authorize(shop, **asked), code_verifier="verifier")).status == 200


@staged()
async def test_the_account_tells_its_publishing_model_by_a_tag(shop: Shop):
    assert "user_product_seller" not in (await shop.get("/users/me")).json["tags"]
    assert "user_product_seller" in (await shop.get("/users/me", seller=PRODUCTS)).json["tags"]
    assert (await shop.get(f"/users/{PRODUCTS}")).json["nickname"] == "LOJADEPRODUTOS"
    assert (await shop.get("/users/1")).status == 404


@staged(accounts=(Account(user_id=SELLER, nickname="X", unable_to_list=("address_pending",)),))
async def test_a_seller_who_may_not_list_is_refused_with_reasons_as_strings(shop: Shop):
    answer = await shop.post("/items", {"title": "Caixa"})
    assert (answer.status, answer.json["message"]) == (403, "seller.unable_to_list")
    assert answer.json["cause"] == ["address_pending"]
    assert (await shop.get("/users/me")).json["status"]["list"] == {"allow": False, "codes": ["address_pending"]}


@staged(max_requests_per_hour=3600)
async def test_the_app_tells_its_quota(shop: Shop):
    answer = await shop.get(f"/applications/{SANDBOX_APP.client_id}")
    assert answer.json["max_requests_per_hour"] == 3600
    assert (await shop.get("/applications/1")).status == 404


@staged(requests_per_second=2, burst=3)
async def test_an_app_over_its_bucket_is_throttled_until_it_fills(shop: Shop):
    found = [(await shop.get("/users/me")).status for _ in range(5)]
    assert found == [200, 200, 200, 429, 429]
    shop.clock.now += 0.5
    assert [(await shop.get("/users/me")).status for _ in range(2)] == [200, 429]
    throttled = await shop.get("/users/me")
    assert throttled.json == {"error": "too_many_requests", "message": "client.id over quota", "status": 429}


@staged()
async def test_tokens_can_be_made_expired_and_revoked_from_outside(shop: Shop):
    await shop.post(f"/_sandbox/accounts/{SELLER}/expire", {}, seller=None)
    assert (await shop.get("/users/me")).status == 401
    pair = (await shop.refresh(shop.pairs[SELLER]["refresh_token"])).json
    await shop.post(f"/_sandbox/accounts/{SELLER}/revoke", {}, seller=None)
    assert (await shop.refresh(pair["refresh_token"])).json["error"] == "invalid_grant"
    fresh = await shop.post("/_sandbox/tokens", {"user_id": SELLER}, seller=None)
    shop.pairs[SELLER] = fresh.json
    assert (fresh.status, (await shop.get("/users/me")).status) == (201, 200)


def test_an_apps_secret_is_not_in_its_representation():
    assert SANDBOX_APP.client_secret not in repr(SANDBOX_APP)
    assert CLASSIC_SELLER.nickname in repr(CLASSIC_SELLER)


@pytest.mark.parametrize("seed", [1, 2])
def test_tokens_follow_from_the_seed(seed):
    found = []

    async def scenario(shop: Shop):
        found.append(shop.pairs)

    staged(seed=seed)(scenario)()
    staged(seed=seed)(scenario)()
    staged(seed=seed + 10)(scenario)()
    assert found[0] == found[1] != found[2]


@staged()
async def test_a_browser_is_shown_a_page_to_let_the_application_in_or_not(shop: Shop):
    asked = {"response_type": "code", "client_id": '<b>"', "state": "s&1", "redirect_uri": "https://ponte.example/"}
    url = f"{shop.base}/authorization?{urlencode(asked)}"
    async with shop.session.get(url, headers={"Accept": "text/html"}, allow_redirects=False) as page:
        status, text = page.status, await page.text()
    assert status == 200
    assert "Permitir como LOJACLASSICA" in text
    assert '<b>"' not in text
    assert "error=access_denied" in text
    assert "state=s%261" in text


@staged(apps=(App(client_id=SANDBOX_APP.client_id, client_secret=SANDBOX_APP.client_secret, offline_access=False),))
async def test_an_application_without_offline_access_gets_no_refresh_token(shop: Shop):
    pair = shop.pairs[SELLER]
    assert "refresh_token" not in pair
    assert pair["scope"] == "read write"
    assert (await shop.get("/users/me")).status == 200
