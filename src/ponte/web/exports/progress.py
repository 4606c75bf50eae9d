"""Exports on the screen: what an address asks to be exported, and how far each export got."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ponte.db.exports import STILL
from ponte.db.models import Export
from ponte.flows.export.sending import FileType, What
from ponte.web.labels import STAGES, TABS, Label
from ponte.web.templatetags.ponte import number

KEY, TYPE, SEPARATOR = "chave", "tipo", "separador"
OWN: Final = (KEY, TYPE, SEPARATOR)
SEPARATORS: Final = {"": ";", "pv": ";", "v": ","}
LISTS: Mapping[str, tuple[str | Promise, str]] = {
    What.RECORDS: (gettext_lazy("Produtos"), "/produtos"),
    What.CAUSES: (gettext_lazy("Causas"), "/causas"),
    What.ATTEMPTS: (gettext_lazy("Histórico"), "/historico"),
}
STATES: Mapping[str, Label] = {
    "running": Label(gettext_lazy("Saindo"), "spinner", "inf"),
    "done": Label(gettext_lazy("Pronta"), "ok", "suc"),
    "left": Label(gettext_lazy("Interrompida: quem baixava saiu"), "alert", "wrn"),
    "failed": Label(gettext_lazy("Falhou"), "error", "err"),
    "still": Label(gettext_lazy("Parada"), "pause", "que"),
}
FILTERS: Mapping[str, str | Promise] = {
    "q": gettext_lazy("Busca"),
    "status": gettext_lazy("Status"),
    "canal": gettext_lazy("Canal"),
    "periodo": gettext_lazy("Período"),
    "de": gettext_lazy("De"),
    "ate": gettext_lazy("Até"),
    "dia": gettext_lazy("Dia"),
    "etapa": gettext_lazy("Etapa"),
    "causa": gettext_lazy("Causa"),
    "codigo": gettext_lazy("Código"),
    "categoria": gettext_lazy("Categoria"),
    "marca": gettext_lazy("Marca"),
    "resultado": gettext_lazy("Resultado"),
    "gravidade": gettext_lazy("Gravidade"),
    "ordem": gettext_lazy("Ordem"),
    "sku": gettext_lazy("SKU"),
}
VALUES: Mapping[str, Mapping[str, str | Promise]] = {
    "status": {str(status): text for status, text in TABS.items()},
    "etapa": {str(stage): text for stage, text in STAGES.items()},
}


@dataclass(frozen=True, slots=True)
class Line:
    """One export in words."""

    id: int
    list: str | Promise
    file_type: str
    asked: tuple[tuple[str, str], ...]
    list_href: str
    again_href: str
    label: Label
    progress: str
    share: int
    person: str
    started_at: datetime
    ended_at: datetime | None
    running: bool


def line_of(export: Export) -> Line:
    """Return an export in words; one that has not got on for long is not called running."""
    query = {name: value for name, value in export.query.items() if name not in OWN}
    name, path = LISTS.get(export.what, (export.what, "/produtos"))
    own = {name: export.query[name] for name in (TYPE, SEPARATOR) if name in export.query}
    state = state_of(export, timezone.now())
    return Line(
        id=export.pk,
        list=name,
        file_type=export.file_type.upper(),
        asked=tuple(_told(name, value) for name, value in query.items()),
        list_href=_address(path, query),
        again_href=_address(f"/exportar/{export.what}", {**query, **own}),
        label=STATES.get(state, STATES["failed"]),
        progress=progress_of(export),
        share=share_of(export),
        person=(export.actor.get_full_name() or export.actor.username) if export.actor else "",
        started_at=export.started_at,
        ended_at=export.ended_at,
        running=state == "running",
    )


def state_of(export: Export, now: datetime) -> str:
    """Return its state, "still" for one whose process is gone or whose client sleeps."""
    stands = export.state == "running" and now - export.moved_at > STILL
    return "still" if stands else str(export.state)


def progress_of(export: Export) -> str:
    """Return how far it got: "12.000 de 100.000", "100.000 linhas"."""
    if export.state == "done" or export.expected is None:
        text = ngettext("%(count)s linha", "%(count)s linhas", export.written)
        return text % {"count": number(export.written)}
    return _("%(written)s de %(expected)s") % {
        "written": number(export.written),
        "expected": number(export.expected),
    }


def share_of(export: Export) -> int:
    """Return how many of 100 rows are written."""
    if export.state == "done":
        return 100
    return min(100, 100 * export.written // export.expected) if export.expected else 0


def query_of(request: HttpRequest) -> dict[str, str | list[str]]:
    """Return an address' query as it is kept: single values as texts."""
    kept: dict[str, str | list[str]] = {}
    for name in request.GET:
        values = [value for value in request.GET.getlist(name) if value]
        if values:
            kept[name[:40]] = values if len(values) > 1 else values[0]
    return kept


def file_type_of(request: HttpRequest) -> FileType | None:
    """Return the type asked for, None for one that we do not make."""
    asked = request.GET.get(TYPE, FileType.XLSX)
    return FileType(asked) if asked in set(FileType) else None


def _told(name: str, value: str | Sequence[str]) -> tuple[str, str]:
    """Return a filter of an address as its page calls it; one without words stands as it was asked for."""
    words = VALUES.get(name, {})
    return str(FILTERS.get(name, name)), ", ".join(str(words.get(one, one)) for one in _several(value))


def _several(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _address(path: str, query: Mapping[str, str | Sequence[str]]) -> str:
    return f"{path}?{urlencode(query, doseq=True)}" if query else path
