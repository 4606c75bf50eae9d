"""ID Magalu: access tokens that expire, refresh tokens that serve once and rotate."""

from __future__ import annotations

import json
import random
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass

from ponte.sandbox.magalu.settings import Settings


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code, good once."""

    client_id: str
    redirect_uri: str


def _id_token(subject: str) -> str:
    """Return an OpenID token without a signature."""
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, {"sub": subject}))
    return ".".join([*(urlsafe_b64encode(part).decode().rstrip("=") for part in parts), ""])


class Tokens:
    """Who may call. Every token is drawn from the seed."""

    def __init__(self, *, seed: int, settings: Settings, clock: Callable[[], float]) -> None:
        self._draw = random.Random(f"{seed}/magalu/tokens")
        self._settings = settings
        self._clock = clock
        self._access: dict[str, float] = {}
        self._refresh = ""
        self._codes: dict[str, Code] = {}
        self.spent = 0
        """Refresh tokens that came a second time: each would have cut a real account off."""

    def allows(self, authorization: str) -> bool:
        return self._clock() < self._access.get(authorization, 0.0)

    def is_client(self, client_id: str, client_secret: str) -> bool:
        seller = self._settings.seller
        return (client_id, client_secret) == (seller.client_id, seller.client_secret)

    def mint(self) -> dict[str, object]:
        """Return a new pair; the earlier refresh token dies."""
        now = self._clock()
        access = f"sandbox.{self._draw.getrandbits(160):040x}"
        self._refresh = f"mgr-{self._draw.getrandbits(128):032x}"
        self._access[f"Bearer {access}"] = now + self._settings.token_seconds
        return {
            "access_token": access,
            "id_token": _id_token(self._settings.seller.id),
            "expires_in": self._settings.token_seconds,
            "refresh_token": self._refresh,
            "scope": "open:portfolio-skus-seller:read open:portfolio-skus-seller:write",
            "token_type": "Bearer",
            "created_at": int(now),
        }

    def rotate(self, refresh_token: str) -> dict[str, object] | None:
        """Return a new pair; None for a token that is not the last one."""
        if refresh_token and refresh_token == self._refresh:
            return self.mint()
        self.spent += 1
        return None

    def issue(self, client_id: str, redirect_uri: str) -> str:
        name = f"mgc-{self._draw.getrandbits(96):024x}"
        self._codes[name] = Code(client_id, redirect_uri)
        return name

    def exchange(self, name: str, redirect_uri: str) -> dict[str, object] | None:
        code = self._codes.pop(name, None)
        return self.mint() if code and code.redirect_uri == redirect_uri else None

    def expire(self) -> None:
        """Let every access token die; the refresh token lives."""
        self._access.clear()
