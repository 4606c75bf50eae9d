"""OAuth tokens of the fake: access tokens that expire, refresh tokens that serve once.

Rules after Mercado Livre developers' page "Autenticación y autorización", read 2026-06: each refresh answers a new
refresh token and only the last one is valid.
"""

import base64
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass

from ponte.sandbox.mercadolivre.settings import Account, App, Settings


@dataclass(frozen=True, slots=True)
class Grant:
    """What an access token allows: `account` through `app` until `ends_at` (seconds of the clock)."""

    account: Account
    app: App
    ends_at: float


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code, good once; `challenge` is PKCE's S256 challenge or empty."""

    user_id: int
    client_id: str
    redirect_uri: str
    challenge: str


class Tokens:
    """Who may call. Every token is drawn from the seed, so two fakes with one seed give the same ones."""

    def __init__(self, *, seed: int, settings: Settings, clock: Callable[[], float]) -> None:
        self._draw = random.Random(f"{seed}/tokens")
        self._settings = settings
        self._clock = clock
        self._accounts = {account.user_id: account for account in settings.accounts}
        self._apps = {app.client_id: app for app in settings.apps}
        self._grants: dict[str, Grant] = {}
        self._refresh: dict[tuple[int, str], tuple[str, float]] = {}
        self._codes: dict[str, Code] = {}

    def grant_of(self, authorization: str) -> Grant | None:
        """The grant of an `Authorization` header, None when it is unknown or has expired."""
        grant = self._grants.get(authorization)
        if grant is None or self._clock() >= grant.ends_at:
            return None
        return grant

    def app(self, client_id: str, client_secret: str) -> App | None:
        app = self._apps.get(client_id)
        return app if app and app.client_secret == client_secret else None

    def account(self, user_id: int) -> Account | None:
        return self._accounts.get(user_id)

    def mint(self, account: Account, app: App) -> dict[str, object]:
        """A new pair, in the shape of the token endpoint's answer; the account's earlier refresh token dies."""
        now = self._clock()
        access = f"APP_USR-{app.client_id}-{self._draw.getrandbits(128):032x}-{account.user_id}"
        refresh = f"TG-{self._draw.getrandbits(96):024x}-{account.user_id}"
        self._grants["Bearer " + access] = Grant(account, app, now + self._settings.token_seconds)
        pair = {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": self._settings.token_seconds,
            "scope": "offline_access read write" if app.offline_access else "read write",
            "user_id": account.user_id,
        }
        if not app.offline_access:
            return pair
        self._refresh[account.user_id, app.client_id] = (refresh, now + self._settings.refresh_seconds)
        return {**pair, "refresh_token": refresh}

    def rotate(self, refresh_token: str, app: App) -> dict[str, object] | None:
        """A new pair for a refresh token, None when it was used, replaced, revoked or has expired."""
        for (user_id, client_id), (last, ends_at) in self._refresh.items():
            if last == refresh_token and client_id == app.client_id and self._clock() < ends_at:
                return self.mint(self._accounts[user_id], app)
        return None

    def issue_code(self, code: Code) -> str:
        name = f"TG-CODE-{self._draw.getrandbits(96):024x}-{code.user_id}"
        self._codes[name] = code
        return name

    def exchange(self, name: str, app: App, *, redirect_uri: str, verifier: str) -> dict[str, object] | None:
        """A pair for an authorization code, which is spent whatever comes of it."""
        code = self._codes.pop(name, None)
        if code is None or (code.client_id, code.redirect_uri) != (app.client_id, redirect_uri):
            return None
        if code.challenge and code.challenge != _challenge(verifier):
            return None
        return self.mint(self._accounts[code.user_id], app)

    def revoke(self, user_id: int) -> None:
        """What a password change does: every token of the seller dies."""
        self._grants = {key: one for key, one in self._grants.items() if one.account.user_id != user_id}
        self._refresh = {key: one for key, one in self._refresh.items() if key[0] != user_id}

    def expire_access(self, user_id: int) -> None:
        """Access tokens of the seller die early; the refresh token lives on."""
        self._grants = {key: one for key, one in self._grants.items() if one.account.user_id != user_id}


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
