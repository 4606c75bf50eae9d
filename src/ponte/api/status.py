"""`/healthz`, `/readyz` and `/metrics`, for whoever looks after the machine."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from ponte.api.callers import bearer, find_caller
from ponte.api.refusals import RefusedError, refusal
from ponte.api.trouble import unavailable
from ponte.db.sql import DOWN
from ponte.ops.health import OK, readiness_soon
from ponte.ops.metrics import CONTENT_TYPE, exposition

# A proxy on this machine calls from loopback too, for anybody: it says so with one of these.
FORWARDING = (
    "X-Forwarded-For",
    "Forwarded",
    "X-Real-IP",
    "Via",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "CF-Connecting-IP",
)


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers; nothing is asked of the database."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when work can be done, else 503; one word per question either way."""
    found = readiness_soon()
    ready = all(word == OK for word in found.values())
    response = JsonResponse(found, status=200 if ready else 503)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All numbers for who has `PONTE_METRICS_TOKEN`; for an API token's holder what they see; 401 for anybody else.

    All numbers for any caller on this machine too where `PONTE_METRICS_LOOPBACK` says so: a proxy here that adds no
    header would be one, and let everybody read. 503 while the database does not answer.
    """
    try:
        return _metrics(request)
    except DOWN as error:
        return unavailable(request, error)


def _metrics(request: HttpRequest) -> HttpResponse:
    token = bearer(request)
    if _reads_all(request, token):
        return HttpResponse(exposition(), content_type=CONTENT_TYPE)
    caller = find_caller(token) if token else None
    if caller is None:
        return refusal(request, RefusedError("unauthorized"))
    return HttpResponse(exposition(caller.scope), content_type=CONTENT_TYPE)


def _reads_all(request: HttpRequest, token: str) -> bool:
    if token:
        return bool(settings.METRICS_TOKEN) and constant_time_compare(token, settings.METRICS_TOKEN)
    return bool(settings.METRICS_LOOPBACK) and _from_here(request)


def _from_here(request: HttpRequest) -> bool:
    if any(name in request.headers for name in FORWARDING):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
