"""VTEX's catalogue log: `GET /{account}/logs/?DateAt=YYYY-MM-DD&status=all`, with or without the account.

Source: VTEX developer guide "external marketplace integration: logs" (read 2026-08). Field names and statuses are
VTEX's own, misspellings included; all values are strings. The guide says nothing of who may ask, of a time zone, of
pages or of errors. Ours: Bearer or `X-PONTE-Token`, the server's time zone, pages of 50, problem+json.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ponte.api import reading
from ponte.api.answers import dumped
from ponte.api.callers import Caller, admit, bearer, find_caller
from ponte.api.language import language_of
from ponte.api.refusals import RefusedError, bad_query, not_found, refusal
from ponte.api.trouble import unavailable
from ponte.api.words import marketplace
from ponte.config import config
from ponte.db.models import Attempt, Exchange
from ponte.db.queries_api import LogRow, logs
from ponte.db.records import problem_from_json
from ponte.db.sql import DOWN
from ponte.domain.lifecycle import Status
from ponte.domain.message import JSON
from ponte.explain.vtex_log import LOG_STATUS, LogFacts, business_message, direction, operation

PAGE_SIZE = 50
MAX_PAGE = 1_000
ORIGIN = "vtex"
# "sucess" is how VTEX's own example writes it; its prose says "alert", its tables "warning".
STATUSES = {
    "success": Status.SUCCESS,
    "sucess": Status.SUCCESS,
    "error": Status.ERROR,
    "alert": Status.ALERT,
    "warning": Status.ALERT,
    "pending": Status.PENDING,
}


def vtex_logs(request: HttpRequest, account: str = "") -> HttpResponse:
    """Answer {"Messages": [...]}: the records that changed on that day (today without `DateAt`), newest first."""
    try:
        _only_reads(request)
        return _answer(request, _caller(request, account))
    except RefusedError as refused:
        return refusal(request, refused)
    except DOWN as error:
        return unavailable(request, error)


def _only_reads(request: HttpRequest) -> None:
    if request.method not in {"GET", "HEAD"}:
        raise RefusedError("method-not-allowed", method=request.method, headers={"Allow": "GET, HEAD"})


def _caller(request: HttpRequest, account: str) -> Caller:
    caller = find_caller(request.headers.get("X-PONTE-Token", "") or bearer(request))
    if caller is None:
        raise RefusedError("unauthorized")
    if account and account.lower() != caller.account.lower():
        raise not_found()
    admit(caller)
    return caller


def _answer(request: HttpRequest, caller: Caller) -> HttpResponse:
    reading.only(request, ("DateAt", "status", "page"))
    since, until = _day(request.GET.get("DateAt", ""))
    page = _page(request.GET.get("page", "1"))
    rows = logs(
        caller.scope,
        since=since,
        until=until,
        statuses=_statuses(request.GET.get("status", "all")),
        offset=(page - 1) * PAGE_SIZE,
        size=PAGE_SIZE + 1,
    )
    messages = [_message(row, language_of(request)) for row in rows[:PAGE_SIZE]]
    response = HttpResponse(dumped({"Messages": messages}), content_type="application/json")
    response["Cache-Control"] = "no-store"
    if len(rows) > PAGE_SIZE and page < MAX_PAGE:
        response["Link"] = f'<{_next_page(request, page + 1)}>; rel="next"'
    return response


def _next_page(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return f"{request.path}?{query.urlencode()}"


def _day(text: str) -> tuple[datetime, datetime]:
    try:
        day = date.fromisoformat(text) if text else timezone.localdate()
    except ValueError as error:
        raise bad_query("DateAt", reading.REASONS["not_a_date"]) from error
    if (text and not re.fullmatch(r"\d{4}-\d\d-\d\d", text)) or not 2000 <= day.year <= 2100:
        raise bad_query("DateAt", reading.REASONS["not_a_date"])
    zone = timezone.get_current_timezone()
    return (
        datetime.combine(day, time(), tzinfo=zone),
        datetime.combine(day + timedelta(days=1), time(), tzinfo=zone),
    )


def _statuses(text: str) -> set[Status]:
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    if not words or "all" in words:
        return set(Status)
    unknown = next((word for word in words if word not in STATUSES), None)
    if unknown is not None:
        raise bad_query("status", "all, or some of success, error, alert, pending")
    return {STATUSES[word] for word in words}


def _page(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5) or not 1 <= int(text) <= MAX_PAGE:
        raise bad_query("page", f"a number from 1 to {MAX_PAGE}")
    return int(text)


def _message(row: LogRow, language: str) -> dict[str, str]:
    integration, attempt = row.integration, row.attempt
    told: list[Exchange] = attempt.told if attempt else []  # type: ignore[attr-defined]  # prefetched by logs
    status = Status(integration.status)
    return {
        "id": str(integration.pk),
        "Operation": operation(integration.kind, creates=_creates(told)),
        "Direction": direction(marketplace(integration.channel)),
        "ContentSource": _last_body([one for one in told if one.side == ORIGIN]),
        "ContentTransalted": dumped(attempt.offer) if attempt and attempt.offer else "",
        "ContentDestination": _last_body([one for one in told if one.side != ORIGIN]),
        "BusinessMessage": _business_message(row, status, language),
        "Status": LOG_STATUS[status],
    }


def _creates(told: list[Exchange]) -> bool:
    """Say whether something was made at the marketplace: a POST that it answered with Created."""
    return any(one.side != ORIGIN and one.method == "POST" and one.status == 201 for one in told)


def _last_body(told: list[Exchange]) -> str:
    return next((one.response_body for one in reversed(told) if one.response_body), "")


def _business_message(row: LogRow, status: Status, language: str) -> str:
    integration = row.integration
    problems = [problem_from_json(kept) for kept in integration.problems]
    if status is Status.PENDING and not problems:
        return ""
    listing: dict[str, JSON] = integration.listing or {}
    facts = LogFacts(
        marketplace=marketplace(integration.channel),
        sku_id=integration.sku,
        sku_name=integration.name,
        listing_id=integration.listing_id,
        listing_url=str(listing.get("url", "")),
        category=integration.category,
        mapping_url=f"{config().base_url}/canais/{integration.channel.code}/mapeamento",
        defaults=_defaults(row.attempt),
    )
    return business_message(problems, facts, language)


def _defaults(attempt: Attempt | None) -> tuple[tuple[str, str], ...]:
    """Return what we filled because VTEX has no value for it."""
    kept = attempt.provenance if attempt else []
    return tuple((str(one["field"]), str(one["sent"])) for one in kept if one.get("rule") == "default")
