"""`/canais/CODE/anuncios`: which record has which listing, and the search for those that stand there already."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ponte.db import listings as read
from ponte.flows.listings import search as listing_search
from ponte.web.access import Visit, acting, managing, signed_in
from ponte.web.listings.page import asked_of, listings_of
from ponte.web.pages import page
from ponte.web.views.channels import address_of, channel_of


@require_safe
@signed_in
def listings(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Show a channel's records by their listings: `mostrar`, `busca` (a listing's id or a SKU), `depois`."""
    found = channel_of(visit, code)
    asked = asked_of(request.GET)
    rows = read.page(visit.scope, found.pk, asked.show, asked=asked.text, after=asked.after)
    for row in rows.rows:
        row.channel = found
    links = read.links_now([row.pk for row in rows.rows])
    shown = listings_of(found, asked, rows, links, search=read.last_search(found.pk), visit=visit)
    return page(request, "channels/listings.html", {"channel": found, "listings": shown}, visit=visit)


@require_POST
@acting
def search(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Have the workers look for the listings of every record without one."""
    found = channel_of(visit, code)
    begun = listing_search.start(found, actor_id=visit.user.pk)
    if begun is None:
        messages.info(request, _("O conector deste canal não procura anúncios por SKU."))
    else:
        messages.info(request, _("A procura começou e segue sozinha, no ritmo do canal."))
    return redirect(f"{address_of(found)}/anuncios")


@require_POST
@acting
def stop(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """End the search; what it adopted stays."""
    found = channel_of(visit, code)
    if listing_search.stop(found, actor_id=visit.user.pk):
        messages.info(request, _("Procura parada. O que já foi adotado fica."))
    return redirect(f"{address_of(found)}/anuncios")


@require_POST
@managing
def adopt(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Choose whether the SKU is looked for before a listing is made (`adotar`: "1" or nothing)."""
    found = channel_of(visit, code)
    adopts = request.POST.get("adotar") == "1"
    listing_search.set_adopts(found, adopts=adopts, actor_id=visit.user.pk)
    on = _("Ligado: antes de criar um anúncio, o Ponte procura o SKU no marketplace.")
    off = _("Desligado: o Ponte cria o anúncio sem procurar antes.")
    messages.info(request, on if adopts else off)
    return redirect(f"{address_of(found)}/anuncios")
