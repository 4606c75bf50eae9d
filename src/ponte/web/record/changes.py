"""What changed between two offers, for people: since the marketplace last accepted one, or between any two tries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.db.models import Attempt, Integration
from ponte.db.record_offers import by_number, last_accepted
from ponte.domain.difference import Change, Way, difference
from ponte.domain.message import JSON
from ponte.explain.naming import field_name
from ponte.web.explained import language
from ponte.web.labels import Label
from ponte.web.record.address import FROM, TO, Here

MAX_SHOWN = 240
LEAD = 60

WAYS: Mapping[Way, Label] = {
    Way.ADDED: Label(gettext_lazy("Novo"), "", "suc"),
    Way.REMOVED: Label(gettext_lazy("Saiu"), "", "err"),
    Way.CHANGED: Label(gettext_lazy("Mudou"), "", "inf"),
}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One difference: the field's name, its path, both values."""

    name: str
    path: str
    label: Label
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Changes:
    """A comparison of two offers. `why` says why there is none; without it and without lines they are equal."""

    title: str | Promise
    lines: tuple[ChangeLine, ...] = ()
    more: bool = False
    why: str | Promise = ""
    older: int | None = None
    newer: int | None = None
    older_at: datetime | None = None
    chosen: bool = False


def changes_of(found: Integration, newest: Attempt | None, here: Here) -> Changes:
    """Compare the two tries that the address names, else the last accepted offer with the newest."""
    older, newer = here.number_of(FROM), here.number_of(TO)
    if here.get(FROM) or here.get(TO):
        return _between(found, older, newer)
    return since_accepted(last_accepted(found.pk), newest)


def since_accepted(accepted: Attempt | None, newest: Attempt | None) -> Changes:
    """Compare the newest offer with the last accepted one."""
    title = _("O que mudou desde que funcionou")
    if newest is None or newest.offer is None:
        return Changes(title, why=_("Nenhuma tentativa chegou a montar o anúncio."))
    if accepted is None:
        return Changes(title, why=_("O marketplace ainda não aceitou nenhum envio deste produto."))
    if accepted.pk == newest.pk:
        why = _("A última tentativa que montou o anúncio foi aceita: nada mudou desde então.")
        return Changes(title, why=why, older=accepted.number, newer=newest.number)
    return _compared(title, accepted, newest)


def since_accepted_to(accepted: Attempt | None, offer: JSON) -> Changes | None:
    """Compare what would be sent now with the last accepted offer; None when there is none."""
    if accepted is None:
        return None
    lines, more = compared(accepted.offer, offer)
    title = _("Diferença para o último envio aceito")
    return Changes(title, lines, more, older=accepted.number, older_at=accepted.started_at)


def _between(found: Integration, older: int | None, newer: int | None) -> Changes:
    title = _("Diferença entre duas tentativas")
    if older is None or newer is None:
        why = _("Escreva os números de duas tentativas.")
        return Changes(title, why=why, older=older, newer=newer, chosen=True)
    tries = by_number(found.pk, {older, newer})
    for number in (older, newer):
        tried = tries.get(number)
        if tried is None:
            why = _("Não existe a tentativa %(number)s neste registro.") % {"number": number}
            return Changes(title, why=why, older=older, newer=newer, chosen=True)
        if tried.offer is None:
            why = _("A tentativa %(number)s não chegou a montar o anúncio.") % {"number": number}
            return Changes(title, why=why, older=older, newer=newer, chosen=True)
    return _compared(title, tries[older], tries[newer], chosen=True)


def _compared(title: str, older: Attempt, newer: Attempt, *, chosen: bool = False) -> Changes:
    lines, more = compared(older.offer, newer.offer)
    return Changes(title, lines, more, "", older.number, newer.number, older.started_at, chosen)


def compared(before: JSON, after: JSON) -> tuple[tuple[ChangeLine, ...], bool]:
    """Return the differences of two offers as lines, and whether there are more."""
    found = difference(before, after)
    return tuple(_line(change) for change in found.changes), found.more


def _line(change: Change) -> ChangeLine:
    before, after = excerpts(_text(change.before), _text(change.after))
    return ChangeLine(
        name=_name(change.path),
        path=change.written,
        label=WAYS[change.way],
        before=None if change.way is Way.ADDED else before,
        after=None if change.way is Way.REMOVED else after,
    )


def _name(path: tuple[str, ...]) -> str:
    """Name a path by the row of the list it is in ("[BRAND]" is Marca), else by its last step that has a name."""
    steps = [step.strip("[]") for step in path]
    for place in range(len(path) - 1, -1, -1):
        known = field_name(steps[place], language())
        if known != steps[place]:
            return known
    return ""


def _text(value: JSON) -> str:
    if isinstance(value, str):
        return value
    short = json.dumps(value, ensure_ascii=False)
    return short if len(short) <= MAX_SHOWN // 2 else json.dumps(value, ensure_ascii=False, indent=1)


def excerpts(before: str, after: str) -> tuple[str, str]:
    """Return two texts from shortly before where they part, cut to what a person reads."""
    start = max(0, _parting(before, after) - LEAD) if max(len(before), len(after)) > MAX_SHOWN else 0
    return _cut(before, start), _cut(after, start)


def _parting(before: str, after: str) -> int:
    same = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            return same
        same += 1
    return same


def _cut(text: str, start: int) -> str:
    end = start + MAX_SHOWN
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"
