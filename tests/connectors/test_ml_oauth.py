"""First connection and refresh: single-use tokens, secrets only as placeholders."""

from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.ml_cast import ML, answer, names, rules
from ponte.connectors.exam.rehearsal import always, play
from ponte.connectors.exam.troubles import LOST
from ponte.domain.message import Secret
from ponte.domain.outcome import Blocked, Postponed, Tokens

OURS = rules(settings={"client_id": "123456"})
FRESH = {
    "access_token": "APP_USR-EXAMPLE",
    "token_type": "bearer",
    "expires_in": 10800,
    "user_id": 8035443,
    "refresh_token": "TG-EXAMPLE",
}


def refresh(what):
    return play(ML.refresh(OURS), always(what))


def test_a_refresh_brings_both_tokens_and_their_life():
    played = refresh(answer(200, FRESH))
    assert played.result == Tokens(
        {"access_token": "APP_USR-EXAMPLE", "refresh_token": "TG-EXAMPLE"}, 10_800.0, {"user_id": "8035443"}
    )


def test_a_refresh_is_asked_for_without_any_secret_in_it():
    (request,) = refresh(answer(200, FRESH)).requests
    assert request.form == (
        ("grant_type", "refresh_token"),
        ("client_id", "123456"),
        ("client_secret", Secret("client_secret")),
        ("refresh_token", Secret("refresh_token")),
    )
    assert (request.path, request.authorized, request.changes) == ("/oauth/token", False, True)


def test_without_a_new_refresh_token_the_old_one_is_left_alone():
    assert refresh(answer(200, {"access_token": "A", "expires_in": 60})).result == Tokens({"access_token": "A"}, 60.0)


@pytest.mark.parametrize("life", [None, 0, -5, "600", True, [1]])
def test_a_life_that_says_nothing_is_taken_as_the_shorter_one(life):
    assert refresh(answer(200, {**FRESH, "expires_in": life})).result.expires_in == 10_800.0


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("invalid_grant", "AUTH_INVALID"),
        ("invalid_operator_user_id", "AUTH_INVALID"),
        ("invalid_client", "AUTH_CLIENT"),
        ("unauthorized_client", "AUTH_CLIENT"),
        ("unauthorized_application", "AUTH_CLIENT"),
        ("invalid_scope", "AUTH_CLIENT"),
        ("unsupported_grant_type", "AUTH_CLIENT"),
    ],
)
def test_a_refusal_blocks_the_channel(error, kind):
    result = refresh(answer(400, {"error": error, "error_description": "words", "status": 400, "cause": []})).result
    assert isinstance(result, Blocked)
    assert names(result) == [kind]
    assert "words" in result.problem.message


@pytest.mark.parametrize("status", [400, 429])
def test_too_many_refreshes_pass_by_themselves(status):
    result = refresh(answer(status, {"error": "local_rate_limited"}, retry_after="5")).result
    assert isinstance(result, Postponed)
    assert (names(result), result.retry_in) == (["THROTTLED"], 5.0)


@pytest.mark.parametrize(
    "what",
    [
        answer(200, {}),
        answer(200, "<html>"),
        answer(200, {"access_token": 5}),
        answer(204),
        answer(500),
        answer(400, "?"),
        answer(302),
    ],
)
def test_an_answer_without_a_token_is_postponed(what):
    assert isinstance(refresh(what).result, Postponed)


def test_a_lost_refresh_may_have_used_the_token_up():
    assert refresh(LOST["timeout"]).result.unknown
    assert not refresh(LOST["refused"]).result.unknown


def test_nothing_of_a_token_answer_that_is_not_understood_is_kept():
    result = refresh(answer(400, {"refresh_token": "TG-SECRET-VALUE", "x": 1})).result
    assert "TG-SECRET-VALUE" not in repr(result)


def test_the_page_of_the_first_connection():
    url = ML.authorize_url(OURS, redirect_uri="https://ponte.example/volta", state="s t&", code_challenge="abc")
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "auth.mercadolivre.com.br", "/authorization")
    assert parse_qs(parts.query) == {
        "response_type": ["code"],
        "client_id": ["123456"],
        "redirect_uri": ["https://ponte.example/volta"],
        "state": ["s t&"],
        "code_challenge": ["abc"],
        "code_challenge_method": ["S256"],
    }
    assert "code_challenge" not in ML.authorize_url(OURS, redirect_uri="https://ponte.example/volta", state="s")


def test_the_code_is_turned_into_tokens():
    conversation = ML.exchange(
        OURS, Secret("code"), redirect_uri="https://ponte.example/volta", code_verifier=Secret("verifier")
    )
    played = play(conversation, always(answer(200, FRESH)))
    assert isinstance(played.result, Tokens)
    assert dict(played.requests[0].form) == {
        "grant_type": "authorization_code",
        "client_id": "123456",
        "client_secret": Secret("client_secret"),
        "code": Secret("code"),
        "redirect_uri": "https://ponte.example/volta",
        "code_verifier": Secret("verifier"),
    }


def test_a_probe_believes_only_an_account():
    assert play(ML.probe(OURS), always(answer(200, {"id": 5}))).requests[0].endpoint == "GET /users/me"
    assert isinstance(play(ML.probe(OURS), always(answer(200, {"message": "hello"}))).result, Postponed)


def test_an_account_is_not_connected_without_a_refresh_token():
    played = play(
        ML.exchange(OURS, "TG-1", redirect_uri="https://ponte.example/"),
        always(answer(200, {**FRESH, "refresh_token": None})),
    )
    assert isinstance(played.result, Blocked)
    assert (names(played.result), played.result.problem.code) == (
        ["AUTH_CLIENT POST /oauth/token"],
        "oauth.no_refresh_token",
    )
