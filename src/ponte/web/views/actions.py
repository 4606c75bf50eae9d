"""What a person does with records: Reprocessar, Remover log, Restaurar; with one, or with those chosen on a page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ponte.db import queries
from ponte.db.models import Integration, LaneState
from ponte.flows.pipeline.windows import next_batches
from ponte.flows.remove import remove, restore
from ponte.flows.reprocess import Reprocessed, reprocess
from ponte.web.access import Visit, acting, record_to_change, signed_in
from ponte.web.clock import brief
from ponte.web.pages import safe_next, trouble

MAX_CHOSEN: Final = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What is said after an action; `undo` are the ids that a Restaurar would bring back."""

    text: str
    undo: tuple[int, ...] = ()
    refused: bool = False


@require_POST
@signed_in
def reprocess_one(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Put a record back into the queue; a success answers 409."""
    visit, found = record_to_change(visit, number)
    done = reprocess([number], scope=visit.scope, actor_id=visit.user.pk)
    return _answer(request, (number,), _told_of_reprocess(done, found, visit))


@require_POST
@signed_in
def remove_one(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Take a record off the screen, undoably; doing it twice is said, not punished."""
    visit, found = record_to_change(visit, number)
    text = _("Este log já tinha sido removido.") if found.removed_at else _("Log do SKU %(sku)s removido.")
    remove([number], scope=visit.scope, actor_id=visit.user.pk)
    return _answer(request, (number,), Told(text % {"sku": found.sku}, undo=(number,)))


@require_POST
@signed_in
def restore_one(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Bring a removed record back."""
    visit, found = record_to_change(visit, number)
    restore([number], scope=visit.scope, actor_id=visit.user.pk)
    return _answer(request, (number,), Told(_("Log do SKU %(sku)s restaurado.") % {"sku": found.sku}))


@require_POST
@acting
def act_on_chosen(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Do one thing (`verb`) with the records chosen on the page (`id`, several)."""
    ids = [int(text) for text in request.POST.getlist("id") if text.isdecimal() and len(text) < 19][:MAX_CHOSEN]
    if not ids:
        return _answer(request, (), Told(_("Nenhum registro selecionado."), refused=True), status=400)
    scope, actor_id = visit.scope, visit.user.pk
    match request.POST.get("verb"):
        case "reprocess":
            told = _told_of_many(reprocess(ids, scope=scope, actor_id=actor_id))
        case "remove":
            gone = remove(ids, scope=scope, actor_id=actor_id)
            text = ngettext("%(count)d log removido.", "%(count)d logs removidos.", len(gone))
            told = Told(text % {"count": len(gone)}, undo=tuple(gone))
        case "restore":
            back = restore(ids, scope=scope, actor_id=actor_id)
            text = ngettext("%(count)d log restaurado.", "%(count)d logs restaurados.", len(back))
            told = Told(text % {"count": len(back)})
        case _:
            raise Http404
    return _answer(request, tuple(ids), told)


def _told_of_reprocess(done: Reprocessed, found: Integration, visit: Visit) -> Told:
    sku = {"sku": found.sku}
    if done.refused:
        return Told(_("Um registro com sucesso ou removido não se reprocessa."), refused=True)
    if done.already:
        return Told(_("O SKU %(sku)s já está na fila.") % sku)
    state = next((one for one in queries.channels(visit.scope) if one.channel.pk == found.channel_id), None)
    if state and state.state is LaneState.PAUSED:
        return Told(_("O SKU %(sku)s entrou na fila e espera: o canal está em pausa.") % sku)
    if state and state.stopped:
        return Told(_("O SKU %(sku)s entrou na fila e espera o canal voltar.") % sku)
    batch_at = next_batches({found.channel_id: found.channel.connector}).get(found.channel_id)
    if batch_at:
        told = sku | {"time": brief(batch_at, timezone.now())}
        return Told(_("O SKU %(sku)s entrou na fila e sai no próximo lote: %(time)s.") % told)
    return Told(_("O SKU %(sku)s entrou na fila.") % sku)


def _told_of_many(done: Reprocessed) -> Told:
    parts = []
    if done.queued:
        text = ngettext(
            "%(count)d registro entrou na fila.", "%(count)d registros entraram na fila.", len(done.queued)
        )
        parts.append(text % {"count": len(done.queued)})
    if done.already:
        text = ngettext("%(count)d já estava na fila.", "%(count)d já estavam na fila.", len(done.already))
        parts.append(text % {"count": len(done.already)})
    if done.refused:
        text = ngettext(
            "%(count)d ficou de fora: sucessos não se reprocessam.",
            "%(count)d ficaram de fora: sucessos não se reprocessam.",
            len(done.refused),
        )
        parts.append(text % {"count": len(done.refused)})
    return Told(" ".join(parts) or _("Nenhum registro encontrado."))


def _answer(request: HttpRequest, ids: tuple[int, ...], told: Told, *, status: int = 409) -> HttpResponse:
    """Tell a script by an event; tell a plain form by a page: back where it came from, or the refusal itself."""
    if request.headers.get("HX-Request"):
        notice = {"text": told.text, "undo": list(told.undo), "refused": told.refused}
        events = {"ponte:notice": notice, "ponte:changed": {"ids": list(ids)}}
        answer = HttpResponse(status=status if told.refused else 204)
        answer.headers["HX-Trigger"] = json.dumps(events)
        return answer
    if told.refused:
        return trouble(request, "errors/refused.html", {"text": told.text, "back": safe_next(request)}, status=status)
    messages.info(request, told.text, extra_tags=",".join(str(number) for number in told.undo))
    return redirect(safe_next(request))
