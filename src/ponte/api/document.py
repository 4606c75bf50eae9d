"""`openapi.json` and the page `docs` made from it: plain HTML without a script, so the page keeps the house's CSP.

Both are for people who are signed in and for holders of a token; they hold no store's data.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from ponte.api.answers import dumped
from ponte.api.callers import bearer, find_caller
from ponte.api.refusals import RefusedError, refusal
from ponte.api.service import PREFIX, api


def openapi() -> dict[str, Any]:
    """Return the OpenAPI document."""
    return dict(api.get_openapi_schema(path_prefix=f"{PREFIX}/"))


@require_GET
def openapi_json(request: HttpRequest) -> HttpResponse:
    if not _may_read(request):
        return refusal(request, RefusedError("unauthorized"))
    return HttpResponse(dumped(openapi()), content_type="application/json")


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    if _may_read(request):
        return HttpResponse(page(openapi()))
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.path})}")


def page(document: dict[str, Any]) -> SafeString:
    """Return the document as a page: one section per route."""
    sections = format_html_join("\n", "{}", ((section,) for section in _sections(document)))
    return format_html(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ponte API {version}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main>'
        "<h1>Ponte API {version}</h1><p>Send <code>Authorization: Bearer ponte_...</code> with every request. "
        '<a href="{url}">openapi.json</a> is the same for machines.</p>{sections}</main></body></html>',
        version=document["info"]["version"],
        url=f"{PREFIX}/openapi.json",
        sections=sections,
    )


def _sections(document: dict[str, Any]) -> Iterator[SafeString]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield format_html(
                '<section id="{id}"><h2><code>{method} {path}</code></h2><p>{summary}</p><p>{more}</p>'
                "<ul>{parameters}</ul><p>Answers: {answers}</p></section>",
                id=operation["operationId"],
                method=method.upper(),
                path=path,
                summary=operation["summary"],
                more=operation.get("description", ""),
                parameters=_parameters(operation),
                answers=", ".join(str(status) for status in operation["responses"]),
            )


def _parameters(operation: dict[str, Any]) -> SafeString:
    rows = (
        (parameter["name"], parameter["in"], parameter.get("description", ""))
        for parameter in operation.get("parameters", [])
    )
    return format_html_join("", "<li><code>{}</code> ({}) {}</li>", rows)


def _may_read(request: HttpRequest) -> bool:
    return request.user.is_authenticated or find_caller(bearer(request)) is not None
