"""Which rows an address asks to be exported: read by the same readers as the lists' own pages."""

from __future__ import annotations

from django.http import HttpRequest

from ponte.flows.export.sending import CausesAsked, Narrowing, RecordsAsked, What
from ponte.web import history
from ponte.web.access import Visit
from ponte.web.causes import page
from ponte.web.exports.progress import OWN
from ponte.web.products import asked


def narrowing_of(what: What, request: HttpRequest, visit: Visit) -> Narrowing | None:
    """Return what to export, None when the address cannot be followed: a file never holds more than was asked for."""
    query = request.GET.copy()
    for name in OWN:
        query.pop(name, None)
    asking = HttpRequest()
    asking.GET = query  # type: ignore[assignment]
    match what:
        case What.RECORDS:
            found = asked.read(asking)
            return None if found.flaws else RecordsAsked(found.filters, found.sort)
        case What.ATTEMPTS:
            reading = history.read(asking)
            return None if reading.flaws else reading.asked
        case What.CAUSES:
            found_causes = page.looked_at(visit, page.read(asking))
            return None if found_causes.asked.flaws else CausesAsked(found_causes.filters, found_causes.asked.order)
