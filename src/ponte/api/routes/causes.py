"""`/causes`: what is wrong, told once for all the records that have it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from ponte.api import reading, shapes
from ponte.api.answers import as_json
from ponte.api.callers import READS, caller_of
from ponte.api.documented import CHANNEL, errors, queried
from ponte.api.refusals import bad_query
from ponte.api.schemas import CausePage
from ponte.api.words import words_of
from ponte.db import queries_api

router = Router(tags=["causes"])


@router.get(
    "",
    auth=READS,
    operation_id="listCauses",
    summary="Causes, the most frequent first",
    response={200: CausePage, **errors(400, 401)},
    openapi_extra=queried(CHANNEL),
)
def list_causes(request: HttpRequest) -> HttpResponse:
    """Give a `fingerprint` as `cause` to `/integrations` or to an action. Counts stop at 10,000, the list at 200."""
    reading.only(request, ("channel",))
    caller, words = caller_of(request), words_of(request)
    found = queries_api.causes(caller.store_id, _channel_id(caller.store_id, request.GET.get("channel", "")))
    return as_json({"items": [shapes.cause(one, words) for one in found], "next": None})


def _channel_id(store_id: int, code: str) -> int | None:
    if not code:
        return None
    channel = queries_api.channel(store_id, code) if "\x00" not in code else None
    if channel is None:
        raise bad_query("channel", reading.REASONS["unknown"])
    return channel.pk
