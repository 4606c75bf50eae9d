"""Actions on many: the plan before, the start, and how many a filter has."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ponte.db import queries_api, selection
from ponte.db.audit import note_one
from ponte.db.bulk_counts import Known
from ponte.db.models import BulkAction
from ponte.flows import bulk
from ponte.flows.bulk.limits import CEILINGS, TRIAL, TYPED_ABOVE, TooManyError
from ponte.flows.bulk.starting import MOST_COUNTED
from ponte.web.access import Visit, acting
from ponte.web.bulk.form import Chosen, Sealed, opened, pace_of, pace_words, read, salt_of
from ponte.web.bulk.plan import Plan, plan
from ponte.web.bulk.words import ceiling_words, counted, named
from ponte.web.pages import page, safe_next, trouble

MOST_SHOWN = 10_000


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def show_plan(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say what an action on many would do. As a fragment it is a dialog."""
    chosen = read(request)
    if chosen is None:
        return _refused(request, _("Escolha primeiro os registros, ou um filtro que existe."), 400)
    _note_foreign(visit, chosen)
    return _answer(request, visit, plan(visit, chosen, _back(request)))


@require_POST
@acting
def start(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Begin what a plan said. The same form twice is one action; a plan that is too old is shown anew."""
    sealed = opened(request.POST.get("plano", ""), salt_of(visit.store.pk, visit.user.pk))
    if sealed is None:
        return _refused(request, _("Este plano já não vale. Volte à lista e escolha de novo."), 409)
    flaw = _flaw(request, sealed)
    if flaw:
        again = plan(visit, sealed.chosen, _back(request), frozen=sealed.frozen, flaw=flaw)
        return _answer(request, visit, again, status=422)
    try:
        action = _begin(request, visit, sealed)
    except TooManyError:
        return _refused(request, ceiling_words(visit.role), 403)
    return _begun(request, action, sealed)


@require_GET
@acting
def selected(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Answer with the line that says how many a filter has, for who chose all of them."""
    chosen = read(request)
    if chosen is None:
        raise Http404
    found = selection.count(visit.scope, chosen.verb, chosen.selection, selection.freeze(), most=MOST_SHOWN + 1)
    known = Known.MORE_THAN if found > MOST_SHOWN else Known.EXACT
    text = counted(min(found, MOST_SHOWN), known)
    return page(request, "bulk/_all.html", {"count": text, "one": found == 1}, visit=visit)


def _begin(request: HttpRequest, visit: Visit, sealed: Sealed) -> BulkAction:
    chosen = sealed.chosen
    only = {"changed_only": True} if request.POST.get("mudados") and chosen.verb == "reprocess" else {}
    return bulk.start(
        scope=visit.scope,
        actor_id=visit.user.pk,
        verb=chosen.verb,
        selection={**chosen.selection, **only},
        per_second=pace_of(request.POST.get("ritmo", "")),
        trial=TRIAL if request.POST.get("tentar") else 0,
        frozen=sealed.frozen,
        role=visit.role,
        request_key=sealed.key,
        counted=None if only else _counted(visit, sealed),
    )


def _counted(visit: Visit, sealed: Sealed) -> int | None:
    """Return how many the plan has counted: nobody but us can have written that number.

    One that is not exact is no count; it has to be made now for whoever has a ceiling.
    """
    if sealed.known is Known.EXACT:
        return sealed.total
    return max(sealed.total, MOST_COUNTED) if CEILINGS[visit.role] is None else None


def _flaw(request: HttpRequest, sealed: Sealed) -> str:
    """Return what is wrong with the form in words, "" when nothing is."""
    if sealed.chosen.verb == "remove" and sealed.total > TYPED_ABOVE:
        typed = "".join(letter for letter in request.POST.get("numero", "") if letter.isdecimal())
        if typed != str(sealed.total):
            return _("O número não confere. Digite %(count)d para confirmar.") % {"count": sealed.total}
    pace = request.POST.get("ritmo", "").strip()
    if pace and pace_of(pace) is None:
        return pace_words()
    return ""


def _begun(request: HttpRequest, action: BulkAction, sealed: Sealed) -> HttpResponse:
    told = (sealed.total, sealed.known) if action.planned is None else (action.planned, Known.EXACT)
    text = _("%(what)s: começou. Acompanhe na fila de ações.") % {"what": named(action.verb, *told)}
    if request.headers.get("HX-Request"):
        events = {"ponte:notice": {"text": text}, "ponte:started": {"id": action.pk}, "ponte:changed": {"ids": []}}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events)})
    messages.info(request, text)
    return redirect(f"/fila/acoes/{action.pk}")


def _answer(request: HttpRequest, visit: Visit, shown: Plan, *, status: int = 200) -> HttpResponse:
    template = "bulk/_dialog.html" if request.headers.get("HX-Request") else "bulk/plan.html"
    return page(request, template, {"plan": shown}, visit=visit, status=status)


def _refused(request: HttpRequest, text: str, status: int) -> HttpResponse:
    if request.headers.get("HX-Request"):
        event = {"ponte:notice": {"text": text, "refused": True}}
        return HttpResponse(status=status, headers={"HX-Trigger": json.dumps(event)})
    return trouble(request, "errors/refused.html", {"text": text, "back": _back(request)}, status=status)


def _back(request: HttpRequest) -> str:
    if request.method == "POST":
        return safe_next(request)
    return "/produtos"


def _note_foreign(visit: Visit, chosen: Chosen) -> None:
    """Write down when ids of another store were sent; they are left alone."""
    ids = chosen.selection.get("ids") or []
    foreign = queries_api.foreign(visit.store.pk, ids) if ids else ()
    if foreign:
        target, detail = f"user:{visit.user.pk}", {"ids": list(foreign)}
        note_one("foreign ids", target, store_id=visit.store.pk, actor_id=visit.user.pk, detail=detail)
