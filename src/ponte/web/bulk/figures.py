"""The numbers of an action on many, each with its words and the way to the records behind it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.db.bulk import Progress
from ponte.db.models import ActionState
from ponte.domain.lifecycle import Status


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its words; `href` shows the records behind it."""

    tone: str
    count: int
    text: str
    href: str = ""


def figures(one: Progress, total: int, eta: str) -> tuple[Figure, ...]:
    """Return what an action's records came to; `total` is of how many it is about, `eta` how long the rest takes."""
    action = one.action
    if action.verb != "reprocess":
        return _simple_figures(one, total)
    link = f"/produtos?acao={action.pk}&status="
    ok, warned = one.outcomes.get(Status.SUCCESS, 0), one.outcomes.get(Status.ALERT, 0)
    wrong = one.outcomes.get(Status.ERROR, 0)
    found = [
        Figure("suc", ok, _("com sucesso"), link + "success"),
        Figure("wrn", warned, _("com alerta"), link + "alert"),
        Figure("err", wrong, _("com erro de novo"), link + "error"),
    ]
    left = max(0, total - one.settled) if action.ended_at is None else one.outstanding
    if action.state == ActionState.CANCELLED:
        found.append(Figure("que", max(0, (action.planned or total) - one.settled), _("não enviados")))
    elif left:
        answers = min(one.answers, left)
        text = ngettext("falta", "faltam", left - answers)
        queued = "" if action.state == ActionState.PAUSED else link + "queued"
        found.append(Figure("que", left - answers, f"{text}, {eta}" if eta else text, queued))
        text = ngettext("aguarda o marketplace", "aguardam o marketplace", answers)
        found.append(Figure("que", answers, text, link + "waiting"))
    if action.already:
        found.append(
            Figure("que", action.already, ngettext("já estava na fila", "já estavam na fila", action.already))
        )
    left_out = (action.planned or 0) - total if action.state == ActionState.DONE else 0
    if left_out > 0:
        found.append(Figure("que", left_out, ngettext("saiu do filtro antes", "saíram do filtro antes", left_out)))
    if action.skipped:
        text = ngettext("ficou de fora: deu certo antes", "ficaram de fora: deram certo antes", action.skipped)
        found.append(Figure("que", action.skipped, text))
    return tuple(figure for figure in found if figure.count or figure.tone in {"suc", "err"})


def _simple_figures(one: Progress, total: int) -> tuple[Figure, ...]:
    action = one.action
    if action.verb == "remove":
        found = [Figure("suc", action.done, ngettext("removido", "removidos", action.done), "/produtos?removed=1")]
    else:
        found = [Figure("suc", action.done, ngettext("restaurado", "restaurados", action.done))]
    left = max(0, total - action.done - action.skipped) if action.ended_at is None else 0
    return (*found, Figure("que", left, ngettext("falta", "faltam", left))) if left else tuple(found)
