"""`/codes`: what marketplaces said and no rule knows."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from ponte.api import reading
from ponte.api.answers import as_json
from ponte.api.callers import READS, caller_of
from ponte.api.documented import errors
from ponte.api.schemas import CodePage
from ponte.api.shapes import moment
from ponte.db.code_inbox import Line, inbox
from ponte.domain.message import JSON
from ponte.explain.messages import suggest

router = Router(tags=["codes"])


@router.get(
    "",
    auth=READS,
    operation_id="listCodes",
    summary="Codes without a rule, those of most records first",
    response={200: CodePage, **errors(400, 401)},
)
def list_codes(request: HttpRequest) -> HttpResponse:
    """At most 100 of either kind."""
    reading.only(request, ())
    found = inbox([caller_of(request).scope])
    return as_json({"items": [_line(line) for line in (*found.unknown, *found.general)], "next": None})


def _line(line: Line) -> JSON:
    suggested = suggest(line.words, line.code)
    return {
        "why": line.why.value,
        "connector": line.connector,
        "code": line.code,
        "message": line.words,
        "count": line.records,
        "channels": sorted(line.channels),
        "first_at": moment(line.first_at),
        "last_at": moment(line.last_at),
        "now": line.cause.problem_class,
        "suggestion": suggested.kind.name if suggested else None,
    }
