"""`/`: how things stand, and what to do next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from ponte.web.access import Visit, signed_in
from ponte.web.overview.page import overview_of
from ponte.web.overview.slots import period_of
from ponte.web.pages import page


@require_safe
@signed_in
def overview(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the first page. `periodo` is 24h, 7d or 30d; another one leads to the page's own."""
    period = period_of(request)
    if period is None:
        return redirect("/")
    return page(request, "overview/page.html", {"o": overview_of(visit, period, timezone.now())}, visit=visit)
