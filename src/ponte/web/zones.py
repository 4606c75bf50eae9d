"""The clock of a request: the store's time zone, from when the store is known to the end of the request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


def local(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Return the middleware: a zone that a view took does not outlive its request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with timezone.override(None):
            return answer(request)

    return middleware
