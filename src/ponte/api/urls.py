"""The API's paths. The project's urls.py joins them at the root."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt

from ponte.api.document import docs, openapi_json
from ponte.api.refusals import RefusedError, not_found, refusal
from ponte.api.service import PREFIX, api
from ponte.api.status import healthz, metrics, readyz
from ponte.api.vtex_logs import vtex_logs

View = Callable[..., HttpResponseBase]


def _with_own_405(view: View) -> View:
    """Answer a wrong method as a problem too; Ninja has no hook for it. The exemption from CSRF is Ninja's own."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        allow = response.get("Allow", "")
        return refusal(request, RefusedError("method-not-allowed", method=request.method, headers={"Allow": allow}))

    return answer


def _routes() -> list[URLPattern]:
    patterns, _, _ = api.urls
    found = [pattern for pattern in patterns if isinstance(pattern, URLPattern) and pattern.name != "api-root"]
    for pattern in found:
        pattern.callback = _with_own_405(pattern.callback)
    return found


@csrf_exempt  # whatever the method: there is nothing here to protect
def nothing_here(request: HttpRequest, **_: str) -> HttpResponse:
    return refusal(request, not_found())


_v1 = [
    path("openapi.json", openapi_json, name="openapi"),
    path("docs", docs, name="docs"),
    *_routes(),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path(f"{PREFIX[1:]}/", (_v1, "api", "api")),  # (patterns, app, namespace)
    re_path(r"^api(?:/.*)?$", nothing_here),
    re_path(r"^logs/?$", csrf_exempt(vtex_logs), name="vtex-logs"),
    re_path(r"^(?P<account>[-\w]{1,80})/logs/?$", csrf_exempt(vtex_logs), name="vtex-logs-of"),
]
