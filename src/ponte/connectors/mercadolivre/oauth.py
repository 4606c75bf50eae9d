"""OAuth 2.0: first connection, and the refresh by a token that can be used once.

Mercado Livre developers' page "authentication and authorization", captured 2026-06: each refresh returns a new
refresh token and only the last one is valid; `expires_in` says how long the access token lives.
"""

from __future__ import annotations

from urllib.parse import urlencode

from ponte.connectors import shape
from ponte.connectors.mercadolivre.answers import classify, unreadable
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import Conversation, Request, Response, Secret
from ponte.domain.outcome import Blocked, Postponed, Tokens

AUTHORIZE_URL = "https://auth.mercadolivre.com.br/authorization"
ENDPOINT = "POST /oauth/token"
SHORTEST_LIFE_SECONDS = 10_800.0
"""Taken when the answer does not say: the shorter of the two lives that the page shows."""

Form = tuple[tuple[str, str | Secret], ...]


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
    """Turn the code of the first connection into tokens."""
    form: Form = (
        ("grant_type", "authorization_code"),
        *_client(rules),
        ("code", code),
        ("redirect_uri", redirect_uri),
    )
    if code_verifier:
        form = (*form, ("code_verifier", code_verifier))
    return (yield from _tokens(form))


def refresh(rules: Rules) -> Conversation[Tokens | Postponed | Blocked]:
    """Get a new access token and the next refresh token."""
    form: Form = (
        ("grant_type", "refresh_token"),
        *_client(rules),
        ("refresh_token", Secret("refresh_token")),
    )
    return (yield from _tokens(form))


def _client(rules: Rules) -> Form:
    return (("client_id", rules.settings.get("client_id", "")), ("client_secret", Secret("client_secret")))


def _tokens(form: Form) -> Conversation[Tokens | Postponed | Blocked]:
    # It changes something: the refresh token is used up, so nobody may repeat the request on his own.
    answer = yield from ask(Request("POST", "/oauth/token", ENDPOINT, form=form, authorized=False, changes=True))
    if isinstance(answer, Postponed):
        return answer
    if 200 <= answer.status < 300:
        return _read(answer) or unreadable(ENDPOINT, answer)
    outcome = classify(ENDPOINT, answer)
    return outcome if isinstance(outcome, Postponed | Blocked) else unreadable(ENDPOINT, answer)


def _read(answer: Response) -> Tokens | None:
    body = shape.table(answer.json())
    access, following = shape.text(body.get("access_token")), shape.text(body.get("refresh_token"))
    if not access:
        return None
    secrets = {"access_token": access, "refresh_token": following} if following else {"access_token": access}
    life = shape.number(body.get("expires_in"))
    user = shape.word(body.get("user_id"))
    expires_in = float(life) if life is not None and life > 0 else SHORTEST_LIFE_SECONDS
    return Tokens(secrets, expires_in, {"user_id": user} if user else {})
