"""`/canais/novo`: choose a connector, then say which account."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ponte.connectors import Broken, get, installed
from ponte.domain.connector import Connector, Finds, Manifest, Preset
from ponte.flows.channels import stores
from ponte.flows.channels.authorization import authorizes
from ponte.flows.channels.fitness import Access
from ponte.flows.listings.search import can_find, set_adopts
from ponte.web.access import Visit, administering
from ponte.web.account.proof import unproved
from ponte.web.channels.form import (
    Field,
    Typed,
    access_fields,
    address_field,
    described_fields,
    folded,
    said,
    typed,
    typed_access,
)
from ponte.web.pages import page
from ponte.web.products.rows import TINTS
from ponte.web.views.channels import address_of


@dataclass(frozen=True, slots=True)
class Choice:
    """A connector to choose; `reason` says why it cannot be."""

    code: str
    name: str
    short: str
    reason: str = ""
    tint: int = 0
    known: tuple[str, ...] = ()
    """The operators of a platform that are known by name."""
    beta: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
@administering
def new_channel(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the connectors; with `conector`, the form of one; a POST connects."""
    code = request.POST.get("connector", "") or request.GET.get("conector", "")
    if not code:
        return page(request, "channels/choose.html", {"choices": _choices()}, visit=visit)
    connector = get(code)
    if isinstance(connector, Broken):
        raise Http404
    if request.method != "POST":
        preset = _preset(connector.manifest, request.GET.get("modelo", ""))
        name = preset.name if preset else connector.manifest.name
        texts = {"code": "", "name": name, "trade_policy": "1"}
        access = Access(preset.base_url, preset.settings) if preset else None
        return _form(request, visit, connector, Typed(texts, typed(request.POST).described), access)
    return _connect(request, visit, connector)


def _preset(manifest: Manifest, code: str) -> Preset | None:
    """Return the known operator that the address names."""
    return next((one for one in manifest.presets if one.code == code), None)


def _connect(request: HttpRequest, visit: Visit, connector: Connector) -> HttpResponse:
    given, access = typed(request.POST), typed_access(request.POST, connector.manifest)
    if given.flaws:
        return _form(request, visit, connector, given, access)
    if flaw := unproved(request, visit.user):
        return _form(request, visit, connector, replace(given, flaws={"password": flaw}), access)
    made = stores.add_channel(
        visit.store,
        code=given.texts["code"],
        name=given.described.name,
        connector=connector.manifest.code,
        affiliate_id=given.described.affiliate_id,
        trade_policy=given.described.trade_policy,
        settings=access.settings,
        secrets=access.secrets,
        base_url=access.base_url,
        actor_id=visit.user.pk,
    )
    if isinstance(made, stores.Unusable):
        return _form(request, visit, connector, replace(given, flaws=said(made.flaws)), access)
    if request.POST.get("adotar") == "1" and can_find(made):
        set_adopts(made, adopts=True, actor_id=visit.user.pk)
    messages.info(request, _after(made.connector))
    return redirect(address_of(made))


def _after(connector: str) -> str:
    if authorizes(connector):
        return _("Canal criado. Agora conecte a conta e depois faça o mapeamento.")
    return _("Canal criado. Agora teste a conexão e depois faça o mapeamento.")


def _form(
    request: HttpRequest, visit: Visit, connector: Connector, given: Typed, access: Access | None = None
) -> HttpResponse:
    wrong = given.flaws
    hint = _("Curto, para endereços e comandos: mlb, por exemplo. Não muda depois.")
    code = Field("code", _("Código"), given.texts.get("code", ""), hint, wrong.get("code", ""), required=True)
    fields = (code, *described_fields(given.texts, connector.manifest, wrong))
    account = (
        *access_fields(connector.manifest, None, access, wrong),
        address_field(connector.manifest, access.base_url if access else "", wrong),
    )
    shown, more = folded(account)
    context = {
        "connector": connector.manifest,
        "has_oauth": authorizes(connector.manifest.code),
        "finds": isinstance(connector, Finds),
        "adopts": request.method != "POST" or request.POST.get("adotar") == "1",
        "fields": [one for one in fields if one.name not in {"requests_per_second", "concurrency"}],
        "access": shown,
        "access_more": more,
        "preset": _preset(connector.manifest, request.GET.get("modelo", "")),
        "password_flaw": wrong.get("password", ""),
        "flawed": [one for one in (*fields, *account) if one.flaw],
    }
    return page(request, "channels/new.html", context, visit=visit, status=422 if wrong else 200)


def _choices() -> list[Choice]:
    return [
        Choice(code, code, code[:2].upper(), found.reason[:200])
        if isinstance(found, Broken)
        else _choice(found.manifest, at % TINTS)
        for at, (code, found) in enumerate(installed().items(), 1)
    ]


def _choice(manifest: Manifest, tint: int) -> Choice:
    short = manifest.short or manifest.name[:2].upper()
    known = tuple(one.name for one in manifest.presets)
    return Choice(manifest.code, manifest.name, short, tint=tint, known=known, beta=manifest.beta)
