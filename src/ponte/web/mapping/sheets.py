"""What an uploaded spreadsheet would change, row by row, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ponte.domain.mapping_merge import Change, Kind, RowFlaw
from ponte.explain import row_flaw_text
from ponte.flows.mapping.importing import Imported
from ponte.web.explained import language
from ponte.web.labels import Label

MAX_CHANGES: Final = 200
BETWEEN: Final = " · "
KINDS: Final = {
    Kind.ADDED: Label(gettext_lazy("Entra"), "plus", "suc"),
    Kind.CHANGED: Label(gettext_lazy("Muda"), "refresh", "inf"),
    Kind.REMOVED: Label(gettext_lazy("Sai"), "trash", "wrn"),
}


@dataclass(frozen=True, slots=True)
class Flawed:
    """One thing wrong and where."""

    place: str | Promise
    text: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One row that changes."""

    label: Label
    sheet: str
    row: int
    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """The outcome of an upload: what moves, or what is wrong."""

    file: str
    headline: str
    moved: tuple[Moved, ...]
    more: str
    flaws: tuple[Flawed, ...]
    ignored: str


def told_of(found: Imported, file: str) -> Told:
    """Put an upload into words."""
    changes, flaws = found.merged.changes, found.merged.flaws
    left = len(changes) - MAX_CHANGES
    more = ngettext("e mais %(count)d linha", "e mais %(count)d linhas", max(left, 0)) % {"count": left}
    return Told(
        file=file,
        headline=_wrong(len(flaws)) if flaws else _headline(changes),
        moved=() if flaws else tuple(_moved(one) for one in changes[:MAX_CHANGES]),
        more=more if left > 0 and not flaws else "",
        flaws=tuple(Flawed(_place(flaw), row_flaw_text(flaw, language())) for flaw in flaws),
        ignored=", ".join(found.ignored),
    )


def _wrong(count: int) -> str:
    text = ngettext("%(count)d erro: nada mudou", "%(count)d erros: nada mudou", count)
    return text % {"count": count}


def _headline(changes: Sequence[Change]) -> str:
    if not changes:
        return _("A planilha não muda nada: ela diz o mesmo que o mapeamento.")
    kinds = Counter(one.kind for one in changes)
    added, changed, removed = (kinds[kind] for kind in Kind)
    parts = (
        ngettext("%(count)d linha entra", "%(count)d linhas entram", added) % {"count": added} if added else "",
        ngettext("%(count)d muda", "%(count)d mudam", changed) % {"count": changed} if changed else "",
        ngettext("%(count)d sai", "%(count)d saem", removed) % {"count": removed} if removed else "",
    )
    return ", ".join(part for part in parts if part)


def _place(flaw: RowFlaw) -> str | Promise:
    if flaw.row:
        return _("%(sheet)s, linha %(row)d") % {"sheet": flaw.sheet, "row": flaw.row}
    return flaw.sheet or _("Arquivo")


def _moved(one: Change) -> Moved:
    return Moved(
        label=KINDS[one.kind],
        sheet=one.sheet.title,
        row=one.row,
        key=BETWEEN.join(part for part in one.key if part),
        before=BETWEEN.join(one.before.values()),
        after=BETWEEN.join(one.after.values()),
    )
