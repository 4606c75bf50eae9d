"""The tries of a record and what passed in each, as the record's page shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ponte.db.models import Attempt, Exchange, Integration
from ponte.domain.code_rules import HEARD
from ponte.domain.lifecycle import AttemptResult, Task, Trigger
from ponte.web.clock import lasted, took
from ponte.web.explained import problems_of, summed_up
from ponte.web.labels import HELD_BACK, NOT_SENT, RESULTS, TRIGGERS, Label
from ponte.web.record.curl import curl_of


@dataclass(frozen=True, slots=True)
class Try:
    """One line of the history."""

    number: int
    label: Label
    http_status: int | None
    because: str | Promise
    summary: str
    at: datetime
    took: str
    offers: bool

    @property
    def previous(self) -> int:
        return self.number - 1


@dataclass(frozen=True, slots=True)
class Passage:
    """One request and its answer as text, redacted before it was kept."""

    title: str
    side: str
    request: str
    answer: str
    curl: str
    failure: str
    took: str
    failed: bool


def try_of(tried: Attempt, found: Integration) -> Try:
    """Return a try in words."""
    return Try(
        number=tried.number,
        label=_label(tried),
        http_status=tried.http_status,
        because=_because(tried),
        summary=summed_up(tried.problems, found.channel.name),
        at=tried.started_at,
        took=took(tried.started_at, tried.ended_at) if tried.ended_at else "",
        offers=tried.task == Task.SEND and tried.result != AttemptResult.OPEN,
    )


def _label(tried: Attempt) -> Label:
    """Return the word for a try's result; what Ponte itself found wrong was refused by nobody: it was not sent."""
    problems = problems_of(tried.problems) if tried.result == AttemptResult.REJECTED else ()
    if problems and not any(problem.stage in HEARD for problem in problems):
        return NOT_SENT if any(problem.blocking for problem in problems) else HELD_BACK
    return RESULTS.get(tried.result, RESULTS[AttemptResult.OPEN])


def passage_of(exchange: Exchange) -> Passage:
    """Return an exchange as the two texts a person compares."""
    status = exchange.status
    first = f"{exchange.method} {exchange.url}"
    request = _text(first, exchange.request_headers, exchange.request_body)
    answer = _text(f"HTTP {status}", exchange.response_headers, exchange.response_body) if status else ""
    return Passage(
        title=_title(exchange.method, exchange.endpoint),
        side=exchange.side,
        request=request,
        answer=answer,
        curl=curl_of(exchange),
        failure=exchange.failure,
        took=lasted(exchange.took_ms),
        failed=bool(exchange.failure) or bool(status and status >= 400),
    )


def _title(method: str, endpoint: str) -> str:
    """Return "POST /items", whether or not the endpoint's name has its method already."""
    return endpoint if endpoint.startswith(f"{method} ") else f"{method} {endpoint}"


def _because(tried: Attempt) -> str | Promise:
    if tried.trigger == Trigger.PERSON and tried.actor:
        return _("Reprocessado por %(name)s") % {"name": tried.actor.get_full_name() or tried.actor.username}
    return TRIGGERS.get(tried.trigger, tried.trigger)


def _text(first: str, headers: Mapping[str, str], body: str) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in headers.items())]
    return "\n".join(lines) + (f"\n\n{_pretty(body)}" if body else "")


def _pretty(body: str) -> str:
    if body[:1] not in "{[":
        return body
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return body
