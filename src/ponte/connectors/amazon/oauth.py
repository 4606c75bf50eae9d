"""Login with Amazon: the first authorization, and new access tokens. The refresh token stays the same.

Amazon's SP-API guide "connect to the SP-API" and Login with Amazon's developer guide, read 2026-11.
"""

from __future__ import annotations

from urllib.parse import urlencode

from ponte.connectors import oauth
from ponte.connectors.amazon.answers import classify, unreadable
from ponte.connectors.amazon.manifest import TOKEN
from ponte.connectors.oauth import Form
from ponte.domain.connector import Rules
from ponte.domain.message import Conversation, Request, Response, Secret
from ponte.domain.outcome import Blocked, Postponed, Tokens

AUTHORIZE_URL = "https://sellercentral.amazon.com.br/apps/authorize/consent"
LIFE_SECONDS = 3_600.0
"""Taken when the answer does not say: the life that the guide states."""


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
    form: Form = (("grant_type", "authorization_code"), ("code", code), *oauth.client(rules))
    form = (*form, ("redirect_uri", redirect_uri)) if redirect_uri else form
    return (yield from _tokens(form))


def refresh(rules: Rules) -> Conversation[Tokens | Postponed | Blocked]:
    """Get a new access token."""
    form: Form = (("grant_type", "refresh_token"), ("refresh_token", Secret("refresh_token")), *oauth.client(rules))
    return (yield from _tokens(form))


def _tokens(form: Form) -> Conversation[Tokens | Postponed | Blocked]:
    request = Request("POST", "/auth/o2/token", TOKEN, form=form, authorized=False, changes=True, host="login")
    return (yield from oauth.tokens(request, _read, classify, unreadable))


def _read(answer: Response) -> Tokens | None:
    return oauth.pair(answer, LIFE_SECONDS)
