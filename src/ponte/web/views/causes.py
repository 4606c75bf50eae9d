"""`/causas`: the list of causes, one of them, and what keeps both true while they are looked at."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from ponte.db import cause_days, causes
from ponte.db.models import Cause
from ponte.web.access import Visit, signed_in
from ponte.web.causes.inside import inside_of
from ponte.web.causes.page import SIZE, known_counts, listing, looked_at, read, tabs_of
from ponte.web.causes.rows import row_of
from ponte.web.pages import page

MAX_WATCHED = 2 * SIZE
WATCHED, KNOWN = "linhas", "contas"


@require_safe
@signed_in
def causes_list(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the list. An address that cannot be followed is answered 400, and says why."""
    shown = listing(visit, read(request))
    return page(request, "causes/list.html", {"list": shown}, visit=visit, status=400 if shown.asked.flaws else 200)


@require_GET
@signed_in
def live(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Answer with the lines that changed, those that left the list, and the counts; 204 when nothing did.

    The query has the list's filters and `linhas` (id:version, ...) and `contas` (the counts shown).
    """
    query = request.GET.copy()
    watched, known = _watched(str(query.pop(WATCHED, [""])[-1])), str(query.pop(KNOWN, [""])[-1])
    request.GET = query  # type: ignore[assignment]
    view = looked_at(visit, read(request))
    if view.asked.flaws:
        return HttpResponse(status=204)
    found = causes.still_there(visit.scope, view.filters, [*watched], now=view.now)
    rows = view.rows(found)
    changed = [row for row in rows if watched[row.id] != row.version]
    gone = sorted(watched.keys() - {row.id for row in rows})
    totals = causes.totals(visit.scope, view.filters, now=view.now)
    tabs = tabs_of(view.asked, totals)
    counted = known_counts(tabs, totals)
    if not changed and not gone and counted == known:
        return HttpResponse(status=204)
    context = {"rows": changed, "gone": gone, "tabs": tabs, "totals": totals, "known": counted}
    return page(request, "causes/_live.html", context, visit=visit)


@require_safe
@signed_in
def cause(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show one cause with everything about it; `ignorar` opens the form for how long."""
    found = cause_of(visit, number)
    return page(request, "causes/page.html", _context(request, visit, found), visit=visit)


@require_safe
@signed_in
def inside(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Answer with the inside of an open line."""
    found = cause_of(visit, number)
    return page(request, "causes/_inside.html", _context(request, visit, found), visit=visit)


def cause_of(visit: Visit, number: int) -> Cause:
    """Return a cause that the person may see. Raises `Http404`."""
    found = causes.one(visit.scope, number)
    if found is None:
        raise Http404
    return found


def _context(request: HttpRequest, visit: Visit, found: Cause) -> dict[str, object]:
    now = timezone.now()
    met = cause_days.days([found.pk], now)[found.pk]
    pulse = cause_days.pulses(visit.scope, now).get(found.pk)
    return {
        "row": row_of(found, met, pulse, now, visit.role),
        "inside": inside_of(found, now),
        "ignoring": "ignorar" in request.GET,
        "today": timezone.localtime(now).date(),
    }


def _watched(text: str) -> dict[int, str]:
    pairs = (item.partition(":") for item in text.split(",")[:MAX_WATCHED])
    return {int(number): version for number, _, version in pairs if number.isdecimal() and len(number) < 19}
