"""What a person does on a record's page besides the actions of the list: verify, write a note, delete it."""

from __future__ import annotations

import json
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ponte.db.models import Integration
from ponte.db.record_offers import last_accepted
from ponte.flows.notes import MAX_TEXT, NoteFlaw, add_note, delete_note
from ponte.flows.preview import Turnstile, preview_within
from ponte.web.access import Visit, record_to_change, signed_in
from ponte.web.pages import page, safe_next, trouble
from ponte.web.record.address import here
from ponte.web.record.verification import verification_of
from ponte.web.views.record import record_page

SECONDS: Final = 20.0
TURNSTILE: Final = Turnstile()
FLAWS: Final[dict[NoteFlaw, str | Promise]] = {
    NoteFlaw.EMPTY: gettext_lazy("Escreva a anotação antes de guardar."),
    NoteFlaw.TOO_LONG: gettext_lazy("A anotação é longa demais: use até 4.000 caracteres."),
}


@require_POST
@signed_in
def verify(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Do everything but send, and show what would be sent and every problem. One at a time for each person.

    The view waits in a thread of this request alone: nobody else's page waits for it.
    """
    visit, found = record_to_change(visit, number)
    with TURNSTILE.entered(visit.user.pk) as free:
        if not free:
            return _told(request, found, _("Espere: a sua verificação anterior ainda está em andamento."), status=409)
        seen = preview_within(SECONDS, found.sku, found.channel_id)
    context = {
        "record": found,
        "here": here(request, found.pk),
        "verification": verification_of(found, seen, last_accepted(found.pk)),
        "back": safe_next(request, f"/produtos/{found.pk}"),
    }
    part = bool(request.headers.get("HX-Request"))
    return page(request, "record/_verification.html" if part else "record/verification.html", context, visit=visit)


@require_POST
@signed_in
def write_note(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Keep a note (`text`); one that cannot be kept comes back with the reason."""
    visit, found = record_to_change(visit, number)
    text = request.POST.get("text", "")
    kept = add_note(found.pk, text, scope=visit.scope, actor_id=visit.user.pk)
    match kept:
        case NoteFlaw.NOWHERE:
            raise Http404
        case NoteFlaw():
            flaw = str(FLAWS[kept])
            if request.headers.get("HX-Request"):
                return _told(request, found, flaw, status=422)
            return record_page(request, visit, found, draft=text[: 2 * MAX_TEXT], flaw=flaw, status=422)
        case _:
            return _back(request, found, _("Anotação guardada."))


@require_POST
@signed_in
def drop_note(request: HttpRequest, visit: Visit, number: int, note: int) -> HttpResponse:
    """Delete a note of one's own."""
    visit, found = record_to_change(visit, number)
    if not delete_note(note, integration_id=found.pk, scope=visit.scope, actor_id=visit.user.pk):
        raise Http404
    return _back(request, found, _("Anotação apagada."))


def _back(request: HttpRequest, found: Integration, text: str) -> HttpResponse:
    """Go back to the page; a script takes the new timeline out of it."""
    if not request.headers.get("HX-Request"):
        messages.info(request, text)
    return redirect(safe_next(request, f"/produtos/{found.pk}"))


def _told(request: HttpRequest, found: Integration, text: str, *, status: int) -> HttpResponse:
    if request.headers.get("HX-Request"):
        notice = {"ponte:notice": {"text": text, "undo": [], "refused": True}}
        return HttpResponse(status=status, headers={"HX-Trigger": json.dumps(notice)})
    back = safe_next(request, f"/produtos/{found.pk}")
    return trouble(request, "errors/refused.html", {"text": text, "back": back}, status=status)
