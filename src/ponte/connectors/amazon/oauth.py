"""Login with Amazon: the first authorization, and new access tokens. The refresh token stays the same.

Amazon's SP-API guide "connect to the SP-API" and Login with Amazon's developer guide, read 2026-11.
"""

from __future__ import annotations

from urllib.parse import urlencode

from ponte.connectors import shape
from ponte.connectors.amazon.answers import classify, unreadable
from ponte.connectors.amazon.manifest import TOKEN
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import Conversation, Request, Response, Secret
from ponte.domain.outcome import Blocked, Postponed, Tokens

AUTHORIZE_URL = "https://sellercentral.amazon.com.br/apps/authorize/consent"
LIFE_SECONDS = 3_600.0
"""Taken when the answer does not say: the life that the guide states."""

Form = tuple[tuple[str, str | Secret], ...]


def authorize_url(rules: Rules, *, redirect_uri: str, state: str, code_challenge: str = "") -> str:  # noqa: ARG001 -- the port's signature
    """Return the page where the seller lets the application in. Amazon knows no PKCE there."""
    query = {"application_id": rules.settings.get("application_id", ""), "state": state}
    query |= {"redirect_uri": redirect_uri} if redirect_uri else {}
    return f"{AUTHORIZE_URL}?{urlencode(query)}"


def exchange(
    rules: Rules,
    code: str | Secret,
    *,
    redirect_uri: str,
    code_verifier: str | Secret = "",  # noqa: ARG001 -- the port's signature
) -> Conversation[Tokens | Postponed | Blocked]:
    """Turn the code of the first authorization (`spapi_oauth_code`) into tokens."""
    form: Form = (("grant_type", "authorization_code"), ("code", code), *_client(rules))
    form = (*form, ("redirect_uri", redirect_uri)) if redirect_uri else form
    return (yield from _tokens(form))


def refresh(rules: Rules) -> Conversation[Tokens | Postponed | Blocked]:
    """Get a new access token."""
    form: Form = (("grant_type", "refresh_token"), ("refresh_token", Secret("refresh_token")), *_client(rules))
    return (yield from _tokens(form))


def _client(rules: Rules) -> Form:
    return (("client_id", rules.settings.get("client_id", "")), ("client_secret", Secret("client_secret")))


def _tokens(form: Form) -> Conversation[Tokens | Postponed | Blocked]:
    request = Request("POST", "/auth/o2/token", TOKEN, form=form, authorized=False, changes=True, host="login")
    answer = yield from ask(request)
    if isinstance(answer, Postponed):
        return answer
    if 200 <= answer.status < 300:
        return _read(answer) or unreadable(TOKEN, answer)
    outcome = classify(TOKEN, answer)
    return outcome if isinstance(outcome, Postponed | Blocked) else unreadable(TOKEN, answer)


def _read(answer: Response) -> Tokens | None:
    body = shape.table(answer.json())
    access, following = shape.text(body.get("access_token")), shape.text(body.get("refresh_token"))
    if not access:
        return None
    secrets = {"access_token": access, "refresh_token": following} if following else {"access_token": access}
    life = shape.number(body.get("expires_in"))
    return Tokens(secrets, float(life) if life is not None and life > 0 else LIFE_SECONDS)
