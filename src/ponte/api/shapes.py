"""From rows to the JSON of the API (its field names are in `ponte.api.schemas`)."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils import timezone

from ponte.api.words import Words
from ponte.db.bulk import Progress
from ponte.db.models import Attempt, Cause, Channel, Exchange, Integration, Lane
from ponte.db.records import cause_problem, problem_from_json
from ponte.domain.lifecycle import Action, Hold, Status, actions
from ponte.domain.message import JSON
from ponte.domain.problem import Problem
from ponte.flows.bulk.steer import moves
from ponte.flows.causes import state_of

MOVES = ("pause", "resume", "cancel", "pace", "undo")


def _actions(row: Integration) -> tuple[Action, ...]:
    return actions(Status(row.status), removed=row.removed_at is not None, hold=Hold(row.hold))


def integration(row: Integration, account: str, words: Words) -> JSON:
    """Return one integration; `row.channel` must have been read with it."""
    problems = [problem_from_json(kept) for kept in row.problems]
    told = words.about(row)
    return {
        "id": row.pk,
        "store": account,
        "channel": row.channel.code,
        "connector": row.channel.connector,
        "kind": row.kind,
        "sku": row.sku,
        "product_id": row.product_id,
        "name": row.name,
        "ean": row.ean,
        "status": row.status,
        "phase": row.phase,
        "headline": headline(problems[0], told) if problems else None,
        "problems": [problem(one, told) for one in problems],
        "attempts": row.attempts,
        "requested_at": moment(row.requested_at),
        "processed_at": moment(row.processed_at),
        "next_attempt_at": moment(row.next_attempt_at),
        "removed_at": moment(row.removed_at),
        "actions": [action.value for action in _actions(row)],
    }


def headline(first: Problem, words: Words) -> JSON:
    explanation = words.explain(first)
    return {
        "class": first.kind.name,
        "subject": first.subject,
        "code": first.code,
        "title": explanation.title,
        "fix": "\n".join(explanation.fix),
        "stage": first.stage.value,
    }


def problem(one: Problem, words: Words) -> JSON:
    explanation = words.explain(one)
    return {
        "class": one.kind.name,
        "stage": one.stage.value,
        "subject": one.subject,
        "code": one.code,
        "severity": one.severity.value,
        "retry": one.kind.retry.value,
        "http_status": one.http_status,
        "message": one.message,
        "title": explanation.title,
        "meaning": explanation.meaning,
        "fix": "\n".join(explanation.fix),
        "steps": list(explanation.fix),
    }


def attempt(row: Attempt, words: Words) -> JSON:
    """Return one try; its exchanges were read into `told`."""
    told: list[Exchange] = row.told  # type: ignore[attr-defined]  # prefetched by queries_api.tries
    return {
        "number": row.number,
        "trigger": row.trigger,
        "actor": row.actor.username if row.actor else None,
        "task": row.task,
        "result": row.result,
        "status": row.status,
        "http_status": row.http_status,
        "problems": [problem(problem_from_json(kept), words) for kept in row.problems],
        "started_at": moment(row.started_at),
        "ended_at": moment(row.ended_at),
        "offer": row.offer,
        "provenance": row.provenance,
        "exchanges": [exchange(one) for one in told],
    }


def exchange(row: Exchange) -> JSON:
    return {
        "place": row.place,
        "side": row.side,
        "method": row.method,
        "url": row.url,
        "endpoint": row.endpoint,
        "request_headers": row.request_headers,
        "request_body": row.request_body,
        "status": row.status,
        "response_headers": row.response_headers,
        "response_body": row.response_body,
        "failure": row.failure,
        "started_at": moment(row.started_at),
        "took_ms": row.took_ms,
    }


def action(one: Progress) -> JSON:
    row = one.action
    allowed = moves(row, waits=bool(one.lanes), undone=one.undone_by is not None)
    return {
        "id": row.pk,
        "verb": row.verb,
        "state": row.state,
        "reason": row.reason,
        "selection": row.selection,
        "planned": row.planned,
        "done": row.done,
        "queued": row.queued,
        "already": row.already,
        "skipped": row.skipped,
        "outstanding": one.outstanding,
        "outcomes": {name: one.outcomes.get(name, 0) for name in ("success", "alert", "error")},
        "trial": row.trial,
        "per_second": row.per_second,
        "undo_of": row.undo_of_id,
        "undone_by": one.undone_by,
        "by": row.actor.username if row.actor else None,
        "created_at": moment(row.created_at),
        "ended_at": moment(row.ended_at),
        "changes": [move for move in MOVES if move in allowed],
    }


def cause(row: Cause, words: Words) -> JSON:
    """Return one cause; its channel and who decided about it must have been read with it."""
    return {
        "id": row.pk,
        "fingerprint": row.fingerprint,
        "channel": row.channel.code,
        "count": max(0, row.count),
        "value": max(0, row.value),
        "severity": row.severity,
        "state": state_of(row, timezone.now()).value,
        "since": moment(row.state_at),
        "by": row.state_by.username if row.state_by else None,
        "ignored_until": moment(row.ignored_until),
        "ignored_above": row.ignored_above,
        "returns": row.returns,
        "first_at": moment(row.first_at),
        "last_at": moment(row.last_at),
        "headline": headline(cause_problem(row), words.on(row.channel)),
        "message": row.message,
    }


def channel(row: Channel, lanes: list[Lane], counts: dict[str, int]) -> JSON:
    return {
        "code": row.code,
        "name": row.name,
        "connector": row.connector,
        "affiliate_id": row.affiliate_id,
        "trade_policy": row.trade_policy,
        "state": next((lane.state for lane in lanes if lane.kind == "product"), "open"),
        "lanes": [_lane(lane) for lane in lanes],
        "counts": counts,
    }


def _lane(lane: Lane) -> JSON:
    return {
        "kind": lane.kind,
        "state": lane.state,
        "reason": lane.reason,
        "since": moment(lane.state_at),
        "breaker_until": _from_ms(lane.breaker_until_ms),
    }


def moment(at: datetime | None) -> str | None:
    """Return an ISO 8601 moment in UTC."""
    return at.isoformat().replace("+00:00", "Z") if at else None


def _from_ms(milliseconds: int) -> str | None:
    from_epoch = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment(from_epoch) if from_epoch > datetime.now(UTC) else None
