"""What the pages of a store's people show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from ponte.db.models import Invitation, Role
from ponte.db.people import Person
from ponte.web.labels import ROLES

ABOUT_ROLES = {
    Role.VIEWER: later("Vê produtos, causas e filas. Não muda nada."),
    Role.OPERATOR: later("Também reprocessa, remove e restaura registros."),
    Role.MANAGER: later("Também cuida de canais, mapeamento, causas e auditoria."),
    Role.ADMIN: later("Também cuida de pessoas e credenciais. Sempre vê a loja inteira."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One person in the list."""

    person: Person
    role: str | Promise
    sees: str
    is_me: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """One invitation that nobody accepted yet."""

    id: int
    to: str
    role: str | Promise
    sees: str
    by: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen in the form."""

    value: str
    text: str | Promise
    about: str | Promise
    chosen: bool


def row_of(person: Person, channels: dict[int, str], me: int) -> Row:
    return Row(person, ROLES[person.role], seen(person.channel_ids, channels), person.id == me)


def waiting_of(found: Invitation, channels: dict[int, str]) -> Waiting:
    by = found.invited_by.get_full_name() or found.invited_by.username if found.invited_by else ""
    sees = seen(found.channel_ids, channels)
    return Waiting(found.pk, found.email, ROLES[found.role], sees, by, found.expires_at)


def seen(channel_ids: Sequence[int], channels: dict[int, str]) -> str:
    """Return the channels in words: "Todos os canais", or their names."""
    if not channel_ids:
        return _("Todos os canais")
    return ", ".join(channels.get(number, "?") for number in channel_ids)


def role_choices(chosen: str) -> list[Choice]:
    return [Choice(role, ROLES[role], ABOUT_ROLES[role], role == chosen) for role in Role]


def channel_choices(channels: dict[int, str], chosen: Sequence[int]) -> list[Choice]:
    return [Choice(str(number), name, "", number in chosen) for number, name in channels.items()]
