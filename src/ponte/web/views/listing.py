"""`/produtos/{id}/anuncio`: a record's listing: look for it, adopt, link, unlink, end."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.db.models import Integration
from ponte.db.models.identity import How
from ponte.flows.listings import deeds
from ponte.flows.listings.deeds import Done, Refusal, Taken
from ponte.flows.listings.looks import Found, Looked, Seen, Subject, look_for, look_up
from ponte.flows.preview import Turnstile
from ponte.web.access import BeyondRole, Visit, record_of, record_to_change, signed_in
from ponte.web.listings.words import REFUSALS, Question, ask_end, ask_unlink, choice_of, trouble_of
from ponte.web.pages import page

SECONDS: Final = 20.0
TURNSTILE: Final = Turnstile()


@require_POST
@signed_in
def find(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Ask the marketplace for the listings of the SKU; nothing is changed. One question at a time for each person."""
    visit, found = record_to_change(visit, number)
    return _shown(request, visit, found, _asked(visit, found, ""))


@require_POST
@signed_in
def adopt(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Link one of the listings that the marketplace keeps under the SKU (`anuncio`), as it stands there now."""
    visit, found = record_to_change(visit, number)
    if found.listing_id and not visit.may_manage:
        raise BeyondRole(visit)
    looked = _asked(visit, found, "")
    chosen = _chosen(looked, request.POST.get("anuncio", ""))
    if chosen is None:
        return _shown(request, visit, found, looked, status=409)
    return _linked(request, visit, found, chosen, How.ADOPTED)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def link(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show what stands there under an id or address (`anuncio`), and link it when that is confirmed."""
    visit, found = _to_manage(visit, number)
    text = (request.POST if request.method == "POST" else request.GET).get("anuncio", "").strip()[:500]
    if not text:
        return page(request, "record/listing_link.html", {"record": found, "text": ""}, visit=visit)
    looked = _asked(visit, found, text)
    if request.method != "POST":
        return _shown(request, visit, found, looked, text=text)
    chosen = _chosen(looked, text)
    if chosen is None:
        return _shown(request, visit, found, looked, text=text, status=409)
    return _linked(request, visit, found, chosen, How.CHOSEN)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def unlink(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Ask, then let Ponte forget the listing."""
    visit, found = _to_manage(visit, number)
    if request.method != "POST":
        return _ask(request, visit, found, ask_unlink(found))
    done = deeds.unlink(found.pk, scope=visit.scope, actor_id=visit.user.pk)
    return _done(request, visit, found, done, _("Anúncio desvinculado: ele continua no marketplace."))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def end(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Ask, then have the listing ended."""
    visit, found = _to_manage(visit, number)
    if request.method != "POST":
        return _ask(request, visit, found, ask_end(found))
    done = deeds.end(found.pk, scope=visit.scope, actor_id=visit.user.pk)
    return _done(request, visit, found, done, _("O anúncio vai ser encerrado."))


@require_POST
@signed_in
def keep(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Take back the wish to end the listing."""
    visit, found = _to_manage(visit, number)
    done = deeds.keep(found.pk, scope=visit.scope, actor_id=visit.user.pk)
    return _done(request, visit, found, done, _("O anúncio não será encerrado."))


def _to_manage(visit: Visit, number: int) -> tuple[Visit, Integration]:
    there, found = record_of(visit, number)
    if not there.may_manage:
        raise BeyondRole(there)
    return there, found


def _asked(visit: Visit, found: Integration, text: str) -> Looked | None:
    """Ask the marketplace; None while an earlier question of the person is under way."""
    about = Subject(found.pk, found.channel_id, found.kind, found.sku)
    with TURNSTILE.entered(visit.user.pk) as free:
        if not free:
            return None
        return look_up(about, text, seconds=SECONDS) if text else look_for(about, seconds=SECONDS)


def _chosen(looked: Looked | None, listing_id: str) -> Found | None:
    found = looked.found if isinstance(looked, Seen) else ()
    return next((one for one in found if one.listing.id == listing_id), None)


def _linked(request: HttpRequest, visit: Visit, found: Integration, chosen: Found, how: How) -> HttpResponse:
    hindrance = choice_of(chosen, found).hindrance
    if hindrance and chosen.owner is None:
        return _refused(request, visit, found, hindrance)
    done = deeds.link(
        found.pk,
        chosen.listing,
        scope=visit.scope,
        actor_id=visit.user.pk,
        how=how,
        replacing=visit.may_manage,
    )
    if isinstance(done, Taken):
        return _refused(request, visit, found, choice_of(Found(chosen.listing, done.owner), found).hindrance)
    text = _("Anúncio %(listing)s vinculado. O próximo envio o deixa igual ao que está na VTEX.")
    return _done(request, visit, found, done, text % {"listing": chosen.listing.id})


def _done(request: HttpRequest, visit: Visit, found: Integration, done: Done | Refusal, text: str) -> HttpResponse:
    if isinstance(done, Refusal):
        return _refused(request, visit, found, str(REFUSALS[done]))
    messages.info(request, text)
    return redirect(f"/produtos/{found.pk}#anuncio")


def _refused(request: HttpRequest, visit: Visit, found: Integration, text: str) -> HttpResponse:
    context = {"text": text, "back": f"/produtos/{found.pk}#anuncio"}
    return page(request, "errors/refused.html", context, visit=visit, status=409)


def _ask(request: HttpRequest, visit: Visit, found: Integration, question: Question) -> HttpResponse:
    if not found.listing_id:
        return _refused(request, visit, found, str(REFUSALS[Refusal.NO_LISTING]))
    return page(request, "record/listing_ask.html", {"record": found, "question": question}, visit=visit)


def _shown(
    request: HttpRequest,
    visit: Visit,
    found: Integration,
    looked: Looked | None,
    *,
    text: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show what was found, each with the button that links it, or why it cannot be linked."""
    if looked is None:
        waiting = _("Espere: a sua pergunta anterior ao marketplace ainda está em andamento.")
        return _refused(request, visit, found, waiting)
    seen = looked if isinstance(looked, Seen) else Seen()
    context = {
        "record": found,
        "text": text,
        "trouble": trouble_of(looked, found),
        "unreadable": not seen.readable,
        "choices": [choice_of(one, found) for one in seen.found],
        "may_link": visit.may_manage or not found.listing_id,
        "action": f"/produtos/{found.pk}/anuncio/{'vincular' if text else 'adotar'}",
    }
    return page(request, "record/listing_found.html", context, visit=visit, status=status)
