"""`/canais`: the store's channels; each with its state, its form, its test, its pause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.connectors import Broken, get
from ponte.db import channels as read
from ponte.db.models import Channel
from ponte.domain.connector import Connector
from ponte.flows.channels import steer as flow
from ponte.flows.channels import stores
from ponte.flows.channels.authorization import authorizes
from ponte.flows.channels.fitness import Access
from ponte.web.access import BeyondRole, Visit, acting, administering, managing, signed_in
from ponte.web.account.proof import unproved
from ponte.web.channels.connection import return_address
from ponte.web.channels.form import (
    Flaws,
    Typed,
    access_fields,
    address_field,
    described_fields,
    folded,
    kept_texts,
    said,
    typed,
    typed_access,
)
from ponte.web.channels.hearing import Hearing, hearing_of
from ponte.web.channels.page import cards_of, check_of
from ponte.web.pages import page


@dataclass(frozen=True, slots=True)
class Wrong:
    """A form that came back: what was typed, and what is wrong with it."""

    described: Typed | None = None
    access: Access | None = None
    flaws: Flaws | None = None
    password: str | Promise = ""


@require_safe
@signed_in
def channels(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the channels of the store."""
    now = timezone.now()
    found = read.overviews(visit.scope)
    context = {
        "cards": cards_of(found, store_paused=visit.store.paused, now=now),
        "activity": read.last_activity(visit.scope),
    }
    return page(request, "channels/list.html", context, visit=visit)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def channel(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Show a channel; a POST of a manager changes how it is called and how fast it goes."""
    found = channel_of(visit, code)
    if request.method != "POST":
        return show(request, visit, found)
    if not visit.may_manage:
        raise BeyondRole(visit)
    given = typed(request.POST)
    flaws = given.flaws or said(stores.edit_channel(found, given.described, actor_id=visit.user.pk))
    if flaws:
        return show(request, visit, found, Wrong(described=given, flaws=flaws))
    messages.info(request, _saved(found))
    return redirect(address_of(found))


@require_POST
@administering
def access(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Change a channel's account: address, settings, secrets. Asks for a proof of who it is."""
    found = channel_of(visit, code)
    connector = _usable(found.connector)
    given = typed_access(request.POST, connector.manifest)
    if flaw := unproved(request, visit.user):
        return show(request, visit, found, Wrong(access=given, password=flaw))
    flaws = said(stores.set_access(found, given, actor_id=visit.user.pk))
    if flaws:
        return show(request, visit, found, Wrong(access=given, flaws=flaws))
    messages.info(request, _("Credenciais de %(name)s salvas. Teste a conexão.") % {"name": found.name})
    return redirect(address_of(found))


@require_POST
@acting
def test(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Ask both sides for the cheapest thing, and say what is wrong."""
    found = channel_of(visit, code)
    check = check_of(flow.test(found.pk, store_id=visit.store.pk), found.name)
    if request.headers.get("HX-Request"):
        return page(request, "channels/_check.html", {"check": check}, visit=visit)
    return show(request, visit, found, check=check)


@require_POST
@managing
def pause(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    found = channel_of(visit, code)
    reason = request.POST.get("reason", "")
    flow.pause(found.pk, store_id=visit.store.pk, actor_id=visit.user.pk, reason=reason)
    text = _("%(name)s em pausa: os envios esperam na fila e não perdem tentativas.")
    messages.info(request, text % {"name": found.name})
    return redirect(address_of(found))


@require_POST
@managing
def resume(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    found = channel_of(visit, code)
    flow.resume(found.pk, store_id=visit.store.pk, actor_id=visit.user.pk)
    messages.info(request, _("%(name)s voltou a enviar.") % {"name": found.name})
    return redirect(address_of(found))


@require_http_methods(["GET", "HEAD", "POST"])
@administering
def take_out(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Ask before a channel is removed, with what would be cancelled; then remove it."""
    found = channel_of(visit, code)
    if request.method != "POST":
        return _ask_to_take_out(request, visit, found)
    if flaw := unproved(request, visit.user):
        return _ask_to_take_out(request, visit, found, flaw)
    cancelled = flow.take_out(found.pk, store_id=visit.store.pk, actor_id=visit.user.pk) or 0
    text = ngettext(
        "%(name)s foi removido; %(count)d trabalho que esperava foi cancelado. O histórico ficou guardado.",
        "%(name)s foi removido; %(count)d trabalhos que esperavam foram cancelados. O histórico ficou guardado.",
        cancelled,
    )
    messages.info(request, text % {"name": found.name, "count": cancelled})
    return redirect("/canais")


def channel_of(visit: Visit, code: str) -> Channel:
    """Return a channel that the person sees. Raises `Http404`."""
    found = read.channel_of(visit.scope, code)
    if found is None:
        raise Http404
    return found


def address_of(channel: Channel) -> str:
    return f"/canais/{quote(channel.code)}"


def show(
    request: HttpRequest,
    visit: Visit,
    found: Channel,
    wrong: Wrong | None = None,
    *,
    check: object = None,
    hearing: Hearing | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the channel's page; 422 with a form that cannot be kept as it is."""
    seen = read.overview(visit.scope, found.code)
    if seen is None:
        raise Http404
    [card] = cards_of([seen], store_paused=visit.store.paused, now=timezone.now())
    context = {
        "channel": found,
        "card": card,
        "check": check,
        "hearing": hearing or hearing_of(found),
        "has_oauth": authorizes(found.connector),
        "return_address": return_address(found.code),
        **_forms(found, wrong or Wrong()),
    }
    return page(request, "channels/page.html", context, visit=visit, status=422 if wrong else status)


def _forms(found: Channel, wrong: Wrong) -> Mapping[str, object]:
    connector = get(found.connector)
    manifest = None if isinstance(connector, Broken) else connector.manifest
    flaws = wrong.flaws or {}
    texts = wrong.described.texts if wrong.described else kept_texts(found)
    fields = described_fields(texts, manifest, flaws if wrong.described else {})
    if manifest is None:
        return {"fields": fields, "access": (), "flawed": _flawed(fields)}
    account = access_fields(manifest, found, wrong.access, flaws if wrong.access else {})
    address = wrong.access.base_url if wrong.access else found.base_url
    account = (*account, address_field(manifest, address, flaws if wrong.access else {}))
    shown, more = folded(account)
    return {
        "fields": fields,
        "access": shown,
        "access_more": more,
        "password_flaw": wrong.password,
        "here": address_of(found),
        "flawed": _flawed((*fields, *account)),
    }


def _flawed(fields: tuple[object, ...]) -> list[object]:
    return [one for one in fields if getattr(one, "flaw", "")]


def _ask_to_take_out(request: HttpRequest, visit: Visit, found: Channel, flaw: str | Promise = "") -> HttpResponse:
    seen = read.overview(visit.scope, found.code)
    context = {
        "channel": found,
        "waiting": flow.waiting(found.pk),
        "records": sum(seen.figures.counts.values()) if seen else 0,
        "password_flaw": flaw,
    }
    return page(request, "channels/remove.html", context, visit=visit, status=422 if flaw else 200)


def _saved(found: Channel) -> str:
    """Say what was kept, with the numbers as they were understood."""
    now = kept_texts(Channel.objects.get(pk=found.pk))
    rate, most = now["requests_per_second"], now["concurrency"]
    parts = [_("%(name)s salvo.") % {"name": now["name"]}]
    if rate:
        parts.append(_("Até %(rate)s requisições por segundo.") % {"rate": rate})
    if most:
        parts.append(_("Até %(count)s envios ao mesmo tempo.") % {"count": most})
    return " ".join(parts)


def _usable(code: str) -> Connector:
    connector = get(code)
    if isinstance(connector, Broken):
        raise Http404
    return connector
