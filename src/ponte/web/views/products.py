"""`/produtos`: the list, and what keeps it true while it is looked at."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from ponte.db import queries
from ponte.db.cursor import EPOCH
from ponte.web.access import Visit, record_of, signed_in
from ponte.web.fresh import seen
from ponte.web.pages import page
from ponte.web.products.asked import Asked, address, read
from ponte.web.products.columns import columns_of
from ponte.web.products.facets import FACETS, facet_of
from ponte.web.products.origin import origin_of
from ponte.web.products.page import SIZE, known_counts, listing, tabs_of
from ponte.web.products.rows import lanes_by_id, row_of, version_of

MAX_WATCHED: Final = 2 * SIZE
SEVERAL: Final = re.compile(r"\s*[\w.-]*\d[\w.-]*(\s*[,;\t\r\n]+\s*[\w.-]*\d[\w.-]*)+[\s,;]*", re.ASCII)
SEVERAL_NUMBERS: Final = re.compile(r"\s*\d{3,40}(\s+\d{3,40})+\s*", re.ASCII)
BETWEEN: Final = re.compile(r"[\s,;]+")


@require_safe
@signed_in
def products(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the list. An address that cannot be followed is answered 400, with the reason at the field."""
    asked = read(request)
    if several := _several(asked):
        kept = {name: value for name, value in asked.values.items() if name != "q"}
        return redirect(address({**kept, **asked.order, "sku": several}))
    columns = columns_of(request)
    shown = listing(visit, asked, columns)
    status = 400 if shown.asked.flaws else 200
    context = {"list": shown, "columns": columns, "facets": FACETS}
    return page(request, "products/list.html", context, visit=visit, status=status)


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
    now = seen(visit.scope, asked.filters.channel)
    found = queries.rows(visit.scope, watched) if watched else []
    changed = [one for one in found if watched[one.pk] != version_of(one)]
    news = queries.newer(visit.scope, asked.filters, since, besides=watched) if since and not asked.flaws else 0
    if not changed and known == known_counts(now.counts) and str(news) == told:
        return HttpResponse(status=204)
    lanes, moment = lanes_by_id(now.states), timezone.now()
    context = {
        "rows": [row_of(one, lanes, moment, may_act=visit.may_act) for one in changed],
        "tabs": tabs_of(visit.scope, asked, now.counts),
        "known": known_counts(now.counts),
        "news": news,
        "columns": columns_of(request),
        "asked": asked,
    }
    return page(request, "products/_live.html", context, visit=visit)


@require_safe
@signed_in
def origin(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Answer with the inside of an open row."""
    visit, found = record_of(visit, number)
    row = row_of(found, {}, timezone.now(), may_act=visit.may_act)
    return page(request, "products/_open.html", {"row": row, "origin": origin_of(found)}, visit=visit)


@require_safe
@signed_in
def origins(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Answer with the insides of several rows (`linhas`: ids), to open them all at once."""
    ids = _numbers(request.GET.get("linhas", "").split(","))
    found = queries.records(visit.scope, ids)
    now = timezone.now()
    lines = [(row_of(one, {}, now, may_act=visit.may_act), origin_of(one)) for one in found.values()]
    return page(request, "products/_insides.html", {"lines": lines}, visit=visit)


@require_safe
@signed_in
def options(request: HttpRequest, visit: Visit, key: str) -> HttpResponse:
    """Answer with the choices of a filter, beside the filters of the address; a page of its own without a script."""
    if key not in FACETS:
        raise Http404
    facet = facet_of(key, visit.scope, read(request))
    template = "products/_options.html" if request.headers.get("HX-Request") else "products/options.html"
    return page(request, template, {"facet": facet}, visit=visit)


def _several(asked: Asked) -> tuple[str, ...]:
    """Return the SKUs of a text that is a short list of them, () when it is words to search for."""
    text = asked.filters.text
    if not (SEVERAL.fullmatch(text) or SEVERAL_NUMBERS.fullmatch(text)):
        return ()
    return tuple(dict.fromkeys(part for part in BETWEEN.split(text) if part))


def _taken(query: QueryDict, name: str) -> str:
    values = query.pop(name, [""])
    return str(values[-1])


def _watched(text: str) -> dict[int, str]:
    pairs = (item.partition(":") for item in text.split(",")[:MAX_WATCHED])
    return {int(number): version for number, _, version in pairs if number.isdecimal() and len(number) < 19}


def _numbers(texts: Collection[str]) -> list[int]:
    return [int(text) for text in texts if text.isdecimal() and len(text) < 19][:MAX_WATCHED]


def _moment(text: str) -> datetime | None:
    if not (text.isdecimal() and len(text) < 18):
        return None
    return min(EPOCH + timedelta(microseconds=int(text)), datetime.now(UTC))
