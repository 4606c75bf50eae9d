"""The pages about listings and a marketplace's rules by path."""

from __future__ import annotations

from django.urls import path

from ponte.web.views import channel_listings, listing, marketplace_rules

urlpatterns = [
    path("produtos/<int:number>/anuncio/procurar", listing.find),
    path("produtos/<int:number>/anuncio/adotar", listing.adopt),
    path("produtos/<int:number>/anuncio/vincular", listing.link),
    path("produtos/<int:number>/anuncio/desvincular", listing.unlink),
    path("produtos/<int:number>/anuncio/encerrar", listing.end),
    path("produtos/<int:number>/anuncio/manter", listing.keep),
    path("canais/<slug:code>/anuncios", channel_listings.listings),
    path("canais/<slug:code>/anuncios/procurar", channel_listings.search),
    path("canais/<slug:code>/anuncios/parar", channel_listings.stop),
    path("canais/<slug:code>/anuncios/adotar", channel_listings.adopt),
    path("canais/<slug:code>/regras", marketplace_rules.rules),
    path("canais/<slug:code>/regras/verificar", marketplace_rules.check),
    path("canais/<slug:code>/regras/reler", marketplace_rules.refresh),
]
