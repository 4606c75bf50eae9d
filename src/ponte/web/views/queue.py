"""`/fila`: the queue of actions, one action's page, the strip, and what steers them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST, require_safe

from ponte.db import bulk as reading
from ponte.db.models import ActionState, BulkAction, Channel
from ponte.explain import summary
from ponte.flows import bulk
from ponte.flows.channels import steer as channels
from ponte.flows.channels.store_pause import pause_all, resume_all
from ponte.web.access import BeyondRole, Visit, acting, managing, signed_in
from ponte.web.bulk.form import pace_of, pace_words
from ponte.web.bulk.progress import card, cards
from ponte.web.bulk.queue import queue
from ponte.web.explained import language
from ponte.web.pages import page, safe_next, trouble

KNOWN = "X-Ponte-Known"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')


@require_safe
@signed_in
def index(request: HttpRequest, visit: Visit) -> HttpResponse:
    return page(request, "queue/page.html", {"queue": queue(visit)}, visit=visit)


@require_GET
@signed_in
def live(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Answer with the inside of the page, 204 when it is as known."""
    return _if_new(request, page(request, "queue/_inside.html", {"queue": queue(visit)}, visit=visit))


@require_safe
@signed_in
def actions(request: HttpRequest, visit: Visit) -> HttpResponse:
    """List all actions on many, newest first."""
    text = request.GET.get("antes", "")
    before = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
    found, further = reading.recent(visit.scope, before=before)
    context = {"cards": cards(visit, found), "further": further, "before": before}
    return page(request, "queue/actions.html", context, visit=visit)


@require_safe
@signed_in
def action(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show one action; as a fragment (`HX-Request`), its card."""
    shown = card(visit, number)
    if shown is None:
        raise Http404
    if request.headers.get("HX-Request"):
        return _if_new(request, page(request, "queue/_card.html", {"card": shown, "whole": True}, visit=visit))
    return page(request, "queue/action.html", {"card": shown}, visit=visit)


@require_safe
@signed_in
def found(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:  # noqa: ARG001 -- a short address
    """`/fila/12` is action 12."""
    return redirect(f"/fila/acoes/{number}")


@require_GET
@signed_in
def strip(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Answer with the newest running action in one line, for the foot of the list; empty without one."""
    running = reading.running(visit.scope)[:1]
    context = {"card": cards(visit, running)[0] if running else None}
    return _if_new(request, page(request, "queue/_strip.html", context, visit=visit))


@require_POST
@acting
def steer(request: HttpRequest, visit: Visit, number: int, verb: str) -> HttpResponse:
    """Pause, resume, cancel, undo, or set the pace of an action in sight."""
    if reading.action(visit.scope, number) is None:
        raise Http404
    by: dict[str, Any] = {"store_id": visit.store.pk, "actor_id": visit.user.pk}
    if verb == "ritmo":
        return _set_pace(request, number, by)
    moves: Mapping[str, Callable[..., BulkAction | None]] = {
        "pausar": bulk.pause,
        "retomar": bulk.resume,
        "cancelar": bulk.cancel,
        "desfazer": bulk.undo,
    }
    if verb not in moves:
        raise Http404
    done = moves[verb](number, **by)
    if done is None:
        return _tell(request, _("Esta ação não se desfaz."), refused=True)
    return _tell(request, _told(verb, done), to=f"/fila/acoes/{done.pk}" if verb == "desfazer" else "")


@require_POST
@acting
def steer_channel(request: HttpRequest, visit: Visit, code: str, verb: str) -> HttpResponse:
    """Pause or resume a channel (a manager may), or test its connection, and stay on this page."""
    channel = visit.scope.channels().filter(code=code).first()
    if channel is None:
        raise Http404
    if verb != "testar" and not visit.may_manage:
        raise BeyondRole(visit)
    name = {"name": channel.name}
    by: dict[str, Any] = {"store_id": visit.store.pk, "actor_id": visit.user.pk}
    match verb:
        case "pausar":
            channels.pause(channel.pk, **by)
            return _tell(request, _("%(name)s em pausa: os envios esperam na fila.") % name)
        case "retomar":
            channels.resume(channel.pk, **by)
            return _tell(request, _("%(name)s voltou a enviar.") % name)
        case "testar":
            return _test(request, visit, channel)
        case _:
            raise Http404


def _test(request: HttpRequest, visit: Visit, channel: Channel) -> HttpResponse:
    done = channels.test(channel.pk, store_id=visit.store.pk)
    if done.ok:
        return _tell(request, _("%(name)s respondeu: a conexão funciona.") % {"name": channel.name})
    why = summary(done.problems, language(), {"marketplace": channel.name}) if done.problems else ""
    text = _("%(name)s não está pronto: %(why)s") % {"name": channel.name, "why": why or _("sem resposta")}
    return _tell(request, text)


@require_POST
@managing
def pause_everything(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Pause every channel of the store, with a reason."""
    count = pause_all(visit.scope, actor_id=visit.user.pk, reason=request.POST.get("reason", ""))
    text = _("Tudo em pausa: os envios esperam na fila.") if count else _("Nenhum canal estava enviando.")
    return _tell(request, text)


@require_POST
@managing
def resume_everything(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Resume what was paused together."""
    count = resume_all(visit.scope, actor_id=visit.user.pk)
    text = ngettext("%(count)d canal voltou a enviar.", "%(count)d canais voltaram a enviar.", count)
    return _tell(request, text % {"count": count})


def _set_pace(request: HttpRequest, number: int, by: Mapping[str, Any]) -> HttpResponse:
    given = request.POST.get("ritmo", "")
    pace = pace_of(given)
    if given.strip() and pace is None:
        return _tell(request, pace_words(), refused=True)
    bulk.set_pace(number, pace, **by)
    text = _("Novo ritmo: %(count)d por segundo.") % {"count": pace} if pace else _("Sem limite de ritmo.")
    return _tell(request, text)


def _told(verb: str, done: BulkAction) -> str:
    number = {"number": done.pk}
    match verb, ActionState(done.state):
        case "pausar", ActionState.PAUSED:
            return _("Ação nº %(number)d em pausa: o que não começou sai da fila.") % number
        case "retomar", ActionState.RUNNING | ActionState.TRYING:
            return _("Ação nº %(number)d retomada.") % number
        case "cancelar", ActionState.CANCELLED:
            return _("Ação nº %(number)d cancelada: o que já tem resultado fica como está.") % number
        case "desfazer", _:
            return _("Restaurando os registros que essa ação removeu.")
        case _:
            return _("Essa ação já terminou.")


def _tell(request: HttpRequest, text: str, *, to: str = "", refused: bool = False) -> HttpResponse:
    if request.headers.get("HX-Request"):
        events = {"ponte:notice": {"text": text, "refused": refused}, "ponte:changed": {"ids": []}}
        return HttpResponse(status=422 if refused else 204, headers={"HX-Trigger": json.dumps(events)})
    if refused:
        context = {"text": text, "back": safe_next(request, "/fila")}
        return trouble(request, "errors/refused.html", context, status=422)
    messages.info(request, text)
    return redirect(to or safe_next(request, "/fila"))


def _if_new(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Return the answer with its digest, or 204 when the browser has the same."""
    digest = hashlib.blake2b(TOKEN.sub(b"", answer.content), digest_size=8).hexdigest()
    if request.headers.get(KNOWN) == digest:
        return HttpResponse(status=204)
    answer.headers[KNOWN] = digest
    return answer
