"""Opaque places in a list: signed, so that a cut, forged or foreign one is told apart from a good one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_LENGTH = 200


class BadCursor(ValueError):  # noqa: N818 -- the name says what it is
    """A cursor that this list did not give out."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: the moment and the id of the row beside it."""

    at: datetime
    id: int

    def sealed(self, scope: str) -> str:
        """Return the text for an address. `scope` names the list ("12" for store 12): no other one takes it."""
        micros = (self.at - EPOCH) // timedelta(microseconds=1)
        return signing.Signer(salt=_salt(scope)).sign(f"{micros:x}.{self.id:x}").replace(":", "~")


def opened(text: str, scope: str) -> Cursor:
    """Read what `sealed` gave. Raises `BadCursor`."""
    if len(text) > MAX_LENGTH:
        raise BadCursor("too long")
    try:
        micros, number = signing.Signer(salt=_salt(scope)).unsign(text.replace("~", ":")).split(".")
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor("not ours") from error
    return Cursor(EPOCH + timedelta(microseconds=int(micros, 16)), int(number, 16))


def _salt(scope: str) -> str:
    return f"ponte.cursor:{scope}"
