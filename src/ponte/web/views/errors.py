"""Pages for what went wrong, in words."""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ponte.db.sql import DOWN, was_too_heavy
from ponte.web.pages import page, trouble

TOKEN_FIELD = "csrfmiddlewaretoken"  # noqa: S105 -- the name of a field
MOST_KEPT = 200
SECRET = re.compile("password|senha|secret|token|key|credential|code", re.IGNORECASE)

log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django passes it
    """Answer 400: the address or form cannot be followed."""
    return trouble(request, "errors/400.html", {}, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django passes it
    """Answer 403."""
    return trouble(request, "errors/403.html", {}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django passes it
    """Answer 404: nothing is here, or not for this person."""
    return trouble(request, "errors/404.html", {}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500 with a number that is also in the log; 503 while the database does not answer, or not in time.

    None of the pages asks the database for anything: messages may be kept in the session.
    """
    error = sys.exc_info()[1]
    if was_too_heavy(error):
        return _too_heavy(request)
    if isinstance(error, DOWN):
        answer = page(request, "errors/503.html", {"messages": (), "again": _again(request)}, status=503)
        answer.headers["Retry-After"] = "5"
        return answer
    number = secrets.token_hex(4)
    log.error("answered 500 as %s to %s", number, request.path)
    told = {"number": number, "messages": (), "again": _again(request)}
    return page(request, "errors/500.html", told, status=500)


def _too_heavy(request: HttpRequest) -> HttpResponse:
    """Answer 503 to what the database was not asked to the end (`ponte.web.heavy`), and say how to ask for less."""
    log.warning("answered 503 to %s: a statement took too long", request.path)
    reads = request.method in {"GET", "HEAD"}
    told = {"messages": (), "reads": reads, "again": _again(request)}
    answer = page(request, "errors/heavy.html", told, status=503)
    answer.headers["Retry-After"] = "30"
    text = _("O banco de dados demorou demais. Peça menos de uma vez, ou tente de novo em instantes.")
    answer.headers["HX-Trigger"] = json.dumps({"ponte:notice": {"text": text}})
    return answer


def csrf_failure(request: HttpRequest, **_reason: str) -> HttpResponse:
    """Answer 403 to a form of an old page: say so, keep what was filled in, and give the way back."""
    context = {"back": _same_site_referer(request), "kept": _kept(request), "action": request.get_full_path()}
    answer = trouble(request, "errors/csrf.html", context, status=403)
    notice = {"ponte:notice": {"text": _("Esta página ficou antiga. Recarregue e tente de novo."), "reload": True}}
    answer.headers["HX-Trigger"] = json.dumps(notice)
    return answer


def methods_told(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Return the middleware that says in words, with the way back, that a form's address is no page (405).

    It is met by reloading what a refused form answered.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        given = answer(request)
        if given.status_code != HTTPStatus.METHOD_NOT_ALLOWED or given.content or "Allow" not in given.headers:
            return given
        if not request.accepts("text/html") or request.path.startswith("/api/"):
            return given
        back = request.path.rstrip("/").rpartition("/")[0] or "/"
        text = _("Este endereço só recebe formulários; não há nada para abrir aqui.")
        told = trouble(request, "errors/refused.html", {"text": text, "back": back}, status=given.status_code)
        told.headers["Allow"] = given.headers["Allow"]
        return told

    return middleware


def no_store(request: HttpRequest) -> HttpResponse:
    """Answer a person who works in no store yet."""
    return page(request, "errors/no_store.html", {}, status=403)


def _again(request: HttpRequest) -> str:
    """Return where to try again: the page itself, or the one with the form, which is not sent twice unasked."""
    return request.get_full_path() if request.method in {"GET", "HEAD"} else _same_site_referer(request)


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what a form of ours held, so that it can be sent again by a button.

    Nothing of another site's form, which nobody here filled in; and nothing that holds a secret or a file.
    """
    if request.headers.get("Origin") != f"{request.scheme}://{request.get_host()}" or request.FILES:
        return []
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name != TOKEN_FIELD]
    if len(fields) > MOST_KEPT or any(SECRET.search(name) for name, _value in fields):
        return []
    return [(name, str(value)) for name, value in fields]


def _same_site_referer(request: HttpRequest) -> str:
    referer = request.headers.get("Referer", "")
    prefix = f"{request.scheme}://{request.get_host()}/"
    return referer if referer.startswith(prefix) else "/produtos"
