"""A marketplace account that is being connected: what the session remembers until the person comes back."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from django.http import HttpRequest

from ponte.config import config
from ponte.db import sealed
from ponte.db.models import Channel, User
from ponte.flows.channels.authorization import Begun

KEY = "connecting"
SECONDS = 600


@dataclass(frozen=True, slots=True)
class Pending:
    """A connection that this person began in this session, for this channel, not long ago."""

    verifier: str


def return_address(code: str) -> str:
    """Return where the marketplace sends the person back to: to be registered with the application there."""
    return f"{config().base_url}/canais/{code}/retorno"


def remember(request: HttpRequest, user: User, channel: Channel, begun: Begun) -> None:
    """Remember a connection; one that was begun before is forgotten."""
    request.session[KEY] = {
        "state": begun.state,
        "verifier": sealed.seal(begun.verifier, row=f"channel:{channel.uid}", field="verifier"),
        "channel": channel.pk,
        "user": user.pk,
        "until": time.time() + SECONDS,
    }


def come_back(request: HttpRequest, user: User, channel: Channel, state: str) -> Pending | None:
    """Take what was remembered, once; None unless all of it fits and its time is not over."""
    kept = request.session.pop(KEY, None)
    if not isinstance(kept, dict):
        return None
    fits = secrets.compare_digest(str(kept["state"]).encode(), state.encode())
    if not fits or (kept["channel"], kept["user"]) != (channel.pk, user.pk) or time.time() > kept["until"]:
        return None
    return Pending(sealed.unseal(kept["verifier"], row=f"channel:{channel.uid}", field="verifier"))
