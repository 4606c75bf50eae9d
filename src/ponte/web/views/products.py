"""`/produtos`: the list, and what keeps it true while it is looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from ponte.db import queries
from ponte.db.cursor import EPOCH
from ponte.web.access import Visit, record_of, signed_in
from ponte.web.listing import SIZE, known_counts, listing, read, tabs_of
from ponte.web.origin import origin_of
from ponte.web.pages import page
from ponte.web.rows import lanes_by_id, row_of, version_of

MAX_WATCHED = 2 * SIZE


@require_safe
@signed_in
def products(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the list. An address that cannot be followed is answered 400, with the reason at the field."""
    shown = listing(visit, read(request))
    status = 400 if shown.asked.flaws else 200
    return page(request, "products/list.html", {"list": shown}, visit=visit, status=status)


@require_GET
@signed_in
def live(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Answer with the rows that changed, the counts and the number of news; 204 when nothing did.

    The query has the list's filters and `linhas` (id:version, ...), `contas` (the counts shown) and `desde`
    (microseconds since 1970 of the newest row shown).
    """
    query = request.GET.copy()
    watched = _watched(_taken(query, "linhas"))
    known, since = _taken(query, "contas"), _moment(_taken(query, "desde"))
    told = _taken(query, "novos")
    request.GET = query  # type: ignore[assignment]
    asked = read(request)
    states = queries.channels(visit.store.pk)
    chosen = next((state.channel.pk for state in states if state.channel.code == asked.filters.channel), None)
    tabs = tabs_of(asked, queries.counts(visit.store.pk, chosen))
    found = queries.rows(visit.store.pk, watched) if watched else []
    changed = [one for one in found if watched[one.pk] != version_of(one)]
    news = queries.newer(visit.store.pk, asked.filters, since, besides=watched) if since and not asked.flaws else 0
    if not changed and known == known_counts(tabs) and str(news) == told:
        return HttpResponse(status=204)
    lanes, now = lanes_by_id(states), timezone.now()
    context = {
        "rows": [row_of(one, lanes, now, may_act=visit.may_act) for one in changed],
        "tabs": tabs,
        "known": known_counts(tabs),
        "news": news,
        "removed_view": asked.filters.removed,
    }
    return page(request, "products/_live.html", context, visit=visit)


@require_safe
@signed_in
def origin(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Answer with the inside of an open row."""
    visit, found = record_of(visit, number)
    row = row_of(found, {}, timezone.now(), may_act=visit.may_act)
    return page(request, "products/_open.html", {"row": row, "origin": origin_of(found)}, visit=visit)


def _taken(query: QueryDict, name: str) -> str:
    values = query.pop(name, [""])
    return str(values[-1])


def _watched(text: str) -> dict[int, str]:
    pairs = (item.partition(":") for item in text.split(",")[:MAX_WATCHED])
    return {int(number): version for number, _, version in pairs if number.isdecimal() and len(number) < 19}


def _moment(text: str) -> datetime | None:
    if not (text.isdecimal() and len(text) < 18):
        return None
    return min(EPOCH + timedelta(microseconds=int(text)), datetime.now(UTC))
