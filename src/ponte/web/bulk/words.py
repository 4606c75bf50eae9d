"""The words for actions on many: what they do, to what, how many, how long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ponte.db.bulk import causes_named
from ponte.db.bulk_counts import Known
from ponte.db.filters import Bucket, FilterErrors, Filters
from ponte.db.models import ActionState, Role
from ponte.db.scope import Scope
from ponte.domain.message import JSON
from ponte.flows.bulk.limits import CEILINGS
from ponte.web.causes.rows import explained_of
from ponte.web.labels import TABS, Label
from ponte.web.templatetags.ponte import number

STATES: Mapping[str, Label] = {
    ActionState.RUNNING: Label(gettext_lazy("Entrando na fila"), "spinner", "inf"),
    ActionState.TRYING: Label(gettext_lazy("Tentando os primeiros"), "spinner", "inf"),
    ActionState.PAUSED: Label(gettext_lazy("Em pausa"), "pause", "wrn"),
    ActionState.CANCELLED: Label(gettext_lazy("Cancelada"), "x", "que"),
    ActionState.DONE: Label(gettext_lazy("Concluída"), "ok", "suc"),
}
WORKING = Label(gettext_lazy("Em execução"), "spinner", "inf")
BLOCKED = Label(gettext_lazy("Aguardando o canal"), "pause", "wrn")


def named(verb: str, count: int, known: Known = Known.EXACT) -> str:
    """Return an action's name: "Reprocessar 12.431 produtos"."""
    match verb:
        case "reprocess":
            text = ngettext("Reprocessar %(count)s produto", "Reprocessar %(count)s produtos", count)
        case "remove":
            text = ngettext("Remover %(count)s log", "Remover %(count)s logs", count)
        case _:
            text = ngettext("Restaurar %(count)s log", "Restaurar %(count)s logs", count)
    return text % {"count": counted(count, known)}


def counted(count: int, known: Known = Known.EXACT) -> str:
    """Return a number in words of the language: "12.431", "mais de 200.000", "até 12.431"."""
    match known:
        case Known.EXACT:
            return number(count)
        case Known.MORE_THAN:
            return _("mais de %(count)s") % {"count": number(count)}
        case Known.AT_MOST:
            return _("até %(count)s") % {"count": number(count)}


def lasting(seconds: float) -> str:
    """Return about how long: "menos de 1 min", "cerca de 26 min", "cerca de 3 h"."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return _("menos de 1 min")
    if minutes < 120:
        return _("cerca de %(count)d min") % {"count": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return _("cerca de %(count)d h") % {"count": hours}
    days = round(hours / 24)
    return ngettext("cerca de %(count)d dia", "cerca de %(count)d dias", days) % {"count": days}


def ceiling_words(role: Role) -> str:
    """Return what a person may do at once, "" without a limit."""
    ceiling = CEILINGS[role]
    if ceiling is None:
        return ""
    return _("Seu papel age em até %(count)s registros por vez. Filtre mais, ou peça a quem administra a loja.") % {
        "count": number(ceiling)
    }


class Names:
    """What channels and causes are called, read once for any number of selections."""

    def __init__(self, scope: Scope, selections: Iterable[Mapping[str, JSON]]) -> None:
        filters = [_filters(selection) for selection in selections if "filter" in selection]
        known = [one for one in filters if isinstance(one, Filters)]
        named = any(one.channel for one in known)
        self.channels = dict(scope.channels().values_list("code", "name")) if named else {}
        self.causes = causes_named(scope, {one.cause for one in known if one.cause})

    def told(self, selection: Mapping[str, JSON]) -> str:
        """Return what a selection is about in one line: cause, status, channel, words."""
        if "undo" in selection:
            return _("Desfaz a remoção da ação nº %(number)d") % {"number": selection["undo"]}
        if "ids" in selection:
            count = len(selection["ids"])
            text = ngettext("%(count)s registro escolhido", "%(count)s registros escolhidos", count)
            return text % {"count": number(count)}
        filters = _filters(selection)
        if isinstance(filters, FilterErrors):
            return _("Um filtro que não existe mais")
        return ", ".join(str(part) for part in self._parts(filters)) or _("Todos os registros")

    def _parts(self, filters: Filters) -> Iterator[str | Promise]:
        if filters.cause:
            cause = self.causes.get(filters.cause)
            yield explained_of(cause).title if cause else _("Uma causa")
        if filters.status and not (filters.cause and filters.status is Bucket.ERROR):
            yield TABS[filters.status]
        if filters.channel:
            yield self.channels.get(filters.channel, filters.channel)
        yield from (text for text in (filters.category, filters.brand, filters.code) if text)
        if filters.text:
            yield f"“{filters.text}”"
        if filters.skus or filters.sku_list:
            yield _("lista de SKUs")
        if filters.dated:
            yield _("no período")
        if filters.action:
            yield _("da ação nº %(number)d") % {"number": filters.action}
        if filters.removed:
            yield _("removidos")


def _filters(selection: Mapping[str, JSON]) -> Filters | FilterErrors:
    return Filters.from_query(selection["filter"])
