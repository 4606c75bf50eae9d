"""Pages and the API wait at most some seconds for one statement: a heavy search cannot keep the database busy.

Only on PostgreSQL, and only for requests: workers, migrations, the webhook's writer, commands and files that are
written while they are sent take their time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase


def limited(answer: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return the middleware that limits the statements of a request to `REQUEST_STATEMENT_MS`."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if connection.vendor != "postgresql":
            return answer(request)
        database: Any = connection
        database.limit_statements(settings.REQUEST_STATEMENT_MS)
        try:
            return answer(request)
        finally:
            database.limit_statements(0)  # for whatever this thread does next: a file is written after its answer

    return middleware
