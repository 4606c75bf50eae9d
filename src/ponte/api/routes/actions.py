"""`/actions`: reprocess or remove many, and steer it while it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse
from ninja import Router

from ponte.api import reading, shapes
from ponte.api.answers import answer_once, as_json, reply
from ponte.api.callers import ACTS, READS, Caller, caller_of
from ponte.api.documented import CURSOR, SIZE, errors, keyed, queried
from ponte.api.refusals import FieldError, RefusedError, not_found
from ponte.api.schemas import ActionIn, ActionOut, ActionPage, FilterIn, PaceIn
from ponte.db import bulk as bulk_reads
from ponte.db import queries_api
from ponte.db.audit import note_one
from ponte.db.models import BulkAction
from ponte.db.queries import FilterErrors, Filters
from ponte.flows import bulk
from ponte.flows.bulk.limits import TooManyError
from ponte.flows.idempotency import Reply

router = Router(tags=["actions"])
STEERED = {200: ActionOut, **errors(400, 401, 403, 404, 409, 422)}


class Steer(Protocol):
    def __call__(self, action_id: int, *, store_id: int, actor_id: int | None) -> BulkAction | None: ...


@router.get(
    "",
    auth=READS,
    operation_id="listActions",
    summary="Actions on many, newest first",
    response={200: ActionPage, **errors(400, 401)},
    openapi_extra=queried(SIZE, CURSOR),
)
def list_actions(request: HttpRequest) -> HttpResponse:
    reading.only(request, ("cursor", "size"))
    size = reading.size(request, default=20, most=100)
    rows, before = bulk_reads.recent(caller_of(request).scope, before=reading.number_cursor(request), size=size)
    items = [shapes.action(row) for row in rows]
    return as_json({"items": items, "next": None if before is None else str(before)})


@router.post(
    "",
    auth=ACTS,
    operation_id="createAction",
    summary="Reprocess or remove many, by ids or by filter",
    response={202: ActionOut, **errors(400, 401, 403, 409, 413, 422)},
    openapi_extra=keyed(),
)
def create_action(request: HttpRequest, body: ActionIn) -> HttpResponse:
    """The selection is frozen now; what changes later is left alone. Unknown ids and foreign ones are ignored."""
    selection = _selection(body)
    caller = caller_of(request)
    return answer_once(request, lambda: _start(caller, body, selection))


@router.get(
    "/{action_id}",
    auth=READS,
    operation_id="getAction",
    summary="How far an action is",
    response={200: ActionOut, **errors(401, 404)},
)
def get_action(request: HttpRequest, action_id: str) -> HttpResponse:
    return as_json(_shown(caller_of(request), reading.record_id(action_id)))


@router.post(
    "/{action_id}/pause",
    auth=ACTS,
    operation_id="pauseAction",
    summary="Pause an action",
    response=STEERED,
    openapi_extra=keyed(),
)
def pause_action(request: HttpRequest, action_id: str) -> HttpResponse:
    return answer_once(request, _steering(request, action_id, bulk.pause))


@router.post(
    "/{action_id}/resume",
    auth=ACTS,
    operation_id="resumeAction",
    summary="Resume a paused action",
    response=STEERED,
    openapi_extra=keyed(),
)
def resume_action(request: HttpRequest, action_id: str) -> HttpResponse:
    return answer_once(request, _steering(request, action_id, bulk.resume))


@router.post(
    "/{action_id}/cancel",
    auth=ACTS,
    operation_id="cancelAction",
    summary="Cancel an action; what it did stays done",
    response=STEERED,
    openapi_extra=keyed(),
)
def cancel_action(request: HttpRequest, action_id: str) -> HttpResponse:
    return answer_once(request, _steering(request, action_id, bulk.cancel))


@router.post(
    "/{action_id}/pace",
    auth=ACTS,
    operation_id="setActionPace",
    summary="Change the pace of a running action",
    response=STEERED,
    openapi_extra=keyed(),
)
def set_action_pace(request: HttpRequest, action_id: str, body: PaceIn) -> HttpResponse:
    def steer(action_id: int, *, store_id: int, actor_id: int | None) -> BulkAction | None:
        return bulk.set_pace(action_id, body.per_second, store_id=store_id, actor_id=actor_id)

    return answer_once(request, _steering(request, action_id, steer))


@router.post(
    "/{action_id}/undo",
    auth=ACTS,
    operation_id="undoAction",
    summary="Undo a removal of many",
    response={202: ActionOut, **errors(400, 401, 403, 404, 409, 422)},
    openapi_extra=keyed(),
)
def undo_action(request: HttpRequest, action_id: str) -> HttpResponse:
    """Stops it and starts another action that restores what it removed; a reprocess cannot be undone (409)."""
    return answer_once(request, _steering(request, action_id, bulk.undo))


def _steering(request: HttpRequest, action_id: str, steer: Steer) -> Callable[[], Reply]:
    caller, number = caller_of(request), reading.record_id(action_id)

    def effect() -> Reply:
        _shown(caller, number)  # not found comes before everything else
        steered = steer(number, store_id=caller.store_id, actor_id=caller.user_id)
        if steered is None:
            raise RefusedError("nothing-to-undo")
        return reply(_shown(caller, steered.pk), 200 if steered.pk == number else 202)

    return effect


def _start(caller: Caller, body: ActionIn, selection: dict[str, Any]) -> Reply:
    _note_foreign(caller, body.ids or [])
    try:
        action = bulk.start(
            scope=caller.scope,
            actor_id=caller.user_id,
            verb=body.verb,
            selection=selection | ({"changed_only": True} if body.changed_only else {}),
            per_second=body.per_second,
            trial=body.trial,
            role=caller.role,
        )
    except TooManyError as error:
        raise RefusedError("too-many", ceiling=error.ceiling) from error
    return reply(_shown(caller, action.pk), 202)


def _shown(caller: Caller, number: int) -> Any:
    row = bulk_reads.action(caller.scope, number)
    if row is None:
        raise not_found()
    return shapes.action(row)


def _selection(body: ActionIn) -> dict[str, Any]:
    if (body.ids is None) == (body.filter is None):
        raise RefusedError("invalid", errors=[FieldError("body.ids", "give exactly one of ids and filter")])
    if body.filter is None:
        return {"ids": sorted(set(body.ids or []))}
    return {"filter": _filter(body.filter)}


def _filter(given: FilterIn) -> dict[str, Any]:
    """Return the filter as it is frozen: only what was asked, in the names of the list's address."""
    asked: dict[str, Any] = given.model_dump(mode="json", by_alias=True, exclude_none=True)
    checked = Filters.from_query(asked)
    if isinstance(checked, FilterErrors):
        raise RefusedError("invalid", errors=reading.flaws(checked, "body.filter"))
    return asked


def _note_foreign(caller: Caller, ids: list[int]) -> None:
    foreign = queries_api.foreign(caller.store_id, ids) if ids else ()
    if foreign:
        detail = {"ids": list(foreign)}
        note_one(
            "foreign ids", f"user:{caller.user_id}", store_id=caller.store_id, actor_id=caller.user_id, detail=detail
        )
