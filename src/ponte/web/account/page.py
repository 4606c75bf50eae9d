"""What the pages of one's account show: second factors and sessions as values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from ponte.db.models import User

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")
SYSTEM_NAMES = {"Mac OS X": "macOS"}


@dataclass(frozen=True, slots=True)
class Key:
    """A passkey."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Keys:
    """A person's second factors."""

    app_since: datetime | None
    passkeys: tuple[Key, ...]
    codes_left: int | None

    @property
    def is_on(self) -> bool:
        return self.app_since is not None or bool(self.passkeys)


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser."""

    id: int
    browser: str
    ip: str
    since: datetime
    seen_at: datetime
    is_this: bool


def keys_of(user: User) -> Keys:
    """Return a person's second factors."""
    kinds = Authenticator.Type
    found = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    app = next((one for one in found if one.type == kinds.TOTP), None)
    codes = next((one for one in found if one.type == kinds.RECOVERY_CODES), None)
    keys = (one for one in found if one.type == kinds.WEBAUTHN)
    return Keys(
        app_since=app.created_at if app else None,
        passkeys=tuple(Key(one.pk, one.wrap().name, one.created_at, one.last_used_at) for one in keys),
        codes_left=len(codes.wrap().get_unused_codes()) if codes else None,
    )


def sessions_of(user: User, current: str) -> tuple[Session, ...]:
    """Return a person's sessions that are still good, this one first, then the last used."""
    found = UserSession.objects.purge_and_list(user)
    shown = (
        Session(
            one.pk, browser_of(one.user_agent), one.ip, one.created_at, one.last_seen_at, one.session_key == current
        )
        for one in found
    )
    return tuple(sorted(shown, key=lambda one: (not one.is_this, -one.seen_at.timestamp())))


def browser_of(agent: str) -> str:
    """Return "Chrome, Windows" for what a browser says of itself; empty for what nobody knows."""
    browser = next((name for mark, name in BROWSERS if re.search(rf"{mark}\w*/", agent)), "")
    system = next((SYSTEM_NAMES.get(mark, mark) for mark in SYSTEMS if mark in agent), "")
    return ", ".join(word for word in (browser, system) if word)
