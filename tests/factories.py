"""Rows for tests: stores, channels, integrations, tries and exchanges, with counts that agree."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from ponte.db.counts import bucket
from ponte.db.history import hour_of
from ponte.db.models import Attempt, Cause, Channel, Counter, Exchange, Integration, Lane, Store, Tally
from ponte.db.records import problem_to_json
from ponte.db.search import searchable
from ponte.domain.fingerprint import fingerprint
from ponte.domain.lifecycle import AttemptResult, Phase, Status, Trigger
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage, headline_first

MISSING = Problem(
    ProblemClass.ATTRIBUTE_MISSING,
    Stage.MARKETPLACE,
    subject="BRAND",
    code="item.attributes.missing_required",
    message="The attributes [BRAND, MODEL] are required for category [MLB23332]",
    http_status=400,
)
CUT = Problem(
    ProblemClass.TITLE_INVALID,
    Stage.VALIDATION,
    subject="title",
    code="title.cut",
    severity=Severity.WARNING,
    params={"limit": "60", "value": "73"},
)
STATUS_PHASE = {
    "error": (Status.ERROR, Phase.IDLE),
    "alert": (Status.ALERT, Phase.IDLE),
    "success": (Status.SUCCESS, Phase.IDLE),
    "queued": (Status.PENDING, Phase.QUEUED),
    "processing": (Status.PENDING, Phase.PROCESSING),
    "waiting": (Status.PENDING, Phase.WAITING),
}


def make_store(account: str = "lojamodelo", name: str = "") -> Store:
    """Make a store; its webhook key is its account."""
    return Store.objects.create(
        account=account,
        name=name or account,
        base_url=f"https://{account}.vtexcommercestable.com.br",
        hook_digest=hashlib.sha256(account.encode()).hexdigest(),
    )


def make_channel(store: Store, code: str = "mlb", name: str = "Mercado Livre", **lane: Any) -> Channel:
    """Make a channel with its product lane; further values are the lane's."""
    channel = Channel.objects.create(
        store=store, code=code, name=name, connector="mercadolivre", affiliate_id=code[:3].upper(), trade_policy="1"
    )
    Lane.objects.create(channel=channel, **lane)
    return channel


def make_integration(
    channel: Channel,
    sku: str = "118204",
    state: str = "error",
    *,
    problems: Sequence[Problem] | None = None,
    ago: timedelta = timedelta(minutes=4),
    removed: bool = False,
    **values: Any,
) -> Integration:
    """Make a record in one of the six states, counted; errors have `MISSING`, alerts `CUT` unless told otherwise."""
    status, phase = STATUS_PHASE[state]
    shown = problems if problems is not None else {"error": (MISSING,), "alert": (CUT,)}.get(state, ())
    ordered = headline_first(shown)
    at = timezone.now() - ago
    texts = {"name": f"Tênis Corrida {sku}", "ean": "7909513284417", "reference": f"REF-{sku}", **values}
    found = Integration.objects.create(
        store_id=channel.store_id,
        channel=channel,
        sku=sku,
        status=status,
        phase=phase,
        problems=[problem_to_json(problem) for problem in ordered],
        requested_at=at,
        processed_at=at if status is not Status.PENDING else None,
        updated_at=at,
        removed_at=at if removed else None,
        search_text=searchable([sku, *(str(text) for text in texts.values()), *(one.message for one in ordered)]),
        **_headline(ordered[0]) if ordered else {},
        **{"category": "Calçados › Tênis › Corrida", "product_id": "41877", "attempts": 1, **texts},
    )
    count(channel, bucket(status, phase, removed=removed))
    if ordered and not removed:
        make_cause(channel, ordered[0], more=1, value=found.stock_value)
    return found


def make_cause(
    channel: Channel, problem: Problem = MISSING, *, more: int = 0, value: int = 0, **values: Any
) -> Cause:
    """Make a cause, or give the one there is `more` records with their `value`; other values are set."""
    now = timezone.now()
    cause, _ = Cause.objects.get_or_create(
        channel=channel,
        fingerprint=fingerprint(problem),
        defaults={
            "problem_class": problem.kind.name,
            "stage": problem.stage.value,
            "severity": problem.severity.value,
            "subject": problem.subject,
            "code": problem.code,
            "message": problem.message,
            "first_at": now - timedelta(days=6),
            "last_at": now,
            "state_at": now - timedelta(days=6),
        },
    )
    kept = Cause.objects.filter(pk=cause.pk)
    kept.update(**{"count": F("count") + more, "value": F("value") + value, **values})
    return kept.get()


def make_tally(channel: Channel, at: datetime, **counts: int) -> None:
    """Count what came about in the hour of a moment: `make_tally(channel, now, success=3, error=1)`."""
    for measure, count in counts.items():
        Tally.objects.create(channel=channel, kind="product", hour=hour_of(at), measure=measure, count=count)


def make_meetings(cause: Cause, hours_ago: int, count: int) -> None:
    """Note that a cause was met so often in one hour."""
    make_tally(cause.channel, timezone.now() - timedelta(hours=hours_ago), **{f"cause:{cause.fingerprint}": count})


def count(channel: Channel, where: str, change: int = 1) -> None:
    """Keep the counter as the write side would."""
    Counter.objects.get_or_create(channel=channel, kind="product", bucket=where)
    Counter.objects.filter(channel=channel, bucket=where).update(count=F("count") + change)


def make_attempt(found: Integration, number: int = 1, result: str = AttemptResult.REJECTED, **values: Any) -> Attempt:
    """Make a try that took 1.2 seconds."""
    started = found.updated_at - timedelta(seconds=2)
    return Attempt.objects.create(
        **{
            "integration": found,
            "channel_id": found.channel_id,
            "number": number,
            "trigger": Trigger.NOTIFICATION,
            "result": result,
            "status": found.status,
            "problems": found.problems,
            "http_status": 400 if result == AttemptResult.REJECTED else 200,
            "started_at": started,
            "ended_at": started + timedelta(milliseconds=1200),
            **values,
        }
    )


def make_exchange(attempt: Attempt, place: int = 0, **values: Any) -> Exchange:
    """Make one request with its answer, as the runner keeps them."""
    return Exchange.objects.create(
        **{
            "attempt": attempt,
            "place": place,
            "side": "marketplace",
            "method": "POST",
            "url": "https://api.mercadolibre.com/items",
            "endpoint": "/items",
            "request_headers": {"Authorization": "Bearer ••••", "Content-Type": "application/json"},
            "request_body": '{"title":"Tênis Corre 3","price":399.9}',
            "status": 400,
            "response_headers": {"content-type": "application/json"},
            "response_body": '{"message":"Validation error","status":400}',
            "started_at": attempt.started_at,
            "took_ms": 412,
            **values,
        }
    )


def moved(found: Integration, state: str, at: datetime | None = None) -> None:
    """Move a record to another state, as the write side would."""
    status, phase = STATUS_PHASE[state]
    count(found.channel, bucket(found.status, found.phase, removed=False), -1)
    count(found.channel, state)
    Integration.objects.filter(pk=found.pk).update(status=status, phase=phase, updated_at=at or timezone.now())


def _headline(problem: Problem) -> dict[str, str]:
    return {
        "headline_class": problem.kind.name,
        "headline_subject": problem.subject,
        "headline_code": problem.code,
        "headline_stage": problem.stage.value,
        "fingerprint": fingerprint(problem),
    }
