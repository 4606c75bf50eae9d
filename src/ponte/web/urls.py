"""The pages by path."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from ponte.web import assets
from ponte.web.views import actions, errors, login, preferences, products, record

urlpatterns = [
    path("", RedirectView.as_view(url="/produtos")),
    path("ativos/<str:name>", assets.serve),
    path("entrar", login.sign_in),
    path("sair", login.sign_out),
    path("sem-loja", errors.no_store),
    path("idioma", preferences.set_language),
    path("tema", preferences.set_theme),
    path("loja", preferences.set_store),
    path("produtos", products.products),
    path("produtos/linhas", products.live),
    path("produtos/acoes", actions.act_on_chosen),
    path("produtos/<int:number>", record.record),
    path("produtos/<int:number>/origem", products.origin),
    path("produtos/<int:number>/tentativas", record.tries),
    path("produtos/<int:number>/tentativas/<int:nth>", record.passages),
    path("produtos/<int:number>/reprocessar", actions.reprocess_one),
    path("produtos/<int:number>/remover", actions.remove_one),
    path("produtos/<int:number>/restaurar", actions.restore_one),
]
