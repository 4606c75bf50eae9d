"""`/causes`: what is wrong, told once for all the records that have it, and what was decided about it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from ponte.api import reading, shapes
from ponte.api.answers import answer_once, as_json, reply
from ponte.api.callers import ACTS, READS, Caller, beyond, caller_of
from ponte.api.documented import CHANNEL, CURSOR, SIZE, STATE, errors, keyed, queried
from ponte.api.refusals import FieldError, RefusedError, bad_query, not_found
from ponte.api.schemas import CauseOut, CausePage, CauseStateIn
from ponte.api.words import Words, words_of
from ponte.db import causes, queries_api
from ponte.db.cause_filters import CauseFilters, Tab
from ponte.db.cursor import BadCursor
from ponte.db.models import Cause, CauseState, Role
from ponte.flows.causes import Until, decide, may, state_of
from ponte.flows.idempotency import Reply

router = Router(tags=["causes"])
TABS = {
    CauseState.OPEN: Tab.OPEN,
    CauseState.ACKNOWLEDGED: Tab.KNOWN,
    CauseState.IGNORED: Tab.IGNORED,
    CauseState.RESOLVED: Tab.RESOLVED,
}


@router.get(
    "",
    auth=READS,
    operation_id="listCauses",
    summary="Causes, the most frequent first",
    response={200: CausePage, **errors(400, 401)},
    openapi_extra=queried(CHANNEL, STATE, SIZE, CURSOR),
)
def list_causes(request: HttpRequest) -> HttpResponse:
    """Give a `fingerprint` as `cause`, with its `channel`, to `/integrations` or to an action."""
    reading.only(request, ("channel", "state", "cursor", "size"))
    caller, words = caller_of(request), words_of(request)
    size = reading.size(request, default=50, most=causes.MAX_SIZE)
    after = request.GET.get("cursor") or None
    try:
        found = causes.page(caller.scope, _filters(caller, request), after=after, size=size, now=timezone.now())
    except BadCursor as error:
        raise bad_query("cursor", "not a cursor of this list") from error
    return as_json({"items": [shapes.cause(one, words) for one in found.rows], "next": found.next})


@router.get(
    "/{cause_id}",
    auth=READS,
    operation_id="getCause",
    summary="One cause",
    response={200: CauseOut, **errors(401, 404)},
)
def get_cause(request: HttpRequest, cause_id: str) -> HttpResponse:
    found = _cause(caller_of(request), reading.record_id(cause_id))
    return as_json(shapes.cause(found, words_of(request)))


@router.post(
    "/{cause_id}/state",
    auth=ACTS,
    operation_id="decideCause",
    summary="Take a cause up, ignore, resolve or re-open it",
    response={200: CauseOut, **errors(400, 401, 403, 404, 409, 422)},
    openapi_extra=keyed(),
)
def decide_cause(request: HttpRequest, cause_id: str, body: CauseStateIn) -> HttpResponse:
    """An operator takes an open one up (`known`) and gives it back (`open`); the rest is a manager's."""
    caller, words, number = caller_of(request), words_of(request), reading.record_id(cause_id)
    return answer_once(request, lambda: _decide(caller, number, body, words))


def _decide(caller: Caller, number: int, body: CauseStateIn, words: Words) -> Reply:
    cause, state = _cause(caller, number), CauseState(body.state)
    if not may(caller.role, state_of(cause, timezone.now()), state):
        raise beyond(caller, Role.MANAGER, "role-too-low")
    if state is not CauseState.IGNORED and (body.until or body.above):
        raise _invalid("state", "only an ignored cause has a term")
    done = decide(
        [number],
        state,
        scope=caller.scope,
        role=caller.role,
        actor_id=caller.user_id,
        until=Until(body.until, body.above),
    )
    if done.refused:
        field = "state" if state is not CauseState.IGNORED else "until" if body.until else "above"
        raise _invalid(field, "it would not stand: the term is over already, or no record has the cause")
    return reply(shapes.cause(_cause(caller, number), words))


def _cause(caller: Caller, number: int) -> Cause:
    found = causes.one(caller.scope, number)
    if found is None:
        raise not_found()
    return found


def _invalid(field: str, reason: str) -> RefusedError:
    return RefusedError("invalid", errors=[FieldError(f"body.{field}", reason)])


def _filters(caller: Caller, request: HttpRequest) -> CauseFilters:
    state = request.GET.get("state", "")
    if state and state not in CauseState.values:
        raise bad_query("state", reading.REASONS["unknown"])
    tab = TABS[CauseState(state)] if state else None
    return CauseFilters(tab=tab, channel_id=_channel_id(caller, request.GET.get("channel", "")), accounts=True)


def _channel_id(caller: Caller, code: str) -> int | None:
    if not code:
        return None
    channel = queries_api.channel(caller.store_id, code) if "\x00" not in code else None
    if channel is None or not caller.scope.sees(channel.pk):
        raise bad_query("channel", reading.REASONS["unknown"])
    return channel.pk
