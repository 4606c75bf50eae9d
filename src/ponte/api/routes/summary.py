"""`/summary`: how many records are where, from counters."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from ponte.api import reading
from ponte.api.answers import as_json
from ponte.api.callers import READS, caller_of
from ponte.api.documented import errors
from ponte.api.schemas import SummaryOut
from ponte.db import queries

router = Router(tags=["summary"])


@router.get(
    "",
    auth=READS,
    operation_id="getSummary",
    summary="Counts of the store and of each channel",
    response={200: SummaryOut, **errors(400, 401)},
)
def get_summary(request: HttpRequest) -> HttpResponse:
    reading.only(request, ())
    caller = caller_of(request)
    by_channel = {
        state.channel.code: queries.counts(caller.scope, state.channel.pk) for state in queries.channels(caller.scope)
    }
    body = {"store": caller.account, "counts": queries.counts(caller.scope), "channels": by_channel}
    return as_json(body)
