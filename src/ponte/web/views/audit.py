"""`/auditoria`: who did what, when, in sentences."""

from __future__ import annotations

import json
from itertools import islice
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ponte.db import cursor
from ponte.db.audit_trail import Asked, all_rows, name_of, times_of, trail
from ponte.db.models import Audit
from ponte.flows.export.as_csv import Csv
from ponte.flows.export.cells import Column, Kind, Row
from ponte.web.access import BeyondRole, Visit, managing
from ponte.web.audit.page import asked_in, trail_of
from ponte.web.exports.stream import Pieces, sent
from ponte.web.pages import page

COLUMNS = ("when", "who", "user", "verb", "target", "detail", "place", "digest", "times")
ROWS_AT_ONCE = 500


@require_safe
@managing
def index(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show a page of the audit."""
    _must_see_all(visit)
    asked = asked_in(request)
    scope = f"audit:{visit.store.pk}"
    given = request.GET.get("depois", "")
    try:
        after = cursor.opened(given, scope) if given else None
    except cursor.BadCursor as error:
        raise Http404 from error
    found = trail(visit.store.pk, asked, after)
    next_cursor = found.next.sealed(scope) if found.next else ""
    shown = trail_of(visit.store.pk, asked, found, next_cursor, opens_people=visit.may_admin)
    return page(request, "audit/list.html", {"trail": shown}, visit=visit)


@require_safe
@managing
def export(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Send the audit as CSV, row by row, with place and digest of the chain."""
    _must_see_all(visit)
    asked = asked_in(request)
    name = f"auditoria-{visit.store.account}-{timezone.localdate():%Y-%m-%d}.csv"
    pieces = _pieces(visit.store.pk, asked)
    answer = sent(request, pieces, name=name, content_type="text/csv; charset=utf-8", pack=True)
    return cast("HttpResponse", answer)


def _must_see_all(visit: Visit) -> None:
    """The audit is of the whole store: for who sees some channels only it does not exist."""
    if visit.scope.channel_ids is not None:
        raise BeyondRole(visit)


def _pieces(store_id: int, asked: Asked) -> Pieces:
    file = Csv([Column(name, Kind.TEXT) for name in COLUMNS], separator=",")
    yield file.head()
    found = all_rows(store_id, asked)
    while part := list(islice(found, ROWS_AT_ONCE)):
        yield file.rows(_cells(row) for row in part)


def _cells(row: Audit) -> Row:
    detail = json.dumps(row.detail, ensure_ascii=False, sort_keys=True) if row.detail else ""
    who = (name_of(row.actor), row.actor_id)
    return (row.at.isoformat(), *who, row.verb, row.target, detail, row.place, row.digest, times_of(row))
