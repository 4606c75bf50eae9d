"""What a person decides about causes, and what they note about one."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ponte.db.models import CauseState
from ponte.flows.causes import Decided, add_note, decide
from ponte.flows.notes import NoteFlaw
from ponte.web.access import Visit, acting
from ponte.web.causes import forms
from ponte.web.pages import safe_next, trouble

LIST = "/causas"


@require_POST
@acting
def decide_causes(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Put the chosen causes (`id`, several) into a state."""
    wanted = forms.read(request.POST, timezone.now())
    if wanted.flaw:
        return _answer(request, wanted.flaw, status=400)
    done = decide(
        wanted.numbers,
        wanted.state,
        scope=visit.scope,
        role=visit.role,
        actor_id=visit.user.pk,
        until=wanted.until,
    )
    if not (done.changed or done.same or done.refused):
        raise Http404
    return _answer(request, _told(done, wanted.state), status=200 if done.changed or done.same else 409)


@require_POST
@acting
def note(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Keep a note at a cause."""
    done = add_note(number, request.POST.get("text", ""), scope=visit.scope, actor_id=visit.user.pk)
    match done:
        case NoteFlaw.NOWHERE:
            raise Http404
        case NoteFlaw.EMPTY:
            return _answer(request, _("A anotação está vazia."), status=400)
        case NoteFlaw.TOO_LONG:
            return _answer(request, _("A anotação é longa demais: use até 4.000 caracteres."), status=400)
        case _:
            return _answer(request, _("Anotação guardada."))


def _told(done: Decided, state: CauseState) -> str:
    count = len(done.changed)
    parts = [_TOLD[state](count)] if count else []
    if done.same:
        parts.append(
            ngettext("%(count)d já estava assim.", "%(count)d já estavam assim.", len(done.same))
            % {"count": len(done.same)}
        )
    if done.refused:
        parts.append(_refused(len(done.refused), state))
    return " ".join(parts)


def _refused(count: int, state: CauseState) -> str:
    if state is CauseState.IGNORED:
        text = ngettext(
            "%(count)d ficou como estava: já tem mais produtos que isso, ou o seu perfil não permite.",
            "%(count)d ficaram como estavam: já têm mais produtos que isso, ou o seu perfil não permite.",
            count,
        )
    else:
        text = ngettext(
            "%(count)d ficou como estava: não tem produtos, ou o seu perfil não permite.",
            "%(count)d ficaram como estavam: não têm produtos, ou o seu perfil não permite.",
            count,
        )
    return text % {"count": count}


def _known(count: int) -> str:
    return ngettext("%(count)d causa em andamento.", "%(count)d causas em andamento.", count) % {"count": count}


def _ignored(count: int) -> str:
    return ngettext("%(count)d causa ignorada.", "%(count)d causas ignoradas.", count) % {"count": count}


def _resolved(count: int) -> str:
    text = ngettext(
        "%(count)d causa resolvida. Os registros continuam em Produtos.",
        "%(count)d causas resolvidas. Os registros continuam em Produtos.",
        count,
    )
    return text % {"count": count}


def _reopened(count: int) -> str:
    return ngettext("%(count)d causa reaberta.", "%(count)d causas reabertas.", count) % {"count": count}


_TOLD = {
    CauseState.ACKNOWLEDGED: _known,
    CauseState.IGNORED: _ignored,
    CauseState.RESOLVED: _resolved,
    CauseState.OPEN: _reopened,
}


def _answer(request: HttpRequest, text: str, *, status: int = 200) -> HttpResponse:
    """Tell a script by an event; tell a plain form by a page: back where it came from, or the refusal itself."""
    refused = status >= 400
    if request.headers.get("HX-Request"):
        events = {"ponte:notice": {"text": text, "refused": refused}, "ponte:changed": {}}
        answer = HttpResponse(status=status if refused else 204)
        answer.headers["HX-Trigger"] = json.dumps(events)
        return answer
    if refused:
        return trouble(
            request, "errors/refused.html", {"text": text, "back": safe_next(request, LIST)}, status=status
        )
    messages.info(request, text)
    return redirect(safe_next(request, LIST))
