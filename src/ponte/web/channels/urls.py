"""The pages about channels by path."""

from __future__ import annotations

from django.urls import path

from ponte.web.views import (
    category_sheet,
    channels,
    connection,
    hearing,
    mapping,
    mapping_sheets,
    new_channel,
    suggestions,
    vtex,
)

urlpatterns = [
    path("canais", channels.channels),
    path("canais/novo", new_channel.new_channel),
    path("canais/vtex", vtex.vtex),
    path("canais/vtex/testar", vtex.test_vtex),
    path("canais/vtex/webhook", vtex.rotate),
    path("canais/vtex/fuso", vtex.set_zone),
    path("canais/<slug:code>", channels.channel),
    path("canais/<slug:code>/conta", channels.access),
    path("canais/<slug:code>/testar", channels.test),
    path("canais/<slug:code>/pausar", channels.pause),
    path("canais/<slug:code>/retomar", channels.resume),
    path("canais/<slug:code>/remover", channels.take_out),
    path("canais/<slug:code>/notificacoes", hearing.make_address),
    path("canais/<slug:code>/conectar", connection.connect),
    path("canais/<slug:code>/retorno", connection.back),
    path("canais/<slug:code>/mapeamento", mapping.mapping),
    path("canais/<slug:code>/mapeamento/arquivo", mapping.file),
    path("canais/<slug:code>/mapeamento/planilha", mapping_sheets.spreadsheet),
    path("canais/<slug:code>/mapeamento/sugestoes", suggestions.suggestions),
    path("canais/<slug:code>/mapeamento/versoes/<int:number>", mapping.version),
    path("canais/<slug:code>/mapeamento/versoes/<int:number>/restaurar", mapping.restore),
    path("canais/<slug:code>/categorias/<path:category>", category_sheet.category),
]
