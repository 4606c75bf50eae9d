"""`/integrations`: the records, their tries, and what a person may do with one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from ponte.api import reading, shapes
from ponte.api.answers import answer_once, as_json, reply
from ponte.api.callers import ACTS, READS, Caller, caller_of
from ponte.api.documented import CURSOR, FILTERS, SIZE, errors, keyed, queried
from ponte.api.refusals import RefusedError, bad_query, not_found
from ponte.api.schemas import AttemptPage, IntegrationOut, IntegrationPage, ReprocessOut
from ponte.api.words import Words, words_of
from ponte.db import queries, queries_api
from ponte.db.models import Integration
from ponte.flows.idempotency import Reply
from ponte.flows.remove import remove, restore
from ponte.flows.reprocess import reprocess

router = Router(tags=["integrations"])
MAX_TRIES = 20


@router.get(
    "",
    auth=READS,
    operation_id="listIntegrations",
    summary="List integrations, newest first",
    response={200: IntegrationPage, **errors(400, 401)},
    openapi_extra=queried(*FILTERS, SIZE, CURSOR),
)
def list_integrations(request: HttpRequest) -> HttpResponse:
    """Filters narrow together. `next` is the `cursor` of the following page, null on the last one."""
    caller, words = caller_of(request), words_of(request)
    filters = reading.list_filters(request, besides=("cursor", "size"))
    size = reading.size(request, default=50, most=queries.MAX_SIZE)
    try:
        page = queries.page(caller.scope, filters, after=request.GET.get("cursor") or None, size=size)
    except queries.BadCursor as error:
        raise bad_query("cursor", "not a cursor of this list") from error
    items = [shapes.integration(row, caller.account, words) for row in page.rows]
    return as_json({"items": items, "next": page.next})


@router.get(
    "/{integration_id}",
    auth=READS,
    operation_id="getIntegration",
    summary="One integration",
    response={200: IntegrationOut, **errors(401, 404)},
)
def get_integration(request: HttpRequest, integration_id: str) -> HttpResponse:
    caller = caller_of(request)
    return as_json(_shown(caller, _row(caller, integration_id).pk, words_of(request)))


@router.get(
    "/{integration_id}/attempts",
    auth=READS,
    operation_id="listAttempts",
    summary="The tries of an integration, with requests and answers",
    response={200: AttemptPage, **errors(400, 401, 404)},
    openapi_extra=queried(SIZE, CURSOR),
)
def list_attempts(request: HttpRequest, integration_id: str) -> HttpResponse:
    """Newest first, 20 at most per page. Requests and answers were redacted before they were stored."""
    reading.only(request, ("cursor", "size"))
    row = _row(caller_of(request), integration_id)
    size = reading.size(request, default=10, most=MAX_TRIES)
    page = queries_api.tries(row.pk, after=reading.number_cursor(request), size=size)
    words = words_of(request).about(row)
    items = [shapes.attempt(one, words) for one in page.rows]
    return as_json({"items": items, "next": None if page.next is None else str(page.next)})


@router.post(
    "/{integration_id}/reprocess",
    auth=ACTS,
    operation_id="reprocessIntegration",
    summary="Reprocessar: put it back into the queue of actions",
    response={202: ReprocessOut, **errors(400, 401, 403, 404, 409, 422)},
    openapi_extra=keyed(),
)
def reprocess_integration(request: HttpRequest, integration_id: str) -> HttpResponse:
    """Answers at once; the try comes later. A success (nothing to reprocess) and a removed record answer 409."""
    caller, words = caller_of(request), words_of(request)
    return answer_once(request, lambda: _reprocess(caller, reading.record_id(integration_id), words))


@router.delete(
    "/{integration_id}",
    auth=ACTS,
    operation_id="removeIntegration",
    summary="Remover Log: take it off the list",
    response={204: None, **errors(401, 403, 404)},
)
def remove_integration(request: HttpRequest, integration_id: str) -> HttpResponse:
    """The history stays and `restore` undoes it; removing twice changes nothing. The listing is not touched."""
    caller = caller_of(request)
    if not remove([reading.record_id(integration_id)], scope=caller.scope, actor_id=caller.user_id):
        raise not_found()
    response = HttpResponse(status=204)
    del response["Content-Type"]
    return response


@router.post(
    "/{integration_id}/restore",
    auth=ACTS,
    operation_id="restoreIntegration",
    summary="Bring a removed record back to the list",
    response={200: IntegrationOut, **errors(400, 401, 403, 404, 409, 422)},
    openapi_extra=keyed(),
)
def restore_integration(request: HttpRequest, integration_id: str) -> HttpResponse:
    caller, words = caller_of(request), words_of(request)
    return answer_once(request, lambda: _restore(caller, reading.record_id(integration_id), words))


def _reprocess(caller: Caller, number: int, words: Words) -> Reply:
    done = reprocess([number], scope=caller.scope, actor_id=caller.user_id)
    if done.refused:
        removed = _shown(caller, number, words)["removed_at"] is not None
        raise RefusedError("removed" if removed else "nothing-to-reprocess")
    if not done.queued and not done.already:
        raise not_found()
    result = "queued" if done.queued else "already"
    body = {"result": result, "message": words.say(result), "integration": _shown(caller, number, words)}
    return reply(body, 202)


def _restore(caller: Caller, number: int, words: Words) -> Reply:
    if not restore([number], scope=caller.scope, actor_id=caller.user_id):
        raise not_found()
    return reply(_shown(caller, number, words))


def _row(caller: Caller, text: str) -> Integration:
    row = queries.record([caller.scope], reading.record_id(text))
    if row is None:
        raise not_found()
    return row


def _shown(caller: Caller, number: int, words: Words) -> dict[str, object]:
    row = _row(caller, str(number))
    shown: dict[str, object] = shapes.integration(row, caller.account, words)
    return shown
