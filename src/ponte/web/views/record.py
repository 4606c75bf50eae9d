"""`/produtos/{id}`: one record with its origin, content, changes and timeline."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ponte.db import queries
from ponte.db.listings import links_of
from ponte.db.models import Attempt, Integration
from ponte.db.record_offers import newest_offer
from ponte.db.record_place import Beside, beside
from ponte.db.record_story import Story, place, story
from ponte.flows.notes import MAX_TEXT
from ponte.web.access import Visit, record_of, signed_in
from ponte.web.listings.card import card_of
from ponte.web.pages import page
from ponte.web.products.origin import origin_of
from ponte.web.products.rows import lanes_by_id, row_of
from ponte.web.record.address import CONTENT, FIELDS, MESSAGE, OLDER, OPENED, SPOT, Here, here
from ponte.web.record.attempt_file import attempt_file, file_name
from ponte.web.record.changes import changes_of
from ponte.web.record.content import READS_EXCHANGES, VIEWS, Content, content_of
from ponte.web.record.deep_links import listing_links, vtex_links
from ponte.web.record.standing import shared_text, standing_of
from ponte.web.record.timeline import Timeline, timeline_of
from ponte.web.record.tries import Passage, passage_of


@require_safe
@signed_in
def record(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show a record; `ponte.web.record.address` has the parts of its address. One that is not there says why."""
    try:
        visit, found = record_of(visit, number)
    except Http404:
        return page(request, "record/gone.html", {}, visit=visit, status=404)
    return record_page(request, visit, found)


def record_page(
    request: HttpRequest, visit: Visit, found: Integration, *, draft: str = "", flaw: str = "", status: int = 200
) -> HttpResponse:
    """Render the whole page. `draft` is a note that could not be kept, and `flaw` says why."""
    at = here(request, found.pk)
    lanes = lanes_by_id(queries.channels(visit.scope))
    row = row_of(found, lanes, timezone.now(), may_act=visit.may_act)
    told = story(found, place(at.get(OLDER)))
    newest = () if at.get(OLDER) else told.events
    standing = standing_of(found, lanes.get(found.channel_id), newest, may_reprocess=row.may_reprocess)
    tried = newest_offer(found.pk)
    context = {
        "here": at,
        "record": found,
        "row": row,
        "standing": standing,
        "shared_text": shared_text(standing.shared) if standing.shared else "",
        "origin": origin_of(found, whole=at.get(MESSAGE) == "completa"),
        "content": _content(found, tried, at),
        "views": VIEWS,
        "changes": changes_of(found, tried, at),
        "beside": _beside(visit, found, at),
        "vtex_links": vtex_links(found),
        "listing_links": listing_links(found),
        "listing": card_of(found, links_of(found.pk), visit),
        **_told(found, told, visit, at),
        "draft": draft,
        "flaw": flaw,
        "max_note": MAX_TEXT,
    }
    return page(request, "record/page.html", context, visit=visit, status=status)


@require_safe
@signed_in
def tries(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Answer with the timeline before a place (`antes`): the region that the page's "older" link adds."""
    visit, found = record_of(visit, number)
    at = here(request, found.pk)
    context = {"record": found, "here": at, **_told(found, story(found, place(at.get(OLDER))), visit, at)}
    return page(request, "record/_timeline.html", context, visit=visit)


@require_safe
@signed_in
def passages(request: HttpRequest, visit: Visit, number: int, nth: int) -> HttpResponse:
    """Answer with the requests and answers of one try."""
    visit, found = record_of(visit, number)
    tried = _attempt(found, nth)
    context = {"record": found, "nth": nth, "passages": _passages(tried)}
    return page(request, "record/_passages.html", context, visit=visit)


@require_safe
@signed_in
def download(_request: HttpRequest, visit: Visit, number: int, nth: int) -> HttpResponse:
    """Answer with all that was kept of one try, as a JSON file."""
    visit, found = record_of(visit, number)
    tried = _attempt(found, nth)
    answer = HttpResponse(
        attempt_file(found, tried, queries.exchanges(tried.pk)), content_type="application/json; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(found, tried)}"'
    return answer


def _content(found: Integration, tried: Attempt | None, at: Here) -> Content:
    view = at.get(CONTENT)
    newest = tried or queries.last_attempt(found.pk)
    passed = queries.exchanges(newest.pk) if newest and view in READS_EXCHANGES else []
    return content_of(found, tried, passed, view, at.get(FIELDS))


def _told(found: Integration, told: Story, visit: Visit, at: Here) -> dict[str, Any]:
    timeline: Timeline = timeline_of(found, told, reader=visit.user)
    opened = at.number_of(OPENED)
    tried = queries.attempt(found.pk, opened) if opened else None
    return {
        "timeline": timeline,
        "newest_part": not at.get(OLDER),
        "opened": opened,
        "nth": opened,
        "passages": _passages(tried) if tried else [],
    }


def _beside(visit: Visit, found: Integration, at: Here) -> dict[str, str]:
    """Return the addresses of the neighbours in the list one came from, and of this page with its place in it."""
    filters = at.filters
    if filters is None:
        return {"here": at.href()}
    near: Beside = beside(visit.scope, filters, at.sort, found, at.get(SPOT))
    return {
        "here": at.href(lugar=near.here.place),
        "previous": at.beside(near.previous) if near.previous else "",
        "next": at.beside(near.next) if near.next else "",
        "listed": "1",
    }


def _attempt(found: Integration, nth: int) -> Attempt:
    tried = queries.attempt(found.pk, nth)
    if tried is None:
        raise Http404
    return tried


def _passages(tried: Attempt) -> list[Passage]:
    return [passage_of(one) for one in queries.exchanges(tried.pk)]
