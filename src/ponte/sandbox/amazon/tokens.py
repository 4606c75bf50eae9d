"""Login with Amazon at the fake: access tokens that end, refresh tokens that stay."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ponte.sandbox.amazon.settings import Seller, Settings


@dataclass(frozen=True, slots=True)
class Grant:
    """What an access token lets in, and until when."""

    seller: Seller
    ends_at: float


class Tokens:
    """Tokens follow from the seed: two fakes with one seed give out the same ones in the same order."""

    def __init__(self, *, seed: int, settings: Settings, clock: Callable[[], float]) -> None:
        self._draw = random.Random(f"{seed}/tokens")
        self._settings = settings
        self._clock = clock
        self._grants: dict[str, Grant] = {}
        self._refresh = {seller.refresh_token: seller for seller in settings.sellers}
        self._codes: dict[str, Seller] = {}

    def grant_of(self, token: str) -> Grant | None:
        """Return what a token lets in, also when it has ended; None for one that was never given out."""
        return self._grants.get(token)

    def is_over(self, grant: Grant) -> bool:
        return self._clock() >= grant.ends_at

    def renew(self, refresh_token: str) -> dict[str, Any] | None:
        seller = self._refresh.get(refresh_token)
        return self.mint(seller) if seller else None

    def mint(self, seller: Seller) -> dict[str, Any]:
        """Return a new access token beside the refresh token, which stays the same."""
        access = f"Atza|{self._draw.getrandbits(160):040x}"
        self._grants[access] = Grant(seller, self._clock() + self._settings.token_seconds)
        told = {"token_type": "bearer", "expires_in": self._settings.token_seconds}
        return {"access_token": access, **told, "refresh_token": seller.refresh_token}

    def issue_code(self, seller: Seller) -> str:
        code = f"SPAPI{self._draw.getrandbits(96):024x}"
        self._codes[code] = seller
        return code

    def exchange(self, code: str) -> dict[str, Any] | None:
        """Return tokens for a code, which is spent by it."""
        seller = self._codes.pop(code, None)
        if seller is None:
            return None
        self._refresh[seller.refresh_token] = seller
        return self.mint(seller)

    def expire(self) -> None:
        """End all access tokens now; the refresh tokens live on."""
        now = self._clock()
        self._grants = {token: Grant(grant.seller, now) for token, grant in self._grants.items()}

    def revoke(self) -> None:
        """What a seller does who takes the consent back: every token dies."""
        self._refresh.clear()
        self._grants.clear()
