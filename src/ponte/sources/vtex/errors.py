"""What VTEX's answers mean when they are not data: one table for HTTP, one for checkout's codes.

Sources: VTEX developer guides "API response codes", "handling errors and exceptions", "checkout error codes" and
the Pricing API's headers (read 2026-08). The shape of an error body is documented for none of the catalogue calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from ponte.domain.message import JSON, Answer, NoAnswer, Response
from ponte.domain.outcome import Blocked, Postponed
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage
from ponte.domain.retry import retry_after
from ponte.sources.vtex.plain import line, lowered, objects

Trouble: TypeAlias = Postponed | Blocked

MAX_MESSAGE = 500
RESET_HEADERS = ("ratelimit-reset", "x-ratelimit-reset")

TOO_MANY_ITEMS = frozenset({"CHK0062", "FMT0104"})
RETRYABLE_CODES = frozenset({"ORD021.1", "ORD021.3", "ORD021.4", "ORD052", "CHK00310", "CHK00311", "CHK0290.4"})
OUT_OF_STOCK = "withoutStock"

# Why one SKU cannot be sold, by checkout's code. Being out of stock is no problem: it is a stock of 0.
ITEM_CODES: Mapping[str, ProblemClass] = {
    "withoutPrice": ProblemClass.VTEX_PRICE_MISSING,
    "withoutPriceRnB": ProblemClass.VTEX_PRICE_MISSING,
    "withoutPriceFulfillment": ProblemClass.VTEX_PRICE_MISSING,
    "nullPrice": ProblemClass.VTEX_PRICE_MISSING,
    "cannotBeDelivered": ProblemClass.VTEX_STOCK_MISSING,
    "unavailableItemFulfillment": ProblemClass.VTEX_SKU_INACTIVE,
    "ORD027": ProblemClass.VTEX_SKU_INACTIVE,
    "ORD028": ProblemClass.VTEX_SKU_INACTIVE,
    "FMT005": ProblemClass.VTEX_SKU_INACTIVE,
    "CHK0246": ProblemClass.VTEX_SKU_INACTIVE,
    "CHK0032": ProblemClass.VTEX_NOT_IN_TRADE_POLICY,
    "itemMetricsNotFound": ProblemClass.VTEX_DATA_MISSING,
    **dict.fromkeys(RETRYABLE_CODES, ProblemClass.VTEX_UNAVAILABLE),
}
SUBJECTS = {
    ProblemClass.VTEX_PRICE_MISSING: "price",
    ProblemClass.VTEX_STOCK_MISSING: "stock",
    ProblemClass.VTEX_NOT_IN_TRADE_POLICY: "SalesChannels",
    ProblemClass.VTEX_DATA_MISSING: "Dimension",
    ProblemClass.VTEX_SKU_INACTIVE: "IsActive",
}


def vtex_problem(
    kind: ProblemClass,
    subject: str = "",
    *,
    code: str = "",
    message: str = "",
    params: Mapping[str, str] | None = None,
    severity: Severity = Severity.ERROR,
    http_status: int | None = None,
) -> Problem:
    """Return a problem that arose in VTEX."""
    return Problem(kind, Stage.VTEX, subject, code, message, severity, params or {}, http_status)


def item_problem(code: str, message: str = "", *, params: Mapping[str, str] | None = None) -> Problem | None:
    """Return why a SKU with this availability or message code cannot be sold; None when it is only out of stock.

    A code we do not know is a SKU that cannot be sold all the same, and the code is kept.
    """
    if code == OUT_OF_STOCK:
        return None
    kind = ITEM_CODES.get(code, ProblemClass.VTEX_STOCK_MISSING)
    return vtex_problem(kind, SUBJECTS.get(kind, ""), code=code, message=message, params=params)


def trouble(answer: Answer, call: str) -> Trouble | None:
    """Return why an answer has no data, None for a 200. `call` names the call for the screen ("simulation").

    A key that is refused blocks the store's channels; the rest of 4xx will not heal by repeating, and says so by
    its class; 429, 5xx and no answer at all are waited out.
    """
    if isinstance(answer, NoAnswer):
        code, message = f"network.{answer.failure}", answer.detail[:MAX_MESSAGE]
        return Postponed(vtex_problem(ProblemClass.VTEX_UNAVAILABLE, call, code=code, message=message))
    if answer.status == 200:
        return None
    kind = _kind(answer)
    problem = _of_answer(kind, call, answer)
    if kind is ProblemClass.VTEX_AUTH:
        return Blocked(problem)
    return Postponed(problem, asked_wait(answer) if kind is ProblemClass.VTEX_UNAVAILABLE else None)


def _kind(response: Response) -> ProblemClass:
    status = response.status
    if status in {401, 403}:
        return ProblemClass.VTEX_AUTH
    if status >= 500 or status in {408, 425, 429}:
        return ProblemClass.VTEX_UNAVAILABLE
    if status < 400:
        return ProblemClass.RESPONSE_UNREADABLE
    heals = RETRYABLE_CODES.intersection(codes(response.json()))
    return ProblemClass.VTEX_UNAVAILABLE if heals else ProblemClass.PAYLOAD_INVALID


def unexpected(answer: Response, call: str) -> Postponed:
    """Return that an answer of 200 is not what the call promises (a login page, `null`, an empty object)."""
    return Postponed(_of_answer(ProblemClass.RESPONSE_UNREADABLE, call, answer))


def asked_wait(response: Response) -> float | None:
    """Return the wait the answer asks for in seconds, from Retry-After or from either family of rate headers.

    A date counts from the answer's own Date header, so no clock is needed here.
    """
    headers = response.headers
    asked = retry_after(headers.get("retry-after"), _said_now(headers.get("date")))
    if asked is not None:
        return asked
    resets = (headers.get(name, "").strip() for name in RESET_HEADERS)
    # A longer number is a moment of another vendor's header, not a wait.
    return next((retry_after(text, datetime.max.replace(tzinfo=UTC)) for text in resets if _is_wait(text)), None)


def message_of(response: Response) -> str:
    """Return what an error answer says, in its own words and at most 500 characters; "" for a page of HTML."""
    body = response.json()
    said = next(_messages(body), "")
    if said or isinstance(body, dict | list):
        return line(said)[:MAX_MESSAGE]
    text = response.body[: 4 * MAX_MESSAGE].decode("utf-8", errors="replace")
    return "" if text.lstrip().startswith("<") else line(text)[:MAX_MESSAGE]


def codes(body: JSON) -> Iterator[str]:
    """Yield the codes of an error body: `error.code`, `code`, `messages[].code`, `messages[].messageId`."""
    fields = lowered(body)
    yield from (str(part["code"]) for part in (lowered(fields.get("error")), fields) if part.get("code"))
    for message in objects(fields.get("messages")):
        code = message.get("code") or message.get("messageid")
        if isinstance(code, str):
            yield code


def _messages(body: JSON) -> Iterator[str]:
    if isinstance(body, str):
        yield body
    fields = lowered(body)
    for part in (lowered(fields.get("error")), fields, *objects(fields.get("messages"))):
        for name in ("message", "text", "messagetext", "title", "error"):
            if isinstance(part.get(name), str) and part[name]:
                yield part[name]


def _of_answer(kind: ProblemClass, call: str, response: Response) -> Problem:
    code = next(codes(response.json()), f"http.{response.status}")[:100]
    return vtex_problem(kind, call, code=code, message=message_of(response), http_status=response.status)


def _said_now(date: str | None) -> datetime:
    try:
        moment = parsedate_to_datetime(date or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return datetime.max.replace(tzinfo=UTC)  # a date of Retry-After then lies in the past: no advice
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_wait(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,6}", text) is not None
