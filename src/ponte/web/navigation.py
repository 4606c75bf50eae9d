"""The menu at the side: which pages there are for this person, and what waits there."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.db.models import Role
from ponte.db.pulse import Pulse, pulse
from ponte.web.access import Visit


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the menu. `count` is shown beside it when there is one; `alarm` makes it red."""

    href: str
    text: str | Promise
    icon: str
    current: bool
    count: int = 0
    alarm: bool = False


def menu(request: HttpRequest, visit: Visit) -> tuple[Place, ...]:
    """Return the entries that this person may open, in their order."""
    beat = pulse(visit.scope)
    return tuple(
        Place(href, text, icon, _is_here(request.path, href), *_count(href, beat))
        for href, text, icon, least in PLACES
        if visit.role.includes(least)
    )


PLACES = (
    ("/", _("Visão geral"), "chart", Role.VIEWER),
    ("/produtos", _("Produtos"), "box", Role.VIEWER),
    ("/causas", _("Causas"), "layers", Role.VIEWER),
    ("/fila", _("Fila de ações"), "list", Role.VIEWER),
    ("/historico", _("Histórico"), "clock", Role.VIEWER),
    ("/canais", _("Canais"), "plug", Role.VIEWER),
    ("/codigos", _("Códigos sem regra"), "wrench", Role.MANAGER),
    ("/pessoas", _("Pessoas"), "user", Role.ADMIN),
    ("/auditoria", _("Auditoria"), "eye", Role.MANAGER),
)


def _is_here(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(f"{href}/"))


def _count(href: str, beat: Pulse) -> tuple[int, bool]:
    match href:
        case "/causas":
            return beat.causes, False
        case "/fila":
            return beat.queued, False
        case "/canais":
            return beat.stopped, True
        case _:
            return 0, False
