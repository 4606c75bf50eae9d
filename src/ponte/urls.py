"""The doors by path."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

handler400 = "ponte.web.views.errors.bad_request"
handler403 = "ponte.web.views.errors.forbidden"
handler404 = "ponte.web.views.errors.not_found"
handler500 = "ponte.web.views.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("ponte.web.urls")),
    path("", include("ponte.api.urls")),
]
