"""`/produtos/{id}`: one record with its origin, content and tries."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ponte.db import queries
from ponte.db.models import Integration
from ponte.web.access import Visit, record_of, signed_in
from ponte.web.content import VIEWS, content_of
from ponte.web.origin import origin_of
from ponte.web.pages import page
from ponte.web.rows import lanes_by_id, row_of
from ponte.web.tries import Passage, Try, passage_of, try_of

TRIES = 20


@require_safe
@signed_in
def record(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show a record. `conteudo` chooses a view, `tentativa` opens a try, `mensagem` the whole message."""
    visit, found = record_of(visit, number)
    view = request.GET.get("conteudo", "comparar")
    opened = _number(request.GET.get("tentativa", ""))
    tried = queries.last_attempt(found.pk)
    passed = queries.exchanges(tried.pk) if tried and view in {"origem", "destino"} else []
    lanes = lanes_by_id(queries.channels(visit.store.pk))
    context = {
        "record": found,
        "row": row_of(found, lanes, timezone.now(), may_act=visit.may_act),
        "origin": origin_of(found, whole=request.GET.get("mensagem") == "completa"),
        "content": content_of(found, tried, passed, view),
        "views": VIEWS,
        "tries": _tries(found, _number(request.GET.get("antes", ""))),
        "opened": opened,
        "passages": _passages(found, opened) if opened else (),
    }
    return page(request, "record/page.html", context, visit=visit)


@require_safe
@signed_in
def tries(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Answer with the tries before one (`antes`): the region that the page's "older" link adds."""
    visit, found = record_of(visit, number)
    before = _number(request.GET.get("antes", ""))
    context = {"record": found, "tries": _tries(found, before)}
    return page(request, "record/_tries.html", context, visit=visit)


@require_safe
@signed_in
def passages(request: HttpRequest, visit: Visit, number: int, nth: int) -> HttpResponse:
    """Answer with the requests and answers of one try."""
    visit, found = record_of(visit, number)
    shown = _passages(found, nth)
    if shown is None:
        raise Http404
    return page(request, "record/_passages.html", {"passages": shown}, visit=visit)


def _tries(found: Integration, before: int | None) -> dict[str, object]:
    read = queries.attempts(found.pk, after=before, size=TRIES)
    rows: list[Try] = [try_of(one, found) for one in read.rows]
    return {"rows": rows, "next": read.next}


def _passages(found: Integration, nth: int) -> list[Passage] | None:
    tried = queries.attempt(found.pk, nth)
    return None if tried is None else [passage_of(one) for one in queries.exchanges(tried.pk)]


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None
