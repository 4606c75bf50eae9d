"""OAuth 2.0: first connection, and the refresh by a token that can be used once.

Mercado Livre developers' page "authentication and authorization", captured 2026-06: each refresh returns a new
refresh token and only the last one is valid; `expires_in` says how long the access token lives.
"""

from __future__ import annotations

from urllib.parse import urlencode

from ponte.connectors import oauth, shape
from ponte.connectors.mercadolivre.answers import classify, unreadable
from ponte.connectors.oauth import Form
from ponte.domain.connector import Rules
from ponte.domain.message import Conversation, Request, Response, Secret
from ponte.domain.outcome import Blocked, Postponed, Tokens
from ponte.domain.problem import Problem, ProblemClass, Stage

AUTHORIZE_URL = "https://auth.mercadolivre.com.br/authorization"
ENDPOINT = "POST /oauth/token"
SHORTEST_LIFE_SECONDS = 10_800.0
"""Taken when the answer does not say: the shorter of the two lives that the page shows."""


def authorize_url(rules: Rules, *, redirect_uri: str, state: str, code_challenge: str = "") -> str:
    """Return the page where the seller lets the application in; with PKCE (S256) when there is a challenge."""
    query = {
        "response_type": "code",
        "client_id": rules.settings.get("client_id", ""),
        "redirect_uri": redirect_uri,
        "state": state,
    }
    if code_challenge:
        query |= {"code_challenge": code_challenge, "code_challenge_method": "S256"}
    return f"{AUTHORIZE_URL}?{urlencode(query)}"


def exchange(
    rules: Rules, code: str | Secret, *, redirect_uri: str, code_verifier: str | Secret = ""
) -> Conversation[Tokens | Postponed | Blocked]:
    """Turn the code of the first connection into tokens.

    An application without the scope `offline_access` gets no refresh token: the channel would stop in some hours.
    """
    form: Form = (
        ("grant_type", "authorization_code"),
        *oauth.client(rules),
        ("code", code),
        ("redirect_uri", redirect_uri),
    )
    if code_verifier:
        form = (*form, ("code_verifier", code_verifier))
    got = yield from _tokens(form)
    if isinstance(got, Tokens) and "refresh_token" not in got.secrets:
        return Blocked(Problem(ProblemClass.AUTH_CLIENT, Stage.SEND, ENDPOINT, "oauth.no_refresh_token"))
    return got


def refresh(rules: Rules) -> Conversation[Tokens | Postponed | Blocked]:
    """Get a new access token and the next refresh token."""
    form: Form = (
        ("grant_type", "refresh_token"),
        *oauth.client(rules),
        ("refresh_token", Secret("refresh_token")),
    )
    return (yield from _tokens(form))


def _tokens(form: Form) -> Conversation[Tokens | Postponed | Blocked]:
    # It changes something: the refresh token is used up, so nobody may repeat the request on his own.
    request = Request("POST", "/oauth/token", ENDPOINT, form=form, authorized=False, changes=True)
    return (yield from oauth.tokens(request, _read, classify, unreadable))


def _read(answer: Response) -> Tokens | None:
    return oauth.pair(answer, SHORTEST_LIFE_SECONDS, shape.word(shape.table(answer.json()).get("user_id")))
