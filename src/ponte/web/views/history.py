"""`/historico`: every try of a day, and how much happened on each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ponte.web.access import Visit, signed_in
from ponte.web.history import history_of, read
from ponte.web.pages import page


@require_safe
@signed_in
def history(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the history. An address that cannot be followed is answered 400, with the reason."""
    shown = history_of(visit, read(request))
    status = 400 if shown.reading.flaws else 200
    return page(request, "history/page.html", {"history": shown}, visit=visit, status=status)
