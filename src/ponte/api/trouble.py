"""From exceptions to refusals, for every route; one of the doors where everything is caught."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from ponte.api.callers import caller_of, note_refused_call
from ponte.api.refusals import FieldError, RefusedError, refusal
from ponte.db.sql import was_too_heavy

logger = logging.getLogger(__name__)
MAX_ERRORS = 20
BEYOND = {"role-too-low", "scope-too-narrow"}


def answer_trouble(api: NinjaAPI) -> None:
    """Register what each exception becomes; the most particular class wins."""
    api.add_exception_handler(RefusedError, _refused)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AuthenticationError, _named("unauthorized"))
    api.add_exception_handler(Http404, _named("not-found"))
    api.add_exception_handler(RequestDataTooBig, _named("too-large"))
    api.add_exception_handler(SuspiciousOperation, _named("bad-request"))
    api.add_exception_handler(HttpError, _named("bad-json"))
    api.add_exception_handler(OperationalError, _unavailable)
    api.add_exception_handler(InterfaceError, _unavailable)
    api.add_exception_handler(Exception, _bug)


def _refused(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    if not isinstance(error, RefusedError):
        raise TypeError(error)
    if error.name in BEYOND and hasattr(request, "auth"):
        # The door noted what it refused; within a route it is noted here, when what the route began is undone.
        note_refused_call(request, caller_of(request))
    return refusal(request, error)


def _named(name: str) -> Callable[[HttpRequest, Exception | type[Exception]], HttpResponse]:
    def answer(request: HttpRequest, _error: Exception | type[Exception]) -> HttpResponse:
        return refusal(request, RefusedError(name))

    return answer


def _invalid(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    if not isinstance(error, ValidationError):
        raise TypeError(error)
    found = [_field_error(one) for one in error.errors[:MAX_ERRORS]]
    in_body = any(one.field.startswith("body") for one in found)
    return refusal(request, RefusedError("invalid" if in_body else "bad-query", errors=found))


def _field_error(error: dict[str, object]) -> FieldError:
    """Name the field as the caller wrote it: Ninja puts its own parameter's name after the source."""
    loc = error.get("loc")
    source, *path = [str(part) for part in loc] if isinstance(loc, tuple | list) else ["body"]
    return FieldError(".".join([source, *path[1:]])[:200], str(error.get("msg", "")))


def _unavailable(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    logger.warning("The database did not answer: %s", type(error).__name__)
    return unavailable(request, error)


def unavailable(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Answer 503: the database is down, or was not asked to the end because that took too long."""
    if isinstance(error, Exception) and was_too_heavy(error):
        return refusal(request, RefusedError("too-heavy", headers={"Retry-After": "30"}))
    return refusal(request, RefusedError("unavailable", headers={"Retry-After": "5"}))


def _bug(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    logger.error(
        "%s %s failed", request.method, request.path, exc_info=error if isinstance(error, Exception) else None
    )
    return refusal(request, RefusedError("internal"))
