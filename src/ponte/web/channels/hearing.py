"""The region of a channel's page about the address that its marketplace posts to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.functional import Promise

from ponte.connectors import Broken, get
from ponte.db.models import Channel, Ear
from ponte.db.sealed import WrongKeyError
from ponte.flows.channels.hears import hears


@dataclass(frozen=True, slots=True)
class Hearing:
    """What stands; `address` is there once, right after it was made. `seen` tells one address from the next."""

    signed: bool
    secret_set: bool
    made_at: datetime | None = None
    heard: int = 0
    heard_at: datetime | None = None
    refused: int = 0
    address: str = ""
    flaw: str | Promise = ""

    @property
    def is_deaf(self) -> bool:
        """True when every post is refused: the marketplace signs, and its secret is not entered."""
        return self.signed and not self.secret_set

    @property
    def seen(self) -> str:
        return self.made_at.isoformat() if self.made_at else "first"


def hearing_of(channel: Channel, *, address: str = "", flaw: str | Promise = "") -> Hearing | None:
    """Return the region, None for a connector whose marketplace posts nothing."""
    connector = get(channel.connector)
    if isinstance(connector, Broken) or not hears(channel.connector):
        return None
    signature = connector.manifest.signature
    secret_set = signature is not None and _has_secret(channel, signature.secret)
    stands = Hearing(signature is not None, secret_set, address=address, flaw=flaw)
    ear = Ear.objects.filter(channel=channel).first()
    if ear is None:
        return stands
    return replace(stands, made_at=ear.made_at, heard=ear.heard, heard_at=ear.heard_at, refused=ear.refused)


def _has_secret(channel: Channel, name: str) -> bool:
    try:
        return bool(channel.secrets().get(name))
    except WrongKeyError:
        return False
