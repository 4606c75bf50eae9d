"""`/channels`: the store's connections, stopped, started and tested."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from ponte.api import reading, shapes
from ponte.api.answers import answer_once, as_json, reply
from ponte.api.callers import ACTS, MANAGES, READS, Caller, caller_of
from ponte.api.documented import errors, keyed
from ponte.api.refusals import not_found
from ponte.api.schemas import ChannelOut, ChannelPage, TestOut
from ponte.api.words import Words, words_of
from ponte.db import queries, queries_api
from ponte.db.filters import CODE
from ponte.db.models import Channel
from ponte.domain.message import JSON
from ponte.flows.channels import steer as flow
from ponte.flows.idempotency import Reply

router = Router(tags=["channels"])
CHANGED = {200: ChannelOut, **errors(400, 401, 403, 404, 409, 422)}


@router.get(
    "",
    auth=READS,
    operation_id="listChannels",
    summary="The store's channels",
    response={200: ChannelPage, **errors(400, 401)},
)
def list_channels(request: HttpRequest) -> HttpResponse:
    reading.only(request, ())
    caller = caller_of(request)
    rows = [state.channel for state in queries.channels(caller.scope)]
    return as_json({"items": _shown(caller, rows), "next": None})


@router.post(
    "/{code}/pause",
    auth=MANAGES,
    operation_id="pauseChannel",
    summary="Stop sending; records wait and lose no tries",
    response=CHANGED,
    openapi_extra=keyed(),
)
def pause_channel(request: HttpRequest, code: str) -> HttpResponse:
    caller = caller_of(request)

    def effect() -> Reply:
        channel = _channel(caller, code)
        flow.pause(channel.pk, store_id=caller.store_id, actor_id=caller.user_id)
        return reply(_shown(caller, [channel])[0])

    return answer_once(request, effect)


@router.post(
    "/{code}/resume",
    auth=MANAGES,
    operation_id="resumeChannel",
    summary="Send again",
    response=CHANGED,
    openapi_extra=keyed(),
)
def resume_channel(request: HttpRequest, code: str) -> HttpResponse:
    caller = caller_of(request)

    def effect() -> Reply:
        channel = _channel(caller, code)
        flow.resume(channel.pk, store_id=caller.store_id, actor_id=caller.user_id)
        return reply(_shown(caller, [channel])[0])

    return answer_once(request, effect)


@router.post(
    "/{code}/test",
    auth=ACTS,
    operation_id="testChannel",
    summary="Test the connection with VTEX and the marketplace",
    response={200: TestOut, **errors(400, 401, 403, 404, 409, 422)},
    openapi_extra=keyed(),
)
def test_channel(request: HttpRequest, code: str) -> HttpResponse:
    """Makes the cheapest authorised calls now; nothing is changed anywhere."""
    caller, words = caller_of(request), words_of(request)
    return answer_once(request, lambda: _test(caller, code, words), uses_network=True)


def _test(caller: Caller, code: str, words: Words) -> Reply:
    channel = _channel(caller, code)
    tested = flow.test(channel.pk, store_id=caller.store_id)
    told = words.on(channel)
    return reply({"ok": tested.ok, "problems": [shapes.problem(one, told) for one in tested.problems]})


def _channel(caller: Caller, code: str) -> Channel:
    channel = caller.scope.channels().filter(code=code).first() if CODE.fullmatch(code) else None
    if channel is None:
        raise not_found()
    return channel


def _shown(caller: Caller, rows: list[Channel]) -> list[JSON]:
    lanes = queries_api.lanes([row.pk for row in rows])
    return [shapes.channel(row, lanes[row.pk], queries.counts(caller.scope, row.pk)) for row in rows]
