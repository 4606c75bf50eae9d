"""What a person keeps beside the list: pasted SKUs, columns, saved views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ponte.db import sku_lists
from ponte.db.models import SavedView
from ponte.db.sku_lists import MAX_LISTED
from ponte.db.views import saved_view, saved_views
from ponte.flows.sku_lists import keep_list, skus_in
from ponte.flows.views import ViewFlaw, change_view, drop_view, may_change, save_view
from ponte.web.access import Visit, signed_in
from ponte.web.pages import page, safe_next
from ponte.web.products.asked import LIST, Asked, address, read
from ponte.web.products.columns import COLUMNS, COOKIE, kept_as
from ponte.web.templatetags.ponte import number
from ponte.web.views.preferences import YEAR

VIEWS: Final = "/produtos/visoes"
FLAWS: Mapping[ViewFlaw, str | Promise] = {
    ViewFlaw.NO_NAME: gettext_lazy("Dê um nome à visão."),
    ViewFlaw.LONG_NAME: gettext_lazy("O nome é longo demais: use até 60 caracteres."),
    ViewFlaw.NAME_TAKEN: gettext_lazy("Já existe uma visão com este nome."),
    ViewFlaw.LONG_QUERY: gettext_lazy("Este filtro é longo demais para ser salvo. Cole os SKUs como lista."),
    ViewFlaw.TOO_MANY: gettext_lazy("Você já tem 50 visões. Exclua uma antes."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sku_list(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Keep a pasted list (`skus`) and go to the list of its records, with the other filters (`endereco`)."""
    if request.method != "POST":
        return _paste(request, visit, "", "", 200)
    text = request.POST.get("skus", "")
    skus = skus_in(text)
    if not skus:
        return _paste(request, visit, text, _("Cole pelo menos um SKU."), 400)
    if len(skus) > MAX_LISTED:
        told = _("Cole até %(most)s SKUs de cada vez; vieram %(count)s.")
        return _paste(request, visit, text, told % {"most": number(MAX_LISTED), "count": number(len(skus))}, 400)
    kept = keep_list(skus, store_id=visit.store.pk, owner_id=visit.user.pk)
    asked = _asked(request)
    others = {name: value for name, value in asked.values.items() if name not in {"q", "sku", "list"}}
    return redirect(address({**others, **asked.order, "list": str(kept.pk)}))


@require_GET
@signed_in
def missing_skus(_request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Send the SKUs of a list that have no record here, one a line."""
    listed = sku_lists.sku_list(visit.scope, number)
    if listed is None:
        raise Http404
    text = "".join(f"{sku}\n" for sku in sku_lists.missing(visit.scope, listed))
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="skus-sem-registro.txt"'
    return answer


@require_POST
@signed_in
def set_columns(request: HttpRequest, _visit: Visit) -> HttpResponse:
    """Keep which columns (`coluna`, several) a person wants to see."""
    chosen = set(request.POST.getlist("coluna"))
    if not chosen <= set(COLUMNS):
        raise Http404
    answer = redirect(safe_next(request))
    answer.set_cookie(
        COOKIE, kept_as(chosen), max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
    )
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def views(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the saved views; a POST saves the list `endereco` under a name."""
    if request.method != "POST":
        return _views(request, visit, read(request).view)
    asked = _asked(request)
    shared = bool(request.POST.get("shared")) and visit.may_act
    name = request.POST.get("name", "")
    if asked.flaws:
        raise Http404
    saved = save_view(name, asked.view, store_id=visit.store.pk, person_id=visit.user.pk, shared=shared)
    if isinstance(saved, ViewFlaw):
        return _views(request, visit, asked.view, flaw=saved, name=name)
    messages.info(request, _("Visão “%(name)s” salva.") % {"name": saved.name})
    return redirect(address({**asked.values, **asked.order}))


@require_POST
@signed_in
def view(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Change a saved view, or delete it (`verb`)."""
    found = saved_view(visit.store.pk, visit.user.pk, number)
    if found is None or not may_change(found, person_id=visit.user.pk, role=visit.role):
        raise Http404
    match request.POST.get("verb"):
        case "delete":
            drop_view(found, person_id=visit.user.pk)
            messages.info(request, _("Visão “%(name)s” excluída.") % {"name": found.name})
        case "change":
            shared = bool(request.POST.get("shared")) and visit.may_act
            done = change_view(found, person_id=visit.user.pk, name=request.POST.get("name", ""), shared=shared)
            if isinstance(done, ViewFlaw):
                return _views(request, visit, "", flaw=done, at=found)
        case _:
            raise Http404
    return redirect(VIEWS)


def _paste(request: HttpRequest, visit: Visit, text: str, flaw: str, status: int) -> HttpResponse:
    asked = _asked(request) if request.method == "POST" else read(request)
    context = {"text": text, "flaw": flaw, "filtered": asked.view, "most": MAX_LISTED}
    return page(request, "products/sku_list.html", context, visit=visit, status=status)


def _views(
    request: HttpRequest,
    visit: Visit,
    query: str,
    *,
    flaw: ViewFlaw | None = None,
    name: str = "",
    at: SavedView | None = None,
) -> HttpResponse:
    shown = [
        (one, f"{LIST}?{one.query}", may_change(one, person_id=visit.user.pk, role=visit.role))
        for one in saved_views(visit.store.pk, visit.user.pk)
    ]
    told = FLAWS[flaw] if flaw else ""
    context = {"views": shown, "query": query, "flaw": told, "name": name, "at": at.pk if at else None}
    return page(request, "products/views.html", context, visit=visit, status=400 if flaw else 200)


def _asked(request: HttpRequest) -> Asked:
    """Read the address of the list that a form repeats."""
    asking = HttpRequest()
    asking.GET = QueryDict(request.POST.get("endereco", ""))
    return read(asking)
