"""OAuth 2.0 as marketplaces speak it: a form goes out, tokens come back."""

from __future__ import annotations

from collections.abc import Callable

from ponte.connectors import shape
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules, Setting
from ponte.domain.message import Conversation, Request, Response, Secret
from ponte.domain.outcome import Blocked, Outcome, Postponed, Tokens

REFRESH_TOKEN = Setting(
    "refresh_token",
    dict.fromkeys(("pt-BR", "en", "es"), "Refresh token"),
    secret=True,
    required=False,
)

Form = tuple[tuple[str, str | Secret], ...]
Classifies = Callable[[str, Response], Outcome]
Reads = Callable[[Response], Tokens | None]
Unreadable = Callable[[str, Response], Postponed]


def client(rules: Rules) -> Form:
    """Return who the application is; its secret is put in by Ponte."""
    return (("client_id", rules.settings.get("client_id", "")), ("client_secret", Secret("client_secret")))


def tokens(
    request: Request, read: Reads, classify: Classifies, unreadable: Unreadable
) -> Conversation[Tokens | Postponed | Blocked]:
    """Ask for tokens. The request changes something where a refresh token is used up: nobody may repeat it."""
    answer = yield from ask(request)
    if isinstance(answer, Postponed):
        return answer
    if 200 <= answer.status < 300:
        return read(answer) or unreadable(request.endpoint, answer)
    outcome = classify(request.endpoint, answer)
    return outcome if isinstance(outcome, Postponed | Blocked) else unreadable(request.endpoint, answer)


def pair(answer: Response, life_seconds: float, account: str = "") -> Tokens | None:
    """Read an access token, and the refresh token where one came; `life_seconds` when the answer does not say."""
    body = shape.table(answer.json())
    access, following = shape.text(body.get("access_token")), shape.text(body.get("refresh_token"))
    if not access:
        return None
    secrets = {"access_token": access, "refresh_token": following} if following else {"access_token": access}
    life = shape.number(body.get("expires_in"))
    expires_in = float(life) if life is not None and life > 0 else life_seconds
    return Tokens(secrets, expires_in, {"user_id": account} if account else {})
