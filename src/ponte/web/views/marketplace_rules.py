"""`/canais/CODE/regras`: what the marketplace's categories ask for, how old that is, and what changed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ponte.db import rules as read
from ponte.db.models import Channel
from ponte.flows.facts import sheet_check
from ponte.flows.facts.refreshing import ask_soon
from ponte.web.access import Visit, acting, signed_in
from ponte.web.listings.rules import rules_of, sheets_connector
from ponte.web.pages import page
from ponte.web.views.channels import address_of, channel_of


@require_safe
@signed_in
def rules(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Show the channel's sheets: `mudou` for those that changed, `depois` for the next ones."""
    found = channel_of(visit, code)
    connector = sheets_connector(found)
    changed = request.GET.get("mudou") == "1"
    prefix = connector.sheet_key("") if connector else ""
    rows = read.page(found.pk, prefix, changed=changed, after=request.GET.get("depois", ""))
    facts = rows if prefix else read.Page(())
    keys = [fact.key for fact in facts.facts]
    shown = rules_of(
        found, facts, read.products_of(found.pk, keys), read.last_checks(found.pk, keys), changed=changed
    )
    return page(request, "channels/rules.html", {"channel": found, "rules": shown}, visit=visit)


@require_POST
@acting
def check(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Have the products of a category (`ficha`) checked by its sheet as it is now; nothing is sent."""
    found, key = _named(request, visit, code)
    begun = sheet_check.start(found, key, actor_id=visit.user.pk)
    if begun is None:
        messages.info(request, _("Nenhum produto deste canal foi verificado por esta categoria ainda."))
    else:
        messages.info(request, _("A verificação começou e segue sozinha. Nada é enviado."))
    return redirect(f"{address_of(found)}/regras")


@require_POST
@acting
def refresh(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Have a category's sheet (`ficha`) read anew soon."""
    found, key = _named(request, visit, code)
    ask_soon(found, key, actor_id=visit.user.pk)
    messages.info(request, _("As regras desta categoria serão lidas de novo em instantes."))
    return redirect(f"{address_of(found)}/regras")


def _named(request: HttpRequest, visit: Visit, code: str) -> tuple[Channel, str]:
    """Return the channel and the key of one of its sheets. Raises `Http404`."""
    found = channel_of(visit, code)
    connector = sheets_connector(found)
    key = request.POST.get("ficha", "")
    prefix = connector.sheet_key("") if connector else ""
    if not prefix or not key.startswith(prefix) or read.fact_of(found.pk, key) is None:
        raise Http404
    return found, key
