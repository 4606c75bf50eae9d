"""`/canais/vtex`: where the products come from: the store's VTEX address, its keys, and its webhook."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.domain.zones import OF_BRAZIL, place_of, zones
from ponte.flows.channels import stores
from ponte.flows.channels.steer import ask_vtex, webhook_address
from ponte.web.access import Visit, acting, administering, managing, signed_in
from ponte.web.account.proof import unproved
from ponte.web.channels.form import Field, Flaws, said
from ponte.web.channels.page import check_of
from ponte.web.choice import Choice
from ponte.web.pages import page

PATH = "/canais/vtex"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def vtex(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the store's VTEX; a POST of an administrator changes address and keys."""
    if request.method != "POST":
        return _show(request, visit)
    return _change(request)


@require_POST
@acting
def test_vtex(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask VTEX for the cheapest thing, and say what is wrong."""
    policy = visit.scope.channels().order_by("pk").values_list("trade_policy", flat=True).first() or "1"
    check = check_of(ask_vtex(visit.store, policy), "VTEX")
    if request.headers.get("HX-Request"):
        return page(request, "channels/_check.html", {"check": check}, visit=visit)
    return _show(request, visit, {"check": check})


@require_POST
@administering
def rotate(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Make a new webhook address and show it, this once. Sent again (a reload), the form changes nothing."""
    if flaw := unproved(request, visit.user):
        return _show(request, visit, {"rotate_flaw": flaw}, status=422)
    if request.POST.get("seen", "") != seen(visit.store.hook_at):
        text = _("O endereço já foi trocado. Se você não anotou o novo, troque de novo.")
        return _show(request, visit, {"rotate_flaw": text}, status=409)
    key = stores.rotate_key(visit.store, actor_id=visit.user.pk)
    visit.store.refresh_from_db()
    return _show(request, visit, {"address": webhook_address(key)})


@require_POST
@managing
def set_zone(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Change where the store's days begin."""
    if not stores.set_zone(visit.store.pk, request.POST.get("time_zone", ""), actor_id=visit.user.pk):
        raise Http404
    messages.info(request, _("Fuso horário salvo. Dias e horas já seguem o novo."))
    return redirect(PATH)


def seen(at: datetime | None) -> str:
    """Return what tells one webhook key from the next without saying anything of it."""
    return at.isoformat() if at else "first"


@administering
def _change(request: HttpRequest, visit: Visit) -> HttpResponse:
    given = {name: request.POST.get(name, "").strip() for name in ("base_url", "app_key", "app_token")}
    if flaw := unproved(request, visit.user):
        return _show(request, visit, {"password_flaw": flaw}, base_url=given["base_url"], status=422)
    flaws = said(stores.set_vtex(visit.store.pk, **given, actor_id=visit.user.pk))
    if flaws:
        return _show(request, visit, base_url=given["base_url"], flaws=flaws, status=422)
    messages.info(request, _("Acesso à VTEX salvo. Teste a conexão."))
    return redirect(PATH)


def _show(
    request: HttpRequest,
    visit: Visit,
    more: dict[str, object] | None = None,
    *,
    base_url: str | None = None,
    flaws: Flaws | None = None,
    status: int = 200,
) -> HttpResponse:
    fields = _fields(visit, base_url, flaws or {})
    context = {
        "store": visit.store,
        "fields": fields,
        "flawed": [one for one in fields if one.flaw],
        "seen": seen(visit.store.hook_at),
        "zones": _zones(visit) if visit.may_manage else (),
        **(more or {}),
    }
    return page(request, "channels/vtex.html", context, visit=visit, status=status)


def _zones(visit: Visit) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """Return the zones to choose from, Brazil's first."""
    now = visit.store.time_zone
    brazil = tuple(Choice(name, place_of(name), name == now) for name in OF_BRAZIL)
    others = sorted(zones() - {*OF_BRAZIL})
    return (
        (_("Brasil"), brazil),
        (_("Outros"), tuple(Choice(name, name.replace("_", " "), name == now) for name in others)),
    )


def _fields(visit: Visit, base_url: str | None, flaws: Flaws) -> tuple[Field, ...]:
    store = visit.store

    def secret(name: str, label: str | Promise, *, is_set: bool) -> Field:
        at = store.keys_at or store.created_at
        flaw = flaws.get(name, "")
        return Field(name, label, flaw=flaw, secret=True, is_set=is_set, set_at=at, required=not is_set, wide=True)

    hint = _("O endereço da API da conta, como https://%(account)s.vtexcommercestable.com.br.")
    address = store.base_url if base_url is None else base_url
    told = hint % {"account": store.account}
    return (
        Field("base_url", _("Endereço"), address, told, flaws.get("base_url", ""), required=True, wide=True),
        secret("app_key", "AppKey", is_set=bool(store.app_key_sealed)),
        secret("app_token", "AppToken", is_set=bool(store.app_token_sealed)),
    )
