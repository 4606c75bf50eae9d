"""Connecting a marketplace account on its own page (OAuth): the way there, and the way back."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ponte.db.models import Channel
from ponte.domain.problem import Problem
from ponte.flows.channels import authorization
from ponte.web.access import Visit, administering
from ponte.web.channels.connection import come_back, remember, return_address
from ponte.web.channels.page import trouble_of
from ponte.web.pages import page
from ponte.web.views.channels import address_of, channel_of


@require_POST
@administering
def connect(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Go to the marketplace's page, by a page of ours: a form may not lead elsewhere by itself."""
    found = channel_of(visit, code)
    begun = authorization.begin(found.pk, return_address(found.code))
    if isinstance(begun, Problem):
        raise Http404
    remember(request, visit.user, found, begun)
    context = {"channel": found, "url": begun.url, "host": urlsplit(begun.url).netloc}
    return page(request, "channels/leave.html", context, visit=visit)


@require_GET
@administering
def back(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Take the code that the marketplace gave; what does not fit is said, and nothing is asked of anybody."""
    found = channel_of(visit, code)
    pending = come_back(request, visit.user, found, request.GET.get("state", ""))
    given = authorization.read_back(found.connector, request.GET.dict())
    if pending is None:
        text = _("Este retorno não vale mais: já foi usado, passou de 10 minutos ou começou em outro navegador.")
        return _failed(request, visit, found, text)
    if request.GET.get("error"):
        return _failed(request, visit, found, _("O acesso não foi permitido na página do marketplace."))
    if not given.code:
        return _failed(request, visit, found, _("O marketplace voltou sem o código de acesso."))
    done = authorization.finish(
        found.pk,
        given.code,
        redirect_uri=return_address(found.code),
        verifier=pending.verifier,
        actor_id=visit.user.pk,
        told=given.settings,
    )
    if isinstance(done, Problem):
        return _failed(request, visit, found, _("O marketplace não aceitou a conexão."), done)
    messages.info(request, _connected(done))
    return redirect(address_of(found))


def _connected(done: authorization.Connected) -> str:
    if done.before and done.account != done.before:
        text = _("Conta %(account)s conectada. Atenção: antes era a conta %(before)s; os anúncios dela ficaram lá.")
        return text % {"account": done.account, "before": done.before}
    if done.account:
        return _("Conta %(account)s conectada. Os envios que esperavam continuam.") % {"account": done.account}
    return _("Conta conectada. Os envios que esperavam continuam.")


def _failed(
    request: HttpRequest, visit: Visit, found: Channel, text: str, problem: Problem | None = None
) -> HttpResponse:
    trouble = trouble_of(problem, found.name) if problem else None
    context = {"channel": found, "text": text, "trouble": trouble, "return_address": return_address(found.code)}
    return page(request, "channels/not_connected.html", context, visit=visit, status=400)
