"""OAuth 2.0 of ID Magalu: first connection, and the refresh by a token that can be used once.

Developers' page "authentication" and public code, 2026-11: the access token lives about two hours, each refresh
returns a new refresh token and only the last one is valid. The page sends the code's exchange as JSON; OAuth 2.0
(RFC 6749, 4.1.3) knows the form, which keeps the client's secret out of our hands, so the form is sent (?).
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from urllib.parse import urlencode

from ponte.connectors import oauth, shape
from ponte.connectors.magalu import names
from ponte.connectors.magalu.answers import classify, unreadable
from ponte.connectors.oauth import Form
from ponte.domain.connector import Rules
from ponte.domain.message import Conversation, Request, Response, Secret, parse_json
from ponte.domain.outcome import Blocked, Postponed, Tokens

LIFE_SECONDS = 7_200.0
"""Taken when the answer does not say."""
MAX_ID_TOKEN = 8_000
MAX_SUBJECT = 80


def authorize_url(rules: Rules, *, redirect_uri: str, state: str) -> str:
    """Return the page where the seller chooses his store and lets the application in."""
    query = {
        "client_id": rules.settings.get("client_id", ""),
        "redirect_uri": redirect_uri,
        "scope": " ".join(names.SCOPES),
        "response_type": "code",
        "state": state,
        names.CHOOSE_TENANTS: "true",
    }
    return f"{names.LOGIN_URL}{names.AUTHORIZE_PATH}?{urlencode(query)}"


def exchange(rules: Rules, code: str | Secret, *, redirect_uri: str) -> Conversation[Tokens | Postponed | Blocked]:
    """Turn the code of the first connection into tokens."""
    form: Form = (
        ("grant_type", "authorization_code"),
        *oauth.client(rules),
        ("redirect_uri", redirect_uri),
        ("code", code),
    )
    return (yield from _tokens(form))


def refresh(rules: Rules) -> Conversation[Tokens | Postponed | Blocked]:
    """Get a new access token and the next refresh token."""
    form: Form = (("grant_type", "refresh_token"), *oauth.client(rules), ("refresh_token", Secret("refresh_token")))
    return (yield from _tokens(form))


def _tokens(form: Form) -> Conversation[Tokens | Postponed | Blocked]:
    # It changes something: the refresh token is used up, so nobody may repeat the request on his own.
    request = Request(
        "POST", names.TOKEN_PATH, names.TOKEN, form=form, authorized=False, changes=True, host=names.LOGIN
    )
    return (yield from oauth.tokens(request, _read, classify, unreadable))


def _read(answer: Response) -> Tokens | None:
    return oauth.pair(answer, LIFE_SECONDS, subject(shape.text(shape.table(answer.json()).get("id_token"))))


def subject(id_token: str) -> str:
    """Return whom an OpenID token is about, "" when it does not say; shown to people, and trusted for nothing."""
    parts = id_token.split(".")
    if len(parts) != 3 or len(id_token) > MAX_ID_TOKEN:
        return ""
    try:
        claims = parse_json(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return ""
    found = shape.word(shape.table(claims).get("sub"))
    return found if len(found) <= MAX_SUBJECT and found.isprintable() else ""
